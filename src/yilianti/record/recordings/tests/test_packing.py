"""What is packed comes back bit by bit; limb leads follow from two recorded ones."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from yilianti.record.recordings.packing import pack, unpack
from yilianti.record.recordings.terms import Given, Lead, Mark, Subject, Tracing, twelve

MOMENT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def tracing(*leads: Lead) -> Tracing:
    return Tracing(
        format="wfdb", leads=leads, rate=500.0, started_at=MOMENT, subject=Subject("ZL1", "甲·乙", "F", date(1961, 2, 3)), given=(Given("QRS", 92, "ms"),),
        marks=(Mark("R", 0.5, 0.5, "II"),), statements=("窦性心律",), notes=("III = II − I",), median=leads, median_rate=1000.0,
    )  # fmt: skip


@given(some.lists(some.integers(-(2**45), 2**45), max_size=60))
def test_every_integer_comes_back(values):
    samples = np.array(values, dtype=np.int64)
    again = unpack(pack(tracing(Lead("I", samples, 2.5, -1.0)))).leads[0]
    assert np.array_equal(np.asarray(again.samples, dtype=np.int64), samples)
    assert (again.scale, again.offset) == (2.5, -1.0)


def test_everything_said_comes_back():
    given_ = tracing(Lead("V1", np.arange(-5, 5, dtype=np.int16), 4.88), Lead("V2", np.linspace(-1, 1, 10), derived="of V1"))
    again = unpack(pack(given_))
    assert repr(replace(again, leads=(), median=())) == repr(replace(given_, leads=(), median=()))
    for series in ("leads", "median"):
        for one, other in zip(getattr(again, series), getattr(given_, series), strict=True):
            assert (one.name, one.scale, one.offset, one.derived) == (other.name, other.scale, other.offset, other.derived)
            assert np.array_equal(one.samples, other.samples)


def test_bytes_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="not a packed tracing"):
        unpack(b"PK\x03\x04 something else")


@pytest.mark.parametrize("pair", [("I", "II"), ("I", "III"), ("II", "III")])
def test_limb_leads_follow_from_any_two(pair):
    first, second = np.array([100.0, -20.0, 7.0]), np.array([250.0, 30.0, -9.0])
    truth = {"I": first, "II": second, "III": second - first, "aVR": -(first + second) / 2, "aVL": first - second / 2, "aVF": second - first / 2}
    whole = twelve(tracing(*(Lead(name, truth[name]) for name in pair)))
    assert whole.names()[:2] == pair, "recorded leads stay first, in their order"
    for name, values in truth.items():
        lead = whole.lead(name)
        assert lead is not None and np.allclose(lead.microvolts(), values)
        assert bool(lead.derived) == (name not in pair)


def test_one_limb_lead_gives_no_other():
    alone = tracing(Lead("II", np.array([1, 2, 3])))
    assert twelve(alone) is alone
