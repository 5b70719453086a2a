"""Residents in words: sex, kinds of identifier, what is told of a person."""

from dataclasses import dataclass
from datetime import date

from yilianti.kernel.terms import Term


class Sex(Term):
    """GB/T 2261.1 性别代码."""

    UNKNOWN = "0", "未知", "unknown"
    MALE = "1", "男", "male"
    FEMALE = "2", "女", "female"
    UNSTATED = "9", "未说明", "not stated"


class IdentifierSystem(Term):
    ID_CARD = "id_card", "居民身份证号", "resident identity card"
    INSURANCE = "insurance", "医保号", "insurance number"
    HEALTH_CARD = "health_card", "电子健康卡号", "health-card number"
    PASSPORT = "passport", "护照号", "passport"
    FOREIGN_RESIDENCE = "foreigner_card", "外国人永久居留身份证号", "foreign permanent resident card"
    HM_PASS = "hm_pass", "港澳居民来往内地通行证号", "mainland travel permit (Hong Kong, Macau)"
    TW_PASS = "tw_pass", "台湾居民来往大陆通行证号", "mainland travel permit (Taiwan)"
    MILITARY = "military", "军人证件号", "military card"
    BIRTH_CERTIFICATE = "birth_cert", "出生医学证明编号", "birth certificate"
    LOCAL = "local", "院内病历号", "local patient number"
    UNVERIFIED = "unverified", "未核实证件号", "number that fails its check; kept, never matched"


#: Papers that stand in for an identity card, each number one person's.
DOCUMENTS = (
    IdentifierSystem.PASSPORT, IdentifierSystem.FOREIGN_RESIDENCE, IdentifierSystem.HM_PASS, IdentifierSystem.TW_PASS,
    IdentifierSystem.MILITARY, IdentifierSystem.BIRTH_CERTIFICATE,
)  # fmt: skip


class Standing(Term):
    """How far it is known who somebody is."""

    KNOWN = "", "已知", "known"
    NEWBORN = "newborn", "新生儿（未落户）", "newborn"
    UNIDENTIFIED = "unidentified", "身份不明", "unidentified"


class KinKind(Term):
    MOTHER = "mother", "母亲", "mother"
    FATHER = "father", "父亲", "father"
    GUARDIAN = "guardian", "监护人", "guardian"
    SPOUSE = "spouse", "配偶", "spouse"
    HEAD = "head", "户主", "head of household"
    OTHER = "other", "其他联系人", "other contact"


class CoverageKind(Term):
    """《社会保险法》第三章与国发〔2016〕3号的两种基本医疗保险，另列救助与商业保险。"""

    EMPLOYEE = "employee", "职工基本医疗保险", "employee basic insurance"
    RESIDENT = "resident", "城乡居民基本医疗保险", "resident basic insurance"
    ASSISTANCE = "assistance", "医疗救助", "medical assistance"
    COMMERCIAL = "commercial", "商业健康保险", "commercial insurance"
    OTHER = "other", "其他", "other"


class Decision(Term):
    """What a person decided about a suspicion."""

    MERGED = "merged", "合并为一人", "merged"
    DIFFERENT = "different", "不是同一人", "different people"
    SAME = "same", "资料属于本人", "the particulars belong to this person"


@dataclass(frozen=True)
class IdentifierGiven:
    """A number as somebody gave it; `issuer` is the institution id of a LOCAL number, 0 otherwise."""

    system: str
    value: str
    issuer: int = 0


@dataclass(frozen=True)
class Demographics:
    """What is told of a person; empty means not told. `home` is the institution that keeps their record."""

    name: str = ""
    sex: str = Sex.UNKNOWN.value
    born_on: date | None = None
    phone: str = ""
    address: str = ""
    home: int | None = None
    household: str | None = None


@dataclass(frozen=True)
class Key:
    """A number in the form in which it is compared and kept."""

    system: str
    issuer: int
    value: str

#: What each journal word of this room is called on pages.
JOURNAL = {
    "residents.amended": "更正居民资料", "residents.born": "登记新生儿", "residents.covered": "登记参保", "residents.exported": "导出居民名单", "residents.found": "登记身份不明者",
    "residents.kin_noted": "登记亲属或联系人", "residents.withdrawn": "撤销导入的居民", "residents.identified": "补充证件号码", "residents.linked": "列为服务对象",
    "residents.merged": "合并居民", "residents.questioned": "提出疑似重复", "residents.registered": "登记居民", "residents.texts_refused": "登记不收短信", "residents.texts_wanted": "登记愿收短信",
    "residents.suspicion_settled": "疑似重复已处理", "residents.uncovered": "撤销参保登记", "residents.unmerged": "撤销合并",
}  # fmt: skip
