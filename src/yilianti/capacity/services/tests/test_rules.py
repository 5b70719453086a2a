"""What answers a search, and in which order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yilianti.capacity.services import rules
from yilianti.capacity.services.terms import MatchedBy, Offer, Searched

CHEST = Searched("胸痛门诊", "心内科", "云溪县人民医院", ("石明川",), ("胸痛", "心慌"), ("I20", "I21"))


@pytest.mark.parametrize(("text", "codes", "matched"), [
    ("胸痛门诊", [], MatchedBy.SERVICE), ("心内", [], MatchedBy.DEPARTMENT), ("石明", [], MatchedBy.DOCTOR), ("心慌", [], MatchedBy.SYMPTOM),
    ("夜间心慌", [], MatchedBy.SYMPTOM), ("不稳定性心绞痛", ["I20.000"], MatchedBy.DIAGNOSIS), ("县人民", [], MatchedBy.INSTITUTION),
    ("骨折", ["S72.000"], None), ("", [], MatchedBy.ANYTHING),
])  # fmt: skip
def test_the_closest_meaning_counts(text: str, codes: list[str], matched: MatchedBy | None) -> None:
    assert rules.matched_by(text, codes, CHEST) is matched


def offer(name: str, matched: MatchedBy, minutes: int | None, connected: bool = True) -> Offer:
    return Offer(1, name, 1, "县医院", "county", None, "", (), "", (), (), "", connected, matched.value, minutes)


def test_the_nearest_of_the_closest_comes_first_and_outside_last() -> None:
    offers = [offer("外", MatchedBy.SERVICE, 5, connected=False), offer("无路程", MatchedBy.SYMPTOM, None), offer("远", MatchedBy.SYMPTOM, 60),
              offer("近", MatchedBy.SYMPTOM, 20), offer("名", MatchedBy.SERVICE, 90)]  # fmt: skip
    assert [o.name for o in sorted(offers, key=rules.nearest_first)] == ["名", "近", "远", "无路程", "外"]


@pytest.mark.parametrize(("here", "there", "km"), [
    (("31", "117"), ("31", "117"), 0.0), (("0", "0"), ("0", "1"), 111.2), (("31.861184", "117.283042"), ("32.9163", "117.3896"), 117.8),
    (("0", "179.5"), ("0", "-179.5"), 111.2), ((None, None), ("31", "117"), None), (("31", "117"), (None, None), None),
])  # fmt: skip
def test_straight_distance(here: tuple[str | None, str | None], there: tuple[str | None, str | None], km: float | None) -> None:
    found = rules.straight_km(*[(Decimal(a) if a else None, Decimal(b) if b else None) for a, b in (here, there)])
    assert found is None if km is None else found == pytest.approx(km, abs=0.1)
