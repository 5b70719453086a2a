"""A small invented county for tests of any room: 云溪县, a hospital, two township centres, four village clinics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.models import Consortium, Department, Institution
from yilianti.registry.institutions.terms import Kind, Level, MemberRole, Particulars

AT = datetime(2026, 11, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
REGION = "349901"  # belongs to nobody: GB/T 2260 has no 3499
SYSTEM = Actor.system("测试")


@dataclass(frozen=True)
class County:
    """`hospital` leads; `townships` are its two centres; `villages` are four clinics, two under each centre."""

    consortium: Consortium
    hospital: Institution
    townships: tuple[Institution, ...]
    villages: tuple[Institution, ...]
    cardiology: Department
    respiratory: Department

    @property
    def everyone(self) -> tuple[Institution, ...]:
        return (self.hospital, *self.townships, *self.villages)


def institution(code: str, name: str, kind: Kind = Kind.OTHER, level: Level = Level.COUNTY, parent: Institution | None = None) -> Institution:
    """One institution in use."""
    particulars = Particulars(code, f"云溪县{name}", name, kind.value, level.value, parent.id if parent else None, REGION)
    return institutions.register(actor=SYSTEM, particulars=particulars, at=AT)


def county(code: str = "yunxi") -> County:
    """The whole county, its members in the consortium `code`, two departments in the hospital."""
    made = institutions.found_consortium(actor=SYSTEM, code=code, name="云溪县域医共体", model="county_community", region=REGION, at=AT)
    hospital = institution(f"{code}-H1", "人民医院", Kind.COUNTY_HOSPITAL, Level.COUNTY)
    townships = tuple(institution(f"{code}-T{n}", f"{name}镇卫生院", Kind.TOWNSHIP_CENTRE, Level.TOWNSHIP, hospital) for n, name in ((1, "白桥"), (2, "河口")))
    below = ((1, "青石", 0), (2, "柳湾", 0), (3, "石门", 1), (4, "东坡", 1))
    villages = tuple(institution(f"{code}-V{n}", f"{name}村卫生室", Kind.VILLAGE_CLINIC, Level.VILLAGE, townships[up]) for n, name, up in below)
    roles = ((hospital, MemberRole.LEAD), *((t, MemberRole.MEMBER) for t in townships), *((v, MemberRole.STATION) for v in villages))
    for member, role in roles:
        institutions.open_membership(actor=SYSTEM, institution_id=member.id, consortium=code, role=role.value, from_on=date(2024, 1, 1), at=AT)
    cardiology, respiratory = (
        institutions.add_department(actor=SYSTEM, institution_id=hospital.id, code=c, name=n, at=AT) for c, n in (("0301", "心内科"), ("0302", "呼吸科"))
    )
    return County(made, hospital, townships, villages, cardiology, respiratory)


def actor(at_institution: Institution, *permissions: str, reach: tuple[Institution, ...] = (), name: str = "周敏", person: int = 901) -> Actor:
    """A person at an institution, holding these permissions over `reach` (their own institution when not given)."""
    covered = frozenset(i.id for i in (reach or (at_institution,)))
    return Actor(name=name, person=person, account=person, institution=at_institution.id, institution_name=at_institution.short_name,
                 reach=dict.fromkeys(permissions, covered), consortium="yunxi", region=REGION)  # fmt: skip
