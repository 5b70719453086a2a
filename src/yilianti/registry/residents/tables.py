"""Residents as a table that people bring in a spreadsheet: recognised by number, never overwritten in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row, Verdict, day_of
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import access, matching, names, rules
from yilianti.registry.residents.actions import belonging, correcting, enrolling
from yilianti.registry.residents.models import Kin, Resident
from yilianti.registry.residents.terms import Demographics, IdentifierSystem, Key, KinKind, Sex

LIST = "residents.list"
_SEXES = {"男": Sex.MALE.value, "女": Sex.FEMALE.value, "未知": Sex.UNKNOWN.value, "未说明": Sex.UNSTATED.value}
_KEYS = {"id_card": IdentifierSystem.ID_CARD, "insurance": IdentifierSystem.INSURANCE, "health_card": IdentifierSystem.HEALTH_CARD}
ID_CARD = Column("id_card", "居民身份证号", "18 位（或旧式 15 位）；没有时须填出生日期和性别。", CellKind.CODE, longest=24, also=("身份证号", "身份证", "证件号码"))


class Residents:
    """「居民」: the population list of a place."""

    key, title, icon = "residents", "居民", "users"
    permission = LIST

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            Column("name", "姓名", "照证件填写；「·」照写，生僻字照写。", required=True, example="苏映荷", longest=96),
            ID_CARD,
            Column("sex", "性别", "有身份证号时可不填。", choices=_SEXES, example="女"),
            Column("born_on", "出生日期", "有身份证号时可不填。", CellKind.DAY, example="1959-03-14"),
            Column("phone", "电话", kind=CellKind.CODE, longest=32, also=("联系电话", "手机", "手机号")),
            Column("address", "住址", example="稻香镇青禾村 3 组", longest=160, also=("地址", "现住址")),
            Column("home", "建档机构代码", "不填为您所在的机构。", CellKind.CODE, example="YX0111", longest=32),
            Column("household", "户编号", "同住一户的填同一个号。", CellKind.CODE, longest=32, also=("户号",)),
            Column("insurance", "医保号", kind=CellKind.CODE, longest=48),
            Column("health_card", "电子健康卡号", kind=CellKind.CODE, longest=64),
            Column("local", "本院病历号", "您所在机构的病历号。", CellKind.CODE, longest=64, also=("病历号",)),
            Column("guardian", "监护人姓名", "儿童、无民事行为能力者填写。", longest=96),
            Column("guardian_phone", "监护人电话", kind=CellKind.CODE, longest=32),
        ), identity=("id_card",), notes=("身份证号、医保号、健康卡号任一相同即为同一人，不会重复建档；在册的姓名、性别、出生日期不会被改动。",
                                        "拿不准是不是同一人的，照常导入，并进入“疑似重复居民”等人核对。"))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        homes = institutions.found_by_code(row.values.get("home", "") for row in rows)
        for row in rows:
            _judge_alone(layout, row, actor, homes, day)
        good = [row for row in rows if not row.faults]
        owners = matching.owners(list({key for row in good for key in keys_of(row.values, actor.institution)}))
        found = Resident.objects.in_bulk({owner.standing for owner in owners.values()})
        alike = _alike(good, actor)
        guardians = {kin.resident_id: kin for kin in Kin.objects.filter(resident__in=found, kind=KinKind.GUARDIAN.value)}
        openable = access.openable(actor, found, "residents.amend")
        for row in good:
            owner = matching.chosen(keys_of(row.values, actor.institution), owners)
            row.known = found.get(owner.standing) if owner else alike.get(_particulars(row.values))
            if row.known:
                _compare(layout, row, row.known, {owner.standing for key in keys_of(row.values, actor.institution) if (owner := owners.get(key))},
                         [key for key in keys_of(row.values, actor.institution) if key not in owners], guardians, row.known.id in openable)  # fmt: skip

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        """New ones in sets; for known ones only what is new of them."""
        listed = [enrolling.Listed(enrolling.numbered(row.values, actor.institution), _demographics(row)) for row in rows]
        made = enrolling.enrol(actor=actor, people=[one for one, row in zip(listed, rows, strict=True) if row.known is None or row.values.get("_numbered")], at=at)
        answers = iter(made)
        outcomes = []
        for row in rows:
            done = next(answers) if row.known is None or row.values.get("_numbered") else None
            resident = done.resident if done else row.known
            refusal = _finish(row, actor, resident, at)
            outcomes.append(Outcome(row.number, done is not None and done.created, f"resident:{resident.id}", refusal))
        return outcomes

    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        try:
            with transaction.atomic():
                enrolling.withdraw(actor=actor, residents=[int(ref.removeprefix("resident:")) for ref in refs], at=at)
        except (ProtectedError, IntegrityError) as used:
            raise Refused("in_use", "其中有居民已有就诊、转诊、参保或其他记录，不能整批撤销；个别登错的请在居民页更正，重复的请在“疑似重复居民”中合并。") from used


def keys_of(values: Mapping[str, str], issuer: int | None) -> list[Key]:
    """The numbers of a row in the form in which they are compared."""
    keys = []
    for name, system in _KEYS.items():
        if value := values.get(name, ""):
            card = rules.read_id_card(value) if system is IdentifierSystem.ID_CARD else None
            keys.append(Key(system.value, 0, card.value if card else value))
    if values.get("local") and issuer:
        keys.append(Key(IdentifierSystem.LOCAL.value, issuer, values["local"]))
    return keys


def _judge_alone(layout: Layout, row: Row, actor: Actor, homes: Mapping[str, institutions.Institution], day: date) -> None:
    told = row.values
    card = rules.read_id_card(told.get("id_card", ""))
    if told.get("id_card") and card is None:
        row.blame(layout, "id_card", rules.why_not_id_card(told["id_card"]))
    elif card:
        told["id_card"] = card.value
        row.notes += [finding.sentence for finding in (*rules.unknown_area(card), *rules.contradictions(card, _told(told)))]
        told["born_on"], told["sex"] = card.born_on.isoformat(), card.sex.value
    elif not told.get("born_on") or not told.get("sex"):
        row.blame(layout, "id_card", "没有身份证号时，须填写出生日期和性别；请补全。")
    if told.get("born_on", "") > day.isoformat():
        row.blame(layout, "born_on", "出生日期不能晚于今天；请核对。")
    if told.get("phone") and not 7 <= sum(character.isdigit() for character in told["phone"]) <= 15:
        row.blame(layout, "phone", "电话应为 11 位手机号，或带区号的座机号。")
    home = homes.get(told.get("home", "")) if told.get("home") else None
    home_id = home.id if home else None if told.get("home") else actor.institution
    if home_id is None:
        row.blame(layout, "home", "没有这个代码的在册机构；请先导入机构，或核对代码。")
    elif not actor.may(LIST, home_id):
        row.blame(layout, "home", "这个机构不在您可以导入居民的范围；请由它自己或其上级导入。")
    told["_home"] = str(home_id or "")


def _alike(rows: Sequence[Row], actor: Actor) -> dict[tuple[str, ...], Resident]:
    """Residents recognised without any number: same name, sex, birth date and keeper, exactly."""
    asked = {_particulars(row.values): names.key(row.values["name"]) for row in rows if not keys_of(row.values, actor.institution)}
    if not asked:
        return {}
    found = Resident.objects.filter(name_key__in=set(asked.values()), merged_into__isnull=True).order_by("-id")
    return {(names.folded(one.name), one.sex, str(one.born_on or ""), str(one.home_id or "")): one for one in found}


def _particulars(told: Mapping[str, str]) -> tuple[str, ...]:
    return names.folded(told.get("name", "")), told.get("sex", ""), told.get("born_on", ""), told.get("_home", "")


def _compare(
    layout: Layout, row: Row, known: Resident, owners: set[int], fresh: Sequence[Key], guardians: Mapping[int, Kin], may_amend: bool
) -> None:
    """What would be added or corrected of somebody on record, and what is only said."""
    for key in fresh:
        row.changes[IdentifierSystem.label(key.system)] = ["", key.value]
    doubt = rules.cannot_be_one(Demographics(known.name, known.sex, known.born_on), _told(row.values))
    if len(owners) > 1 or doubt:
        row.notes.append(f"{doubt or '所填号码分属两位居民'}；将按号码归入在册居民，并进入“疑似重复居民”。")
    if fresh or len(owners) > 1 or doubt:
        row.values["_numbered"] = "1"
    if doubt:
        row.changes["疑似重复"] = ["", "等待核对"] if not row.changes else row.changes.get("疑似重复", ["", "等待核对"])
        return
    row.notes += [finding.sentence for finding in rules.smaller_slips(Demographics(known.name, known.sex, known.born_on), _told(row.values))]
    if may_amend:
        row.compare(layout, {"phone": known.phone, "address": known.address, "household": known.household})
    guardian = guardians.get(known.id)
    if row.values.get("guardian") and may_amend and (guardian is None or guardian.name != row.values["guardian"]):
        row.changes["监护人姓名"] = [guardian.name if guardian else "", row.values["guardian"]]


def _finish(row: Row, actor: Actor, resident: Resident, at: datetime) -> str:
    """Corrections and the guardian, after the person is there; answers why not, or ""."""
    told = row.values
    try:
        with transaction.atomic():
            if row.verdict is Verdict.CHANGED and set(row.changes) & {"电话", "住址", "户编号"}:
                known = Demographics(resident.name, resident.sex, resident.born_on, told.get("phone") or resident.phone, told.get("address") or resident.address,
                                     resident.home_id, told.get("household") or resident.household)  # fmt: skip
                correcting.amend(actor=actor, resident_id=resident.id, version=None, demographics=known, because="批量导入", at=at)
            if told.get("guardian") and (row.known is None or "监护人姓名" in row.changes):
                belonging.note_kin(actor=actor, resident_id=resident.id, kind=KinKind.GUARDIAN.value, name=told["guardian"], phone=told.get("guardian_phone", ""), at=at)
    except Refused as refusal:
        return refusal.zh
    return ""


def _told(values: Mapping[str, str]) -> Demographics:
    return Demographics(values.get("name", ""), values.get("sex") or Sex.UNKNOWN.value, day_of(values.get("born_on", "")))


def _demographics(row: Row) -> Demographics:
    told = row.values
    return Demographics(told["name"], told.get("sex") or Sex.UNKNOWN.value, day_of(told.get("born_on", "")), told.get("phone", ""), told.get("address", ""),
                        int(told["_home"]), told.get("household", ""))  # fmt: skip
