"""Which categories an item belongs to, when a request is due, whether a reason says something."""

from __future__ import annotations

from datetime import date

import pytest

from yilianti.registry.privacy import rules

TABLE = rules.categories([
    {"code": "hiv", "name": "艾滋病病毒感染", "prefixes": "B20、B24、Z21", "words": "HIV、艾滋"},
    {"code": "mental", "name": "精神与行为障碍", "prefixes": "F", "words": "抑郁症"},
])


@pytest.mark.parametrize(
    ("codes", "texts", "expected"),
    [
        (["B24.x00"], [], ("hiv",)), (["b20.100"], [], ("hiv",)), (["I10.x00"], ["高血压"], ()), ([], ["hiv抗体初筛"], ("hiv",)),
        (["F32.900"], [], ("mental",)), (["FT3"], [], ()), (["FIB"], ["纤维蛋白原"], ()), (["Z21.x01", "F20.0"], [], ("hiv", "mental")),
        ([""], ["中度抑郁症"], ("mental",)), ([], [], ()),
    ],
)
def test_categories_by_code_and_word(codes: list[str], texts: list[str], expected: tuple[str, ...]) -> None:
    assert rules.belonging(TABLE, codes, texts) == expected


@pytest.mark.parametrize(("day", "code"), [(date(2026, 11, 20), None), (date(2026, 11, 25), "request_due"), (date(2026, 11, 30), "request_due"), (date(2026, 12, 1), "request_late")])
def test_a_request_warns_before_it_is_late(day: date, code: str | None) -> None:
    found = rules.standing(date(2026, 11, 30), day, 5)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(("words", "good"), [("昏迷送来急需病史", True), ("急", False), ("aaaaaaaa", False), ("   . . .   ", False), ("抢救 急需 用药史", True)])
def test_a_reason_must_say_something(words: str, good: bool) -> None:
    assert rules.enough_words(words, 6) is good
