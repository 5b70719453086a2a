"""One step of one referral: locked, permitted, possible, saved and journalled in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.care.referral import access, rules
from yilianti.care.referral.actions import promising
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Service, State
from yilianti.kernel import batching, journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry


@dataclass
class Step:
    """A step under way; what an action adds to `facts` and `policy_refs` stands in the journal."""

    referral: Referral
    facts: dict[str, Any] = field(default_factory=dict)
    policy_refs: list[str] = field(default_factory=list)


def subject(number: str) -> str:
    return f"referral:{number}"


def locked(number: str) -> Referral:
    """The referral, held until the transaction ends; whoever comes second waits here and sees what the first did."""
    try:
        return Referral.objects.select_for_update().get(number=number)
    except Referral.DoesNotExist:
        raise unknown(number) from None


def unknown(number: str) -> Refused:
    """The same answer for a number that is not there and one that the asker may not see."""
    return Refused("unknown_referral", f"没有编号为 {number} 的转诊单；请核对单号。", "no such referral", field="number")


@contextmanager
def step(*, actor: Actor, number: str, action: str, at: datetime) -> Iterator[Step]:
    """Take `action` on a referral; the body sets what belongs to it. Refused tells the loser who decided what, when."""
    try:
        with transaction.atomic():
            referral = locked(number)
            _require_open(actor, action, referral)
            before = promising.standing(referral)
            row = REFERRAL.step(referral, action)
            taken = Step(referral)
            yield taken
            referral.version += 1
            save(referral, before, row.word, actor=actor, at=at, facts=taken.facts, policy_refs=taken.policy_refs)
    except IntegrityError as clash:
        raise already_open(clash) from clash


def _require_open(actor: Actor, action: str, referral: Referral) -> None:
    """Refuse who may not, what is not possible now, and what does not belong to a referral of that kind."""
    if not access.may(actor, action, referral):
        _refuse_if_passed_on(actor, referral.number)
        raise Refused("not_permitted", "您所在的岗位不能办理这一步；请由对方机构或有权限的同事办理。", "not permitted")
    if not REFERRAL.can(action, referral.state):
        raise REFERRAL.refusal(action, referral.state, told=_told(referral.number))
    if not access.fits(action, referral):
        raise Refused("wrong_way", f"{_kind(referral)}没有“{REFERRAL.verbs.label(action)}”这一步；请刷新页面，按页面上的按钮办理。", "no such step on this way")


def already_open(clash: IntegrityError) -> Refused:
    """What a constraint on open referrals says to a person; any other clash is raised as it is."""
    if "one_open_way_home" in str(clash):
        return Refused("way_home_open", "已有一张在途的下转单；请在转诊列表中打开它。", "a way home is open")
    if "one_open_way_home" in str(clash):
        return Refused("way_home_open", "已有一张在途的下转单；请在转诊列表中打开它。", "a way home is open")
    if "one_open_referral_per_diagnosis" not in str(clash):
        raise clash
    return Refused("already_open", "该居民已有一张同诊断、同去向的在途转诊单；请在转诊列表中打开它。病情紧急的，把紧急程度改为“紧急”后可另发一张。", field="diagnosis_code")


def save(
    referral: Referral, before: promising.Standing, word: str, *, actor: Actor, at: datetime, facts: dict[str, Any], policy_refs: Sequence[str] = ()
) -> None:
    """Save a referral that has taken a step, with what is owed from now on; one journal line."""
    owed = promising.renew(referral, before, actor.scope, at)
    batching.update_now(referral) if referral.pk else batching.insert_now(referral)
    record(word, actor=actor, referral=referral, at=at, facts=owed | facts, policy_refs=policy_refs)


def _kind(referral: Referral) -> str:
    if referral.service == Service.ADVICE:
        return "意见咨询"
    return "下转单" if referral.goes_home else "网外转诊单" if referral.is_outside else "上转单"


def record(word: str, *, actor: Actor, referral: Referral, at: datetime, facts: dict[str, Any], policy_refs: Sequence[str] = ()) -> None:
    """One journal line about this referral."""
    journal.write(
        word, actor=actor, at=at, subject=subject(referral.number), resident=referral.resident_id,
        from_institution=referral.from_institution_id, to_institution=referral.to_institution_id,
        facts={"number": referral.number, "state": referral.state, "to_role": rules.answering_role(referral.to_level),
               "sender": referral.drafted_by_id, **facts}, policy_refs=policy_refs,
    )  # fmt: skip


def _refuse_if_passed_on(actor: Actor, number: str) -> None:
    """Tell the office that lost a race to its own redirection who passed the referral on, and when."""
    last = next(reversed(journal.history(subject(number))), None)
    if last and last.word == REFERRAL["redirect"].word and actor.may("referral.redirect", last.facts["redirected_from"]):
        at = timezone.localtime(last.at)
        raise Refused("changed_meanwhile", f"{last.actor_name}已于 {at:%m月%d日 %H:%M:%S} 把这张转诊单改转其他机构；请刷新列表。", "redirected meanwhile")


def turns(entries: Sequence[JournalEntry]) -> list[JournalEntry]:
    """The lines at which the referral came into another state; what was said or noted meanwhile moved nothing."""
    found, state = [], ""
    for entry in entries:
        said = str(entry.facts.get("state", ""))
        if said and said != state:
            found.append(entry)
            state = said
    return found


def _told(number: str) -> str:
    """Who decided what and when, for the person who came second."""
    entry = next(reversed(turns(journal.history(subject(number)))), None)
    if entry is None:
        return ""
    state = State.label(str(entry.facts.get("state", "")))
    return f"（{entry.actor_name}已于 {timezone.localtime(entry.at):%m月%d日 %H:%M:%S} 办理为“{state}”。）"
