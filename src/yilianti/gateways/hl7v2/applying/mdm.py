"""MDM^T02 → the documents door: TXA says what it is, OBX lines are its text."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from yilianti.gateways.hl7v2.applying import fields, identity, oru, visits
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.gateways.hl7v2.terms import Table
from yilianti.record.documents import api as documents

# HL7 table 0270, LOINC, and WS/T 500 numbers as interfaces write them.
KINDS: Final = {"DS": "discharge_summary", "DSUM": "discharge_summary", "18842-5": "discharge_summary",
                "11490-0": "discharge_summary", "CYXJ": "discharge_summary", "出院小结": "discharge_summary",
                "HSDB05.02": "discharge_summary", "PN": "outpatient_note", "HP": "outpatient_note", "CN": "other", "OP": "other",
                "DI": "other", "AR": "other", "CD": "other", "ED": "outpatient_note"}
_CANCELLED: Final = {"CA", "OB", "UN"}


def apply(context: Context) -> None:
    """Registers the resident and files the document."""
    header = context.need("TXA", "文书信息")
    text = body(context)
    if not text:
        raise Unusable("101", "文书没有正文（OBX-5 为空），请补上后重发。", "The document has no text (OBX-5).", "OBX", 5)
    resident = identity.register(context)
    name = title(context, header)
    event = context.message.first("EVN")
    filed = documents.file_document(
        actor=context.actor, resident_id=resident, institution_id=context.sender.institution,
        encounter_id=visits.encounter_of(context, resident), unique_name=header.component(12).strip()[:96],
        kind=kind(context, header, name), title=name, status=status(header), body=text,
        authored_at=context.first_moment((header, 4), (header, 6), (event, 6), (event, 2), (context.message.header, 7)),
        author=fields.staff_name(header, 9) or fields.staff_name(header, 5), source=context.source, at=context.at,
    )
    context.findings.extend(filed.findings)
    context.subjects.append(f"documents:{filed.number}")


def kind(context: Context, header: Segment, title: str) -> str:
    """The kind of document by TXA-2; a title that names a discharge summary decides where the code does not."""
    code = header.component(2)
    if "出院" in title and (Table.DOCUMENT.value, code.strip()) not in context.sender.codes and KINDS.get(code.strip(), "other") == "other":
        return "discharge_summary"
    return context.standard(Table.DOCUMENT, code, KINDS, "other")


def title(context: Context, header: Segment) -> str:
    """What the document is called: TXA-2 text, else the first OBX-3 with text, else OBR-4."""
    candidates = [header.component(2, 2), *(fields.code(s.first(3)).text for s in context.message.all("OBX") if s.component(2) in ("TX", "FT", "ST")),
                  *(fields.code(s.first(4)).text for s in context.message.all("OBR"))]
    return next((said.strip() for said in candidates if said.strip()), header.component(2).strip() or "医疗文书")[:160]


def body(context: Context) -> str:
    """The text of the document: OBX values and notes in order, attachments described and, where they are text, read."""
    lines: list[str] = []
    for segment in context.message:
        if segment.name == "OBX":
            lines.append(_line(segment))
        elif segment.name == "NTE" and (text := segment.text(3).strip()):
            lines.append(f"备注：{text}")
    return "\n".join(line for line in lines if line)


def _line(segment: Segment) -> str:
    kind_of_value = segment.component(2).strip().upper()
    if kind_of_value in ("TX", "FT", "ST"):
        return segment.text(5)
    if kind_of_value == "ED":
        return _attachment(segment)
    label, said = fields.code(segment.first(3)).label, oru.value(segment)
    unit = fields.code(segment.first(6)).label
    return f"{label}：{said}{(' ' + unit) if unit else ''}" if said else ""


def _attachment(segment: Segment) -> str:
    field = segment.first(5)
    kinds = "/".join(part for part in (field.component(2).strip(), field.component(3).strip()) if part)
    coding, data = field.component(4).strip().lower(), field.component(5)
    if coding == "base64" and "text" in kinds.lower() and data:
        try:
            return base64.b64decode(data, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            pass
    size = f"约 {len(data) * 3 // 4} 字节" if data else "无内容"
    label = fields.code(segment.first(3)).label
    return f"附件 {label}（{kinds or '未知格式'}，{size}；原文保存在接口消息中）"


def status(header: Segment) -> str:
    """final, corrected (it names itself as its parent) or cancelled, from TXA-19 and TXA-13."""
    if header.component(19).strip().upper() in _CANCELLED:
        return "cancelled"
    return "corrected" if header.component(13).strip() == header.component(12).strip() != "" else "final"
