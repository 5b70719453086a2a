"""Each working morning a department hears once how many of its patients could go home; where nobody of it works here, the referral office hears."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from yilianti.care.referral import api as referral
from yilianti.kernel.actor import Actor
from yilianti.registry.access import api as access
from yilianti.registry.inbox import api as inbox
from yilianti.registry.people import api as people

EVERY = timedelta(minutes=15)
_DOCTORS, _OFFICE = "county_department", "referral_office"
#: the longest holiday and the weekends around it: a list of before is taken back when a new one comes
_LOOKED_BACK = 12


def tick(at: datetime) -> int:
    """Ask, once a day and department; returns how many departments have a list this morning."""
    found = referral.mornings(at)
    staffed = {institution: _staffed(institution, at) for institution in {one.institution for one in found}}
    for one in found:
        _ask(one, one.department in staffed[one.institution], at)
    return len(found)


def _ask(one: referral.Morning, is_staffed: bool, at: datetime) -> None:
    day, whose = timezone.localdate(at), f"referral:home:{one.institution}:{one.name}"
    inbox.complete(actor=Actor.system(), keys=[f"{whose}:{day - timedelta(days=before)}" for before in range(1, _LOOKED_BACK)], at=at)
    title = f"今晨有 {one.count} 位住院患者可考虑下转"
    body = f"{one.name or '未报科室'}：其中 {one.ready} 位条件已齐。请核对条件，合适的发起下转。"
    inbox.ask(key=f"{whose}:{day}", institution_id=one.institution, title=title, body=body, link=f"/referrals/ready/?{urlencode({'department': one.name})}",
              role=_DOCTORS if is_staffed else _OFFICE, department_id=one.department if is_staffed else None, escalates=False, at=at)  # fmt: skip


def _staffed(institution: int, at: datetime) -> set[int | None]:
    """Departments in which a doctor of the platform works."""
    day = timezone.localdate(at)
    held = [people.posts_of(person, day) for person in access.holders(_DOCTORS, institution, day)]
    return {post.department_id for posts in held for post in posts if post.institution_id == institution and post.department_id}
