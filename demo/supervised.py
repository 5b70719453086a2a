"""Claims of last month that rules object to, beside ordinary ones; and what the insurance office and the bureau have said of them so far."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from demo.messages import Patient
from demo.places import CONSORTIUM, COUNTY, REGION, TCM
from demo.staff import Staff
from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.kernel.tables.layout import Row
from yilianti.settlement.claims import api as claims
from yilianti.settlement.supervision import actions
from yilianti.settlement.supervision.models import Suspicion
from yilianti.settlement.supervision.tables import KnowledgePoints

HERE = Path(__file__).parent / "supervision"
#: nobody who was in hospital so near to the month: what rules say is to come from these bills alone
_APART = timedelta(days=30)
BED, NURSING, FEE, DRIP = "YX-B01", "YX-B02", "YX-C02", "YX-O05"


@dataclass
class Bill:
    """One settlement to come, with its lines: item, moment, quantity, and what is told otherwise than the list has it."""

    patient: Patient
    place: str
    kind: str
    since: date
    nights: int
    dx: str
    department: str = "内科"
    lines: list[tuple[str, datetime, str, dict[str, object]]] = field(default_factory=list)

    def add(self, code: str, day: int = 0, hour: int = 9, minute: int = 30, quantity: str = "1", **otherwise: object) -> Bill:
        at = timezone.make_aware(datetime.combine(self.since + timedelta(day), time(hour, minute)))
        self.lines.append((code, at, quantity, otherwise))
        return self

    def lain(self, *, treated: bool = True) -> Bill:
        """Nights in a bed, with care where `treated`."""
        for night in range(self.nights):
            self.add(BED, night, 7, 5).add(NURSING, night, 7, 5)
            if treated:
                self.add(FEE, night, 8, 10).add(DRIP, night, 10, 0, "2")
        return self


def _bills(patients: list[Patient], month: date) -> Iterator[Bill]:
    """Each of the first fits one rule; the others are ordinary."""
    who = iter(patients)

    def stay(day: int, nights: int, dx: str, patient: Patient | None = None, place: str = COUNTY, **more: Any) -> Bill:
        return Bill(patient or next(who), place, "inpatient", month + timedelta(day), nights, dx, **more)

    def visit(day: int, patient: Patient | None = None, place: str = COUNTY) -> Bill:
        return Bill(patient or next(who), place, "outpatient", month + timedelta(day), 0, "K29.500", "门诊").add("YX-C01", 0, 8, 40)

    for number in range(3):
        yield stay(number, 4, "J18.900").lain().add("YX-E01", 1, 10, 20).add("YX-E01", 1, 10, 20)
    yield visit(4).add("YX-E02", amount=26_000)
    yield visit(5).add("YX-L02", 0, 9, 0).add("YX-L03", 0, 9, 0)
    back = next(who)
    yield stay(1, 5, "I63.900", back, department="神经内科").lain()
    yield stay(12, 4, "I63.900", back, department="神经内科").lain()
    eye = next(who)
    yield stay(2, 2, "H25.900", eye, department="眼科").lain().add("YX-O03", 1, 10, 5)
    yield stay(9, 2, "H25.900", eye, department="眼科").lain().add("YX-O03", 1, 10, 5)
    yield stay(6, 5, "M51.202", place=TCM, department="康复科").lain(treated=False)
    man = next(one for one in patients[30:] if one.who.sex in ("1", "M"))
    yield visit(7, man).add("YX-O10")
    yield stay(8, 3, "J44.100").lain().add(BED, 2, 7, 6, "2")
    yield visit(9).add("YX-E01", name="皮肤护理")
    two = next(who)
    yield visit(10, two)
    yield Bill(two, TCM, "outpatient", month + timedelta(10), 0, "M51.202", "门诊").add("YX-C01", 0, 8, 46)
    for number in range(8):
        yield stay(number * 2, 3 + number % 4, ("E11.900", "N39.000", "I20.000", "J44.100")[number % 4]).lain().add("YX-L01", 0, 8, 30)


def load(staff: Staff, patients: list[Patient], now: datetime) -> None:
    """File, look through, and let both sides speak about some of it."""
    month = (timezone.localdate(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    busy = set(claims.Claim.objects.filter(discharged_on__gte=month - _APART, admitted_on__lte=month + 2 * _APART).values_list("resident", flat=True))
    free = [patient for patient in patients if patient.resident not in busy][-60:]
    _points(staff.actor("bureau"), now - timedelta(days=6))
    for place, actor in ((COUNTY, staff.actor("medins")), (TCM, Actor.system("县中医院医保办", institution=staff.county.id(TCM), consortium=CONSORTIUM, region=REGION))):
        _file(actor, staff.county.id(place), [bill for bill in _bills(free, month) if bill.place == place], now - timedelta(days=5))
    actions.scan_month(month=month, at=now - timedelta(days=4))
    _talk(staff, now)


def _points(bureau: Actor, at: datetime) -> None:
    table, day = KnowledgePoints(), timezone.localdate(at)
    columns = table.layout(bureau, day).columns
    with (HERE / "points.csv").open(encoding="utf-8") as file:
        told = [{column.key: column.choices.get(line[column.label], line[column.label]) for column in columns} for line in csv.DictReader(file)]
    rows = [Row(number, values) for number, values in enumerate(told, 2)]
    table.judge(bureau, rows, day)
    table.enter(bureau, rows, at)


def _file(actor: Actor, place: int, bills: list[Bill], at: datetime) -> None:
    items = {row["code"]: row for row in _list(at)}
    totals = [sum(_amount(items[code], quantity, more) for code, _, quantity, more in bill.lines) for bill in bills]
    told = [claims.Told(institution=place, settlement_number=f"JS{place}-{number:04d}", resident=bill.patient.resident, kind=bill.kind, admitted_on=bill.since, discharged_on=bill.since + timedelta(bill.nights),
                        total=total, diagnoses=(bill.dx,), department=bill.department) for number, (bill, total) in enumerate(zip(bills, totals, strict=True), 1)]  # fmt: skip
    answers = claims.file(actor=actor, told=told, at=at, source="演示")
    ids = dict(claims.Claim.objects.filter(number__in=[answer.number for answer in answers if not isinstance(answer, Refused)]).values_list("number", "id"))
    lines = [claims.Billed(claim=ids[answer.number], line=str(at_line), code=code, list_code=code, name=str(more.get("name") or items[code]["name"]), category=items[code]["category"], quantity=Decimal(quantity),
                           unit_price=Decimal(_amount(items[code], quantity, more)) / 100 / Decimal(quantity), amount=_amount(items[code], quantity, more), charged_at=moment, department=bill.department)
             for answer, bill in zip(answers, bills, strict=True) if not isinstance(answer, Refused) for at_line, (code, moment, quantity, more) in enumerate(bill.lines, 1)]  # fmt: skip
    claims.charge(actor=actor, lines=lines, at=at)


def _list(at: datetime) -> Iterator[dict[str, str]]:
    edition = policybook.in_force("settlement.supervision.items", timezone.localdate(at), policybook.places.Place(CONSORTIUM, REGION))
    return edition.table.dicts() if edition.table else iter(())


def _amount(item: dict[str, str], quantity: str, more: dict[str, object]) -> int:
    return int(str(more["amount"])) if "amount" in more else int(Decimal(item["price"]) * Decimal(quantity) * 100)


def _talk(staff: Staff, now: datetime) -> None:
    """Of the first of each rule: one cleared, one confirmed and paid back, one asked further, one answered; the rest waits."""
    office, bureau, spoken, decided = staff.actor("medins"), staff.actor("bureau"), now - timedelta(days=3), now - timedelta(hours=20)
    open_ones = list(Suspicion.objects.filter(institution=staff.county.id(COUNTY)).order_by("id"))
    by_rule: dict[str, list[str]] = {}
    for one in open_ones:
        by_rule.setdefault(one.rule, []).append(one.number)
    words = {"above_list": "设备升级后按新项目试收，尚未申报价格。", "part_beside_package": "复查时单独开的一项。", "bed_days": "出院当天下午才办手续，多记了床位。", "sex_limit": "收费窗口选错了患者。"}
    for rule, text in words.items():
        for number in by_rule.get(rule, [])[:1]:
            actions.explain(actor=office, number=number, text=text, at=spoken)
    for number in by_rule.get("same_disease", [])[-1:]:
        actions.explain(actor=office, number=number, text="两次分别做左眼和右眼，手术记录可查。", at=spoken)
        actions.clear(actor=bureau, number=number, text="核对手术记录，左右眼各一次，属于正常分次手术。", at=decided)
    for number in by_rule.get("above_list", [])[:1]:
        one = actions.confirm(actor=bureau, number=number, text="没有批准的价格，按目录价格计算。", amount=Money(8_000), at=decided)
        actions.recover(actor=bureau, number=number, text="凭证 TJ-0032，已退回基金。", amount=Money(one.confirmed or 0), at=decided)
    for number in by_rule.get("bed_days", [])[:1]:
        amount = Suspicion.objects.get(number=number).amount
        actions.confirm(actor=bureau, number=number, text="住院天数算进不算出，多收的应退回。", amount=Money(amount), at=decided)
    for number in by_rule.get("part_beside_package", [])[:1]:
        actions.ask(actor=bureau, number=number, text="请附复查的医嘱。", at=decided)
    for number in by_rule.get("other_name", [])[:1]:
        actions.withdraw(actor=bureau, number=number, text="本地目录的名称有误，已通知更正。", at=decided)
