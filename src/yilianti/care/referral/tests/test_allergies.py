"""What a line about an allergy means."""

from __future__ import annotations

import pytest

from yilianti.care.referral.rules import allergies
from yilianti.care.referral.rules.allergies import Told


@pytest.mark.parametrize(("line", "meant"), [
    ({"name": "青霉素", "how": "严重 过敏性休克"}, Told("drug", "青霉素", "severe", "过敏性休克")),
    ({"name": " 海  虾 ", "how": "皮疹", "note": "去年", "kind": "food"}, Told("food", "海 虾", "unknown", "皮疹；去年")),
    ({"name": "头孢", "how": "轻度，瘙痒"}, Told("drug", "头孢", "mild", "瘙痒")),
    ({"name": "无已知过敏", "how": ""}, Told("none", "", "unknown", "")), ({"name": "否认过敏史。", "how": "问过"}, Told("none", "", "unknown", "")),
])  # fmt: skip
def test_a_line_in_parts(line: dict[str, str], meant: Told) -> None:
    assert allergies.told(line) == meant


def test_only_what_was_newly_told_goes_on() -> None:
    assert allergies.is_new({"name": "青霉素", "decision": "added"})
    assert not allergies.is_new({"name": "青霉素", "decision": "kept"}) and not allergies.is_new({"name": " ", "decision": "added"})
