"""What a place fixes for sharing, from the editions in force on a day; a number that no edition gives is never supplied here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.terms import Banding
from yilianti.settlement.fund.api import UNIT, count, fen, in_force, needed, points

_AT = "settlement.distribution."


@dataclass(frozen=True)
class Band:
    """Up to (and with) so many basis points of the package, None for all that is beyond; the share in basis points."""

    up_to: int | None
    share: int


@dataclass(frozen=True)
class SharingRule:
    """Surplus: what the consortium keeps. Overspend: what the fund refunds. `most`: the largest reward, in basis points of the package."""

    surplus: tuple[Band, ...]
    overspend: tuple[Band, ...]
    banding: Banding
    most: int | None = None
    policy_ref: str = ""


@dataclass(frozen=True)
class Grade:
    """From this score on (hundredths) so many basis points are added to the share; None: nothing is shared, nothing refunded."""

    from_score: int
    change: int | None


@dataclass(frozen=True)
class Ratio:
    """Whole weights by party, and who takes the remainder ("" for the largest remainders)."""

    weights: Mapping[str, int]
    rest_to: str = ""
    policy_ref: str = ""


@dataclass(frozen=True)
class Task:
    """A task of basic public health: fen a head for its project, weight in the project and the township's share, both in basis points."""

    project: str
    per_head: int
    task: str
    weight: int
    township: int


def sharing(scope: policybook.HasScope, day: date) -> SharingRule:
    """How surplus and overspend are shared; raises Refused where the place is silent."""
    found = in_force(_AT + "sharing", scope, day)
    needed(found, ("surplus", "overspend", "banding"))
    try:
        banding = Banding(found["banding"])
    except ValueError:
        raise Refused("bad_policy", f"{found.policy_ref} 的 banding 应是 whole 或 slice。", "banding must be whole or slice.", field="banding") from None
    most = points(found["most"], "most") if "most" in found else None
    return SharingRule(bands(found["surplus"], "surplus"), bands(found["overspend"], "overspend"), banding, most, found.policy_ref)


def bands(given: Sequence[Mapping[str, Any]], field: str) -> tuple[Band, ...]:
    """Bands in rising order without holes: the last one has no end; raises Refused for overlapping ones."""
    found = tuple(Band(points(one["up_to"], f"{field}.up_to") if "up_to" in one else None, points(one["share"], f"{field}.share")) for one in given)
    ends = [one.up_to for one in found[:-1] if one.up_to is not None]
    if not found or found[-1].up_to is not None or len(ends) != len(found) - 1 or ends != sorted(set(ends)):
        raise Refused("bad_bands", f"{field} 的各档应从低到高、不重叠，最后一档不写 up_to。", "Bands must rise without overlap and the last must have no end.", field=field)
    if max(one.share for one in found) > UNIT:
        raise Refused("bad_bands", f"{field} 的比例超过 100%。", "A share is above 100 %.", field=field)
    return found


def assessment(scope: policybook.HasScope, day: date) -> tuple[tuple[Grade, ...], str]:
    """Points added to a share by score, from the highest score down; raises Refused where the place is silent."""
    found = in_force(_AT + "assessment", scope, day)
    rows = list(found.table.dicts()) if found.table else []
    grades = tuple(Grade(points(f"{row['from']}%", "from"), _signed(row["change"])) for row in rows)
    if not grades or grades[-1].from_score or [one.from_score for one in grades] != sorted({one.from_score for one in grades}, reverse=True):
        raise Refused("bad_policy", f"{found.policy_ref} 的 from 应从高到低，最后一行为 0。", "Scores must fall and end at 0.", field="from")
    return grades, found.policy_ref


def _signed(written: str) -> int | None:
    if written == "none":
        return None
    size = points(f"{written.lstrip('+-')}%", "change")
    return -size if written.startswith("-") else size


def ratio(topic: str, scope: policybook.HasScope, day: date) -> Ratio:
    """Weights by party: `inner`, `surplus_use`, `expert`; raises Refused where the place is silent."""
    found = in_force(_AT + topic, scope, day)
    needed(found, ("weights",))
    return Ratio({str(who): count(one, f"weights.{who}") for who, one in found["weights"].items()}, found.get("rest_to", ""), found.policy_ref)


def withheld(scope: policybook.HasScope, day: date) -> tuple[int, int, str]:
    """(Part held back, score from which all of it is paid, policy): in basis points and hundredths."""
    found = in_force(_AT + "withheld", scope, day)
    needed(found, ("held", "full_from"))
    return points(found["held"], "held"), points(f"{found['full_from']}%", "full_from"), found.policy_ref


def director(scope: policybook.HasScope, day: date) -> tuple[dict[str, int], str]:
    """Yearly base pay of a director in fen by the hospital's grade."""
    found = in_force(_AT + "director", scope, day)
    return {row["grade"]: fen(row["base"], "base") for row in (found.table.dicts() if found.table else ())}, found.policy_ref


def by_points(scope: policybook.HasScope, day: date) -> tuple[int, str]:
    """The part of a pool that goes by points, in basis points; the rest goes by post coefficient."""
    found = in_force(_AT + "rbrvs", scope, day)
    needed(found, ("by_points",))
    return points(found["by_points"], "by_points"), found.policy_ref


def tasks(scope: policybook.HasScope, day: date) -> tuple[tuple[Task, ...], str]:
    """The township and village table of basic public health."""
    found = in_force(_AT + "public_health_tasks", scope, day)
    rows = found.table.dicts() if found.table else ()
    table = tuple(Task(row["project"], fen(row["per_head"], "per_head"), row["task"], points(row["weight"], "weight"), points(row["township"], "township")) for row in rows)
    for project in {one.project for one in table}:
        own = [one for one in table if one.project == project]
        if len({one.per_head for one in own}) > 1 or sum(one.weight for one in own) != UNIT or max(one.township for one in own) > UNIT:
            raise Refused("bad_policy", f"{found.policy_ref} 的“{project}”：人均应一致，权重合计 100%，乡镇比例不超过 100%。", "A project has two standards, weights that do not make 100 %, or a share above it.", field="weight")
    return table, found.policy_ref
