"""Facts of a year, told by hand with their document, one by one or as a table, and taken back by a further line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import attaching, journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.api import Consortium
from yilianti.settlement.distribution import access, telling, undecided
from yilianti.settlement.distribution.models import MemberFact
from yilianti.settlement.distribution.terms import Told


def tell(*, actor: Actor, consortium: Consortium, year: int, institution: int | None, name: str, value: str, document: str, at: datetime,
         file_name: str = "", content: bytes | None = None) -> MemberFact:  # fmt: skip
    """One fact of a member, or of the consortium; what was told before stays to be read."""
    access.require(actor, "enter", consortium.id, timezone.localdate(at))
    value, document = telling.checked(name, value), document.strip()
    if not document:
        raise Refused("document_missing", "请写明依据：哪份考核通报、台账或文件。", "Name the document it rests on.", field="document")
    if institution is None and name != Told.SCORE:
        raise Refused("no_institution", f"{Told.label(name)}按机构登记；请选择机构。", "Choose an institution.", field="institution")
    undecided.require_member(consortium, year, institution)
    given = attaching.checked(file_name, content) if content is not None else ("", None)
    with transaction.atomic():
        undecided.require(consortium.id, year)
        fact = MemberFact.objects.create(consortium=consortium, year=year, institution_id=institution, name=name, value=value, document=document[:120], file_name=given[0], file=given[1],
                                         told_by_id=actor.person, told_by_name=actor.name, told_at=at)  # fmt: skip
        journal.write("distribution.told", actor=actor, at=at, subject=f"distribution:{consortium.code}-{year}", to_institution=institution, facts={"name": name, "value": value, "document": document[:120]})
    return fact


def tell_many(*, actor: Actor, consortium: Consortium, year: int, facts: Sequence[tuple[int, str, str, str]], at: datetime) -> list[MemberFact]:
    """Facts of many members at once, as (institution, name, value, document), each already looked at row by row; one line of the journal."""
    access.require(actor, "enter", consortium.id, timezone.localdate(at))
    within = undecided.members_of(consortium, year)
    for institution, name, value, document in facts:
        if institution not in within or not document.strip() or telling.checked(name, value) != value:
            raise Refused("bad_fact", "有一行的机构、数值或依据不对；请重新预览。", "A row is faulty.", field="value")
    with transaction.atomic():
        undecided.require(consortium.id, year)
        made = MemberFact.objects.bulk_create([MemberFact(consortium=consortium, year=year, institution_id=institution, name=name, value=value, document=document.strip()[:120], told_by_id=actor.person, told_by_name=actor.name, told_at=at)
                                               for institution, name, value, document in facts])  # fmt: skip
        journal.write("distribution.told_many", actor=actor, at=at, subject=f"distribution:{consortium.code}-{year}", facts={"many": len(made), "names": sorted({one.name for one in made})})
    return made


def take_back(*, actor: Actor, fact: int, because: str, at: datetime) -> MemberFact | None:
    """Take back what was told by a further line: what stood before stands again, or nothing. One that no longer stands is left alone."""
    if not because.strip():
        raise Refused("words_missing", "请写明撤回的原因。", "Say why.", field="because")
    with transaction.atomic():
        held = MemberFact.objects.defer("file").select_related("consortium").filter(id=fact).first()
        if held is None or not access.may(actor, "enter", held.consortium_id, timezone.localdate(at)):
            raise Refused("unknown_fact", "没有这条数据，或不在您的岗位范围内。", "no such fact", field="fact")
        Consortium.objects.select_for_update().get(pk=held.consortium_id)
        undecided.require(held.consortium_id, held.year)
        whose = MemberFact.objects.filter(consortium=held.consortium_id, year=held.year, institution=held.institution_id, name=held.name).defer("file").order_by("-id")
        if (latest := whose.first()) is None or latest.pk != held.pk or not held.value:
            return None
        before = whose.filter(id__lt=held.pk).first()
        fresh = MemberFact.objects.create(consortium_id=held.consortium_id, year=held.year, institution_id=held.institution_id, name=held.name, value=before.value if before else "", document=f"撤回：{because.strip()}"[:120],
                                          told_by_id=actor.person, told_by_name=actor.name, told_at=at)  # fmt: skip
        journal.write("distribution.fact_withdrawn", actor=actor, at=at, subject=f"distribution:{held.consortium.code}-{held.year}", to_institution=held.institution_id, facts={"name": held.name, "value": held.value, "because": because.strip()[:120]})
    return fresh
