"""An invented county's month of claims, seeded: plain visits and stays, on which `planted.py` plants what is wrong and `alike.py` what only looks so."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.settlement.supervision import book as books
from yilianti.settlement.supervision.ledger import Ledger
from yilianti.settlement.supervision.terms import Billed, Family, Limit, Line, Point, Sign, Trace

DAY = date(2026, 10, 1)
HERE = Scope("yunxi", "349901")
LEAD, TCM, TOWNSHIPS = 1, 2, tuple(range(3, 11))
ILLNESSES = ("J18.900", "I63.900", "K29.500", "I20.000", "N39.000", "M51.202", "E11.900", "J44.100")
WARDS = {"J": "呼吸内科", "I": "心内科", "K": "消化内科", "N": "肾内科", "M": "骨科", "E": "内分泌科", "S": "骨科", "O": "产科", "C": "肿瘤科", "Z": "肿瘤科", "H": "眼科", "F": "康复科"}
POINTS = Path(__file__).parents[2] / "demo/supervision/points.csv"


def points() -> list[Point]:
    """The sample points shipped with the demo county."""
    limits, sexes = {one.zh: str(one) for one in Limit}, {"女": "F", "男": "M", "": ""}
    with POINTS.open(encoding="utf-8") as file:
        return [Point(limits[row["类别"]], row["项目编码"], row["项目名称"], sexes[row["性别"]], _years(row["年龄起"]), _years(row["年龄止"]), row["来源文件"]) for row in csv.DictReader(file)]


def _years(text: str) -> int | None:
    return int(text) if text else None


class Month:
    """Claims, lines and signs as they are made; `truth` names family and claim of what is wrong, `alike` claims that only look so, each with its story."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.book = books.in_force(date(2026, 10, 31), HERE, points())
        self.claims: dict[str, Billed] = {}
        self.lines: list[Line] = []
        self.signs: list[Sign] = []
        self.truth: dict[tuple[Family, str], str] = {}
        self.alike: dict[tuple[Family, str], str] = {}
        self.people = 0

    def person(self, sex: str = "", age: int | None = None) -> Billed:
        """A resident nobody else is, as a claim that others are made from."""
        self.people += 1
        years = self.chance.randint(19, 88) if age is None else age
        chosen = sex or self.chance.choice("MF")
        born = date(2026 - years, 1, 1) + timedelta(self.chance.randint(0, 200))
        return Billed("", self.people, LEAD, "outpatient", DAY, DAY, 0, sex=chosen, age=years, record_sex=chosen, born_on=born)

    def add(self, claim: Billed) -> Billed:
        named = replace(claim, number=f"P{len(self.claims) + 1:06d}")
        self.claims[named.number] = named
        return named

    def bill(self, claim: Billed, code: str, at: datetime, quantity: str = "1", name: str = "", price: str = "", supply: int | None = None, category: str = "") -> Line:
        """A line at the list price, or as told."""
        item = self.book.items.get(code)
        unit = Decimal(price) if price else Decimal(item.price or 0) / 10_000 if item else Decimal(10)
        amount = int((unit * Decimal(quantity) * 100).to_integral_value())
        line = Line(claim.number, len(self.lines) + 1, code, name or (item.name if item else code), category or (item.category if item else "service"), Decimal(quantity), amount, at, supply_days=supply)
        self.lines.append(line)
        self.claims[claim.number] = replace(self.claims[claim.number], total=self.claims[claim.number].total + amount)
        return line

    def visit(self, who: Billed, on: date, *, at: int = 0, place: int = 0, codes: Iterable[str] = ("YX-L01",), drug: str = "", days: int = 14) -> Billed:
        """An out-patient visit: a fee, tests, a drug for some days."""
        begun = datetime.combine(on, time(8)) + timedelta(minutes=at or self.chance.randint(1, 500))
        claim = self.add(replace(who, institution=place or self.chance.choice((LEAD, TCM, *TOWNSHIPS)), kind="outpatient", admitted_on=on, discharged_on=on, diagnoses=who.diagnoses or (self.chance.choice(ILLNESSES),), department="门诊"))
        self.bill(claim, "YX-C01", begun)
        for number, code in enumerate(codes, 1):
            self.bill(claim, code, begun + timedelta(minutes=number * 3))
        if drug:
            self.bill(claim, drug, begun + timedelta(minutes=12), str(days // 7 or 1), supply=days)
        return claim

    def stay(self, who: Billed, on: date, nights: int, dx: str, *, place: int = 0, ward: str = "", treated: bool = True, present: bool = True, **more: object) -> Billed:
        """A stay with a bed and care each night, and, where treated, infusions and tests, orders and results as its institution tells them."""
        told = replace(who, institution=place or self.chance.choice((LEAD, LEAD, TCM, *TOWNSHIPS[:3])), kind="inpatient", admitted_on=on, discharged_on=on + timedelta(nights), diagnoses=(dx, "I10.x00x002"), department=ward or WARDS[dx[0]])
        claim = self.add(replace(told, **more))  # type: ignore[arg-type]
        for night in range(max(nights, 1)):
            begun = datetime.combine(on + timedelta(night), time(7)) + timedelta(minutes=self.chance.randint(1, 90))
            for code in ("YX-B01", "YX-B02", "YX-C02"):
                self.bill(claim, code, begun) if code != "YX-C02" or treated else None
            if treated:
                self.bill(claim, "YX-O05", begun + timedelta(minutes=100), "2")
                self.bill(claim, "YX-M01", begun + timedelta(minutes=100), "2")
            self._signs(claim, begun.date(), treated, present)
        if treated:
            self.bill(claim, "YX-L01", begun + timedelta(minutes=130))
        return claim

    def _signs(self, claim: Billed, on: date, treated: bool, present: bool) -> None:
        """Townships from the sixth on tell nothing; the fifth tells orders only."""
        kinds = {Trace.ORDER: treated, Trace.RESULT: treated and claim.institution < 5, Trace.PRESENCE: present and claim.institution < 5}
        self.signs += [Sign(claim.number, str(kind), on) for kind, there in kinds.items() if there and claim.institution <= 5]

    def wrong(self, family: Family, claim: Billed, story: str) -> None:
        self.truth[family, claim.number] = story

    def looks(self, family: Family, claim: Billed, story: str) -> None:
        self.alike[family, claim.number] = story

    def someday(self, last: int = 20) -> date:
        return DAY + timedelta(self.chance.randint(0, last))

    def ordinary(self, visits: int, stays: int) -> None:
        """What a month mostly is."""
        for number in range(visits):
            who, drug = self.person(), self.chance.choice(("", "YX-D01", "YX-D02"))
            on = self.someday(12)
            codes = [code for code in ("YX-L01", "YX-L02", "YX-E01", "YX-E03") if self.chance.random() < 0.3]
            first = self.visit(who, on, codes=codes, drug=drug)
            if number % 3 == 0:
                self.visit(replace(who, diagnoses=first.diagnoses), on + timedelta(self.chance.randint(12, 16)), drug=drug, place=first.institution)
        for number in range(stays):
            who, on, nights = self.person(), self.someday(10), self.chance.randint(2, 9)
            claim = self.stay(who, on, nights, self.chance.choice(ILLNESSES))
            if number % 5 == 0:
                self.visit(who, on + timedelta(nights + self.chance.randint(1, 6)), place=claim.institution)

    def ledger(self) -> Ledger:
        return Ledger.of(list(self.claims.values()), self.lines, self.signs)


def month(seed: int = 15, visits: int = 4_000, stays: int = 700, each: int = 24) -> Month:
    """The whole planted month."""
    from tests.supervision import alike, planted

    policybook.open_at(None)
    made = Month(seed)
    made.ordinary(visits, stays)
    planted.plant(made, each)
    alike.plant(made, each // 2)
    return made
