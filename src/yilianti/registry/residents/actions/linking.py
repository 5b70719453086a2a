"""One person or two: merging by link, un-merging, and saying that a suspicion is settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import access, links, matching
from yilianti.registry.residents.actions.recording import locked, record
from yilianti.registry.residents.models import DuplicateSuspicion, Resident
from yilianti.registry.residents.terms import Decision

LINK = "residents.link"


@transaction.atomic
def merge(*, actor: Actor, resident_id: int, other_id: int, at: datetime) -> Resident:
    """`other` is the same person as `resident`, who stands for both from now on; nothing is moved, so nothing is lost."""
    actor.require(LINK)
    roots = links.standing_ids([resident_id, other_id])
    kept_id, gone_id = roots.get(resident_id), roots.get(other_id)
    if kept_id is None or gone_id is None or kept_id == gone_id:
        raise Refused("wrong_state", "这两份档案已经是同一人；请刷新页面查看。", "already one")
    _require_either(actor, kept_id, gone_id)
    both = {resident.id: resident for resident in map(locked, sorted((kept_id, gone_id)))}
    kept, gone = both[kept_id], both[gone_id]
    if kept.merged_into_id or gone.merged_into_id:
        raise Refused("changed_meanwhile", "其中一份档案刚被他人合并；请刷新页面查看。", "merged meanwhile")
    gone.merged_into = kept
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])
    group = links.all_ids(kept.id)
    _decide(DuplicateSuspicion.objects.filter(first__in=group, second__in=group), Decision.MERGED, actor, at)
    record("residents.merged", actor=actor, at=at, resident=kept, facts={"merged": gone.number, "merged_id": gone.id})
    return kept


@transaction.atomic
def unmerge(*, actor: Actor, resident_id: int, because: str, at: datetime) -> Resident:
    """Take a link back: each of the two has again exactly what was filed under them."""
    actor.require(LINK)
    if not because.strip():
        raise Refused("reason_missing", "请写明拆分原因。", field="because")
    apart = locked(resident_id)
    access.require_view(actor, apart.id, LINK)
    if apart.merged_into_id is None:
        raise Refused("wrong_state", "这份档案没有与他人合并；请刷新页面查看。", "not merged")
    stood = links.standing_for(apart.id)
    before = links.all_ids(apart.id)
    apart.merged_into = None
    apart.version += 1
    apart.save(update_fields=["merged_into", "version"])
    doubtful = _ask_whose(apart, stood, before, at)
    record("residents.unmerged", actor=actor, at=at, resident=apart,
           facts={"from": stood.number, "from_id": stood.id, "because": because.strip(), "doubtful": doubtful})  # fmt: skip
    return apart


def _ask_whose(apart: Resident, stood: Resident, before: frozenset[int], at: datetime) -> list[str]:
    """Messages that carried numbers of both while they were one: a person has to ask their sender whose they are."""
    group = links.all_ids(apart.id)
    doubtful = matching.shared(group, before - group)
    if doubtful:
        matching.suspect(apart.id, stood.id, f"合并期间有 {len(doubtful)} 条消息同时带有两人的号码，归在先识别的一方，请与来源核对：{'、'.join(doubtful)}", at)
    return doubtful


def _require_either(actor: Actor, one: int, other: int) -> None:
    """Refuse unless one of the two is in view: a duplicate may well have been made somewhere else."""
    if not access.may_view(actor, one, LINK):
        access.require_view(actor, other, LINK)


def settle_different(*, actor: Actor, suspicion_id: int, at: datetime) -> DuplicateSuspicion:
    """Two residents are two people; the question is not asked again."""
    return _settle(actor, suspicion_id, Decision.DIFFERENT, at)


def settle_same(*, actor: Actor, suspicion_id: int, at: datetime) -> DuplicateSuspicion:
    """The particulars that hardly fitted belong to this person (a slip of the pen, a change of name)."""
    return _settle(actor, suspicion_id, Decision.SAME, at)


@transaction.atomic
def _settle(actor: Actor, suspicion_id: int, decision: Decision, at: datetime) -> DuplicateSuspicion:
    actor.require(LINK)
    rows = DuplicateSuspicion.objects.select_for_update(of=("self",)).select_related("first")
    asked = rows.filter(access.in_question(actor, LINK), id=suspicion_id).first()
    if asked is None or asked.decided_at is not None:
        raise Refused("wrong_state", "这一条已由他人处理；请刷新页面查看。", "already settled")
    _decide(DuplicateSuspicion.objects.filter(id=asked.id), decision, actor, at)
    record("residents.suspicion_settled", actor=actor, at=at, resident=asked.first, facts={"decision": decision.value, "suspicion": asked.id, "second": asked.second_id})
    return asked


def _decide(asked: object, decision: Decision, actor: Actor, at: datetime) -> None:
    asked.filter(decided_at__isnull=True).update(decided_at=at, decided_by=actor.person, decision=decision.value)  # type: ignore[attr-defined]
