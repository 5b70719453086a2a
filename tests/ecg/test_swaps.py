"""The shared recordings with electrodes exchanged by arithmetic: each exchange is found in most of them, and the recordings as they are stay mostly silent."""

from __future__ import annotations

import pytest

from tests.ecg import samples, swapping
from yilianti.care.diagnosis.ecg import examine
from yilianti.record.recordings.api import Tracing, twelve

pytestmark = samples.needed
#: At least so many of fourteen; some hearts have no P, or look alike from two sides.
FOUND = {"左上肢、左下肢 LA/LL": 10, "RA→LA→LL": 11, "RA→LL→LA": 11}
FOUND_CHEST = {(1, 2): 7, (2, 3): 8, (4, 5): 10, (5, 6): 6}


@pytest.fixture(scope="module")
def recordings() -> list[Tracing]:
    paths = [*samples.paths("wfdb", "*.hea"), *samples.paths("aecg", "fda*.xml"), *samples.paths("philips", "*.xml")]
    return [swapping.whole(twelve(samples.tracing(path))) for path in paths]


def codes(tracing: Tracing) -> set[str]:
    return {found.code for found in examine(tracing).findings}


def test_recordings_as_they_are_stay_silent_about_places(recordings: list[Tracing]) -> None:
    assert len(recordings) == 14
    assert sum(bool(swapping.said(codes(one))) for one in recordings) <= 1


@pytest.mark.parametrize("name", swapping.LIMBS)
def test_exchanged_limb_electrodes_are_found(recordings: list[Tracing], name: str) -> None:
    lies_on, expected = swapping.LIMBS[name]
    found = [swapping.said(codes(swapping.limbs(one, lies_on))) for one in recordings]
    assert sum(bool(expected & one) for one in found) >= FOUND.get(name, 13)


@pytest.mark.parametrize("pair", swapping.CHEST_PAIRS)
def test_exchanged_chest_electrodes_are_suspected(recordings: list[Tracing], pair: tuple[int, int]) -> None:
    because = f"V{pair[0]}、V{pair[1]}"
    named = [any(found.because == because for found in examine(swapping.chest(one, *pair)).findings) for one in recordings]
    assert sum(named) >= FOUND_CHEST.get(pair, 12)
