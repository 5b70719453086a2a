"""People who can sign in, in a small invented county, for tests of any room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from yilianti.registry.access import seals
from yilianti.registry.access.limits import NATIONAL, must_have_factor
from yilianti.registry.access.models import Account, Grant, SecondFactor
from yilianti.registry.institutions.models import Consortium, Institution, Membership
from yilianti.registry.people.models import Person, Post

LONG_AGO = date(2020, 1, 1)
THEN = datetime(2020, 1, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "yunxi-2026-demo"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_number = count(1)


def institution(short_name: str, *, parent: Institution | None = None, level: str = "township", kind: str = "township_centre") -> Institution:
    """An institution in its place in the tree."""
    made = Institution.objects.create(
        code=f"T{next(_number):05d}", name=f"{short_name}（虚构）", short_name=short_name, kind=kind, level=level, parent=parent,
        region="530921", created_at=THEN,
    )  # fmt: skip
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save(update_fields=["path"])
    return made


def consortium(code: str, lead: Institution, *members: Institution) -> Consortium:
    made = Consortium.objects.create(code=code, name=f"{code}医共体", model="county_community", region="530921")
    for place in (lead, *members):
        role = "lead" if place is lead else "member"
        Membership.objects.create(consortium=made, institution=place, role=role, from_on=LONG_AGO)
    return made


def post(place: Institution, *, person: Person | None = None, name: str = "医生", from_on: date = LONG_AGO, called: str = "") -> Post:
    """A post, of a new person unless one is given."""
    if person is None:
        number = next(_number)
        person = Person.objects.create(number=f"P{number:05d}", name=called or f"测试{number}", title="attending_physician", created_at=THEN)
    return Post.objects.create(person=person, institution=place, name=name, from_on=from_on)


def grant(held: Post, role: str, over: Institution | None = None) -> Grant:
    made = seals.sealed(Grant(post=held, role=role, institution=over or held.institution, from_on=LONG_AGO))
    made.save()
    return made


def account(held: Post, username: str = "", *, is_demo: bool = False) -> Account:
    return Account.objects.create(
        username=username or f"u{next(_number):05d}", person=held.person, is_demo=is_demo, created_at=THEN, password=make_password(PASSWORD)
    )


def staff(place: Institution, role: str, username: str = "", called: str = "") -> Account:
    """Somebody with one post, an account, one role over that institution ("" for none), and the second factor it demands."""
    held = post(place, called=called)
    if role:
        grant(held, role)
    made = account(held, username)
    if must_have_factor([role], date.today(), NATIONAL):  # noqa: DTZ011
        factor(made)
    return made


def factor(owner: Account) -> SecondFactor:
    """A second factor in use, with a secret every test knows."""
    return SecondFactor.objects.create(account=owner, secret=SECRET, begun_at=THEN, confirmed_at=THEN, last_step=0)


@dataclass(frozen=True)
class County:
    """Two counties that have nothing to do with each other, each with a hospital, a township centre and a village clinic."""

    hospital: Institution
    township: Institution
    clinic: Institution
    other_hospital: Institution
    other_township: Institution
    other_clinic: Institution


def county() -> County:
    hospital = institution("云溪县医院", level="county", kind="county_hospital")
    township = institution("柳河卫生院")
    clinic = institution("上柳村卫生室", parent=township, level="village", kind="village_clinic")
    consortium("yunxi", hospital, township)
    other_hospital = institution("石桥县医院", level="county", kind="county_hospital")
    other_township = institution("白塔卫生院")
    other_clinic = institution("白塔村卫生室", parent=other_township, level="village", kind="village_clinic")
    consortium("shiqiao", other_hospital, other_township)
    return County(hospital, township, clinic, other_hospital, other_township, other_clinic)
