"""Institutions in words: kinds, levels, the four models of consortium."""

from dataclasses import dataclass

from yilianti.kernel.terms import Term


class Kind(Term):
    VILLAGE_CLINIC = "village_clinic", "村卫生室", "village clinic"
    TOWNSHIP_CENTRE = "township_centre", "乡镇卫生院", "township health centre"
    COMMUNITY_STATION = "community_station", "社区卫生服务站", "community health station"
    COMMUNITY_CENTRE = "community_centre", "社区卫生服务中心", "community health centre"
    COUNTY_HOSPITAL = "county_hospital", "县级医院", "county hospital"
    CITY_HOSPITAL = "city_hospital", "城市医院", "city hospital"
    CONSORTIUM_OFFICE = "consortium_office", "医共体管理办公室", "consortium office"
    OTHER = "other", "其他机构", "other"


class Level(Term):
    """Where in the ladder village → township → county → city the institution stands (referral directions)."""

    VILLAGE = "village", "村", "village"
    TOWNSHIP = "township", "乡", "township"
    COUNTY = "county", "县", "county"
    CITY = "city", "市", "city"


class Standing(Term):
    ACTIVE = "active", "在册", "active"
    PROVISIONAL = "provisional", "待确认", "provisional"
    MERGED = "merged", "已合并", "merged"
    CLOSED = "closed", "已停用", "closed"


class ConsortiumModel(Term):
    """The four models of 国办发〔2017〕32号 (founding documents)."""

    CITY_GROUP = "city_group", "城市医疗集团", "city hospital group"
    COUNTY_COMMUNITY = "county_community", "县域医共体", "county medical community"
    SPECIALTY_ALLIANCE = "specialty_alliance", "专科联盟", "specialty alliance"
    TELEMEDICINE_NETWORK = "telemedicine_network", "远程医疗协作网", "telemedicine network"


class MemberRole(Term):
    LEAD = "lead", "牵头医院", "lead hospital"
    MEMBER = "member", "成员单位", "member"
    STATION = "station", "下设站点", "station"


@dataclass(frozen=True)
class Particulars:
    """What is written down of an institution; `parent` is the id of the one it stands under."""

    code: str
    name: str
    short_name: str
    kind: str
    level: str
    parent: int | None = None
    region: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Receiver:
    """An institution to which one may refer; `level_here` is the level of the one that asks."""

    id: int
    name: str
    code: str
    level: str
    level_here: str


#: What each journal word of this room is called on pages.
JOURNAL = {
    "institutions.amended": "更正机构资料", "institutions.closed": "机构停用", "institutions.confirmed": "确认待确认机构",
    "institutions.consortium_founded": "建立医联体", "institutions.department_added": "增设科室",
    "institutions.department_closed": "撤销科室", "institutions.department_renamed": "更改科室名称", "institutions.facility_named": "登记接口代码", "institutions.joined": "加入医联体",
    "institutions.left": "退出医联体", "institutions.merged": "并入已有机构", "institutions.provisionally_registered": "暂记未登记机构",
    "institutions.registered": "登记机构",
}  # fmt: skip
