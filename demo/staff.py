"""Who works in the county: posts, roles, and one demo account for each job."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from demo.places import COUNTY, SINCE, TCM, County
from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.registry.access import reach
from yilianti.registry.access.actions import accounts, granting
from yilianti.registry.access.models import TreeVersion
from yilianti.registry.people import api as people

#: Longer than the policy's ten characters, in no list of common passwords, and easy to type at a demonstration.
PASSWORD = "Yunxi-2026-demo"


@dataclass(frozen=True)
class Member:
    """One of the staff; `username` is set for those with a demo account."""

    key: str
    name: str
    title: str
    place: str
    post: str
    role: str
    department: str = ""
    username: str = ""


STAFF = (
    Member("qinghe", "禾春生", "village_doctor", "qinghe", "乡村医生", "village_doctor", username="village"),
    Member("daoxiang", "麦晓禾", "attending_physician", "daoxiang", "全科医生", "township_doctor", "GENE", "township"),
    Member("office", "云静秋", "administrative", COUNTY, "转诊专员", "referral_office", "REFO", "office"),
    Member("office2", "林远帆", "administrative", COUNTY, "转诊专员", "referral_office", "REFO", "office2"),
    Member("card", "石明川", "associate_chief", COUNTY, "副主任医师", "county_department", "CARD", "department"),
    Member("manager", "江文泉", "administrative", COUNTY, "医共体管理办公室主任", "consortium_manager", "OFFI", "manager"),
    Member("admin", "柳志桥", "administrative", COUNTY, "系统管理员", "administrator", "INFO", "admin"),
    Member("security", "岑守安", "administrative", COUNTY, "安全管理员", "security_administrator", "INFO", "security"),
    Member("auditor", "秋立衡", "administrative", COUNTY, "审计员", "auditor", "OFFI", "auditor"),
    Member("zhuqiao", "竹青山", "attending_physician", "zhuqiao", "全科医生", "township_doctor", "GENE", "township2"),
    Member("shitan", "谷小溪", "resident_physician", "shitan", "全科医生", "township_doctor", "GENE"),
    Member("sangyuan", "桑长林", "attending_physician", "sangyuan", "全科医生", "township_doctor", "GENE"),
    Member("ecg_reader", "舒心澄", "attending_physician", COUNTY, "心电诊断医师", "centre_reader", username="reader"),
    Member("ecg_auditor", "明若波", "associate_chief", COUNTY, "心电审核医师", "centre_auditor", username="auditing"),
    Member("ecg_head", "衡守律", "chief", COUNTY, "心电诊断中心主任", "centre_head", username="head"),
    Member("branch_reader", "禾知微", "attending_physician", "daoxiang", "心电诊断医师", "centre_reader", username="branchreader"),
    Member("branch_auditor", "田守真", "associate_chief", "daoxiang", "心电审核医师", "centre_auditor", username="branchaudit"),
    Member("tcm", "叶兰芬", "administrative", TCM, "转诊专员", "referral_office", "REFO", "tcm"),
    Member("neur", "温晓岚", "attending_physician", COUNTY, "主治医师", "county_department", "NEUR"),
    Member("resp", "阳建林", "chief", COUNTY, "主任医师", "county_department", "RESP"),
    Member("orth", "乔永固", "attending_physician", COUNTY, "主治医师", "county_department", "ORTH"),
    Member("maiping", "麦永田", "village_doctor", "maiping", "乡村医生", "village_doctor"),
    Member("liudi", "柳小堤", "village_doctor", "liudi", "乡村医生", "village_doctor"),
    Member("baishi", "石青白", "village_doctor", "baishi", "乡村医生", "village_doctor"),
    Member("zhuwu", "竹小坞", "village_doctor", "zhuwu", "乡村医生", "village_doctor"),
    Member("qiaotou", "乔立头", "village_doctor", "qiaotou", "乡村医生", "village_doctor"),
    Member("tanbian", "谷月潭", "village_doctor", "tanbian", "乡村医生", "village_doctor"),
    Member("luming", "林一鸣", "village_doctor", "luming", "乡村医生", "village_doctor"),
    Member("sanglin", "桑秀林", "village_doctor", "sanglin", "乡村医生", "village_doctor"),
    Member("quanshui", "泉长水", "village_doctor", "quanshui", "乡村医生", "village_doctor"),
    Member("medins", "田细秋", "administrative", COUNTY, "医保办专员", "insurance_office", username="medins"),
    Member("medins2", "麦算盈", "administrative", "daoxiang", "医保专员", "insurance_office", username="medins2"),
    Member("bureau", "江衡清", "administrative", COUNTY, "县医保局驻点", "insurance_bureau", username="bureau"),
    Member("finance", "钱如实", "administrative", COUNTY, "医共体财务科", "finance_office", username="finance"),
    Member("medins3", "芦知数", "administrative", TCM, "医保办专员", "insurance_office", username="medins3"),
)
_LICENCES = {"village_doctor": "village_doctor", "administrative": ""}


@dataclass(frozen=True)
class Staff:
    """The staff as actors of the platform, by key."""

    posts: dict[str, people.Post]
    members: dict[str, Member]
    county: County
    today: date
    known: dict[str, Actor] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """Who this member is: the same reach that the session of an account has."""
        if key not in self.known:
            self.known[key] = self._actor(self.posts[key], self.members[key])
        return self.known[key]

    def _actor(self, post: people.Post, member: Member) -> Actor:
        version = TreeVersion.objects.values_list("version", flat=True).first() or 0
        scope = reach.tree(version, self.today).scope(post.institution_id)
        table = policybook.in_force("access.roles", self.today, scope)
        return Actor(
            name=member.name, person=post.person_id, institution=post.institution_id, institution_name=self.county.at[member.place].short_name,
            department=post.department_id, roles=(member.role,), consortium=scope.consortium, region=scope.region,
            reach=reach.reach_of(version, self.today, ((member.role, post.institution_id),), table),
        )  # fmt: skip


def employ(county: County, at: datetime, today: date) -> Staff:
    """Register everybody with post, licence and role."""
    system = Actor.system("演示装入")
    posts = {}
    for number, member in enumerate(STAFF, 1):
        person = people.register(actor=system, number=f"YX{number:04d}", name=member.name, title=member.title, at=at, phone=f"0000-8000{number:03d}")
        if licence := _LICENCES.get(member.title, "physician"):
            people.add_licence(actor=system, person_id=person.id, kind=licence, number=f"演示-{number:06d}", from_on=SINCE, at=at, scope="全科" if "全科" in member.post else "")
        department = county.departments.get((member.place, member.department))
        post = people.give_post(actor=system, person_id=person.id, institution_id=county.id(member.place), name=member.post, from_on=SINCE, at=at,
                                department_id=department.id if department else None)  # fmt: skip
        granting.grant(actor=system, post=post.id, role=member.role, institution=post.institution_id, from_on=SINCE, at=at)
        posts[member.key] = post
    return Staff(posts, {member.key: member for member in STAFF}, county, today)


def open_accounts(staff: Staff, at: datetime) -> list[dict[str, Any]]:
    """Demo accounts, all with one password; returns what the start of ./run prints."""
    system = Actor.system("演示装入")
    names = policybook.in_force("access.roles", at.date(), system.scope).roles
    told = []
    for member in STAFF:
        if member.username:
            accounts.open_account(actor=system, person=staff.posts[member.key].person_id, username=member.username, at=at, password=PASSWORD, is_demo=True)
            told.append({"role": member.role, "role_name": names[member.role], "username": member.username, "password": PASSWORD,
                         "institution": staff.county.at[member.place].name, "desk": f"{names[member.role]}工作台",
                         "label": names[member.role], "place": staff.county.at[member.place].short_name})  # fmt: skip
    return told
