"""The first people of an empty county: three administrators who are three persons, in the lead hospital of a consortium."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import api as access
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

_ONCE = "SELECT pg_advisory_xact_lock(hashtextextended('first_day.found', 0))"
#: role → post, login, staff number
FIRST_POSTS = {
    "administrator": ("系统管理员", "admin", "GL0001"),
    "security_administrator": ("安全管理员", "security", "GL0002"),
    "auditor": ("审计员", "auditor", "GL0003"),
}


@dataclass(frozen=True)
class Charter:
    """What is asked of who founds a county; `names`: role → the person's name."""

    code: str
    name: str
    model: str
    region: str
    hospital_code: str
    hospital: str
    names: dict[str, str]


@dataclass(frozen=True)
class FirstAccount:
    role: str
    post: str
    person: str
    username: str
    password: str


@transaction.atomic
def found(charter: Charter, *, at: datetime) -> list[FirstAccount]:
    """Consortium, lead hospital and the three administrators with their passing passwords; refused a second time."""
    with connection.cursor() as cursor:
        cursor.execute(_ONCE)
    if (standing := institutions.consortia()) or people.Person.objects.exists():
        raise Refused("founded_already", f"这里已经建立了“{standing[0].name if standing else '人员'}”；./yilianti found 只用于空县，请登录后办理。")
    _require_three(charter)
    actor = Actor.system("建县", consortium=charter.code, region=charter.region)
    institutions.found_consortium(actor=actor, code=charter.code, name=charter.name, model=charter.model, region=charter.region, at=at)
    is_city = charter.model == institutions.ConsortiumModel.CITY_GROUP
    kind, level = (institutions.Kind.CITY_HOSPITAL, institutions.Level.CITY) if is_city else (institutions.Kind.COUNTY_HOSPITAL, institutions.Level.COUNTY)
    told = institutions.Particulars(code=charter.hospital_code, name=charter.hospital, short_name=charter.hospital[:32], kind=kind, level=level, region=charter.region)
    hospital = institutions.register(actor=actor, particulars=told, at=at)
    institutions.open_membership(actor=actor, institution_id=hospital.id, consortium=charter.code, role=institutions.MemberRole.LEAD, from_on=timezone.localdate(at), at=at)
    return [_seat(actor, charter, role, hospital.id, at) for role in FIRST_POSTS]


def _require_three(charter: Charter) -> None:
    names = [" ".join(charter.names.get(role, "").split()) for role in FIRST_POSTS]
    if not all(names) or len(set(names)) < len(names):
        raise Refused("must_stay_apart", "系统管理员、安全管理员、审计员须是三个不同的人；请写出三个人的姓名。", field="names")
    for field, value in (("code", charter.code), ("name", charter.name), ("region", charter.region)):
        if not value.strip():
            raise Refused("charter_incomplete", f"建县还缺一项（{field}）；请补全。", field=field)


def _seat(actor: Actor, charter: Charter, role: str, hospital: int, at: datetime) -> FirstAccount:
    post_name, username, number = FIRST_POSTS[role]
    person = people.register(actor=actor, number=number, name=charter.names[role], title=people.Title.ADMINISTRATIVE, at=at)
    post = people.give_post(actor=actor, person_id=person.id, institution_id=hospital, name=post_name, from_on=timezone.localdate(at), at=at)
    access.grant(actor=actor, post=post.id, role=role, institution=hospital, at=at)
    _, password = access.open_account(actor=actor, person=person.id, username=username, at=at)
    return FirstAccount(role, post_name, person.name, username, password)
