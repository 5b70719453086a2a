"""A resident's own copy of everything the consortium knows of them (个人信息保护法 第四十五条): a zip with JSON and a page to read."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import api as dicom
from yilianti.record.documents import api as documents
from yilianti.record.encounters import api as encounters
from yilianti.record.prescriptions import api as prescriptions
from yilianti.record.results import api as results
from yilianti.registry.consent import api as consent
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import api as claims

PARTS = (("encounters", "就诊", encounters.portable), ("reports", "检查检验", results.portable), ("documents", "文书", documents.portable),
         ("medicines", "用药与过敏", prescriptions.portable), ("exams", "心电检查", diagnosis.portable), ("claims", "费用", claims.portable))


@dataclass(frozen=True)
class Copy:
    """The file, how many pieces are in it, and its SHA-256."""

    content: bytes
    pieces: int
    sha256: str


def of(resident: Any, at: datetime) -> Copy:
    """Particulars, numbers, consents, visits, reports, documents of a person and of everyone merged with them."""
    ids = sorted(residents.all_ids(resident.id))
    told: dict[str, Any] = {"made_at": at, "person": _person(resident), "consents": _consents(resident.id)}
    told |= {name: list(rows(ids)) for name, _, rows in PARTS}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("record.json", json.dumps(told, ensure_ascii=False, indent=1, default=_plain))
        packed.writestr("record.html", render_to_string("record360/copy.html", told | {"parts": _readable(told)}))
        for name, given in diagnosis.portable_files(ids):
            packed.writestr(f"ecg/{name}", given)
        for name, given in dicom.portable_files(ids):
            packed.writestr(f"dicom/{name}", given)
    content = out.getvalue()
    return Copy(content, sum(len(told[name]) for name, _, _ in PARTS), hashlib.sha256(content).hexdigest())


def _person(resident: Any) -> dict[str, Any]:
    return {
        "number": resident.number, "name": resident.name, "sex": residents.Sex.label(resident.sex), "born_on": resident.born_on,
        "phone": resident.phone, "address": resident.address,
        "identifiers": [{"system": residents.IdentifierSystem.label(row.system), "value": row.value} for row in residents.identifiers(resident.id)],
    }  # fmt: skip


def _consents(resident_id: int) -> list[dict[str, Any]]:
    return [
        {"purpose": consent.Purpose.label(given.purpose), "basis": consent.Basis.label(given.basis), "institution": given.institution.name,
         "given_at": given.given_at, "until_at": given.until_at, "withdrawn_at": given.withdrawn_at}
        for given in consent.history(resident_id)
    ]  # fmt: skip


def _readable(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each part as headings and lines for the page."""
    lines = {"encounters": _visit, "reports": _report, "documents": _document, "medicines": _medicine, "exams": _exam, "claims": _claim}
    return [{"title": title, "rows": [lines[name](row) for row in told[name]]} for name, title, _ in PARTS]


def _visit(row: Mapping[str, Any]) -> dict[str, Any]:
    names = "、".join(given.get("name", "") or given.get("code", "") for given in row["diagnoses"])
    return {"at": row["opened_at"], "title": f"{encounters.Kind.label(row['kind'])} {row['institution__name']} {row['department']}", "lines": [names, row["doctor"]]}


def _report(row: Mapping[str, Any]) -> dict[str, Any]:
    items: Sequence[Mapping[str, str]] = row["items"]
    said = [f"{item['name']} {item['value']} {item['unit']}（{item['reference_range']}）{item['flag']}" for item in items]
    return {"at": row["issued_at"], "title": f"{row['name']} {row['institution']}", "lines": [*said, row["conclusion"], row["reporter"]]}


def _document(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": row["authored_at"], "title": f"{row['title']} {row['institution__name']}", "lines": [*row["body"].splitlines(), row["author"]]}


def _medicine(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": row["at"], "title": f"{row['what']} {row['institution']}", "lines": [row["how"], row["state"]]}


def _exam(row: Mapping[str, Any]) -> dict[str, Any]:
    critical = [f"{one['name']}　{one['state']}　{one['outcome']}" for one in row["criticals"]]
    files = [f"记录文件 ecg/{one['file']}　{one['standing']}" for one in row["recordings"]]
    return {"at": row["ordered_at"], "title": f"{row['kind']} {row['institution']}（{row['state']}）", "lines": [row["complaint"], row["conclusion"], *critical, *files]}


def _claim(row: Mapping[str, Any]) -> dict[str, Any]:
    lines = [f"{line['name']} × {line['quantity']:g}　{line['amount']} 元" for line in row["lines"]]
    shares = f"总费用 {row['total']} 元：基金 {row['fund']}，个人 {row['person']}，医院 {row['hospital']}"
    return {"at": row["discharged_on"], "title": f"{row['kind']} {row['institution__name']}（{row['state']}）", "lines": [row["settlement_number"], shares, *lines]}


def _plain(value: Any) -> str:
    return timezone.localtime(value).isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
