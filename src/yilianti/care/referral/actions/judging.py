"""Judging: a doctor says which conditions of the way home are met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from yilianti.care.referral import housed
from yilianti.care.referral.models import Judgement
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


@transaction.atomic
def judge(*, actor: Actor, stay: str, signs: Iterable[str], at: datetime) -> Judgement:
    """Which signs of this in-patient's conditions hold now; what was held before stays readable behind it."""
    line = housed.one(actor, stay, at)
    if line is None or line.bed.until is not None:
        raise Refused("not_in_house", "这位患者已不在院，或不在您的范围内；请刷新列表。", "not in the house")
    given = sorted(set(signs))
    asked = {sign for condition in line.review.conditions for sign in condition.signs}
    if not asked.issuperset(given):
        raise Refused("unknown_condition", "下转条件已经更新，或诊断已改；请刷新列表后重新勾选。", "unknown condition", field="sign")
    bed = line.bed
    made = Judgement.objects.create(stay=bed.key, institution_id=bed.institution_id, resident_id=bed.resident_id, signs=given, judged_by_id=actor.person, judged_at=at)
    subject = f"encounters:{bed.encounter}" if bed.encounter else f"referral:{bed.key}"
    journal.write("referral.home_judged", actor=actor, at=at, subject=subject, resident=bed.resident_id, from_institution=bed.institution_id, facts={"stay": bed.key, "signs": given})
    return made
