"""Numbers, names and whether two accounts fit one person."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilianti.registry.residents import names, rules
from yilianti.registry.residents.terms import Demographics, Sex
from yilianti.registry.residents.tests.factories import valid_id


def test_the_standards_own_example_holds() -> None:
    card = rules.read_id_card("11010519491231002X")  # GB 11643-1999 的示例号码
    assert card and (card.born_on, card.sex, card.area_known) == (date(1949, 12, 31), Sex.FEMALE, True)
    assert rules.read_id_card("110105194912310021") is None


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.sampled_from("12"), st.integers(0, 499), st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_is_always_noticed(born_on: date, sex: str, serial: int, place: int, shift: int) -> None:
    value = valid_id(born_on, sex, serial=serial)
    card = rules.read_id_card(value)
    assert card and (card.born_on, card.sex.value) == (born_on, sex)
    digits = "0123456789X"
    changed = value[:place] + digits[(digits.index(value[place]) + shift) % 10] + value[place + 1 :]
    assert changed == value or rules.read_id_card(changed) is None


def test_15_digits_become_18() -> None:
    assert rules.lengthened("110105491231002") == "11010519491231002X"
    assert rules.is_id_card("110105491231002") and not rules.is_id_card("990105491231002")


@pytest.mark.parametrize(
    ("value", "said"),
    [("1234", "18 位"), ("11010519491231002Y", "只能是数字"), ("110105194912310021", "校验位"), ("", "18 位"), ("11010519491231002x", ""), ("１１０１０５１９４９１２３１００２Ｘ", "")],
)
def test_why_a_number_does_not_hold(value: str, said: str) -> None:
    assert rules.why_not_id_card(value) == "" if not said else said in rules.why_not_id_card(value)


def test_a_day_that_does_not_exist_is_named() -> None:
    first_17 = "34990119590230002"
    assert "出生日期" in rules.why_not_id_card(first_17 + rules.check_digit(first_17))


def test_unknown_area_is_a_warning() -> None:
    card = rules.read_id_card(valid_id(area="992201"))
    assert card and [finding.severity for finding in rules.unknown_area(card)] == ["warning"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("单雄", "shan xiong"), ("曾巩", "zeng gong"), ("查良", "zha liang"), ("解晋", "xie jin"), ("仇英", "qiu ying"), ("任伯", "ren bo"),
     ("华佗", "hua tuo"), ("区仕", "ou shi"), ("尉迟恭", "yu chi gong"), ("欧阳修", "ou yang xiu"), ("盖叫", "ge jiao")],
)  # fmt: skip
def test_surnames_are_read_as_surnames(name: str, key: str) -> None:
    assert names.key(name).startswith(key)


def test_order_is_by_pinyin_and_namesakes_stand_together() -> None:
    people = ["张三", "曾三", "单三", "章三", "安三", "张三丰"]
    assert sorted(people, key=names.key) == ["安三", "单三", "曾三", "张三", "章三", "张三丰"]


@given(st.text(max_size=12))
def test_every_name_is_found_by_itself(name: str) -> None:
    pieces = set(names.grams(name))
    every, any_of = names.wanted(name)
    assert set(every) <= pieces
    assert all(len(piece) <= 16 for piece in pieces) and len(names.key(name)) <= 96


def test_pieces_of_a_name() -> None:
    assert names.grams("苏映荷") == ["=su", "=suying", "=suyinghe", "~s", "~sy", "~syh", "映", "映荷", "苏", "苏映", "荷"]
    assert names.wanted("SYH") == ([], ["~syh", "=syh", "syh"])
    assert {"jo", "john", "doe"} <= set(names.grams("DOE John"))


@pytest.mark.parametrize(
    ("known", "told", "fits"),
    [
        (Demographics("苏映荷", "2", date(1959, 3, 14)), Demographics("苏映荷", "2", date(1959, 3, 14)), True),
        (Demographics("苏映荷", "2", date(1959, 3, 14)), Demographics("苏映河", "2", date(1959, 3, 14)), True),
        (Demographics("苏映荷", "2", date(1959, 3, 14)), Demographics("苏映荷", "2", date(1959, 4, 13)), True),
        (Demographics("苏映荷", "2", date(1959, 3, 14)), Demographics("", "0", None), True),
        (Demographics("苏映荷"), Demographics("SU YING HE"), True),
        (Demographics("DOE JOHN"), Demographics("John Doe"), True),
        (Demographics("苏映荷", "2", date(1959, 3, 14)), Demographics("江远", "2", date(1959, 3, 14)), False),
        (Demographics("苏映荷", "2", date(1959, 3, 14)), Demographics("苏映河", "1", date(1959, 3, 14)), False),
        (Demographics("苏映荷", "2", date(1959, 3, 14)), Demographics("苏映荷", "1", date(1960, 3, 14)), False),
    ],
)
def test_two_accounts_of_one_person(known: Demographics, told: Demographics, fits: bool) -> None:
    assert (rules.cannot_be_one(known, told) == "") is fits


@pytest.mark.parametrize(("value", "shown"), [("11010519491231002X", "1101**********002X"), ("ABC", "***"), ("", ""), ("12345678", "12****78")])
def test_mask(value: str, shown: str) -> None:
    assert rules.mask_id(value) == shown


def test_age_counts_completed_years() -> None:
    assert rules.age_on(date(1959, 3, 14), date(2026, 3, 13)) == 66
    assert rules.age_on(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert rules.age_on(None, date(2026, 1, 1)) is None
