"""Residents with a record, for tests of the record rooms and of the 360° page."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from yilianti.kernel.actor import Actor
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Diagnosis, EncounterContent, Filed
from yilianti.registry.residents.models import Resident

MACHINE = Actor.system("接口")
_number = count(1)


def resident(name: str = "苏映荷", **fields: Any) -> Resident:
    """An invented resident."""
    number = next(_number)
    told = {"sex": "2", "created_at": datetime.fromisoformat("2026-01-01T08:00:00+08:00"), **fields}
    return Resident.objects.create(number=f"JMT{number:07d}", name=name, **told)


def content(**fields: Any) -> EncounterContent:
    told = {"department": "心内科", "ward": "三病区", "bed": "12", "doctor": "周敏", "diagnoses": (Diagnosis("高血压病3级", "I10.x05", "ICD-10", "admitting"),)}
    return EncounterContent(**{**told, **fields})


def opened(who: Resident, where: Any, at: datetime, visit_number: str = "ZY0001", **fields: Any) -> Filed:
    """An encounter opened by the hospital's system."""
    told = {"kind": "inpatient", "opened_at": at, "content": content(), "source": "hl7v2:1", "actor": MACHINE, **fields}
    return encounters.open_encounter(resident_id=who.id, institution_id=where.id, visit_number=visit_number, at=at + timedelta(minutes=1), **told)
