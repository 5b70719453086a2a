"""Questions about an examination, answered with reasons. Values come from policy editions; nothing is changed here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any, Protocol

from yilianti.care.diagnosis.terms import Case, Limits, State, Urgency
from yilianti.kernel.finding import Finding, Severity


class WorkingTime(Protocol):
    """The part of a working calendar that limits need."""

    def add_working_time(self, start: datetime, minutes: int) -> datetime: ...


def limits(modality: str, urgency: str, sent_at: datetime, policy: Any, working: WorkingTime, refs: Callable[[], Sequence[str]] = tuple) -> Limits:
    """By when the exam is to be written and audited. Whatever cannot wait is counted by the clock, the rest in working time:
    outside working hours the guide lets the audit come later. `refs` are the editions of the calendar, asked only where it was used."""
    row = next(one for one in policy.limits if one["modality"] == modality and one["urgency"] == urgency)
    if row["reckoned"] == "clock":
        return Limits(sent_at + timedelta(minutes=row["written"]), sent_at + timedelta(minutes=row["audited"]), (policy.policy_ref,))
    return Limits(working.add_working_time(sent_at, row["written"]), working.add_working_time(sent_at, row["audited"]), (policy.policy_ref, *refs()))


def branch_receives(policy: Any, clock: time, is_working_day: bool) -> bool:
    """Whether a branch centre may be chosen at this time of day."""
    within = time.fromisoformat(policy.opens) <= clock < time.fromisoformat(policy.closes)
    return bool(policy.choosable) and within and (is_working_day or not policy.working_days_only)


def cannot_wait(urgency: str) -> bool:
    return urgency != Urgency.ROUTINE


def due_at(state: str, written_due_at: datetime | None, audited_due_at: datetime | None) -> datetime | None:
    """The moment that the centre owes next; None where it owes nothing."""
    if state in (State.QUEUED, State.READING):
        return written_due_at
    return audited_due_at if state in (State.CONCLUDED, State.CONFERENCE) else None


#: Readers, auditors, the head of the centre.
RUNGS = 3


def rung(due: datetime | None, now: datetime, minutes_before: Sequence[int]) -> int:
    """How many have to know by now that a limit is near: one for each number of minutes before it that has been reached."""
    return 0 if due is None else sum(now >= due - timedelta(minutes=minutes) for minutes in minutes_before[:RUNGS])


def blocks_sending(quality: Sequence[Mapping[str, str]]) -> bool:
    """A recording with a fault is sent only with a reason."""
    return any(found.get("severity") in (Severity.WARNING.value, Severity.BLOCKING.value) for found in quality)


def critical_findings(case: Case, rows: Sequence[Mapping[str, str]], policy_ref: str = "") -> list[Finding]:
    """What of a reading is critical under one list: a row speaks when one of its statements was chosen (or it names none) and its measurement
    passes its threshold (or it names none); one that counts when first found, or found again, is compared with earlier reports. The sentence carries the key value that the member has to read back."""
    found = []
    for row in rows:
        chosen = [code for code in row["statements"].split("|") if code and code in case.statements]
        if row["statements"] and not chosen or row["found"] and row["found"] != ("again" if set(chosen) & case.known else "first"):
            continue
        value = case.measurements.get(row["measure"]) if row["measure"] else None
        if row["measure"] and (value is None or not _passes(value, row["op"], float(row["value"]))):
            continue
        said = row["zh"] if value is None else f"{row['zh']} {value:g} {row['unit']}".rstrip()
        severity = Severity.BLOCKING if row["severity"] == "critical" else Severity.WARNING
        found.append(Finding(row["code"], said, because=row["clause"], policy_ref=policy_ref, severity=severity, en=row["en"]))
    return found


def _passes(value: float, op: str, threshold: float) -> bool:
    return {"<": value < threshold, "<=": value <= threshold, ">": value > threshold, ">=": value >= threshold}[op]


_DENIALS = "不无没非否未"


def reads_back(key_value: str, said: str) -> bool:
    """Whether a read-back says the key value: every number of it, and for one without numbers its name; spaces, case and width do not count. A read-back that denies says nothing."""
    told, heard = _plain(key_value), _plain(said)
    if set(_DENIALS) & set(heard) - set(told):
        return False
    numbers = re.findall(r"\d+(?:\.\d+)?", told)
    if numbers:
        return set(numbers) <= set(re.findall(r"\d+(?:\.\d+)?", heard))
    return told in heard


def _plain(text: str) -> str:
    narrow = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    return re.sub(r"[\s，。、；：,.;:（）()](?!\d)", "", narrow).lower()


def is_sampled(number: str, percent: int) -> bool:
    """Whether an exam belongs to the share that is read a second time: decided by its number, so that nobody can choose."""
    return int(sha256(number.encode()).hexdigest()[:8], 16) % 100 < percent


def agreement(first: Sequence[str], second: Sequence[str]) -> float:
    """The share of statements on which two readings agree, of all that either made; two empty readings agree."""
    either = set(first) | set(second)
    return len(set(first) & set(second)) / len(either) if either else 1.0
