"""Institutions in words: kinds, levels, the four models of consortium."""

from dataclasses import dataclass
from decimal import Decimal

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


class Tightness(Term):
    """How closely the members of a consortium are bound (founding documents: 紧密型、半紧密型、松散型)."""

    TIGHT = "tight", "紧密型", "tight"
    SEMI_TIGHT = "semi_tight", "半紧密型", "semi-tight"
    LOOSE = "loose", "松散型", "loose"


class CentreKind(Term):
    """Shared centres: those that serve patients of all members, then those that manage for all members (国卫办规划函〔2025〕63号)."""

    IMAGING = "imaging", "医学影像诊断中心", "imaging centre"
    ECG = "ecg", "心电诊断中心", "ECG centre"
    LABORATORY = "laboratory", "医学检验中心", "laboratory centre"
    PATHOLOGY = "pathology", "病理诊断中心", "pathology centre"
    TELECONSULT = "teleconsult", "远程会诊中心", "teleconsultation centre"
    STERILE_SUPPLY = "sterile_supply", "消毒供应中心", "sterile supply centre"
    EMERGENCY = "emergency", "县域急救中心", "emergency centre"
    HUMAN_RESOURCES = "human_resources", "人力资源管理中心", "human resources centre"
    FINANCE = "finance", "财务管理中心", "finance centre"
    DRUGS = "drugs", "药品耗材管理中心", "drugs and consumables centre"
    INSURANCE = "insurance", "医保管理中心", "insurance centre"
    QUALITY = "quality", "医疗质量管理中心", "quality centre"
    INFORMATION = "information", "信息数据中心", "information centre"
    PUBLIC_HEALTH = "public_health", "公共卫生管理中心", "public-health centre"


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
    #: works on this platform; an outside destination does not, and nobody there answers
    connected: bool = True
    #: degrees, both or neither
    latitude: Decimal | None = None
    longitude: Decimal | None = None


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
    "institutions.amended": "更正机构资料", "institutions.bound": "登记紧密程度", "institutions.centre_closed": "撤销共享中心",
    "institutions.centre_opened": "设立共享中心", "institutions.closed": "机构停用",
    "institutions.confirmed": "确认待确认机构",
    "institutions.consortium_founded": "建立医联体", "institutions.department_added": "增设科室",
    "institutions.department_closed": "撤销科室", "institutions.department_renamed": "更改科室名称", "institutions.facility_named": "登记接口代码", "institutions.joined": "加入医联体",
    "institutions.left": "退出医联体", "institutions.merged": "并入已有机构", "institutions.provisionally_registered": "暂记未登记机构",
    "institutions.registered": "登记机构",
}  # fmt: skip
