"""The invented county 云溪县 and its city 云川市: institutions, departments, consortia. Nothing here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Department, Institution, Particulars

#: Stands in no edition of GB/T 2260, and says so in policies/local/yunxi.
REGION = "349921"
CITY_REGION = "349900"
PROVINCE_REGION = "349000"
CONSORTIUM = "yunxi"
SINCE = date(2025, 1, 1)


@dataclass(frozen=True)
class Place:
    """One institution; `key` names it in this package, `facility` is its MSH-4 (empty: it has no system)."""

    key: str
    code: str
    name: str
    short: str
    kind: str
    level: str
    parent: str = ""
    facility: str = ""
    region: str = REGION
    connected: bool = True


COUNTY, TCM, CITY, PROVINCE = "county", "tcm", "city", "province"
_SUITE = {"township_centre": "township", "village_clinic": "village", "county_hospital": "county", "city_hospital": "city", "community_centre": "township"}


def _place(key: str, code: str, name: str, short: str, kind: str, parent: str = "", facility: str = "", region: str = REGION, connected: bool = True) -> Place:  # fmt: skip
    return Place(key, code, name, short, kind, _SUITE[kind], parent, facility, region, connected)


PLACES = (
    _place(COUNTY, "YX0001", "云溪县人民医院", "县人民医院", "county_hospital", facility="YXRMYY"),
    _place(TCM, "YX0002", "云溪县中医院", "县中医院", "county_hospital", facility="YXZYY"),
    _place("daoxiang", "YX0101", "稻香镇卫生院", "稻香镇卫生院", "township_centre", COUNTY, "YXDXWSY"),
    _place("zhuqiao", "YX0102", "竹桥镇卫生院", "竹桥镇卫生院", "township_centre", COUNTY, "YXZQWSY"),
    _place("shitan", "YX0103", "石潭乡卫生院", "石潭乡卫生院", "township_centre", COUNTY, "YXSTWSY"),
    _place("sangyuan", "YX0104", "桑园乡卫生院", "桑园乡卫生院", "township_centre", COUNTY, "YXSYWSY"),
    _place("qinghe", "YX0111", "稻香镇青禾村卫生室", "青禾村卫生室", "village_clinic", "daoxiang"),
    _place("maiping", "YX0112", "稻香镇麦坪村卫生室", "麦坪村卫生室", "village_clinic", "daoxiang"),
    _place("liudi", "YX0113", "稻香镇柳堤村卫生室", "柳堤村卫生室", "village_clinic", "daoxiang"),
    _place("baishi", "YX0121", "竹桥镇白石村卫生室", "白石村卫生室", "village_clinic", "zhuqiao"),
    _place("zhuwu", "YX0122", "竹桥镇竹坞村卫生室", "竹坞村卫生室", "village_clinic", "zhuqiao"),
    _place("qiaotou", "YX0123", "竹桥镇桥头村卫生室", "桥头村卫生室", "village_clinic", "zhuqiao"),
    _place("tanbian", "YX0131", "石潭乡潭边村卫生室", "潭边村卫生室", "village_clinic", "shitan"),
    _place("luming", "YX0132", "石潭乡鹿鸣村卫生室", "鹿鸣村卫生室", "village_clinic", "shitan"),
    _place("sanglin", "YX0141", "桑园乡桑林村卫生室", "桑林村卫生室", "village_clinic", "sangyuan"),
    _place("quanshui", "YX0142", "桑园乡泉水村卫生室", "泉水村卫生室", "village_clinic", "sangyuan"),
    _place(CITY, "YC0001", "云川市第一人民医院", "云川市一院", "city_hospital", facility="YCDYYY", region=CITY_REGION),
    _place(PROVINCE, "YZ0001", "云州省立医院（虚构，不在平台上）", "云州省立医院", "city_hospital", region=PROVINCE_REGION, connected=False),
    _place("chengdong", "YC0011", "云川市城东社区卫生服务中心", "城东社区中心", "community_centre", CITY, region=CITY_REGION),
)
#: latitude and longitude, in an ocean where nobody lives: only the distances are like a county's
WHERE = {
    COUNTY: ("0.500000", "0.500000"), TCM: ("0.518000", "0.520000"), "daoxiang": ("0.630000", "0.500000"), "zhuqiao": ("0.580000", "0.660000"),
    "shitan": ("0.360000", "0.690000"), "sangyuan": ("0.470000", "0.210000"), "qinghe": ("0.690000", "0.470000"), "maiping": ("0.660000", "0.550000"),
    "liudi": ("0.600000", "0.440000"), "baishi": ("0.620000", "0.700000"), "zhuwu": ("0.550000", "0.710000"), "qiaotou": ("0.600000", "0.610000"),
    "tanbian": ("0.330000", "0.730000"), "luming": ("0.310000", "0.650000"), "sanglin": ("0.490000", "0.160000"), "quanshui": ("0.420000", "0.170000"),
    CITY: ("1.050000", "0.770000"), PROVINCE: ("2.100000", "1.300000"), "chengdong": ("1.060000", "0.800000"),
}  # fmt: skip
TOWNSHIPS = ("daoxiang", "zhuqiao", "shitan", "sangyuan")

DEPARTMENTS = {
    COUNTY: (
        ("CARD", "心内科"), ("NEUR", "神经内科"), ("RESP", "呼吸内科"), ("ENDO", "内分泌科"), ("ORTH", "骨科"), ("SURG", "普外科"),
        ("OBGY", "妇产科"), ("PEDI", "儿科"), ("EMER", "急诊科"), ("REFO", "转诊办公室"), ("INFO", "信息科"), ("OFFI", "医共体管理办公室"),
    ),
    TCM: (("TCMI", "中医内科"), ("ACUP", "针灸推拿科"), ("REHA", "康复科"), ("REFO", "转诊办公室")),
    CITY: (("HEAR", "心脏中心"), ("NEUS", "神经外科"), ("ONCO", "肿瘤科"), ("REFO", "转诊办公室")),
    **dict.fromkeys(TOWNSHIPS, (("GENE", "全科门诊"), ("WARD", "住院部"), ("PUBH", "公共卫生科"))),
}  # fmt: skip

#: code, name, model, region, members (the first one leads)
CONSORTIA = (
    (CONSORTIUM, "云溪县紧密型县域医共体", "county_community", REGION, (COUNTY, TCM, *TOWNSHIPS)),
    ("yunchuan", "云川市城市医疗集团", "city_group", CITY_REGION, (CITY, "chengdong")),
    ("yunchuan-chest-pain", "云川市胸痛专科联盟", "specialty_alliance", CITY_REGION, (CITY, COUNTY)),
    ("yunchuan-remote", "云川市远程医疗协作网", "telemedicine_network", CITY_REGION, (CITY, COUNTY, TCM)),
)
#: shared centres of the county: kind, the host of the main one, then those of its branches
CENTRES = (
    ("imaging", COUNTY, TCM), ("ecg", COUNTY, "daoxiang"), ("laboratory", COUNTY), ("sterile_supply", TCM), ("human_resources", COUNTY),
    ("finance", COUNTY), ("drugs", COUNTY), ("public_health", "daoxiang"),
)  # fmt: skip
TIGHTNESS = {CONSORTIUM: "tight", "yunchuan": "semi_tight", "yunchuan-chest-pain": "loose", "yunchuan-remote": "loose"}


@dataclass(frozen=True)
class County:
    """The places as they stand in the database, by key."""

    at: dict[str, Institution]
    departments: dict[tuple[str, str], Department]

    def id(self, key: str) -> int:
        return int(self.at[key].id)


def build(at: datetime) -> County:
    """Register every institution with its departments and interface codes, then the four consortia."""
    actor = Actor.system("演示装入", consortium=CONSORTIUM, region=REGION)
    made: dict[str, Institution] = {}
    departments: dict[tuple[str, str], Department] = {}
    for number, place in enumerate(PLACES, 1):
        parent = made[place.parent].id if place.parent else None
        seat = "云溪县" if place.region == REGION else "云川市"
        latitude, longitude = (Decimal(degrees) for degrees in WHERE[place.key])
        told = Particulars(latitude=latitude, longitude=longitude, code=place.code, name=place.name, short_name=place.short, kind=place.kind, level=place.level, parent=parent,
                           region=place.region, address=f"{seat}（虚构）{number} 号", phone=f"0000-7000{number:03d}", connected=place.connected)  # fmt: skip
        made[place.key] = institutions.register(actor=actor, particulars=told, at=at)
        if place.facility:
            institutions.name_facility(actor=actor, institution_id=made[place.key].id, system="hl7v2", value=place.facility, at=at)
        for code, name in DEPARTMENTS.get(place.key, ()):
            departments[place.key, code] = institutions.add_department(actor=actor, institution_id=made[place.key].id, code=code, name=name, at=at)
    for code, name, model, region, members in CONSORTIA:
        institutions.found_consortium(actor=actor, code=code, name=name, model=model, region=region, at=at)
        for key in members:
            role = "lead" if key == members[0] else "member"
            institutions.open_membership(actor=actor, institution_id=made[key].id, consortium=code, role=role, from_on=SINCE, at=at)
        institutions.bind(actor=actor, consortium=code, tightness=TIGHTNESS[code], from_on=SINCE, at=at)
    for kind, *hosts in CENTRES:
        for key in hosts:
            institutions.open_centre(actor=actor, consortium=CONSORTIUM, kind=kind, host_id=made[key].id, from_on=SINCE, at=at)
    return County(made, departments)
