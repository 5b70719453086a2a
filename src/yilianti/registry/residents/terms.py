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
    LOCAL = "local", "院内病历号", "local patient number"
    UNVERIFIED = "unverified", "未核实证件号", "number that fails its check; kept, never matched"


#: Systems in which one number means one person wherever it was issued.
STRONG = (IdentifierSystem.ID_CARD, IdentifierSystem.INSURANCE, IdentifierSystem.HEALTH_CARD)


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


@dataclass(frozen=True)
class Key:
    """A number in the form in which it is compared and kept."""

    system: str
    issuer: int
    value: str

#: What each journal word of this room is called on pages.
JOURNAL = {
    "residents.amended": "更正居民资料", "residents.identified": "补充证件号码", "residents.linked": "列为服务对象",
    "residents.merged": "合并居民", "residents.questioned": "提出疑似重复", "residents.registered": "登记居民",
    "residents.suspicion_settled": "疑似重复已处理", "residents.unmerged": "撤销合并",
}  # fmt: skip
