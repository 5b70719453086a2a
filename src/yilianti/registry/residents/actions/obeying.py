"""What a hospital system says about two of its numbers: one person (A40, A24), or two after all (A37).

Carried out only where the policy lets a sender decide about its own numbers and nothing speaks against it; otherwise it
becomes a question for a person. 依据：exchange.merging
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.kernel.terms import Term
from yilianti.registry.residents import links, matching, rules
from yilianti.registry.residents.actions import linking
from yilianti.registry.residents.actions.recording import record
from yilianti.registry.residents.models import Identifier, Resident
from yilianti.registry.residents.terms import Demographics, IdentifierGiven, IdentifierSystem, Key

POLICY = "exchange.merging"


class Obeyed(Term):
    """What became of the request."""

    DONE = "done", "已照办", "done"
    ALREADY = "already", "早已如此", "already so"
    ASKED = "asked", "已交人工核对", "left to a person"


@dataclass(frozen=True)
class Answer:
    """`resident` stands for the person now; `finding` says what a reader of the message should know (None: simply done)."""

    outcome: Obeyed
    resident: int
    finding: Finding | None = None


def holder_of(given: IdentifierGiven) -> int | None:
    """Id of the resident who holds this number, merged or not; None when nobody does."""
    value = rules.tidy(given.value)
    card = rules.read_id_card(value) if given.system == IdentifierSystem.ID_CARD else None
    key = Key(given.system, given.issuer if given.system == IdentifierSystem.LOCAL else 0, card.value if card else value)
    owner = matching.owners([key]).get(key)
    return owner.resident if owner else None


def link_as_told(*, actor: Actor, kept: int, gone: int, own_numbers: bool, at: datetime) -> Answer:
    """Both are one person, `kept` stands for them: merged, found merged, or proposed with the reason why not."""
    roots = links.standing_ids([kept, gone])
    if roots[kept] == roots[gone]:
        return _already(roots[kept])
    against = _why_ask(actor, roots[kept], roots[gone], own_numbers, at)
    if against:
        return _ask(actor, roots[kept], roots[gone], against, at)
    try:
        stands = linking.merge(actor=actor, resident_id=kept, other_id=gone, at=at)
    except Refused as lost:
        # Somebody merged one of them at this very moment, perhaps the other way round: what stands now counts.
        roots = links.standing_ids([kept, gone])
        if lost.code not in ("changed_meanwhile", "wrong_state") or roots[kept] != roots[gone]:
            raise
        return _already(roots[kept])
    return Answer(Obeyed.DONE, stands.id)


@transaction.atomic
def unlink_as_told(*, actor: Actor, one: int, other: int, own_numbers: bool, because: str, at: datetime) -> Answer:
    """Two people after all: the link between them is taken back; refused where it is not clear which."""
    if links.standing_ids([one])[one] != links.standing_ids([other])[other]:
        return Answer(Obeyed.ALREADY, one, _note("already_apart", "这两个号码本来就属于两位居民，没有可拆分的合并。", "They are apart already."))
    up, down = links.path(one), links.path(other)
    apart = _to_cut(one, other, up, down)
    if apart is None or not own_numbers or _policy(actor, at).own_numbers != "merge":
        why = "发送方不能自行拆分这两份档案" if apart is not None else "这两份档案都并入了第三份，拆哪一份不明确"
        return _ask(actor, one, other, f"医院系统要求拆分：{why}", at)
    linking.unmerge(actor=actor, resident_id=apart, because=because, at=at)
    return Answer(Obeyed.DONE, one)


def _to_cut(one: int, other: int, up: list[int], down: list[int]) -> int | None:
    """Whose link to take back: of the lower one, where one of the two stands (directly or not) above the other."""
    if other in up:
        return one
    return other if one in down else None


def _why_ask(actor: Actor, kept: int, gone: int, own_numbers: bool, at: datetime) -> str:
    """What speaks against merging unasked; "" when nothing does."""
    if not own_numbers:
        return "号码不全是发送机构自己的"
    if _policy(actor, at).own_numbers != "merge":
        return "本地规定医院系统的合并一律人工核对"
    first, second = _cards(kept), _cards(gone)
    if first and second and not first & second:
        return "两份档案的居民身份证号不同"
    return rules.cannot_be_one(_particulars(kept), _particulars(gone))


def _policy(actor: Actor, at: datetime) -> policybook.Edition:
    return policybook.in_force(POLICY, timezone.localdate(at), actor.scope)


def _cards(resident: int) -> set[str]:
    cards = Identifier.objects.filter(resident__in=links.all_ids(resident), system=IdentifierSystem.ID_CARD.value)
    return set(cards.values_list("value", flat=True))


def _particulars(resident: int) -> Demographics:
    known = Resident.objects.get(id=resident)
    return Demographics(known.name, known.sex, known.born_on)


def _ask(actor: Actor, one: int, other: int, why: str, at: datetime) -> Answer:
    if matching.suspect(one, other, f"{actor.name}：{why}", at):
        record("residents.questioned", actor=actor, at=at, resident=Resident.objects.get(id=one), facts={"second": other, "findings": ["told_to_link"]})
    return Answer(Obeyed.ASKED, one, _note("left_to_a_person", f"没有直接照办：{why}；已列入“疑似重复居民”，由工作人员核对。", "Left to a person."))


def _already(resident: int) -> Answer:
    return Answer(Obeyed.ALREADY, resident, _note("already_one", "这两个号码已属于同一位居民，以现在的为准。", "They are one already."))


def _note(code: str, sentence: str, en: str) -> Finding:
    return Finding(code, sentence, severity=Severity.WARNING, en=en)
