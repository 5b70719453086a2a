"""Acts on grants: give a role to a post over an institution, and take it back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.policybook import access as roles
from yilianti.registry.access import access, rules, seals
from yilianti.registry.access.models import Grant
from yilianti.registry.people import api as people


def grant(
    *, actor: Actor, post: int, role: str, institution: int, at: datetime, from_on: date | None = None, until_on: date | None = None
) -> Grant:
    """Give a role to a post over an institution from a day (today) until another (open); nobody grants to themselves.

    The actor needs `access.grant` over that institution and over where the post is.
    """
    day = timezone.localdate(at)
    from_on = from_on or day
    with transaction.atomic():
        held = people.Post.objects.select_related("person").filter(pk=post).first()
        if held is None:
            raise Refused("no_post", "没有这个任职；请先在“人员”中登记。", field="post")
        # Grants of one person are decided one after the other, so that two cannot together give what must stay apart.
        people.Person.objects.select_for_update(of=("self",)).get(pk=held.person_id)
        _require(actor, held.person_id, institution, held.institution_id)
        _refuse_conflicts(held, role, institution, from_on, until_on, day, actor)
        made = seals.sealed(Grant(post=held, role=role, institution_id=institution, from_on=from_on, until_on=until_on, granted_by=actor.person))
        made.save()
        _journal("access.granted", actor, made, at)
    return made


def revoke(*, actor: Actor, grant: int, at: datetime) -> Grant:
    """Take a role back, effective at the holder's next request."""
    day = timezone.localdate(at)
    with transaction.atomic():
        found = Grant.objects.select_for_update(of=("self",)).select_related("post").filter(pk=grant).first()
        if found is None:
            raise Refused("no_grant", "没有这项授权。")
        _require(actor, found.post.person_id, found.institution_id, found.institution_id)
        if found.until_on is not None and found.until_on <= day:
            raise Refused("changed_meanwhile", "这项授权已经收回。")
        found.until_on = max(found.from_on, day)
        seals.sealed(found).save(update_fields=["until_on", "seal"])
        _journal("access.revoked", actor, found, at)
    return found


def _require(actor: Actor, person: int, *institutions: int) -> None:
    if person == actor.person:
        raise Refused("own_grant", "不能给自己授权，也不能收回自己的权限；请另一位安全管理员办理。", "not for oneself")
    for institution in institutions:
        actor.require(access.GRANT, institution)


def _refuse_conflicts(
    held: people.Post, role: str, institution: int, from_on: date, until_on: date | None, day: date, actor: Actor
) -> None:
    going_on = Grant.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=from_on), post__person=held.person_id)
    going_on = going_on.filter(from_on__lt=until_on) if until_on else going_on
    # A grant dated back is judged by what is known of separation today.
    separation = policybook.in_force("access.separation", day, actor.scope)
    findings = rules.reasons_not_to_grant(
        role,
        named=roles.roles(day, actor.scope),
        held=set(going_on.values_list("role", flat=True)),
        apart=separation.apart,
        apart_ref=separation.policy_ref,
        from_on=from_on,
        until_on=until_on,
    )
    if findings:
        raise Refused(findings[0].code, findings[0].sentence, findings[0].en, field="until_on" if findings[0].code == "ends_before_start" else "role", findings=findings)
    if going_on.filter(post=held, role=role, institution=institution).exists():
        raise Refused("already_granted", "此岗位已持有这项授权。", field="role")


def _journal(word: str, actor: Actor, made: Grant, at: datetime) -> None:
    facts = {"post": made.post_id, "role": made.role, "grant": made.pk, "from_on": made.from_on.isoformat()}
    if made.until_on:
        facts["until_on"] = made.until_on.isoformat()
    subject = access.subject_of(made.post.person_id)
    journal.write(word, actor=actor, at=at, subject=subject, to_institution=made.institution_id, facts=facts)
