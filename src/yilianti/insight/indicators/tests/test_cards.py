"""Cards: every shipped one can be computed; a faulty one says what is wrong and what would do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yilianti.insight.indicators import cards, computing
from yilianti.insight.indicators.cards import CardFault
from yilianti.kernel.actor import Scope
from yilianti.policybook.shelf import Shelf

SHIPPED = [edition for edition in Shelf().book() if edition.code.startswith(cards.FOLDER)]
HEAD = """title = "村卫生室门诊占比"
code = "indicators.local.village_share"
why = "看村里留住多少。"
unit = "%"
status = "local_parameter"
authored_by = "甲"
checked_by = "乙"
next_review = 2027-06-30
by = ["consortium"]
"""
EDITION = """[[edition]]
effective_from = 2026-01-01
measure = "visit_share"
numerator = "村卫生室门诊人次"
denominator = "门诊人次"
counted = "村"
out_of = "门诊"
[edition.parameters]
kinds = ["outpatient"]
levels = ["village"]
"""


def test_there_are_cards() -> None:
    assert len(SHIPPED) >= 3


@pytest.mark.parametrize("edition", SHIPPED, ids=lambda edition: edition.policy_ref)
def test_a_shipped_card_can_be_computed(edition) -> None:
    card = cards.of(edition)
    chosen, given = computing.resolve(card)
    assert chosen.fact and dict(given).keys() == chosen.defaults.keys()
    assert card.by and card.excludes and card.unit in ("%", "秒", "例")


def written(tmp_path: Path, text: str):
    file = tmp_path / "policies/local/yunxi/indicators/local/village_share.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    book = Shelf(home=tmp_path).book()
    return book.in_force("indicators.local.village_share", date(2026, 11, 1), Scope("yunxi", "530921"))


def test_a_county_adds_a_card_by_a_file(tmp_path: Path) -> None:
    card = cards.of(written(tmp_path, HEAD + EDITION))
    assert computing.resolve(card)[1] == (("kinds", ("outpatient",)), ("levels", ("village",)))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('measure = "visit_share"', 'measure = "wishes"', "可用：.*referral_answer_time"),
        ('levels = ["village"]', 'colour = ["red"]', "没有参数 'colour'"),
        ('out_of = "门诊"', "", "缺少 out_of"),
        ('by = ["consortium"]', 'by = ["galaxy"]', "by 只能写"),
    ],
)
def test_a_faulty_card_says_what_would_do(tmp_path: Path, before: str, after: str, said: str) -> None:
    edition = written(tmp_path, (HEAD + EDITION).replace(before, after))
    with pytest.raises(CardFault, match=said):
        computing.resolve(cards.of(edition))
