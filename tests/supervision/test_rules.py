"""Single questions with their numbers, each at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.supervision.month import HERE, points
from yilianti import policybook
from yilianti.settlement.supervision import book as books
from yilianti.settlement.supervision import rules
from yilianti.settlement.supervision.ledger import Ledger
from yilianti.settlement.supervision.terms import Billed, Line, Sign, Suspected

ON = date(2026, 10, 5)
VISIT = Billed("A", 1, 1, "outpatient", ON, ON, 10_000, diagnoses=("J18.900",), sex="F", age=40, record_sex="F", born_on=date(1986, 1, 1))


@pytest.fixture(scope="module")
def book() -> books.Book:
    policybook.open_at(None)
    return books.in_force(ON, HERE, points())


def line(claim: str, code: str, *, name: str = "", quantity: str = "1", amount: int = 0, at: str = "09:30", on: date = ON, **more: object) -> Line:
    policybook.open_at(None)
    item = books.in_force(ON, HERE).items.get(code)
    cost = amount or int(Decimal(item.price or 0) / 100 * Decimal(quantity)) if item else amount
    return Line(claim, hash((claim, code, at)) % 10_000, code, name or (item.name if item else code), item.category if item else "service", Decimal(quantity), cost, datetime.fromisoformat(f"{on} {at}"), **more)  # type: ignore[arg-type]


def asked(book: books.Book, claims: list[Billed], lines: list[Line] = (), signs: list[Sign] = ()) -> list[Suspected]:  # type: ignore[assignment]
    return list(rules.ask(Ledger.of(claims, lines, signs), book))


def codes(found: list[Suspected]) -> list[str]:
    return [str(one.rule) for one in found]


def stay(number: str, on: date, nights: int, dx: str = "J18.900", **more: object) -> Billed:
    return replace(VISIT, number=number, kind="inpatient", admitted_on=on, discharged_on=on + timedelta(nights), diagnoses=(dx,), department="呼吸内科", **more)  # type: ignore[arg-type]


def test_nothing_is_said_of_nothing(book: books.Book) -> None:
    assert asked(book, []) == [] and asked(book, [VISIT]) == []


def test_a_price_is_exceeded_by_what_was_charged_and_only_by_that(book: books.Book) -> None:
    assert asked(book, [VISIT], [line("A", "YX-E01", amount=9_001)]) == []
    (found,) = asked(book, [VISIT], [line("A", "YX-E01", quantity="1.5", amount=15_000)])
    assert (str(found.rule), found.amount) == ("above_list", 1_500)
    assert asked(book, [VISIT], [line("A", "YX-E01", amount=12_000, over=3_000)]) == []


def test_twice_at_one_moment_is_once_too_often(book: books.Book) -> None:
    twice = [line("A", "YX-L01"), line("A", "YX-L01")]
    (found,) = asked(book, [VISIT], twice)
    assert (str(found.rule), found.amount, len(found.rows)) == ("same_moment", 2_000, 2)
    assert asked(book, [VISIT], [line("A", "YX-L01"), line("A", "YX-L01", at="09:31")]) == []
    assert asked(book, [VISIT], [line("A", "YX-O02", name="人工膝关节置换术（样例）左"), line("A", "YX-O02", name="人工膝关节置换术（样例）右")]) == []
    other = replace(VISIT, number="B")
    assert codes(asked(book, [VISIT, other], [line("A", "YX-L01"), line("B", "YX-L01")])) == ["same_moment"], "也看同一家机构的另一笔费用"


def test_a_stay_within_the_days_of_its_place(book: books.Book) -> None:
    first, inside, outside = stay("A", ON, 3), stay("B", ON + timedelta(18), 2), stay("C", ON + timedelta(19), 2)
    (found,) = asked(book, [first, inside])
    assert (str(found.rule), found.claim, found.beside) == ("same_disease", "B", ("A",)) and "第 15 天" in found.finding.because
    assert asked(book, [first, outside]) == []
    assert asked(book, [first, replace(inside, judged=False)]) == []
    assert asked(book, [first, replace(inside, referred=True)]) == []
    jinhua = replace(book, editions={**book.editions, "split_stay": policybook.in_force("settlement.supervision.split_stay", ON, policybook.places.Place("", "330700"))})
    assert jinhua["split_stay"].days == 10 and asked(jinhua, [first, inside]) == []


def test_three_stays_make_two_pairs_and_a_stay_between_hides_nothing(book: books.Book) -> None:
    chain = [stay("A", ON, 2), stay("B", ON + timedelta(4), 2, "I63.900"), stay("C", ON + timedelta(9), 2)]
    assert [(str(one.rule), one.claim) for one in asked(book, chain)] == [("same_disease", "C")]


def test_out_and_in_again_the_same_day(book: books.Book) -> None:
    moved = replace(stay("B", ON + timedelta(3), 3, "I63.900"), department="神经内科")
    assert codes(asked(book, [stay("A", ON, 3), moved])) == ["between_departments"]
    assert codes(asked(book, [stay("A", ON, 3), replace(moved, department="呼吸内科")])) == ["new_diagnosis"]
    assert asked(book, [stay("A", ON, 3), replace(moved, diagnoses=("S72.000",))]) == []


def test_signs_never_told_prove_nothing(book: books.Book) -> None:
    silent = [stay(str(one), ON, 4, resident=one) for one in range(5)]
    assert asked(book, silent) == []
    told = [Sign(str(one), kind, ON) for one in range(4) for kind in ("order", "result")]
    (found,) = asked(book, silent, [], told)
    assert (found.claim, str(found.rule)) == ("4", "empty_bed")


def test_days_of_bed_alone(book: books.Book) -> None:
    beds = [line("A", "YX-B01", on=ON + timedelta(day)) for day in range(4)]
    assert codes(asked(book, [stay("A", ON, 4)], beds)) == ["empty_bed"]
    assert asked(book, [stay("A", ON, 4)], [line("A", "YX-B01", quantity="4", on=ON + timedelta(4))]) == [], "一次记清的账不说明什么"
    cared = [*beds, line("A", "YX-O05", on=ON), line("A", "YX-O05", on=ON + timedelta(2))]
    assert asked(book, [stay("A", ON, 4)], cared) == []


def test_bed_days_count_nights(book: books.Book) -> None:
    (found,) = asked(book, [stay("A", ON, 3)], [line("A", "YX-B01", quantity="5", on=ON)])
    assert (str(found.rule), found.amount) == ("bed_days", 6_000)
    assert asked(book, [stay("A", ON, 0)], [line("A", "YX-B01")]) == []


def test_a_drug_before_the_last_is_used_up(book: books.Book) -> None:
    again = replace(VISIT, number="B", admitted_on=ON + timedelta(9), discharged_on=ON + timedelta(9))
    first = line("A", "YX-D01", supply_days=14)
    assert asked(book, [VISIT, again], [first, line("B", "YX-D01", on=ON + timedelta(9), supply_days=14)]) == []
    earlier = replace(again, admitted_on=ON + timedelta(8), discharged_on=ON + timedelta(8))
    (found,) = asked(book, [VISIT, earlier], [first, line("B", "YX-D01", on=ON + timedelta(8), supply_days=14)])
    assert (str(found.rule), found.claim, found.beside) == ("refilled_early", "B", ("A",)) and "提前 6 天" in found.finding.because


def test_limits_ask_the_record_and_keep_silent_where_it_does(book: books.Book) -> None:
    assert codes(asked(book, [VISIT], [line("A", "YX-O09")])) == ["sex_limit"]
    assert codes(asked(book, [VISIT], [line("A", "YX-D04")])) == ["age_limit"]
    assert asked(book, [replace(VISIT, age=17, born_on=None)], [line("A", "YX-D04")]) == []
    assert asked(book, [replace(VISIT, sex="", record_sex="", age=None)], [line("A", "YX-O09"), line("A", "YX-D04")]) == []


def test_the_list_is_compared_by_name_category_and_code(book: books.Book) -> None:
    assert codes(asked(book, [VISIT], [line("A", "YX-E01", name="美容护肤")])) == ["other_name"]
    assert asked(book, [VISIT], [line("A", "YX-D01", name="降压片甲(样例) 安康牌")]) == []
    assert codes(asked(book, [VISIT], [replace(line("A", "YX-M01"), category="drug")])) == ["other_category"]
    assert codes(asked(book, [VISIT], [line("A", "NONE", amount=500)])) == ["not_listed"]
    assert asked(book, [VISIT], [line("A", "NONE", amount=500, own=500)]) == []
    assert asked(replace(book, items={}), [VISIT], [line("A", "NONE", amount=500)]) == [], "没有目录，就不问"


def test_one_person_is_in_one_place(book: books.Book) -> None:
    there = replace(VISIT, number="B", institution=2)
    near, far = line("B", "YX-C01", at="09:49"), line("B", "YX-C01", at="09:50")
    assert codes(asked(book, [VISIT, there], [line("A", "YX-C01"), near])) == ["two_places"]
    assert asked(book, [VISIT, there], [line("A", "YX-C01"), far]) == []
    inside = replace(there, admitted_on=ON + timedelta(2), discharged_on=ON + timedelta(2))
    assert codes(asked(book, [stay("S", ON, 4), inside])) == ["during_stay"]
    edge = replace(there, admitted_on=ON + timedelta(4), discharged_on=ON + timedelta(4))
    assert asked(book, [stay("S", ON, 4), edge]) == []
    assert codes(asked(book, [stay("S", ON, 4), stay("T", ON + timedelta(3), 4, "I63.900", institution=2)])) == ["two_stays"]
    assert asked(book, [stay("S", ON, 4), stay("T", ON + timedelta(4), 4, "I63.900", institution=2)]) == []


def test_the_person_is_the_person_of_the_record(book: books.Book) -> None:
    assert codes(asked(book, [replace(VISIT, sex="M")])) == ["other_person"]
    assert codes(asked(book, [replace(VISIT, age=43)])) == ["other_person"]
    assert asked(book, [replace(VISIT, age=42)]) == []
    assert codes(asked(book, [replace(VISIT, died_on=ON - timedelta(1))])) == ["after_death"]
    assert asked(book, [replace(VISIT, died_on=ON)]) == []
