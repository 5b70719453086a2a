"""The table of messages, written set-wise: one statement keeps a batch, one finds reused numbers, one concludes.

Plain SQL on the psycopg connection: these three run for every message, and arrays make one prepared statement serve any size.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection

from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.terms import State
from yilianti.kernel.crypto import encryption
from yilianti.kernel.finding import Finding, Severity

if TYPE_CHECKING:
    from yilianti.gateways.hl7v2.receiving import Work

_KEEP = """
INSERT INTO hl7v2_message (received_at, peer, raw, sha256, encoding, application, facility, control_id, kind, version, state,
    answer, refusal_code, refusal, refusal_en, place, findings, subjects, attempts, note)
SELECT %s, v.peer, v.raw, v.sha256, '', '', '', '', '', '', 'received', '', '', '', '', '', '[]', '[]', v.copies, ''
FROM unnest(%s::text[], %s::bytea[], %s::text[], %s::int[]) WITH ORDINALITY AS v(peer, raw, sha256, copies, place) ORDER BY v.place
ON CONFLICT (sha256) DO UPDATE SET attempts = hl7v2_message.attempts + EXCLUDED.attempts
RETURNING id, sha256, state, attempts"""

_REUSED = """
SELECT v.id, earlier.id
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS v(id, application, facility, control_id)
CROSS JOIN LATERAL (
    SELECT m.id FROM hl7v2_message m
    WHERE m.facility = v.facility AND m.control_id = v.control_id AND m.application = v.application AND m.id <> v.id
    ORDER BY m.id LIMIT 1) AS earlier"""

_CONCLUDE = """
UPDATE hl7v2_message AS m SET encoding = v.encoding, application = v.application, facility = v.facility,
    control_id = v.control_id, kind = v.kind, version = v.version, state = v.state, answer = v.answer,
    refusal_code = v.refusal_code, refusal = v.refusal, refusal_en = v.refusal_en, place = v.place, findings = v.findings,
    subjects = v.subjects, institution_id = v.institution, resident_id = v.resident, applied_at = v.applied_at
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::jsonb[], %s::bigint[], %s::bigint[], %s::timestamptz[])
    AS v(id, encoding, application, facility, control_id, kind, version, state, answer, refusal_code, refusal, refusal_en,
         place, findings, subjects, institution, resident, applied_at)
WHERE m.id = v.id"""


_RAW = encryption.purpose_of(Message, "raw")


@dataclass(frozen=True, slots=True)
class Kept:
    """The row that holds a message: its id, the state it was found in, and how often it has come."""

    id: int
    state: State
    attempts: int


def _execute(sql: str, parameters: Sequence[Any], *, answers: bool = True) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    # Not Django's cursor: that one writes parameters into the statement, which then cannot be prepared.
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, parameters, prepare=True)
        return cursor.fetchall() if answers else []


def keep(works: Sequence[Work], *, at: datetime) -> None:
    """Stores the bytes; a message that was here before is found again, and locked."""
    bodies = [encryption.encrypt(_RAW, w.frame.content) for w in works]
    rows = _execute(_KEEP, [at, [w.peer[:64] for w in works], bodies, [w.sha256 for w in works], [w.copies for w in works]])
    found = {sha256: Kept(number, State(state), attempts) for number, sha256, state, attempts in rows}
    for work in works:
        work.kept = found[work.sha256]


def note_reused_control_ids(works: Sequence[Work]) -> None:
    """Adds a finding where the same sender has used the same MSH-10 for other bytes."""
    fresh = [w for w in works if w.kept and w.envelope and w.envelope.control_id and w.kept.state is not State.APPLIED]
    if not fresh:
        return
    envelopes = [w.envelope for w in fresh if w.envelope]
    rows = _execute(_REUSED, [[w.kept.id for w in fresh if w.kept], [e.application for e in envelopes],
                              [e.facility for e in envelopes], [e.control_id for e in envelopes]])
    earlier = dict(rows)
    seen: dict[tuple[str, str, str], int] = {}
    for work, envelope in zip(fresh, envelopes, strict=True):
        assert work.kept is not None
        key = (envelope.application, envelope.facility, envelope.control_id)
        before = earlier.get(work.kept.id) or seen.get(key)
        seen.setdefault(key, work.kept.id)
        if before:
            work.findings.append(Finding("control_id_reused", "发送方对不同内容使用了同一消息控制号（MSH-10）。",
                                         f"与消息 {before} 同号", severity=Severity.WARNING, en="MSH-10 was used before for other content."))


def conclude(works: Iterable[Work], *, at: datetime) -> None:
    """Writes what became of each message; one that had been applied before is left as it was."""
    rows = [_row(work, at) for work in works if work.kept and work.kept.state is not State.APPLIED]
    if rows:
        _execute(_CONCLUDE, [list(column) for column in zip(*rows, strict=True)], answers=False)


def _row(work: Work, at: datetime) -> tuple[Any, ...]:
    envelope, answer, kept = work.envelope, work.answer, work.kept
    assert envelope is not None and kept is not None
    # What a person has set aside does not come back to the inbox because its sender repeats it.
    state = State.IGNORED if kept.state is State.IGNORED and work.state is State.REFUSED else work.state
    place = f"{answer.segment}^{answer.sequence}" + (f"^{answer.field}" if answer.field else "") if answer.segment else ""
    return (
        kept.id, envelope.codec, _clean(envelope.application), _clean(envelope.facility), _clean(envelope.control_id),
        _clean(envelope.kind), _clean(envelope.version), state.value, answer.code, work.refusal_code[:64],
        _clean(answer.zh)[:400], _clean(answer.en)[:400], place[:32], _json([f.as_facts() for f in work.findings]),
        _json(work.subjects), work.sender.institution if work.sender else None, work.resident,
        at if work.state is State.APPLIED else None,
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "")


def _clean(text: str) -> str:
    return text.replace("\x00", "")
