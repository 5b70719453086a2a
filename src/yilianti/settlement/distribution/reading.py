"""Rules of sharing read from an edition or from a section of a scheme; a number that neither gives is never supplied here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.rules import Band, Grade, InnerRule, Ratio, SharingRule, Task
from yilianti.settlement.distribution.terms import Banding, By
from yilianti.settlement.fund.api import UNIT, Given, count, fen, needed, points


def sharing(found: Given) -> SharingRule:
    """How surplus and overspend are shared; raises Refused where what is given is faulty."""
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


def assessment(found: Given) -> tuple[tuple[Grade, ...], str]:
    """Points added to a share by score, from the highest score down; raises Refused where what is given is faulty."""
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


def ratio(found: Given) -> Ratio:
    """Weights by party: `inner`, `surplus_use`, `expert`; raises Refused where what is given is faulty."""
    needed(found, ("weights",))
    return Ratio({str(who): count(one, f"weights.{who}") for who, one in found["weights"].items()}, found.get("rest_to", ""), found.policy_ref)


def withheld(found: Given) -> tuple[int, int, str]:
    """(Part held back, score from which all of it is paid, policy): in basis points and hundredths."""
    needed(found, ("held", "full_from"))
    return points(found["held"], "held"), points(f"{found['full_from']}%", "full_from"), found.policy_ref


def director(found: Given) -> tuple[dict[str, int], str]:
    """Yearly base pay of a director in fen by the hospital's grade."""
    return {row["grade"]: fen(row["base"], "base") for row in (found.table.dicts() if found.table else ())}, found.policy_ref


def by_points(found: Given) -> tuple[int, str]:
    """The part of a pool that goes by points, in basis points; the rest goes by post coefficient."""
    needed(found, ("by_points",))
    return points(found["by_points"], "by_points"), found.policy_ref


def tasks(found: Given) -> tuple[tuple[Task, ...], str]:
    """The township and village table of basic public health."""
    rows = found.table.dicts() if found.table else ()
    table = tuple(Task(row["project"], fen(row["per_head"], "per_head"), row["task"], points(row["weight"], "weight"), points(row["township"], "township")) for row in rows)
    for project in {one.project for one in table}:
        own = [one for one in table if one.project == project]
        if len({one.per_head for one in own}) > 1 or sum(one.weight for one in own) != UNIT or max(one.township for one in own) > UNIT:
            raise Refused("bad_policy", f"{found.policy_ref} 的“{project}”：人均应一致，权重合计 100%，乡镇比例不超过 100%。", "A project has two standards, weights that do not make 100 %, or a share above it.", field="weight")
    return table, found.policy_ref


def inner(found: Given, work_points: Given | None = None) -> InnerRule:
    """How the consortium's part goes to levels and members; `work_points` gives the standard values of services."""
    weights = {str(who): count(one, f"weights.{who}") for who, one in found.get("weights", {}).items()}
    custom = {str(who): count(one, f"custom.{who}") for who, one in found.get("custom", {}).items()}
    if not weights and "by" not in found:
        raise Refused("bad_policy", f"{found.policy_ref} 没有写 weights，也没有写 by；至少写一个。", "The edition has neither weights nor by.", field="weights")
    values = {row["item"]: points(f"{row['value']}%", "value") for row in (work_points.table.dicts() if work_points and work_points.table else ())}
    return InnerRule(weights, found.get("rest_to", ""), _by(found, "by"), _by(found, "overspend_by"), custom, values, found.policy_ref)


def _by(found: Given, key: str) -> By | None:
    if key not in found:
        return None
    try:
        return By(found[key])
    except ValueError:
        raise Refused("bad_policy", f"{found.policy_ref} 的 {key} 为“{found[key]}”：可用 {'、'.join(By)}。", "The edition names no known way of sharing.", field=key) from None
