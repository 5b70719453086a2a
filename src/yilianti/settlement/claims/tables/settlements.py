"""Settlements as a table: a row is a bill; brought again with other content, it is a correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import Layout, Outcome, Row
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import access, actions, keeping, rules
from yilianti.settlement.claims.actions.correcting import told_of
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.pricing.trace import yuan
from yilianti.settlement.claims.tables import codes
from yilianti.settlement.claims.tables.columns import GROUP_WORDS, SETTLEMENT
from yilianti.settlement.claims.tables.places import Places
from yilianti.settlement.claims.terms import State, Told

_AMOUNTS = ("total", "fully_own", "over_limit", "first_self", "hospital")
_SETTLED = ("fund", "basic", "catastrophic", "aid", "person")
_OTHER = ("other", "other_public", "other_firm", "other_large")
_PLAIN = ("visit_number", "kind", "insurance", "region", "way", "follows", "level", "department", "doctor", "discharge_type")
_DAYS = ("admitted_on", "discharged_on")


def fen(text: str) -> int:
    """A stored amount, "12.50", as fen."""
    return int(Decimal(text) * 100)


class Settlements:
    """「费用结算」"""

    key, title, icon, permission = "settlements", "费用结算", "file-text", access.BRING

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, SETTLEMENT, identity=("institution", "settlement_number"), at_once=1000, notes=(
            "一行是一次结算。同一结算编号再次导入：内容相同的不变，不同的记为更正，空着的格不改动。",
            "金额以元为单位，至多两位小数，不能为负；退费后重新结算的，请用新的结算编号，原来的在费用页面作废。",
            "可以直接用医保接口导出的表：列名是接口字段名（如 medfee_sumamt）的也认得。",
        ))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        places = Places(actor, [row.values.get("institution", "") for row in rows])
        people = residents.holders_of_cards(row.values.get("id_card", "") for row in rows)
        known = _known(rows, places)
        named = residents.many(people.values())
        stays, same = keeping.spans(people.values()), residents.groups(people.values())
        for row in rows:
            place = places.of(row, layout)
            person = people.get(row.values.get("id_card", ""))
            if person is None:
                row.blame(layout, "id_card", residents.why_not_id_card(row.values.get("id_card", "")) or "没有登记过这个身份证号的居民；请先导入居民，或核对号码。")
            else:
                _same_name(row, layout, named[person])
            if row.faults or place is None or person is None:
                continue
            row.values["_institution"], row.values["_resident"] = str(place), str(person)
            row.known = known.get((place, row.values["settlement_number"]))
            told = _told(row, layout)
            if told is None:
                continue
            for key, sentence in rules.faults(told, stays.get(person, ()), day):
                row.blame(layout, key, sentence)
            if not row.faults:
                _compare(row, layout, told, same[person])
            if not row.faults and told.kind == Kind.INPATIENT:
                stays.setdefault(person, []).append(rules.Span(place, told.settlement_number, told.admitted_on, told.discharged_on))

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        layout = self.layout(actor, at.date())
        told = [found for row in rows if (found := _told(row, layout)) is not None]
        answers = actions.file(actor=actor, told=told, at=at, source="import")
        return [
            Outcome(row.number, refusal=answer.zh) if isinstance(answer, Refused) else Outcome(row.number, made=row.known is None, ref=f"claim:{answer.number}")
            for row, answer in zip(rows, answers, strict=True)
        ]

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        for ref in refs:
            claim = Claim.objects.get(number=ref.removeprefix("claim:"))
            if claim.version > 1 or claim.state != State.FILED or claim.charges.exists():
                raise Refused("in_use", f"{claim.number}（结算编号 {claim.settlement_number}）之后又更正、作废过或已有明细，不能整批撤销；请逐笔作废。", "a claim was used since")
            actions.withdraw(actor=actor, number=claim.number, because="撤销导入", at=at)


def _known(rows: Sequence[Row], places: Places) -> dict[tuple[int, str], Claim]:
    numbers = [row.values.get("settlement_number", "") for row in rows]
    found = Claim.objects.filter(institution__in=places.ids(), settlement_number__in=numbers)
    return {(claim.institution_id, claim.settlement_number): claim for claim in found}


def _same_name(row: Row, layout: Layout, person: residents.Resident) -> None:
    if (name := row.values.get("name", "")) and (said := residents.cannot_be_one(residents.Demographics(person.name), residents.Demographics(name))):
        row.blame(layout, "name", f"{said}；请核对号码和姓名。")


def _told(row: Row, layout: Layout) -> Told | None:
    """The settlement as the row tells it, over what is known of it where a cell is empty; None where a cell is wrong."""
    given, known = row.values, row.known
    base: dict[str, Any] = told_of(known) if known is not None and known.state == State.FILED else {}
    base |= {"institution": int(given["_institution"]), "resident": int(given["_resident"]), "settlement_number": given["settlement_number"]}
    base |= {key: given[key] for key in _PLAIN if given.get(key)}
    base |= {key: date.fromisoformat(given[key]) for key in _DAYS if given.get(key)}
    base |= {key: fen(given[key]) for key in _AMOUNTS if given.get(key)}
    base["settled"] = dict(base.get("settled", {})) | _settled(given)
    for key, read in (("groups", _groups), ("grade", _whole), ("signed", _yes), ("diseases", _whole), ("weight_g", _whole)):
        if given.get(key):
            value = read(row, layout, key)
            base[key] = value
    for key, parts in (("diagnoses", ("main_dx", "other_dx")), ("operations", ("main_op", "other_op"))):
        if any(given.get(part) for part in parts):
            base[key] = codes.several(row, layout, *parts)
    return None if row.faults else Told(**base)


def _settled(given: Mapping[str, str]) -> dict[str, int]:
    found = {key: fen(given[key]) for key in _SETTLED if given.get(key)}
    others = [fen(given[key]) for key in _OTHER if given.get(key)]
    return found | ({"other": sum(others)} if others else {})


def _whole(row: Row, layout: Layout, key: str) -> int:
    text = row.values[key]
    if not text.isdigit():
        row.blame(layout, key, "应是整数。")
        return 0
    return int(text)


def _yes(row: Row, layout: Layout, key: str) -> bool:
    return row.values[key] == "1"


def _groups(row: Row, layout: Layout, key: str) -> tuple[str, ...]:
    words = [word.strip() for word in codes.SEPARATORS.split(row.values[key]) if word.strip()]
    if wrong := [word for word in words if word not in GROUP_WORDS]:
        row.blame(layout, key, f"不认识“{wrong[0]}”；可用：{'、'.join(GROUP_WORDS)}。")
    return tuple(str(GROUP_WORDS[word]) for word in words if word in GROUP_WORDS)


def _compare(row: Row, layout: Layout, told: Told, same: frozenset[int]) -> None:
    """What a correction would change, in the words of the table."""
    known = row.known
    if known is None:
        return
    if known.state == State.WITHDRAWN:
        row.blame(layout, "settlement_number", f"已作废（{known.number}）；重新结算的请用新的结算编号。")
    elif known.resident_id not in same:
        row.blame(layout, "id_card", f"这个结算编号已是另一位居民的费用（{known.number}）；请先作废那一笔，再用新的结算编号。")
    else:
        old = told_of(known)
        for key, label in ((column.key, column.label) for column in layout.columns):
            before, after = _word(old, key), _word(_as_dict(told), key)
            if before != after:
                row.changes[label] = [before, after]


def _as_dict(told: Told) -> dict[str, Any]:
    return {name: getattr(told, name) for name in told.__dataclass_fields__}


def _word(values: Mapping[str, Any], key: str) -> str:
    """One column of a settlement as people read it."""
    if key in _AMOUNTS:
        return yuan(values[key])
    if key in (*_SETTLED, "other"):
        return yuan(values["settled"][key]) if key in values["settled"] else ""
    if key in ("main_dx", "other_dx", "main_op", "other_op"):
        listed = values["diagnoses" if key.endswith("dx") else "operations"]
        return (listed[0] if listed else "") if key.startswith("main") else "|".join(listed[1:])
    if key == "groups":
        return "、".join(word for word, value in GROUP_WORDS.items() if value in values["groups"])
    if key in ("institution", "id_card", "name", *_OTHER):
        return ""
    value = values.get(key)
    return "" if value is None else str(value)
