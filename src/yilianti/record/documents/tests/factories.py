"""Documents for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yilianti.record.documents import api as documents
from yilianti.record.documents.api import Filed
from yilianti.record.encounters.tests.factories import MACHINE

BODY = "出院诊断：高血压病3级。\n出院医嘱：低盐饮食，两周后回社区随访。"


def filed(who: Any, where: Any, at: datetime, unique_name: str = "D0001", **fields: Any) -> Filed:
    """A discharge summary filed by the hospital's system."""
    told = {
        "actor": MACHINE, "encounter_id": None, "kind": "discharge_summary", "title": "出院小结", "status": "final", "authored_at": at, "author": "周敏",
        "body": BODY, "source": "hl7v2:7", "at": at + timedelta(minutes=1), **fields,
    }
    return documents.file_document(resident_id=who.id, institution_id=where.id, unique_name=unique_name, **told)
