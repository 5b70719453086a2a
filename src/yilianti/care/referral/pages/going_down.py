"""What the form of the way home begins with: the stay, its newest results, and the doctor who answers questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from yilianti.care.referral import housed
from yilianti.care.referral.models import Referral
from yilianti.care.referral.rules.coming_home import Readiness
from yilianti.kernel.pages import Request, numbered
from yilianti.record.results import api as results
from yilianti.registry.people import api as people
from yilianti.registry.residents import api as residents

_REPORTS = 3


def initial(request: Request, origin: Referral | None, line: housed.Line | None) -> dict[str, Any]:
    """`?to=` is the place chosen on the list; else one's own, then the best that was found."""
    actor, bed = request.actor, line.bed if line else None
    doctor = people.get(actor.person) if actor.person else None
    own = origin.from_institution_id if origin else line.proposals[0].home.institution if line and line.proposals else None
    code, name = (origin.diagnosis_code, origin.diagnosis_name) if origin else (bed.code, bed.diagnosis) if bed else ("", "")
    since = origin.arrived_at if origin else bed.since if bed else None
    evidence = [f"documents:{origin.discharge_document}"] if origin and origin.discharge_document else []
    if line is not None:
        evidence += [f"results:{one.number}" for one in results.latest_reports(actor, sorted(residents.all_ids(line.resident.pk)), limit=_REPORTS)]
    return {
        "to_institution": numbered(request.GET.get("to", "")) or own, "diagnosis_code": code, "diagnosis_code_words": name, "service": "rehabilitation", "urgency": "elective",
        "evidence": evidence, "summary": _summary(name, since, line), "reason": "clear_or_long_term" if line and line.review.readiness is Readiness.READY else "",
        "contact": actor.person, "contact_phone": doctor.phone if doctor else "",
    }  # fmt: skip


def _summary(diagnosis: str, since: datetime | None, line: housed.Line | None) -> str:
    if since is None:
        return ""
    values = "，".join(f"{value.label} {value.value.normalize():f} {value.unit}" for value in line.values if value.value is not None) if line else ""
    needs = f"回乡后需要{'、'.join(line.needs)}。" if line and line.needs else ""
    return f"因{diagnosis}于{timezone.localtime(since):%Y年%m月%d日}收入我院，现病情稳定，请基层继续治疗并随访。{f'最近检查：{values}。' if values else ''}{needs}"
