"""Rules of sharing read from an edition or from a section of a scheme; a number that neither gives is never supplied here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from yilianti.kernel.finding import Refused
from yilianti.kernel.terms import Term
from yilianti.settlement.distribution.rules import (
    Band,
    CreditRule,
    Fee,
    FeeRule,
    Grade,
    InnerRule,
    Ratio,
    SharingRule,
    StandardRule,
    Task,
    UseRule,
    WithheldRule,
)
from yilianti.settlement.distribution.terms import Banding, By, Keeper, Method, Side, Withheld
from yilianti.settlement.fund.api import (
    UNIT,
    Given,
    advance_of,
    base_of,
    change,
    count,
    fen,
    needed,
    path_of,
    percent,
    points,
)

T = TypeVar("T", bound=Term)


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
    for number, one in enumerate(given):
        if not isinstance(one, Mapping) or "share" not in one or set(one) - {"up_to", "share"}:
            raise Refused("bad_bands", f"{field}.{number}：每一档写 {field} 的 share 和（最后一档之外的）up_to，不写别的。", "A band has share and up_to, nothing else.", field=f"{field}.{number}")
    found = tuple(Band(points(one["up_to"], f"{field}.up_to") if "up_to" in one else None, points(one["share"], f"{field}.share")) for one in given)
    ends = [one.up_to for one in found[:-1] if one.up_to is not None]
    if not found or found[-1].up_to is not None or len(ends) != len(found) - 1 or ends != sorted(set(ends)):
        raise Refused("bad_bands", f"{field} 的各档（{_said(found)}）应从低到高、不重叠，最后一档不写 up_to。", "Bands must rise without overlap and the last must have no end.", field=field)
    if (most := max(one.share for one in found)) > UNIT:
        raise Refused("bad_bands", f"{field} 的 share 为 {percent(most)}：比例不能超过 100%。", "A share is above 100 %.", field=field)
    return found


def _said(given: Sequence[Band]) -> str:
    return "、".join("最后" if one.up_to is None else percent(one.up_to) for one in given) or "空"


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
    return Ratio(_weights(found, "weights"), found.get("rest_to", ""), found.policy_ref)


def director(found: Given) -> tuple[dict[str, int], str]:
    """Yearly base pay of a director in fen by the hospital's grade."""
    return {row["grade"]: fen(row["base"], "base") for row in (found.table.dicts() if found.table else ())}, found.policy_ref


def by_points(found: Given) -> tuple[int, str]:
    """The part of a pool that goes by points, in basis points; the rest goes by post coefficient."""
    needed(found, ("by_points",))
    share = points(found["by_points"], "by_points")
    if share > UNIT:
        raise Refused("bad_policy", f"{found.policy_ref} 的 by_points 超过 100%。", "More than the whole pool would go by points.", field="by_points")
    return share, found.policy_ref


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
    weights, custom = _weights(found, "weights"), _weights(found, "custom")
    if not weights and "by" not in found:
        raise Refused("bad_policy", f"{found.policy_ref} 没有写 weights，也没有写 by；至少写一个。", "The edition has neither weights nor by.", field="weights")
    return InnerRule(weights, found.get("rest_to", ""), _by(found, "by", weights), _by(found, "overspend_by", weights), custom, values(work_points) if work_points else {}, found.policy_ref)


def values(found: Given) -> dict[str, int]:
    """The standard value of each service, in ten-thousandths."""
    return {row["item"]: fen(row["value"], f"value {row['item']}") * 100 for row in rows(found)}


def rows(found: Given) -> list[dict[str, str]]:
    """The table's rows; none where there is no table."""
    return list(found.table.dicts()) if found.table else []


def use(found: Given) -> UseRule:
    """How a surplus is used, and which use members share."""
    held, shared = ratio(found), found.get("shared", "")
    if shared and shared not in held.weights:
        raise Refused("unknown_party", f"{found.policy_ref} 的 shared 为“{shared}”：不是用途之一（{'、'.join(held.weights)}）。", "shared names no use.", field="shared")
    return UseRule(held, shared)


def withheld(found: Given) -> WithheldRule:
    """The part held back until the assessment."""
    needed(found, ("held", "full_from"))
    held, full, nothing = points(found["held"], "held"), points(f"{found['full_from']}%", "full_from"), points(f"{found.get('nothing_below', '0')}%", "nothing_below")
    if held > UNIT or not 0 < full <= 100 * 100 or nothing > full:
        raise Refused("bad_policy", f"{found.policy_ref}：held 不超过 100%，full_from 在 0 和 100 之间，nothing_below 不超过 full_from。", "held, full_from or nothing_below cannot be.", field="held")
    return WithheldRule(held, full, nothing, _one_of(found, "of", Withheld, Withheld.SURPLUS), _one_of(found, "rest_to", Keeper, Keeper.FUND), found.policy_ref)


def experts(found: Given) -> tuple[Ratio, str]:
    """The ratio of an expert's income, and the party that stands for the unit where it was earned."""
    held = ratio(found)
    here = found.get("here", "基层机构")
    if here not in held.weights:
        raise Refused("unknown_party", f"{found.policy_ref} 的 here 为“{here}”：不是分配的一方（{'、'.join(held.weights)}）。", "here names no party.", field="here")
    return held, here


