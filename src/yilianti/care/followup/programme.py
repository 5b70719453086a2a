"""A programme as its policy files give it on a day: form, danger signs, classes, steps, prompts, scores, screening, risk, cadence.

`clinical.followup.programme_<code>` names its parts; each part is `clinical.followup.<part>_<code>`, so that a county may replace one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from yilianti import policybook
from yilianti.care.followup import conditions, forms
from yilianti.care.followup.parts import Cadence, ClassRow, Layer, Points, Programme, Risk, Rule, Screening, Sign, Step
from yilianti.care.followup.terms import Refer

ROOM = "clinical.followup"
HEAD = f"{ROOM}.programme_"
#: What rests on general knowledge alone says nothing until a county has compared it with the original.
UNCONFIRMED = "K"
NEEDED = ("form", "classes", "steps", "cadence")


def codes(day: date, scope: policybook.places.HasScope) -> list[str]:
    """The programmes in force here on that day."""
    held = (one for one in policybook.current().survey(day, scope) if one.code.startswith(HEAD) and one.in_force)
    return [one.code.removeprefix(HEAD) for one in held]


def in_force(code: str, day: date, scope: policybook.places.HasScope) -> Programme:
    """The programme of that day; raises NoPolicyInForce for it or a part it names, ValueError for a row that cannot be read."""
    head = policybook.in_force(f"{HEAD}{code}", day, scope)
    parts = tuple((part, policybook.in_force(f"{ROOM}.{part}_{code}", day, scope)) for part in head.parts)
    confirmed = policybook.in_force(f"{ROOM}.confirmed", day, scope)
    return _read(code, head, parts, frozenset(confirmed.codes))


@lru_cache(maxsize=64)
def _read(code: str, head: policybook.Edition, named: tuple[tuple[str, policybook.Edition], ...], confirmed: frozenset[str]) -> Programme:
    """Read once for the same editions: a thousand visits of a day share it."""
    parts = dict(named)
    if lacking := [part for part in NEEDED if part not in parts]:
        raise ValueError(f"随访项目 {code} 的 parts 里缺少 {'、'.join(lacking)}；请在 {head.policy_ref} 补上。")

    def rows(part: str) -> Iterable[tuple[dict[str, str], dict[str, Any]]]:
        edition = parts.get(part)
        for row in edition.table.dicts() if edition and edition.table else ():
            yield row, _shared(code, row, edition.policy_ref if edition else "", confirmed)

    signs = tuple(Sign(**shared, effect=row["effect"], asks=conditions.parse(row["asks"], row["code"]) if row["asks"] else None) for row, shared in rows("danger"))
    ticked = [forms.Option(sign.code, sign.zh, sign.en) for sign in signs if sign.condition.is_ticked]
    form = parts["form"]
    read = forms.read(form.given, form.table.dicts() if form.table else (), ticked, form.policy_ref)
    return Programme(
        code, head.zh, head.en, tuple(head.prefixes), head.from_age, head.counted, head.is_sample, head.says, read,
        classes=tuple(ClassRow(**shared, form_code=row["form_code"]) for row, shared in rows("classes")),
        steps=tuple(_step(row, shared) for row, shared in rows("steps")),
        cadence=_cadence(parts["cadence"]), signs=signs,
        prompts=tuple(Rule(**shared) for _, shared in rows("prompts")),
        scores=tuple(_points(code, row, shared, confirmed) for row, shared in rows("scores")),
        screening=_screening(parts["screening"], [shared for _, shared in rows("screening")]) if "screening" in parts else None,
        risk=_risk(parts["risk"], list(rows("risk"))) if "risk" in parts else None,
        policy_refs=(head.policy_ref, *(edition.policy_ref for edition in parts.values())), labels=read.labels,
    )  # fmt: skip


def _shared(programme: str, row: Mapping[str, str], policy_ref: str, confirmed: frozenset[str]) -> dict[str, Any]:
    own = f"{programme}.{row['code']}"
    return {
        "code": row["code"], "condition": conditions.parse(row["when"], own), "zh": row["zh"], "en": row["en"], "tag": row["tag"], "source": row["source"],
        "row": row["row"], "policy_ref": policy_ref, "is_silent": row["tag"] == UNCONFIRMED and own not in confirmed,
    }  # fmt: skip


def _points(programme: str, row: Mapping[str, str], shared: Mapping[str, Any], confirmed: frozenset[str]) -> Points:
    """A score is confirmed as a whole, by its own name."""
    silent = shared["is_silent"] and f"{programme}.{row['score']}" not in confirmed
    return Points(**{**shared, "is_silent": silent}, score=row["score"], points=int(row["points"]))


def _step(row: Mapping[str, str], shared: Mapping[str, Any]) -> Step:
    check, following = (int(row[name]) if row[name] else None for name in ("check_days", "next_days"))
    return Step(**shared, refer=Refer(row["refer"] or Refer.NONE), check_days=check, next_days=following, adjusts=bool(row["adjust"]))


def _cadence(edition: policybook.Edition) -> Cadence:
    return Cadence(edition.visits_a_year, edition.checks_a_year, edition.months, frozenset(edition.face_to_face), edition.policy_ref)


def _screening(edition: policybook.Edition, marks: list[dict[str, Any]]) -> Screening:
    return Screening(edition.from_age, conditions.parse(edition.raised, "raised"), edition.days, edition.window_days, edition.mark_months, edition.check_days,
                     tuple(Rule(**shared) for shared in marks), edition.policy_ref)  # fmt: skip


def _risk(edition: policybook.Edition, rows: list[tuple[dict[str, str], dict[str, Any]]]) -> Risk:
    grades = tuple((one["code"], conditions.parse(one["when"], "grade")) for one in edition.grades)
    layers = tuple(Layer(**shared, by_grade={grade: row[f"grade_{grade}"] for grade, _ in grades}) for row, shared in rows)
    return Risk(grades, layers, {code: (one["zh"], one["en"]) for code, one in edition["layers"].items()}, edition.policy_ref)
