"""What an applier works with: the message, its sender, and a place to note what was odd."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from yilianti.gateways.hl7v2.applying import fields
from yilianti.gateways.hl7v2.applying.fields import BadValue, Code
from yilianti.gateways.hl7v2.parsing import Message, Segment
from yilianti.gateways.hl7v2.senders import Sender
from yilianti.gateways.hl7v2.terms import Table
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Severity


class Unusable(Exception):
    """The message cannot be applied as it is; names segment, sequence and field."""

    def __init__(self, error: str, zh: str, en: str, segment: str, field: int = 0, sequence: int = 1) -> None:
        super().__init__(en)
        self.error, self.zh, self.en = error, zh, en
        self.segment, self.field, self.sequence = segment, field, sequence


@dataclass
class Context:
    """One message on its way into the record; `at` is when it was received."""

    message: Message
    sender: Sender
    trigger: str
    actor: Actor
    at: datetime
    source: str
    findings: list[Finding] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    resident: int | None = None
    has_written: bool = False
    #: segments of an application answer (RRI), each as pieces; () for a plain acknowledgement
    reply: tuple[tuple[str | tuple[str, ...], ...], ...] = ()

    def note(self, code: str, sentence: str, because: str = "", en: str = "", severity: Severity = Severity.WARNING) -> None:
        """Keeps a finding with the message."""
        self.findings.append(Finding(code, sentence, because[:200], severity=severity, en=en or code))

    def need(self, name: str, zh: str) -> Segment:
        """The first segment of that name; Unusable when it is missing."""
        segment = self.message.first(name)
        if segment is None:
            raise Unusable("100", f"缺少 {name} 段（{zh}），请补上后重发。", f"Segment {name} is required.", name)
        return segment

    def moment(self, segment: Segment | None, number: int) -> datetime | None:
        """A moment, or None with a finding where it makes no sense or lies more than a day ahead."""
        if segment is None or not segment.has(number):
            return None
        written = segment.component(number)
        try:
            made = fields.moment(written)
        except BadValue:
            self._bad(segment, number, written)
            return None
        if made is not None and made > self.at + timedelta(days=1):
            self.note("moment_in_future", f"{segment.name}-{number} 的时间在将来，未采用。", written, "A moment lies in the future.")
            return None
        return made

    def first_moment(self, *places: tuple[Segment | None, int]) -> datetime:
        """The first usable moment among the named fields; the time of receipt when none is."""
        for segment, number in places:
            if (made := self.moment(segment, number)) is not None:
                return made
        return self.at

    def day(self, segment: Segment, number: int) -> date | None:
        """A calendar day, or None with a finding where it makes no sense."""
        written = segment.component(number)
        try:
            return fields.day(written)
        except BadValue:
            self._bad(segment, number, written)
            return None

    def _bad(self, segment: Segment, number: int, written: str) -> None:
        self.note("bad_date", f"{segment.name}-{number} 的日期时间无法识别，未采用。", written[:40], "A date or time makes no sense.")

    def standard(self, table: Table, local: str, builtin: dict[str, str], default: str) -> str:
        """The standard code for a local one: the institution's mapping, the built-in table, else the default with a finding."""
        local = local.strip()
        if (mapped := self.sender.codes.get((table.value, local))) is not None:
            return mapped[0]
        if not local:
            return default
        if (known := builtin.get(local) or builtin.get(local.upper())) is not None:
            return known
        self.note("code_unmapped", f"{table.zh}的代码没有对照，按默认值处理。", f"{table.value}:{local}", "A local code has no mapping.")
        return default

    def coded(self, table: Table, said: Code) -> Code:
        """A coded value with the institution's mapping applied, its own text kept where the mapping names none."""
        mapped = self.sender.codes.get((table.value, said.code)) if said.code else None
        return Code(mapped[0], mapped[1] or said.text, "mapped") if mapped else said