def fees(found: Given) -> FeeRule:
    """Fees of remote services and who has which share."""
    needed(found, ("billed_by",))
    held: dict[str, list[Fee]] = {}
    for row in rows(found):
        one = Fee(fen(row["fee"], f"fee {row['kind']}"), points(row["share"], f"share {row['kind']}"), row.get("level", ""))
        if one.share > UNIT or one.level in {other.level for other in held.get(row["kind"], ())}:
            raise Refused("bad_policy", f"{found.policy_ref} 的“{row['kind']}”：share 超过 100%，或同一级写了两次。", "A share is above 100 % or a level stands twice.", field="share")
        held.setdefault(row["kind"], []).append(one)
    return FeeRule({kind: tuple(ones) for kind, ones in held.items()}, _one_of(found, "billed_by", Side), found.policy_ref)


def credits(found: Given) -> CreditRule:
    """What a recognised result is worth and who pays it."""
    needed(found, ("paid_by",))
    held = {row["kind"]: fen(row["credit"], f"credit {row['kind']}") for row in rows(found)}
    if len(held) != len(rows(found)):
        raise Refused("twice", f"{found.policy_ref} 的表里有一个 kind 写了两次。", "A kind stands twice.", field="kind")
    return CreditRule(held, _one_of(found, "paid_by", Side), found.policy_ref)


def standard(found: Given) -> StandardRule:
    """How standards a head are reckoned."""
    method = _one_of(found, "method", Method)
    needed(found, {Method.TOP_DOWN: ("share", "growth", "visits_a_person", "added"), Method.BOTTOM_UP: ("added",), Method.BY_HEADS: ("per_head",)}[method])
    held = found.get("per_head", {})
    per_head = {str(kind): fen(one, f"per_head.{kind}") for kind, one in (held.items() if isinstance(held, Mapping) else (("", held),))}
    added = {str(name): fen(one, f"added.{name}") for name, one in found.get("added", {}).items()}
    share, visits = points(found.get("share", "0%"), "share"), count(found.get("visits_a_person", 0), "visits_a_person")
    if share > UNIT or (method is Method.TOP_DOWN and not visits):
        raise Refused("bad_policy", f"{found.policy_ref}：share 不超过 100%，visits_a_person 大于 0。", "share or visits_a_person cannot be.", field="share")
    return StandardRule(method, share, change(found.get("growth", "0%"), "growth"), visits, added, per_head, found.policy_ref)


def most_basic(found: Given) -> tuple[int, str]:
    """The largest part of all points that basic points may have, in basis points."""
    needed(found, ("most_basic",))
    return points(found["most_basic"], "most_basic"), found.policy_ref


def _weights(found: Given, key: str) -> dict[str, int]:
    """Whole weights such as 6 : 3 : 1, or shares that make 100 %."""
    held = found.get(key, {})
    if not any(isinstance(one, str) and one.endswith("%") for one in held.values()):
        return {str(who): count(one, f"{key}.{who}") for who, one in held.items()}
    shares = {str(who): points(one, f"{key}.{who}") for who, one in held.items()}
    if sum(shares.values()) != UNIT:
        raise Refused("bad_weights", f"{found.policy_ref} 的 {key} 合计 {percent(sum(shares.values()))}，不是 100%。", "The shares do not make 100 %.", field=key)
    return shares


def _one_of(found: Given, key: str, among: type[T], default: T | None = None) -> T:
    """The term that `key` names."""
    if key not in found and default is not None:
        return default
    try:
        return among(found.get(key, ""))
    except ValueError:
        raise Refused("bad_policy", f"{found.policy_ref} 的 {key} 为“{found.get(key, '')}”：可用 {'、'.join(among)}。", f"{key} is none of the known words.", field=key) from None


def _by(found: Given, key: str, levels: Mapping[str, int]) -> dict[str, By]:
    """One word for all levels, or one for each; by level the words of absent ones stay open."""
    held = found.get(key, {})
    if not isinstance(held, Mapping):
        return {"": _one_of(found, key, By)}
    for level in held:
        if level not in levels:
            raise Refused("unknown_party", f"{found.policy_ref} 的 {key} 写了“{level}”：不是分配的一方（{'、'.join(levels)}）。", "A level is no party of the split.", field=f"{key}.{level}")
        if held[level] not in list(By):
            raise Refused("bad_policy", f"{found.policy_ref} 的 {key} 为“{held[level]}”：可用 {'、'.join(By)}。", "No known way of sharing.", field=f"{key}.{level}")
    return {level: By(one) for level, one in held.items()}


#: What reads each section; a table of standards a head is read for its year only.
READERS: Mapping[str, Callable[[Given], object]] = {
    "budget.base": base_of, "budget.advance": advance_of, "budget.path": path_of, "distribution.sharing": sharing, "distribution.assessment": assessment, "distribution.surplus_use": use, "distribution.inner": inner,
    "distribution.withheld": withheld, "distribution.expert": experts, "distribution.remote": fees, "distribution.recognition": credits, "distribution.public_health_tasks": tasks, "distribution.work_points": values,
    "distribution.director": director, "distribution.pay_points": most_basic, "distribution.rbrvs": by_points, "distribution.capitation": standard,
}  # fmt: skip


def check(sections: Mapping[str, Given]) -> None:
    """Every section read once, also those that no input will ask; raises Refused for the first faulty one by name."""
    for name in sorted(sections):
        if name in READERS:
            READERS[name](sections[name])
