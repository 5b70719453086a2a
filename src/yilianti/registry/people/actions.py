"""Acts on staff: registered, amended, given and relieved of posts, licensed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.period import Period
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import rules
from yilianti.registry.people.models import Licence, Person, Post
from yilianti.registry.people.terms import LicenceKind, Title

MANAGE = "people.manage"


@transaction.atomic
def register(*, actor: Actor, number: str, name: str, title: str, at: datetime, phone: str = "") -> Person:
    """Enter a member of staff; the number is unique in the consortium."""
    actor.require(MANAGE)
    _complete(number, name)
    if (taken := Person.objects.filter(number=number).first()) is not None:
        raise Refused("number_taken", f"工号 {number} 已属于{taken.name}；请核对工号。", field="number")
    person = Person.objects.create(number=number, name=name.strip(), title=Title(title).value, phone=phone.strip(), created_at=at)
    _record("people.registered", actor, at, person, {"title": title})
    return person


@transaction.atomic
def amend(*, actor: Actor, person_id: int, name: str, title: str, phone: str, is_active: bool, at: datetime) -> Person:
    """Correct what is written of a person, or end (restart) their work."""
    person = managed(actor, person_id, at)
    _complete(person.number, name)
    told = {"name": name.strip(), "title": Title(title).value, "phone": phone.strip(), "is_active": is_active}
    changed = sorted(field for field, value in told.items() if getattr(person, field) != value)
    for field in changed:
        setattr(person, field, told[field])
    if changed:
        person.save(update_fields=changed)
        _record("people.amended", actor, at, person, {"changed": changed, "is_active": is_active})
    return person


@transaction.atomic
def give_post(
    *, actor: Actor, person_id: int, institution_id: int, name: str, from_on: date, at: datetime,
    department_id: int | None = None, until_on: date | None = None,
) -> Post:
    """Give a person a post in an institution from a day on; the same post twice at one time is refused."""
    actor.require(MANAGE, institution_id)
    person = _locked(person_id)
    _place(institution_id, department_id)
    if not name.strip():
        raise Refused("post_name_missing", "请填写岗位名称。", field="name")
    if until_on is not None and until_on <= from_on:
        raise Refused("ends_before_start", "结束日期须晚于开始日期。", field="until_on")
    held = Post.objects.filter(person=person, institution=institution_id, department=department_id, name=name.strip())
    clash = rules.clash(Period(from_on, until_on), [Period(post.from_on, post.until_on) for post in held])
    if clash is not None:
        raise Refused("post_held", f"{person.name}自 {clash.from_on} 起已任该岗位；请勿重复任命。", field="name")
    post = Post.objects.create(person=person, institution_id=institution_id, department_id=department_id, name=name.strip(),
                               from_on=from_on, until_on=until_on)  # fmt: skip
    _record("people.post_given", actor, at, person, {"post": post.id, "institution": institution_id, "from_on": str(from_on)}, institution_id)
    return post


@transaction.atomic
def end_post(*, actor: Actor, post_id: int, until_on: date, at: datetime) -> Post:
    """End a post; the day named is the first on which it no longer holds."""
    held = Post.objects.select_for_update(of=("self",)).select_related("person").filter(id=post_id).first()
    if held is None:
        raise Refused("unknown_post", "没有这个岗位；请刷新页面。", field="post")
    actor.require(MANAGE, held.institution_id)
    if held.until_on is not None and held.until_on <= until_on:
        raise Refused("wrong_state", f"该岗位已于 {held.until_on} 结束。", "already ended")
    if until_on <= held.from_on:
        raise Refused("ends_before_start", f"结束日期须晚于任职日期 {held.from_on}。", field="until_on")
    held.until_on = until_on
    held.save(update_fields=["until_on"])
    _record("people.post_ended", actor, at, held.person, {"post": held.id, "until_on": str(until_on)}, held.institution_id)
    return held


@transaction.atomic
def add_licence(
    *, actor: Actor, person_id: int, kind: str, number: str, from_on: date, at: datetime, scope: str = "", until_on: date | None = None
) -> Licence:
    """Note a licence to practise."""
    person = managed(actor, person_id, at)
    if not number.strip():
        raise Refused("licence_number_missing", "请填写执业证编号。", field="number")
    if until_on is not None and until_on <= from_on:
        raise Refused("ends_before_start", "到期日须晚于发证日。", field="until_on")
    try:
        with transaction.atomic():
            licence = Licence.objects.create(person=person, kind=LicenceKind(kind).value, number=number.strip(), scope=scope.strip(),
                                             from_on=from_on, until_on=until_on)  # fmt: skip
    except IntegrityError as clash:
        raise Refused("licence_taken", f"{LicenceKind.label(kind)}编号 {number} 已登记；请核对编号。", field="number") from clash
    _record("people.licensed", actor, at, person, {"kind": kind, "until_on": str(until_on or "")})
    return licence


def _locked(person_id: int) -> Person:
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise Refused("unknown_person", "没有这个人员；请从人员名录中选择。", field="person")
    return person


def managed(actor: Actor, person_id: int, at: datetime) -> Person:
    """The person, held; refused when they work only where the actor does not manage the staff."""
    actor.require(MANAGE)
    person = _locked(person_id)
    day = timezone.localdate(at)
    held = Post.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), person=person)
    if not actor.is_system and held.exists() and not held.filter(institution__in=actor.reaches(MANAGE)).exists():
        raise Refused("not_permitted", f"{person.name}现在不在您管理的机构任职；请由其所在机构的管理员办理。", "works elsewhere now")
    return person


def _place(institution_id: int, department_id: int | None) -> None:
    place = institutions.get(institution_id)
    if place is None or place.standing != institutions.Standing.ACTIVE:
        raise Refused("unknown_institution", "机构不存在或已停用；请重新选择。", field="institution")
    if department_id is not None and department_id not in {d.id for d in institutions.departments(institution_id)}:
        raise Refused("unknown_department", "该科室不属于所选机构；请重新选择。", field="department")


def _complete(number: str, name: str) -> None:
    findings = rules.missing_particulars(number, name)
    if findings:
        raise Refused("particulars_missing", findings[0].sentence, field=findings[0].code, findings=findings)


def _record(word: str, actor: Actor, at: datetime, person: Person, facts: Mapping[str, Any], institution: int | None = None) -> None:
    journal.write(word, actor=actor, at=at, subject=f"people:{person.number}", to_institution=institution, facts={"person": person.id, **facts})
