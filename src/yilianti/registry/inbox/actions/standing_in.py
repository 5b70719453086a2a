"""Absences: who is away, and who stands in; the deputy sees the absent person's items and acts under their own grants."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import api as access
from yilianti.registry.inbox import rules
from yilianti.registry.inbox.access import ABSENCES
from yilianti.registry.inbox.models import Absence
from yilianti.registry.people import api as people

REASON_LENGTH = 60
#: The longest training away takes three years; beyond it the year was mistyped.
_LONGEST = timedelta(days=3 * 366)


@transaction.atomic
def enter_absence(
    *, actor: Actor, person: int, deputy: int, from_at: datetime, until_at: datetime, reason: str, at: datetime
) -> Absence:
    """Enter one's own absence, or as who manages the staff that of a colleague, with the deputy for it."""
    if person == deputy:
        raise Refused("to_oneself", "“代办人”不能是本人；请选择一位同事。", "not oneself", field="deputy")
    held = people.Person.objects.select_for_update().filter(id__in=[person, deputy], is_active=True).order_by("id")
    names = {found.id: found.name for found in held}
    if len(names) < 2:
        raise Refused("unknown_person", "没有这位在岗人员；请从名单中选择，或核对工号。", field="deputy" if person in names else "person")
    _may(actor, person, at)
    _check_times(from_at, until_at, at)
    if not reason.strip():
        raise Refused("no_reason", "请填写“事由”，例如：休假、进修、病假。", "a reason is needed", field="reason")
    findings = rules.reasons_not_to_stand_in(_roles(person, from_at), _roles(deputy, from_at), _clashes(person, deputy, from_at, until_at), names[deputy])
    if findings:
        raise Refused(findings[0].code, findings[0].sentence, findings[0].en, field="deputy", findings=findings[1:])
    made = Absence.objects.create(person_id=person, deputy_id=deputy, from_at=from_at, until_at=until_at, reason=reason.strip()[:REASON_LENGTH],
                                  entered_by=actor.person, entered_at=at)  # fmt: skip
    _record("inbox.absence_entered", actor, made, at)
    return made


@transaction.atomic
def end_absence(*, actor: Actor, absence: int, at: datetime) -> Absence:
    """Back earlier, or not away after all; from now on the deputy no longer sees the items."""
    found = Absence.objects.select_for_update().filter(pk=absence).first()
    if found is None:
        raise Refused("no_absence", "没有这条离岗登记；请刷新页面。")
    _may(actor, found.person_id, at)
    if found.until_at <= at:
        raise Refused("changed_meanwhile", "这次离岗已经结束。", "already over")
    found.until_at = max(found.from_at, at)
    found.save(update_fields=["until_at"])
    _record("inbox.absence_ended", actor, found, at)
    return found


def may_enter(actor: Actor, person: int, at: datetime) -> bool:
    """True for oneself, and for who manages the staff of one of the person's institutions."""
    if actor.is_system or person == actor.person:
        return True
    return any(actor.may(ABSENCES, post.institution_id) for post in people.posts_of(person, timezone.localdate(at)))


def _may(actor: Actor, person: int, at: datetime) -> None:
    if not may_enter(actor, person, at):
        raise Refused("not_permitted", "只能登记本人的离岗；为同事登记请找其机构的人员管理员。", "only for oneself")


def _check_times(from_at: datetime, until_at: datetime, at: datetime) -> None:
    if until_at <= from_at:
        raise Refused("ends_before_start", "“结束”须晚于“开始”；请改正。", field="until_at")
    if until_at <= at:
        raise Refused("over_already", "“结束”已经过去；请填写将来的时间。", field="until_at")
    if until_at > from_at + _LONGEST:
        raise Refused("too_long", "离岗超过三年；请核对“结束”的年份。", field="until_at")


def _roles(person: int, at: datetime) -> set[tuple[str, int]]:
    return access.roles_of([person], timezone.localdate(at))[person]


def _clashes(person: int, deputy: int, from_at: datetime, until_at: datetime) -> list[rules.Clash]:
    """Absences in that time that one of the two is part of, other than the deputy standing in for somebody else as well."""
    overlapping = Absence.objects.filter(from_at__lt=until_at, until_at__gt=from_at).select_related("person", "deputy")
    rows = overlapping.filter(person__in=[person, deputy]) | overlapping.filter(deputy=person)
    return [rules.Clash(row.person_id == person, row.deputy_id == person, row.person.name, timezone.localtime(row.from_at), timezone.localtime(row.until_at)) for row in rows]


def _record(word: str, actor: Actor, absence: Absence, at: datetime) -> None:
    facts = {"person": absence.person_id, "deputy": absence.deputy_id, "from_at": absence.from_at.isoformat(), "until_at": absence.until_at.isoformat()}
    journal.write(word, actor=actor, at=at, subject=f"inbox_absence:{absence.pk}", facts=facts)
