"""Takes frames to acknowledgements: keep the bytes, apply, commit, and only then answer.

A batch is one transaction. It first runs without savepoints; if one message fails, everything is rolled back and the
batch runs again with a savepoint around each, so that the poison stays with the one that carries it.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from yilianti.gateways.hl7v2 import acknowledgement, ledger
from yilianti.gateways.hl7v2.acknowledgement import ACCEPTED, Answer
from yilianti.gateways.hl7v2.applying import dispatch
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.envelope import Envelope, open_envelope
from yilianti.gateways.hl7v2.ledger import Kept
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.senders import Sender, Senders, make_provisional
from yilianti.gateways.hl7v2.terms import State
from yilianti.kernel import batching, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused

log = logging.getLogger(__name__)
_TRIES = 6
#: Where the doors' words for a field stand in a message.
_PLACES = {"visit_number": ("PV1", 19), "body": ("OBX", 5), "id_card": ("PID", 3), "insurance": ("PID", 3), "health_card": ("PID", 3),
           "local": ("PID", 3), "name": ("PID", 5),
           "filler_number": ("SCH", 2), "starts_at": ("TQ1", 7), "order_number": ("ORC", 2),
           "consent_basis": ("CON", 10), "to_institution": ("PRD", 7), "diagnosis_code": ("DG1", 3), "reason": ("RF1", 10), "service": ("RF1", 5),
           "complaint": ("OBR", 13), "urgency": ("TQ1", 9),
           "summary": ("NTE", 3), "number": ("RF1", 6), "because": ("NTE", 3)}


#: What a door refuses without naming a field is the step that was asked for.
_UNPLACED = {"REF": ("RF1", 6), "ORM": ("ORC", 1), "OMG": ("ORC", 1)}


class _SomethingFailed(Exception):
    """One message of the batch failed after it had written; run again with savepoints."""


@dataclass
class Work:
    """One message of a batch: what it is, the row that keeps it, and what became of it."""

    frame: Frame
    sha256: str
    peer: str = ""
    envelope: Envelope | None = None
    kept: Kept | None = None
    sender: Sender | None = None
    answer: Answer = ACCEPTED
    state: State = State.RECEIVED
    findings: list[Finding] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    resident: int | None = None
    refusal_code: str = ""
    copies: int = 1
    twin: Work | None = None
    reply: tuple[tuple[str | tuple[str, ...], ...], ...] = ()

    @classmethod
    def of(cls, frame: Frame, peer: str) -> Work:
        return cls(frame, hashlib.sha256(frame.content).hexdigest(), peer)

    def reset(self) -> None:
        """Forgets an attempt that was rolled back."""
        self.kept, self.sender, self.answer, self.state = None, None, ACCEPTED, State.RECEIVED
        self.findings, self.subjects, self.resident, self.refusal_code, self.reply = [], [], None, "", ()

    def open(self, max_size: int) -> Envelope:
        """Reads the message, once."""
        if self.envelope is None:
            self.envelope = open_envelope(self.frame.content, oversized=self.frame.oversized, max_size=max_size)
        return self.envelope


@dataclass(frozen=True)
class Receiver:
    """How this listener receives: what to do with unknown facilities, and its memory of known ones."""

    senders: Senders = field(default_factory=Senders)
    provisional: bool = False
    max_size: int = 16 * 1024 * 1024

    def receive(self, peer: str, frames: Sequence[Frame], *, at: datetime) -> list[bytes]:
        """Answers for the frames of one line, in their order."""
        return self.receive_all([(peer, frame) for frame in frames], at=at)

    def receive_all(self, arrived: Sequence[tuple[str, Frame]], *, at: datetime) -> list[bytes]:
        """Answers for (peer, frame) pairs, in their order, after the commit; raises where the database cannot be reached."""
        works = [Work.of(frame, peer) for peer, frame in arrived]
        _pair_twins(works)
        self._settle([work for work in works if work.twin is None], at)
        return [self._acknowledge(work, at) for work in works]

    def _settle(self, works: list[Work], at: datetime) -> None:
        careful = False  # one more turn for the careful attempt, the rest for a database that is away
        for attempt in range(_TRIES):
            for work in works:
                work.reset()
            try:
                with transaction.atomic(), nullcontext() if careful else _at_full_speed(2 * len(works)):
                    self._in_one_transaction(works, at, careful)
                return
            except _SomethingFailed:
                careful = True
            except (OperationalError, InterfaceError) as fault:
                if attempt == _TRIES - 1:
                    raise
                log.warning("hl7: database said %s, trying again", type(fault).__name__)
                careful = True
                if not _still_there():
                    connection.close()
                time.sleep(0.05 * 2**attempt)
            except DatabaseError:
                if not careful:
                    careful = True
                    continue
                # Deferred constraints speak at the commit, which no savepoint can catch: alone, the guilty one is known.
                if len(works) > 1:
                    for work in works:
                        self._settle([work], at)
                    return
                _refuse_internally(works[0], at)
                return
        raise OperationalError("hl7: the batch could not be committed")

    def _in_one_transaction(self, works: list[Work], at: datetime, careful: bool) -> None:
        ledger.keep(works, at=at)
        for work in works:
            work.findings = list(work.open(self.max_size).findings)
        ledger.note_reused_control_ids(works)
        facilities: dict[str, Sender | None] = {}
        for work in works:
            if work.kept is not None and work.kept.state is State.APPLIED:
                work.state = State.APPLIED
            elif (verdict := work.open(self.max_size).verdict) is not None:
                refuse(work, verdict)
            else:
                self._apply(work, facilities, at, careful)
        ledger.conclude(works, at=at)

    def _apply(self, work: Work, facilities: dict[str, Sender | None], at: datetime, careful: bool) -> None:
        envelope = work.open(self.max_size)
        facility = envelope.sender
        if facilities.get(facility) is None:
            facilities[facility] = self.sender(facility, at)
        work.sender = facilities[facility]
        if work.sender is None:
            refuse_unknown_facility(work, envelope)
            return
        apply_one(work, at, careful)

    def sender(self, facility: str, at: datetime) -> Sender | None:
        """The institution behind a facility code, a provisional one where the setting says so, else None."""
        found = self.senders.find(facility)
        return make_provisional(facility, at=at) if found is None and self.provisional else found

    def _acknowledge(self, work: Work, at: datetime) -> bytes:
        first = work.twin or work
        envelope = work.open(self.max_size)
        return acknowledgement.write(first.answer, message=envelope.message, raw=envelope.raw, codec=envelope.codec,
                                     declared=envelope.declared, at=at, reply=first.reply)


def apply_one(work: Work, at: datetime, careful: bool) -> None:
    """Applies one message to the record; a failure is raised again or, when careful, undone and kept as a refusal."""
    try:
        if careful:
            with transaction.atomic():
                _dispatch(work, at)
        else:
            _dispatch(work, at)
    except (Unusable, Refused) as fault:
        if not careful:
            raise _SomethingFailed from fault
        _refuse_fault(work, fault)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        if not careful:
            raise _SomethingFailed from fault
        assert work.kept is not None
        # The exception's text may quote the patient: only its kind and place are logged.
        log.error("hl7: message %s failed while applying: %s", work.kept.id, _where(fault))
        refuse(work, Answer("AE", "207", f"平台处理这条消息时出错，原文已保留（编号 {work.kept.id}），请联系平台管理员。",
                            f"Internal error; the message is kept as {work.kept.id}.", "MSH", 1), "internal_error")


def _dispatch(work: Work, at: datetime) -> None:
    envelope, sender, kept = work.envelope, work.sender, work.kept
    assert envelope is not None and envelope.message is not None and sender is not None and kept is not None
    context = Context(
        message=envelope.message, sender=sender, trigger=envelope.trigger, at=at, source=f"hl7v2:{kept.id}",
        actor=Actor.system(f"HL7 接口（{sender.name}）"[:64], institution=sender.institution),
    )
    try:
        dispatch.apply(envelope.event, context)
    except Unusable as fault:
        if context.has_written:
            raise
        # Nothing to undo: what is wrong with this message costs the others of the batch nothing.
        _refuse_fault(work, fault)
        work.findings.extend(context.findings)
        return
    work.state = State.APPLIED
    work.findings.extend(context.findings)
    work.subjects, work.resident, work.reply = context.subjects, context.resident, context.reply


def _refuse_fault(work: Work, fault: Unusable | Refused) -> None:
    if isinstance(fault, Unusable):
        refuse(work, Answer("AE", fault.error, fault.zh, fault.en, fault.segment, fault.sequence, fault.field))
        return
    segment, number = _PLACES.get(fault.field, _UNPLACED.get(work.envelope.event if work.envelope is not None else "", ("MSH", 0)))
    refuse(work, Answer("AE", "207", fault.zh, fault.en, segment, 1, number), fault.code)
    work.findings.extend(fault.findings)


def refuse(work: Work, answer: Answer, code: str = "") -> None:
    """Notes that the message is refused, and why."""
    work.answer, work.state = answer, State.REFUSED
    work.refusal_code, work.subjects, work.resident = code or f"hl7_{answer.error}", [], None


def refuse_unknown_facility(work: Work, envelope: Envelope) -> None:
    """Refuses with AR: who sends is not in the register of institutions."""
    name, place = envelope.sender[:60], 4 if envelope.facility else 3
    refuse(work, Answer("AR", "204", f"发送机构“{name}”未登记；请在平台“机构”中登记其接口代码后重发。",
                        f"Sending facility {name} is not registered.", "MSH", 1, place), "unknown_facility")


def _refuse_internally(work: Work, at: datetime) -> None:
    with transaction.atomic():
        work.reset()
        ledger.keep([work], at=at)
        work.open(0)
        assert work.kept is not None
        log.error("hl7: message %s failed at the commit", work.kept.id)
        refuse(work, Answer("AE", "207", f"平台保存这条消息时出错，原文已保留（编号 {work.kept.id}），请联系平台管理员。",
                            f"Internal error; the message is kept as {work.kept.id}.", "MSH", 1), "internal_error")
        ledger.conclude([work], at=at)


def _pair_twins(works: list[Work]) -> None:
    """The same bytes twice in one batch are applied once and answered twice."""
    first: dict[str, Work] = {}
    for work in works:
        earlier = first.setdefault(work.sha256, work)
        if earlier is not work:
            work.twin = earlier
            earlier.copies += 1


def _where(fault: BaseException) -> str:
    trace, last = fault.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        last = f"{code.co_filename.rsplit('/src/', 1)[-1]}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    return f"{type(fault).__name__} at {last}"


def _still_there() -> bool:
    try:
        return bool(connection.connection is None or connection.is_usable())
    except Exception:
        return False


@contextmanager
def _at_full_speed(numbers_needed: int) -> Iterator[None]:
    """What a careful attempt does without: no savepoints inside doors, since a failure costs the whole attempt anyway;
    statements whose answer nobody reads are sent without waiting; numbers fetched at once, rows written together."""
    connection.features.uses_savepoints = False
    try:
        numbers.reserve(numbers_needed, block=100)
        with connection.connection.pipeline(), batching.together():
            yield
    finally:
        connection.features.uses_savepoints = True
