"""Reads the outside of a message: who sends it, what it is, and whether it can be applied at all."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import Final

from yilianti.gateways.hl7v2 import encoding
from yilianti.gateways.hl7v2.acknowledgement import Answer
from yilianti.gateways.hl7v2.parsing import Malformed, Message
from yilianti.kernel.finding import Finding, Severity

log = logging.getLogger(__name__)

ADT: Final = frozenset({"A01", "A02", "A03", "A04", "A08", "A11", "A13", "A18", "A24", "A34", "A36", "A37", "A39", "A40", "A47"})
SUPPORTED: Final = {"ADT": ADT, "ORU": frozenset({"R01"}), "MDM": frozenset({"T02"}), "RDE": frozenset({"O11"}), "REF": frozenset({"I12", "I13", "I14", "I15"}),
                    "ORM": frozenset({"O01"}), "OMG": frozenset({"O19"}), "SIU": frozenset({"S12", "S13", "S14", "S15", "S26"})}
_VERSION = re.compile(r"2\.[1-9](\.\d{1,2})?\Z")


@dataclass
class Envelope:
    """One message as far as its header tells; `verdict` is set when it is refused before anything is applied."""

    raw: bytes
    oversized: bool = False
    message: Message | None = None
    codec: str = "utf-8"
    declared: str = ""
    application: str = ""
    facility: str = ""
    control_id: str = ""
    event: str = ""
    trigger: str = ""
    version: str = ""
    findings: list[Finding] = field(default_factory=list)
    verdict: Answer | None = None

    @property
    def kind(self) -> str:
        return f"{self.event}^{self.trigger}"[:32] if self.event else ""

    @property
    def sender(self) -> str:
        """MSH-4, or MSH-3 where the sender leaves MSH-4 empty."""
        return self.facility or self.application


def open_envelope(raw: bytes, *, oversized: bool = False, max_size: int = 0) -> Envelope:
    """Decodes, parses and checks the header; never raises."""
    envelope = Envelope(raw, oversized)
    try:
        _read(envelope)
        if oversized:
            envelope.verdict = Answer("AR", "207", f"消息超过 {max_size // 1048576} MB 的上限，未收全；请拆分后重发。",
                                      "The message is larger than this receiver allows.", "MSH", 1)
        elif envelope.verdict is None:
            envelope.verdict = _refusal(envelope)
    except Malformed as fault:
        envelope.verdict = Answer("AR" if fault.segment == "MSH" else "AE", fault.code, fault.zh, fault.en,
                                  fault.segment, fault.sequence, fault.field)
    except Exception:
        log.exception("hl7: a message header could not be read")
        envelope.verdict = Answer("AE", "207", "消息头读取失败，已保留原文，请联系平台管理员。", "The header could not be read.", "MSH", 1)
    return envelope


def _read(envelope: Envelope) -> None:
    # Of a frame that was too long only the head is here, and only its first segment is whole.
    reading = encoding.read(envelope.raw.split(b"\r", 1)[0] if envelope.oversized else envelope.raw)
    envelope.codec, envelope.declared = reading.codec, reading.declared
    envelope.findings.extend(reading.findings)
    message = Message(reading.text, reading.codec)
    header = message.header
    envelope.application = (header.component(3) or header.component(3, 2)).strip()[:128]
    envelope.facility = (header.component(4) or header.component(4, 2)).strip()[:128]
    envelope.control_id = header.component(10).strip()[:199]
    envelope.event = header.component(9).strip()[:16]
    envelope.trigger = header.component(9, 2).strip()[:16]
    envelope.version = header.component(12).strip()[:16]
    envelope.message = message
    if not envelope.trigger and (event := message.first("EVN")) is not None:
        envelope.trigger = event.component(1).strip()[:16]
        envelope.findings.append(Finding("trigger_from_evn", "MSH-9 没有触发事件，取自 EVN-1。", en="Trigger taken from EVN-1."))
    if message.joined_lines:
        envelope.findings.append(Finding("line_break_in_field", "字段内含换行，已并入前一段。", f"{message.joined_lines} 行",
                                         en="A field holds line breaks."))


def _refusal(envelope: Envelope) -> Answer | None:
    """Why the header alone forbids applying the message; None when it does not."""
    if not envelope.control_id:
        return Answer("AR", "101", "MSH-10 消息控制号为空，无法应答对应，请填写后重发。", "MSH-10 is required.", "MSH", 1, 10)
    if not _VERSION.match(envelope.version):
        return Answer("AR", "203", f"MSH-12 版本“{envelope.version}”不支持，请使用 2.1 至 2.9。", "Unsupported version id.", "MSH", 1, 12)
    if not envelope.event:
        return Answer("AR", "101", "MSH-9 消息类型为空，请填写后重发。", "MSH-9 is required.", "MSH", 1, 9)
    triggers = SUPPORTED.get(envelope.event)
    if triggers is None:
        return Answer("AR", "200", f"不接收 {envelope.event} 类消息；本平台接收 {'、'.join(sorted(SUPPORTED))}。",
                      f"Message type {envelope.event} is not supported.", "MSH", 1, 9)
    if envelope.trigger not in triggers:
        return Answer("AR", "201", f"不接收 {envelope.kind}；{envelope.event} 支持的触发事件：{'、'.join(sorted(triggers))}。",
                      f"Event {envelope.kind} is not supported.", "MSH", 1, 9)
    if not envelope.sender:
        return Answer("AR", "101", "MSH-4 发送机构为空，无法确定来源，请填写后重发。", "MSH-4 is required.", "MSH", 1, 4)
    if not envelope.facility:
        envelope.findings.append(Finding("facility_from_application", "MSH-4 发送机构为空，按 MSH-3 发送系统识别。",
                                         severity=Severity.WARNING, en="MSH-4 is empty; MSH-3 names the sender."))
    return None
