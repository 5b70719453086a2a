"""Templates of a report: kept under a name, one's own or the centre's, and dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yilianti.care.diagnosis import library
from yilianti.care.diagnosis.actions import moving
from yilianti.care.diagnosis.models import ReportTemplate
from yilianti.care.diagnosis.terms import Modality
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

MOST = 40


@transaction.atomic
def keep_template(*, actor: Actor, name: str, statements: Sequence[str], conclusion: str, at: datetime, shared: bool = False, modality: str = Modality.ECG.value) -> ReportTemplate:
    """Keep statements and words under a name; the same name again means the new ones. What the whole centre uses is the head's to keep."""
    owner, centre = moving.physician(actor), actor.institution or 0
    actor.require("diagnosis.delegate" if shared else "diagnosis.conclude", centre)
    name, words = moving.require(name, "请给模板起个名称。", "template")[:20], moving.require(conclusion, "请先写好诊断意见，再存为模板。", "conclusion")[:1000]
    known = library.require_known(modality, centre, statements, at)
    held = ReportTemplate.objects.filter(centre=centre, modality=modality, owner=None if shared else owner)
    if held.exclude(name=name).count() >= MOST:
        raise Refused("too_many_templates", f"模板已有 {MOST} 个；请先删除不用的。", "too many templates", field="template")
    made, _ = ReportTemplate.objects.update_or_create(
        centre_id=centre, modality=modality, owner_id=None if shared else owner, name=name, defaults={"statements": known, "conclusion": words}
    )
    journal.write("diagnosis.template_kept", actor=actor, at=at, subject=f"template:{made.pk}", to_institution=centre, facts={"name": name, "shared": shared})
    return made


@transaction.atomic
def drop_template(*, actor: Actor, template: int, at: datetime) -> None:
    """Keep it no longer: one's own, or as head one of the centre."""
    found = ReportTemplate.objects.select_for_update(of=("self",)).filter(pk=template, centre=actor.institution).first()
    if found is None or found.owner_id not in (None, actor.person):
        raise Refused("unknown_template", "没有这个模板，可能已经删除；请刷新页面。", "no such template")
    if found.owner_id is None and not actor.may("diagnosis.delegate", found.centre_id):
        raise Refused("centre_template", "全中心可用的模板由中心主任维护；请找主任删除。", "the head keeps what the centre uses")
    actor.require("diagnosis.conclude", found.centre_id)
    journal.write("diagnosis.template_dropped", actor=actor, at=at, subject=f"template:{found.pk}", to_institution=found.centre_id, facts={"name": found.name})
    found.delete()
