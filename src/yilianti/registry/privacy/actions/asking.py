"""What residents ask about their own data: received, decided, answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.privacy import access, rules
from yilianti.registry.privacy.lifecycle import REQUEST
from yilianti.registry.privacy.models import SubjectRequest
from yilianti.registry.privacy.terms import Asker, RequestKind
from yilianti.registry.residents import api as residents

POLICY = "privacy.requests"


def receive(*, actor: Actor, resident_id: int, kind: str, asker: str, identity_seen: str, words: str, at: datetime) -> SubjectRequest:
    """Take a resident's request at the counter; one open request of a kind at a time."""
    if actor.institution is None:
        raise Refused("no_post", "您还没有选择岗位；请先在右上角选择要代表的机构。", "choose a post first")
    actor.require(access.REQUEST, actor.institution)
    residents.require_view(actor, resident_id, access.REQUEST)
    if kind not in [one.value for one in RequestKind] or asker not in [one.value for one in Asker]:
        raise Refused("unknown_kind", "请选择请求的种类和请求人。", "choose kind and asker", field="kind")
    if not identity_seen.strip():
        raise Refused("identity_unseen", "请写明核验了哪种证件；不能确认身份的请求不能受理。", "identity must be checked", field="identity_seen")
    policy = policybook.in_force(POLICY, timezone.localdate(at), actor.scope)
    try:
        with transaction.atomic():
            asked = SubjectRequest.objects.create(
                number=numbers.next_number("QQ", at), resident_id=residents.standing_for(resident_id).id, institution_id=actor.institution, kind=kind,
                asker=asker, identity_seen=identity_seen.strip()[:60], words=words.strip()[:400], received_at=at, received_by_id=actor.person,
                due_on=rules.due_on(timezone.localdate(at), policy.answer_days), policy_ref=policy.policy_ref,
            )  # fmt: skip
            _record("privacy.request_received", actor, asked, at)
    except IntegrityError as clash:
        if "one_open_request_per_kind" not in str(clash):
            raise
        raise Refused("already_open", f"这位居民已有一件“{RequestKind.label(kind)}”请求在办；请在列表中继续办理。", "one is open", field="kind") from clash
    return asked


def grant_request(*, actor: Actor, number: str, grounds: str, at: datetime) -> SubjectRequest:
    """Grant it. An erasure takes telephone and address away at once; what the law obliges to keep is kept and named."""
    with _step(number, "grant_request", actor, at) as asked:
        actor.require(access.HANDLE, asked.institution_id)
        asked.decided_by_id, asked.decided_at, asked.grounds = actor.person, at, grounds.strip()[:400]
        if asked.kind == RequestKind.ERASE:
            _erase_contacts(actor, asked, at)
    return asked


def refuse_request(*, actor: Actor, number: str, grounds: str, at: datetime) -> SubjectRequest:
    """Refuse it, with the ground in words: the resident is told why (第五十条)."""
    if not grounds.strip():
        raise Refused("grounds_missing", "不予办理须说明理由（个人信息保护法第五十条）。", "say why", field="grounds")
    with _step(number, "refuse_request", actor, at) as asked:
        actor.require(access.HANDLE, asked.institution_id)
        asked.decided_by_id, asked.decided_at, asked.grounds = actor.person, at, grounds.strip()[:400]
    return asked


def answer_request(*, actor: Actor, number: str, answer: str, at: datetime) -> SubjectRequest:
    """The resident has been told, and how."""
    if not answer.strip():
        raise Refused("answer_missing", "请写明怎样答复了本人（当面、电话、邮寄……）。", "say how", field="answer")
    with _step(number, "answer_request", actor, at) as asked:
        actor.require(access.HANDLE, asked.institution_id)
        asked.answered_at, asked.answer = at, answer.strip()[:200]
    return asked


def withdraw_request(*, actor: Actor, number: str, at: datetime) -> SubjectRequest:
    """The resident does not want it any more."""
    with _step(number, "withdraw_request", actor, at) as asked:
        actor.require(access.REQUEST, asked.institution_id)
    return asked


@transaction.atomic
def note_copy(*, actor: Actor, number: str, pieces: int, sha256: str, at: datetime) -> None:
    """A copy of the record was put together for this request."""
    asked = SubjectRequest.objects.get(number=number)
    actor.require(access.HANDLE, asked.institution_id)
    journal.write("privacy.copied", actor=actor, at=at, subject=f"privacy:{number}", resident=asked.resident_id, to_institution=asked.institution_id,
                  facts={"number": number, "pieces": pieces, "sha256": sha256})  # fmt: skip


def _erase_contacts(actor: Actor, asked: SubjectRequest, at: datetime) -> None:
    held = residents.standing_for(asked.resident_id)
    told = residents.Demographics(name=held.name, sex=held.sex, born_on=held.born_on, phone="", address="", home=held.home_id)
    residents.amend(actor=Actor.system(actor.name, institution=actor.institution), resident_id=held.id, version=None, demographics=told,
                    because=f"应本人请求删除联系方式（{asked.number}）", at=at)  # fmt: skip


@contextmanager
def _step(number: str, action: str, actor: Actor, at: datetime) -> Iterator[SubjectRequest]:
    with transaction.atomic():
        asked = SubjectRequest.objects.select_for_update().filter(access.requests_in_view(actor), number=number).first()
        if asked is None:
            raise Refused("unknown_request", f"没有编号为 {number} 的请求，或不在您的机构办理。", "unknown request", field="number")
        step = REQUEST.step(asked, action)
        yield asked
        asked.save()
        _record(step.word, actor, asked, at)


def _record(word: str, actor: Actor, asked: SubjectRequest, at: datetime) -> None:
    journal.write(word, actor=actor, at=at, subject=f"privacy:{asked.number}", resident=asked.resident_id, to_institution=asked.institution_id,
                  facts={"number": asked.number, "kind": asked.kind, "state": asked.state}, policy_refs=[asked.policy_ref])  # fmt: skip
