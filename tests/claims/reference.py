"""The same rules read slowly: one claim after another, straight from the policy files, with exact fractions instead of arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from yilianti.settlement.claims.pricing.claim import Claim
from yilianti.settlement.claims.pricing.places import holding

RANK = {"village": 0, "township": 1, "level1": 2, "level2": 3, "level3": 4, "level3_city": 4, "level3_province": 5}


class Silent(Exception):
    """The policy does not say."""


def half_up(fen: Fraction) -> int:
    return int((fen + Fraction(1, 2)) // 1)


def fen(cell: Any) -> int:
    return int(Fraction(str(cell)) * 100)


def part(amount: int, percent: Any) -> int:
    return half_up(Fraction(amount) * Fraction(str(percent)) / 100)


def between(x: int, low: int, high: float) -> int:
    return max(0, min(x, high) - low)  # type: ignore[return-value]


def price_all(claims: list[Claim]) -> dict[str, tuple[int, int, int, int] | None]:
    """Deductible, basic, catastrophic, aid of each claim by its id; None where the policy does not say enough."""
    found: dict[str, Any] = {}
    chain: dict[str, Any] = {}
    used: dict[tuple[str, int], dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for claim in sorted(claims, key=lambda one: (one.person, one.discharged_on, one.admitted_on, chained(one, claims), one.id)):
        mine = used[claim.person, claim.discharged_on.year]
        try:
            if mine["broken"] or (claim.follows and found[claim.follows] is None):
                raise Silent
            found[claim.id] = _price(claim, mine, chain, holding(claim.discharged_on, claim.place).editions)
        except Silent:
            mine["broken"] = 1
            found[claim.id] = None
    return found


def chained(claim: Claim, claims: list[Claim]) -> int:
    """Stays before this one in its chain; only looked up where there is one."""
    return 0 if not claim.follows else 1 + chained(next(one for one in claims if one.id == claim.follows), claims)


def _price(claim: Claim, used: dict[str, Any], chain: dict[str, Any], policies: Mapping[str, Any]) -> tuple[int, int, int, int]:
    amounts, kind = claim.amounts, claim.kind.value
    scope = amounts["total"] - amounts["fully_own"] - amounts["over_limit"] - amounts["first_self"] - amounts["hospital"]
    deductible, basic = _stay(claim, scope, used, chain, policies) if kind == "inpatient" else _pool(claim, scope, used, policies.get(kind))
    cap = policies["inpatient"].get("yearly_most") if "inpatient" in policies else None
    if cap is not None:
        basic = min(basic, max(0, fen(cap) - used["basic"]))
    used["basic"] += basic
    catastrophic = _catastrophic(claim, scope - basic, used, policies.get("catastrophic"))
    return deductible, basic, catastrophic, _aid(claim, scope - basic - catastrophic, used, policies)


def _stay(claim: Claim, scope: int, used: dict[str, Any], chain: dict[str, Any], policies: Mapping[str, Any]) -> tuple[int, int]:
    policy, groups = policies.get("inpatient"), {one.value for one in claim.groups}
    if policy is None:
        raise Silent
    rule = policy.get("deductible", {})
    rows = list(policy.table.dicts())
    level = claim.level.value
    known = {row["level"] for row in rows}
    named = level if level in known else "level3" if level.startswith("level3") and "level3" in known else None
    away = _away(claim, policies)
    line = _line(claim, next((row["deductible"] for row in rows if row["level"] == named), None), away)
    on = rule.get("on_referral", "unstated")
    if on == "unstated" and "continuous_deductible" in policies:
        on = "continuous"
    counts = level in rule.get("later_levels", RANK)
    later = line
    if counts and used["stays"]:
        later = min(line, max(part(line, rule.get("later_percent", 100)) - fen(rule.get("later_less", 0)) * used["stays"], min(fen(rule.get("later_floor", 0)), line)))
    before, due = chain.get(claim.follows), later
    if before:
        if on == "unstated":
            raise Silent
        if on == "difference":
            due = max(0, line - before["line"]) if RANK[level] > RANK[before["level"]] else 0
        if on == "continuous":
            due = max(0, max(line, before["top"]) - before["paid"])
    once = groups & set(rule.get("once_a_year", ()))
    if groups & set(rule.get("exempt", ())) or (once and used["course"]):
        due = 0
    if "yearly_most" in rule:
        due = min(due, max(0, fen(rule["yearly_most"]) - used["deductible"]))
    paid = min(due, scope)
    through = bool(before) and on == "continuous"
    chain[claim.id] = {"line": line, "level": level, "top": max(line, before["top"]) if through else line, "paid": paid + (before["paid"] if before else 0)}
    used["stays"] += counts and not through
    used["deductible"] += paid
    used["course"] |= bool(once and paid)
    return paid, _ladder(claim, scope, paid, policy, [row for row in rows if row["level"] == named], away)


def _away(claim: Claim, policies: Mapping[str, Any]) -> dict[str, str]:
    table = policies["elsewhere"].table.dicts() if "elsewhere" in policies else ()
    row = next((row for row in table if (row["area"], row["way"]) == (claim.area.value, claim.way.value)), None)
    if row is None and claim.area.value != "here":
        raise Silent
    return row or {}


def _line(claim: Claim, own: str | None, away: dict[str, str]) -> int:
    if away.get("fixed"):
        return fen(away["fixed"])
    if away.get("percent"):
        return max(fen(away["least"]), min(fen(away["most"]), part(claim.amounts["total"], away["percent"])))
    if not own:
        raise Silent
    return half_up(fen(own) * Fraction(away["times"])) if away.get("times") else fen(own)


def _ladder(claim: Claim, scope: int, deductible: int, policy: Any, rows: list[dict[str, str]], away: dict[str, str]) -> int:
    if not rows or (claim.area.value != "here" and not away.get("points")):
        raise Silent
    groups = {one.value for one in claim.groups} | ({"referred"} if claim.way.value == "referred" else set())
    more = [one for one in policy.get("additions", ()) if one["who"] in groups]
    if any("known_to" in one and scope > fen(one["known_to"]) for one in more):
        raise Silent
    points = Fraction(away.get("points") or 0) + sum(Fraction(one["points"]) for one in more if "most" not in one)
    start, end = (0, scope - deductible) if policy.get("bands_above_deductible") else (deductible, scope)
    edges = [fen(row["over"]) for row in rows] + [float("inf")]
    paid = 0
    for row, low, high in zip(rows, edges, edges[1:], strict=False):
        portion = between(end, int(max(low, start)), high)
        if portion and not row["ratio"]:
            raise Silent
        if portion:
            paid += part(portion, max(Fraction(0), min(Fraction(100), Fraction(row["ratio"]) + points)))
    for one in more:
        if "most" in one:
            paid = min(scope - deductible, paid + part(min(scope - deductible, fen(one["most"])), one["points"]))
    return paid


def _pool(claim: Claim, scope: int, used: dict[str, Any], policy: Any) -> tuple[int, int]:
    kind = claim.kind.value
    if policy is None or claim.area.value != "here":
        raise Silent
    if policy.table is None:
        row = {name: str(policy.get(name, "")) for name in ("deductible", "ratio", "cap")}
    else:
        row = next((one for one in policy.table.dicts() if one["level"] == claim.level.value and int(one["grade"] or 0) == claim.grade), None)
    if row is None or (policy.table is None and claim.grade):
        raise Silent
    name = f"{kind}_deductible"
    deductible = min(scope, max(0, fen(row["deductible"]) - (used[name] if kind == "outpatient" else 0)))
    cap = fen(row.get("signed_cap") if claim.signed and row.get("signed_cap") else row["cap"]) + fen(policy.get("further", 0)) * (claim.diseases - 1)
    cap = min(cap, fen(policy["most"])) if "most" in policy else cap
    paid = min(part(scope - deductible, row["ratio"]), max(0, cap - used[kind]))
    used[name] += deductible
    used[kind] += paid
    return deductible, paid


def _catastrophic(claim: Claim, rest: int, used: dict[str, Any], policy: Any) -> int:
    if policy is None or claim.kind.value not in policy.get("kinds", ("inpatient",)):
        return 0
    poor = "poor" in {one.value for one in claim.groups}
    before, used["counted"] = used["counted"], used["counted"] + rest
    line = fen(policy["poor_line"] if poor and "poor_line" in policy else policy["line"])
    if policy.table is None:
        if used["counted"] > line:
            raise Silent
        return 0
    rows = list(policy.table.dicts())
    edges = [fen(row["over"]) for row in rows] + [float("inf")]

    def sum_to(x: int) -> int:
        shift = line if policy.get("bands_from", "line") == "line" else 0
        return sum(part(between(x, int(max(low + shift, line)), high + shift), row["poor_ratio" if poor else "ratio"]) for row, low, high in zip(rows, edges, edges[1:], strict=False))

    paid = sum_to(used["counted"]) - sum_to(before)
    if "cap" in policy and not (poor and policy.get("poor_uncapped")):
        paid = min(paid, max(0, fen(policy["cap"]) - used["catastrophic"]))
    used["catastrophic"] += paid
    return paid


def _aid(claim: Claim, rest: int, used: dict[str, Any], policies: Mapping[str, Any]) -> int:
    name = "aid_outpatient" if claim.kind.value == "outpatient" else "aid"
    before, used[f"left_{name}"] = used[f"left_{name}"], used[f"left_{name}"] + rest
    groups = {one.value for one in claim.groups}
    row = next((row for row in policies["aid"].table.dicts() if row["group"] in groups), None) if "aid" in policies else None
    if row is None:
        return 0
    if name == "aid_outpatient":
        cap: float = fen(row["outpatient_cap"] or 0)
    else:
        if row["cap_above"] and row["cap_above"] != row["cap"] and "catastrophic" not in policies:
            raise Silent
        text = row["cap_above"] or row["cap"] if used["catastrophic"] else row["cap"]
        cap = fen(text) if text else float("inf")
    gained = part(max(0, used[f"left_{name}"] - fen(row["line"])), row["ratio"]) - part(max(0, before - fen(row["line"])), row["ratio"])
    paid = int(min(gained, max(0, cap - used[name])))
    used[name] += paid
    return paid
