"""Measures of the shared diagnosis centres: how much, how fast, how well recorded, what was critical, and whether two readers agree.

A figure belongs to the member that asked (the other end is the centre), workload and agreement to the centre that reads.
"""

from __future__ import annotations

from functools import reduce

import ibis.expr.types as ir

from yilianti.insight.indicators.measuring import contributions, measure
from yilianti.insight.indicators.terms import Statistic

_URGENCY = ("routine", "emergency", "chest_pain")
_HOURS = ("working", "off")
_REASONS = ("lead_off", "reversed", "artefact", "too_short", "wrong_patient", "other")


@measure("exam", Statistic.COUNT, modality=("ecg",))
def exam_volume(rows: ir.Table, places: ir.Table, modality: tuple[str, ...]) -> ir.Table:
    """Examinations sent to the centre, of those ordered and not cancelled."""
    counting = rows.filter((rows.state != "cancelled") & rows.modality.isin(modality))
    return contributions(counting, counting.number, counting.member, counting.sent_at.notnull(), source=counting.centre)


@measure("exam", Statistic.SHARE, modality=("ecg",), urgency=_URGENCY, hours=_HOURS)
def exam_written_share(rows: ir.Table, places: ir.Table, modality: tuple[str, ...], urgency: tuple[str, ...], hours: tuple[str, ...]) -> ir.Table:
    """Of the examinations written, those written by their limit."""
    counting = _sent(rows, modality, urgency, hours).filter(lambda row: row.written_at.notnull())
    return contributions(counting, counting.number, counting.member, counting.written_at <= counting.written_due_at, source=counting.centre)


@measure("exam", Statistic.SHARE, modality=("ecg",), urgency=_URGENCY, hours=_HOURS)
def exam_issued_share(rows: ir.Table, places: ir.Table, modality: tuple[str, ...], urgency: tuple[str, ...], hours: tuple[str, ...]) -> ir.Table:
    """Of the examinations reported, those audited by their limit."""
    counting = _sent(rows, modality, urgency, hours).filter(lambda row: row.issued_at.notnull())
    return contributions(counting, counting.number, counting.member, counting.issued_at <= counting.audited_due_at, source=counting.centre)


@measure("exam", Statistic.MEDIAN, modality=("ecg",), urgency=_URGENCY, hours=_HOURS)
def exam_issued_time(rows: ir.Table, places: ir.Table, modality: tuple[str, ...], urgency: tuple[str, ...], hours: tuple[str, ...]) -> ir.Table:
    """Seconds from sending to the first report; those still waiting only in the denominator."""
    return _times(rows, modality, urgency, hours)


@measure("exam", Statistic.P90, modality=("ecg",), urgency=_URGENCY, hours=_HOURS)
def exam_issued_time_p90(rows: ir.Table, places: ir.Table, modality: tuple[str, ...], urgency: tuple[str, ...], hours: tuple[str, ...]) -> ir.Table:
    """The same seconds: nine of ten take no longer."""
    return _times(rows, modality, urgency, hours)


@measure("exam", Statistic.SHARE, modality=("ecg",), normal=("NORM", "SR"))
def exam_positive_share(rows: ir.Table, places: ir.Table, modality: tuple[str, ...], normal: tuple[str, ...]) -> ir.Table:
    """Of the reports with coded statements, those that say anything but the statements called normal."""
    counting = rows.filter(rows.issued_at.notnull() & (rows.statements != "") & rows.modality.isin(modality))
    beyond = reduce(lambda said, code: said.replace(f"|{code}|", ""), normal, counting.statements)
    return contributions(counting, counting.number, counting.member, beyond != "", source=counting.centre)


@measure("exam_recording", Statistic.SHARE, reason=_REASONS)
def recording_rejected_share(rows: ir.Table, places: ir.Table, reason: tuple[str, ...]) -> ir.Table:
    """Of the recordings sent, those sent back for these reasons."""
    counting = rows.filter(~rows.is_cancelled)
    return contributions(counting, counting.recording, counting.member, counting.is_rejected & counting.reason.isin(reason))


@measure("exam_recording", Statistic.SHARE)
def recording_sound_share(rows: ir.Table, places: ir.Table) -> ir.Table:
    """Of the recordings sent, those in which the gate found no fault."""
    counting = rows.filter(~rows.is_cancelled)
    return contributions(counting, counting.recording, counting.member, counting.findings == "")


@measure("exam_critical", Statistic.SHARE)
def critical_told_share(rows: ir.Table, places: ir.Table) -> ir.Table:
    """Of the critical values, those found and told by the limit for writing."""
    return contributions(rows, rows.critical, rows.member, rows.found_in_time, source=rows.centre)


@measure("exam_critical", Statistic.SHARE, minutes=("10",))
def critical_acknowledged_share(rows: ir.Table, places: ir.Table, minutes: tuple[str, ...]) -> ir.Table:
    """Of the critical values, those read back within so many minutes. One whose value was corrected before is counted by the correction."""
    counting = rows.filter(rows.state != "corrected")
    return contributions(counting, counting.critical, counting.member, (counting.acknowledged_seconds <= 60 * int(minutes[0])).fill_null(False), source=counting.centre)


@measure("exam_critical", Statistic.SHARE, minutes=("60",))
def critical_resolved_share(rows: ir.Table, places: ir.Table, minutes: tuple[str, ...]) -> ir.Table:
    """Of the critical values, those acted upon within so many minutes. A corrected one is acted upon as its correction."""
    counting = rows.filter(rows.state != "corrected")
    return contributions(counting, counting.critical, counting.member, (counting.resolved_seconds <= 60 * int(minutes[0])).fill_null(False), source=counting.centre)


@measure("exam_reading", Statistic.COUNT, kinds=("first", "audit", "decision"))
def reading_volume(rows: ir.Table, places: ir.Table, kinds: tuple[str, ...]) -> ir.Table:
    """Readings of these kinds; the place is the centre."""
    counting = rows.filter(rows.kind.isin(kinds))
    return contributions(counting, counting.reading, counting.centre, counting.kind.notnull(), source=counting.member)


@measure("exam_reading", Statistic.SHARE)
def second_reading_share(rows: ir.Table, places: ir.Table) -> ir.Table:
    """Of the blinded second readings, those that chose the same statements as the first; the place is the centre."""
    counting = rows.filter((rows.kind == "second") & rows.agrees.notnull())
    return contributions(counting, counting.reading, counting.centre, counting.agrees, source=counting.member)


def _sent(rows: ir.Table, modality: tuple[str, ...], urgency: tuple[str, ...], hours: tuple[str, ...]) -> ir.Table:
    off = [name == "off" for name in hours]
    return rows.filter(rows.sent_at.notnull() & rows.modality.isin(modality) & rows.urgency.isin(urgency) & rows.is_off_hours.isin(off))


def _times(rows: ir.Table, modality: tuple[str, ...], urgency: tuple[str, ...], hours: tuple[str, ...]) -> ir.Table:
    counting = _sent(rows, modality, urgency, hours).filter(lambda row: ~row.state.isin(["cancelled", "rejected", "acquired"]))
    return contributions(counting, counting.number, counting.member, counting.issued_at.notnull(), counting.issued_seconds, counting.centre)
