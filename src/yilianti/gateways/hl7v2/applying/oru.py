"""ORU^R01 → the results door: one report per OBR, every OBX line kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from yilianti.gateways.hl7v2.applying import fields, identity, visits
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.parsing import Field, Segment
from yilianti.gateways.hl7v2.terms import Table
from yilianti.record.results import api as results
from yilianti.record.results.api import GivenObservation

# HL7 table 0123, what a reader needs of it.
STATUSES: Final = {"F": "final", "C": "corrected", "X": "cancelled", "P": "preliminary", "A": "preliminary", "R": "preliminary",
                   "I": "preliminary", "S": "preliminary", "O": "preliminary"}
# HL7 table 0085: lines whose value is not there, is withdrawn, or is not final yet.
LINE_STATUSES: Final = {"I": "标本已收，结果待出", "P": "初步结果", "R": "未审核", "S": "部分结果", "X": "无法得出结果", "D": "已删除",
                        "W": "原结果有误", "O": "仅医嘱", "N": "未要求", "C": "更正结果", "U": "状态变更", "B": "已追加"}
# HL7 table 0074.
CATEGORIES: Final = {"LAB": "laboratory", "CH": "laboratory", "HM": "laboratory", "MB": "laboratory", "SR": "laboratory",
                     "IMM": "laboratory", "BLB": "laboratory", "TX": "laboratory", "VR": "laboratory", "URN": "laboratory",
                     "BG": "laboratory", "RAD": "imaging", "CT": "imaging", "NMR": "imaging", "MR": "imaging", "US": "imaging",
                     "CUS": "imaging", "NMS": "imaging", "RUS": "imaging", "VUS": "imaging", "RX": "imaging", "DX": "imaging",
                     "EC": "ecg", "ECG": "ecg", "EKG": "ecg", "CP": "pathology", "CY": "pathology", "SP": "pathology",
                     "PAT": "pathology", "OTH": "other"}


def apply(context: Context) -> None:
    """Registers the resident and files one report per OBR."""
    found = groups(context)
    resident = identity.register(context)
    encounter = visits.encounter_of(context, resident)
    for group in found:
        _file(context, group, resident, encounter)


def _file(context: Context, group: Group, resident: int, encounter: int | None) -> None:
    order, common = group.order, group.common
    said = context.coded(Table.OBSERVATION, fields.code(order.first(4)))
    if not said:
        raise Unusable("101", "OBR-4 检查项目为空，请填写后重发。", "OBR-4 (universal service identifier) is required.", "OBR", 4, order.sequence)
    filler = order.component(3).strip() or (common.component(3).strip() if common else "") or order.component(2).strip()
    specimen = group.specimens[0] if group.specimens else None
    filed = results.file_report(
        actor=context.actor, resident_id=resident, institution_id=context.sender.institution, encounter_id=encounter,
        filler_number=filler[:96], category=category(context, group), code=said.code, name=said.label, status=status(group),
        issued_at=context.first_moment((order, 22), *((line, 14) for line in group.lines[:1]), (order, 7), (context.message.header, 7)),
        observed_at=context.moment(order, 7) or context.moment(specimen, 17) or context.moment(order, 14),
        reporter=fields.principal_name(order, 32) or fields.staff_name(order, 16), conclusion=conclusion(group),
        observations=[_observation(context, line) for line in group.lines], source=context.source, at=context.at,
    )
    context.findings.extend(filed.findings)
    context.subjects.append(f"results:{filed.number}")


def _observation(context: Context, line: Segment) -> GivenObservation:
    said = context.coded(Table.OBSERVATION, fields.code(line.first(3)))
    return GivenObservation(
        name=said.label or "未命名项目", value=value(line), code=said.code, system=said.system,
        unit=(line.component(6) or line.component(6, 2)).strip(), reference_range=line.text(7).strip(), flag=line.component(8).strip(),
    )


@dataclass
class Group:
    """An OBR with what belongs to it."""

    order: Segment
    common: Segment | None = None
    lines: list[Segment] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    specimens: list[Segment] = field(default_factory=list)


def groups(context: Context) -> list[Group]:
    """The order groups of the message; lines that stand before the first OBR go to the first group."""
    found: list[Group] = []
    early: list[Segment] = []
    early_notes: list[tuple[str, str]] = []
    common: Segment | None = None
    subject = ""
    for segment in context.message:
        if segment.name == "ORC":
            common = segment
        elif segment.name == "OBR":
            found.append(Group(segment, common))
            common, subject = None, ""
        elif segment.name == "OBX":
            (found[-1].lines if found else early).append(segment)
            subject = fields.code(segment.first(3)).label
        elif segment.name == "NTE" and (text := segment.text(3).strip()):
            (found[-1].notes if found else early_notes).append((subject, text))
        elif segment.name == "SPM" and found:
            found[-1].specimens.append(segment)
    if not found:
        raise Unusable("100", "缺少 OBR 段（检查项目），请补上后重发。", "Segment OBR is required.", "OBR")
    found[0].lines[:0], found[0].notes[:0] = early, early_notes
    _check_whole(context, found[-1])
    return found


def _check_whole(context: Context, last: Group) -> None:
    """A message that ends without a segment end inside an OBX was cut on its way; half a result is worse than none."""
    if context.message.unterminated and last.lines and last.lines[-1] is context.message.segments[-1] and not last.lines[-1].has(11):
        line = last.lines[-1]
        raise Unusable("101", "末尾的 OBX 段没有结果状态且没有段结束符，消息可能被截断，请重发。",
                       "The last OBX has no status and no segment end: the message seems cut.", "OBX", 11, line.sequence)


def status(group: Group) -> str:
    """OBR-25, else what the lines imply."""
    said = group.order.component(25).strip().upper()
    if said in STATUSES:
        return STATUSES[said]
    states = {line.component(11).strip().upper() for line in group.lines} - {""}
    if "C" in states:
        return "corrected"
    return "preliminary" if states & {"P", "I", "R", "S"} else "final"


def value(segment: Segment) -> str:
    """OBX-5 as text, every repetition and component kept."""
    kind = segment.component(2).strip().upper()
    return "\n".join(filter(None, (_one(kind, repetition) for repetition in segment.repetitions(5)))).strip()


def _one(kind: str, said: Field) -> str:
    parts = [part.strip() for part in said.components()]
    if kind in ("NM", "ST", "TX", "FT", "DT", "TM", "IS", "ID", "SI"):
        return said.text() if kind in ("TX", "FT", "ST") else said.text().strip()
    if kind == "SN":
        return "".join(parts)
    if kind in ("CE", "CWE", "CF", "CNE"):
        coded = fields.code(said)
        original = parts[8] if len(parts) > 8 else ""
        shown = coded.label + (f"（{coded.code}）" if coded.text and coded.code else "")
        return f"{shown} {original}".strip() if original and original not in shown else shown
    if kind == "ED":
        return "^".join(parts)
    return " ".join(part for part in parts if part) or said.text()


def conclusion(group: Group) -> str:
    """What the report says in words: notes, and the state of lines that are not final."""
    said = [f"{subject}：{text}" if subject else text for subject, text in group.notes]
    for line in group.lines:
        state = LINE_STATUSES.get(line.component(11).strip().upper())
        if state and status(group) == "final":
            said.append(f"{fields.code(line.first(3)).label}：{state}")
    return "\n".join(said)


def category(context: Context, group: Group) -> str:
    return context.standard(Table.CATEGORY, group.order.component(24), CATEGORIES, "other" if group.order.has(24) else "laboratory")
