"""Reports for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yilianti.record.encounters.tests.factories import MACHINE
from yilianti.record.results import api as results
from yilianti.record.results.api import Filed, GivenObservation

POTASSIUM = GivenObservation("钾", "5.6", "2823-3", "LN", "mmol/L", "3.5-5.3", "H")
SODIUM = GivenObservation("钠", "140", "2951-2", "LN", "mmol/L", "137-147", "N")


def filed(who: Any, where: Any, at: datetime, filler_number: str = "L0001", **fields: Any) -> Filed:
    """A laboratory report filed by the hospital's system a minute after it was issued."""
    told = {
        "actor": MACHINE, "encounter_id": None, "category": "laboratory", "code": "24326-1", "name": "电解质四项", "status": "final", "issued_at": at,
        "observed_at": at - timedelta(hours=1), "reporter": "韩冰", "conclusion": "", "observations": (POTASSIUM, SODIUM), "source": "hl7v2:5",
        "at": at + timedelta(minutes=1), **fields,
    }
    return results.file_report(resident_id=who.id, institution_id=where.id, filler_number=filler_number, **told)
