"""Worklists, one exam and its history, ledgers; always through `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Case, Count, DateTimeField, F, Min, Q, QuerySet, When
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from yilianti import policybook
from yilianti.care.diagnosis import access, library, rules, searching, waiting
from yilianti.care.diagnosis.ecg import MEASURES
from yilianti.care.diagnosis.models import CriticalValue, Exam, IssuedReport
from yilianti.care.diagnosis.terms import Reported
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.pages import Slice, keyset, numbered

PAGE = 20
MOST_COMPARED = 200
SHOWN = ("resident", "institution", "centre", "claimed_by", "concluded_by", "issued_by")
#: The end that the centre owes next, for ordering; as `rules.due_at`.
DUE = Case(When(state__in=("queued", "reading"), then=F("written_due_at")), When(state__in=("concluded", "conference"), then=F("audited_due_at")), output_field=DateTimeField())

BOXES = {
    "to_read": "待诊断", "to_audit": "待审核", "mine": "我正在看", "conference": "会诊", "second": "待复阅", "issued": "已报告",
    "to_send": "待采集或发送", "rejected": "退回重采", "waiting": "等中心报告", "all": "全部",
}  # fmt: skip
AT_CENTRE = ("to_read", "to_audit", "mine", "conference", "second", "issued")
AT_MEMBER = ("to_send", "rejected", "waiting", "issued")


def visible(actor: Actor) -> QuerySet[Exam]:
    return Exam.objects.filter(access.visible_to(actor))


def one(actor: Actor, number: str) -> Exam | None:
    return visible(actor).select_related(*SHOWN, "recording", "ordered_by", "acquired_by").defer("recording__content", "recording__samples").filter(number=number).first()


def of_order(institution: int, placer_number: str) -> Exam | None:
    """The exam that a member's own system knows by this number: the one that counts, else the latest cancelled one."""
    rows = list(Exam.objects.filter(institution=institution, placer_number=placer_number).order_by("-id")[:20])
    return next((exam for exam in rows if exam.state != "cancelled"), rows[0] if rows else None)


def reported(number: str, version: int) -> Reported | None:
    """One version of a report in words and bytes, for doors that hand it on; None where there is none."""
    told = IssuedReport.objects.select_related("exam", "reader", "auditor").filter(exam__number=number, version=version).first()
    if told is None:
        return None
    exam = told.exam
    named = {row["code"]: (row["code"], row["zh"], row["aha"]) for row in library.rows(exam.modality, exam.centre_id, told.at)}
    return Reported(
        number, version, exam.modality, exam.institution_id, exam.resident_id, exam.placer_number, exam.orderer, exam.complaint, exam.urgency, exam.ordered_at, exam.acquired_at,
        exam.sent_at, told.at, told.reader.name if told.reader else "", told.auditor.name, told.conclusion, told.because,
        tuple(named.get(code, (code, code, "")) for code in told.statements),
        tuple((one.code, one.zh, f"{told.measurements[one.code]:.{one.decimals}f}", one.unit) for one in MEASURES if one.code in told.measurements),
        tuple((one["code"], one["sentence"]) for one in told.critical), bytes(told.content),
    )  # fmt: skip


def in_box(actor: Actor, box: str, at: datetime) -> Q:
    """The condition of one pile of work."""
    here, ours = Q(centre__in=actor.reaches(access.AT_CENTRE)), Q(institution__in=actor.reaches(access.AT_MEMBER))
    if box == "second":
        return here & _sampled(actor, at)
    piles = {
        "to_read": here & waiting.free(at), "to_audit": here & Q(state="concluded"), "mine": here & Q(state="reading", claimed_by=actor.person, claimed_until__gt=at),
        "conference": here & Q(state="conference"), "issued": Q(state="issued"),
        "to_send": ours & Q(state__in=("ordered", "acquired")), "rejected": ours & Q(state="rejected"), "waiting": ours & Q(state__in=("queued", "reading", "concluded", "conference")),
    }  # fmt: skip
    return piles.get(box, Q())


def boxes_of(actor: Actor) -> list[str]:
    """The piles that this post has."""
    found = [*(AT_CENTRE if actor.may(access.AT_CENTRE) else ()), *(AT_MEMBER if actor.may(access.AT_MEMBER) else ())]
    return [*dict.fromkeys(found), "all"]


