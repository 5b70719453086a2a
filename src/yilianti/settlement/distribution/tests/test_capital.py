"""Amounts in capital figures, as vouchers write them."""

import pytest

from yilianti.settlement.distribution import capital


@pytest.mark.parametrize(("fen", "words"), [
    (0, "零元整"), (5, "伍分"), (50, "伍角整"), (101, "壹元零壹分"), (1_050, "壹拾元伍角整"), (123_456, "壹仟贰佰叁拾肆元伍角陆分"), (10_000_00, "壹万元整"), (10_005_00, "壹万零伍元整"), (1_000_500_00, "壹佰万零伍佰元整"),
    (49_574_806, "肆拾玖万伍仟柒佰肆拾捌元零陆分"), (100_000_000_00, "壹亿元整"), (100_000_001_10, "壹亿零壹元壹角整"), (12_030_405_00, "壹仟贰佰零叁万零肆佰零伍元整"), (-140_000, "负壹仟肆佰元整"), (100_200_000_00, "壹亿零贰拾万元整"),
])  # fmt: skip
def test_words(fen: int, words: str) -> None:
    assert capital.words(fen) == words