def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many wait in each pile of work, in one statement."""
    work = [box for box in boxes_of(actor) if box not in ("issued", "all", "second")]
    return visible(actor).filter(~Q(state__in=("issued", "cancelled"))).aggregate(**{box: Count("pk", filter=in_box(actor, box, at)) for box in work}) if work else {}


def worklist(actor: Actor, box: str, at: datetime, *, text: str = "", urgency: str = "", after: str = "") -> Slice:
    """One pile: work by what breaches its limit first, the rest newest first."""
    rows = visible(actor).filter(in_box(actor, box, at)).select_related(*SHOWN)
    if urgency:
        rows = rows.filter(urgency=urgency)
    by_hand = False
    if text.strip():
        rows, by_hand = searching.narrowed(rows, text.strip())
    key, pk = _key(after)
    if box in ("issued", "all", "to_send", "rejected", "second"):
        rows = rows.order_by(*(searching.BY_HAND if by_hand else ("-ordered_at", "-id")))
        rows = rows.filter(Q(ordered_at__lt=key) | Q(ordered_at=key, pk__lt=pk)) if key else rows
        return keyset(list(rows[: PAGE + 1]), PAGE, lambda exam: f"{exam.pk}~{exam.ordered_at.isoformat()}")
    rows = rows.annotate(due=DUE).order_by("due", "id")
    rows = rows.filter(Q(due__gt=key) | Q(due=key, pk__gt=pk)) if key else rows
    return keyset(list(rows[: PAGE + 1]), PAGE, lambda exam: f"{exam.pk}~{exam.due.isoformat()}")


def _key(after: str) -> tuple[datetime | None, int]:
    """Where the page before ended; a key that is none begins anew."""
    pk, _, moment = after.partition("~")
    try:
        key = parse_datetime(moment) if numbered(pk) is not None else None
    except ValueError:  # the 45th of a month
        key = None
    return (key, int(pk)) if key and timezone.is_aware(key) else (None, 0)


def ledger(rows: QuerySet[CriticalValue], size: int, after: str = "") -> Slice:
    """One page of critical values, the newest first, from where the page before ended."""
    key, pk = _key(after)
    rows = rows.filter(Q(found_at__lt=key) | Q(found_at=key, pk__lt=pk)) if key else rows
    return keyset(list(rows.order_by("-found_at", "-id")[: size + 1]), size, lambda one: f"{one.pk}~{one.found_at.isoformat()}")


def history(number: str) -> Sequence[JournalEntry]:
    return journal.history(f"diagnosis:{number}")


def _sampled(actor: Actor, at: datetime) -> Q:
    """Issued exams of the share that this physician may read again: they said nothing of it, looked at nothing since somebody did, and nobody has read it again yet."""
    policy = policybook.in_force(waiting.SECOND, timezone.localdate(at), actor.scope)
    recent = Exam.objects.filter(centre__in=actor.reaches("diagnosis.read_again"), state="issued", issued_at__gt=at - timedelta(days=policy.days))
    recent = recent.exclude(readings__reader=actor.person).exclude(readings__kind="second").annotate(said_at=Min("readings__at"))
    sampled = {pk: (resident, said) for pk, number, resident, said in recent.values_list("pk", "number", "resident_id", "said_at") if said and rules.is_sampled(number, policy.percent)}
    return Q(pk__in=sampled.keys() - waiting.seen_by(actor, ((pk, *rest) for pk, rest in sampled.items())))


def criticals(actor: Actor) -> QuerySet[CriticalValue]:
    """Critical values of exams the actor sees."""
    return CriticalValue.objects.filter(exam__in=visible(actor)).select_related("exam__resident", "exam__institution", "acknowledged_by", "resolved_by", "found_by", "corrects")


def earlier(actor: Actor, exam: Exam) -> list[Exam]:
    """Issued tracings of the same resident before this one that the actor may see, the newest first."""
    rows = visible(actor).filter(resident=exam.resident_id, modality=exam.modality, state="issued", ordered_at__lt=exam.ordered_at).exclude(pk=exam.pk)
    return list(rows.only("number", "ordered_at", "conclusion").order_by("-ordered_at")[:10])


def comparable(actor: Actor, exam: Exam) -> list[Exam]:
    """Every earlier exam of the same resident whose tracing may be laid beside this one, reported or not, the newest first."""
    rows = visible(actor).filter(resident=exam.resident_id, modality=exam.modality, recording__lead_count__gt=0, ordered_at__lt=exam.ordered_at).exclude(pk=exam.pk)
    return list(rows.exclude(state__in=("rejected", "cancelled")).only("number", "ordered_at", "acquired_at", "modality").order_by("-ordered_at")[:MOST_COMPARED])
