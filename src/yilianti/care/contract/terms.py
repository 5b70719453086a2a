"""Contracts in words: teams, packages and their items, where a contract stands, and what became of each promised item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yilianti.kernel.terms import Term


class State(Term):
    """Where a contract stands."""

    PROPOSED = "proposed", "待确认", "to be confirmed"
    SIGNED = "signed", "已签约", "signed"
    REFUSED = "refused", "居民不同意", "refused"
    LAPSED = "lapsed", "逾期未确认", "lapsed"
    RENEWED = "renewed", "已续签", "renewed"
    CHANGED = "changed", "已改签", "changed"
    ENDED = "ended", "已解约", "ended"
    EXPIRED = "expired", "已期满", "expired"


#: Takes a place of the team.
OPEN = (State.PROPOSED, State.SIGNED)
#: Was confirmed by the resident at some time.
ONCE_SIGNED = (State.SIGNED, State.RENEWED, State.CHANGED, State.ENDED, State.EXPIRED)


class Verb(Term):
    CONFIRM = "confirm", "居民确认", "confirm"
    REFUSE = "refuse", "登记不同意", "note the refusal"
    LAPSE = "lapse", "逾期作废", "lapse"
    RENEW = "renew", "续签", "renew"
    CHANGE = "change", "改签", "change"
    END = "end", "解约", "end"
    EXPIRE = "expire", "期满", "expire"


class Owner(Term):
    """Who takes a step: the doctor who serves the resident, or the clock."""

    DOCTOR = "doctor", "家庭医生", "family doctor"
    SYSTEM = "system", "系统", "system"


class Kind(Term):
    """How a contract came about."""

    FIRST = "first", "新签", "first"
    RENEWAL = "renewal", "续签", "renewal"
    CHANGE = "change", "改签", "change"


class Way(Term):
    """How the resident said yes."""

    SIGNATURE = "signature", "屏幕签名", "signature on the screen"
    CODE = "code", "手机确认码", "code sent to the telephone"
    PAPER = "paper", "纸质协议", "paper"


class Signer(Term):
    SELF = "self", "居民本人", "the resident"
    GUARDIAN = "guardian", "监护人或家属", "guardian or family"


class MemberPost(Term):
    """Posts inside a team."""

    LEADER = "leader", "团队长", "leader"
    DOCTOR = "doctor", "家庭医生", "family doctor"
    NURSE = "nurse", "护士", "nurse"
    PUBLIC_HEALTH = "public_health", "公卫人员", "public-health worker"
    VILLAGE_DOCTOR = "village_doctor", "乡村医生", "village doctor"
    PHARMACIST = "pharmacist", "药师", "pharmacist"
    SPECIALIST = "specialist", "上级专科医师", "specialist"
    OTHER = "other", "其他", "other"


class PackageKind(Term):
    BASIC = "basic", "基础性", "basic"
    PERSONAL = "personal", "个性化", "personal"


class Nature(Term):
    """What an item is, as systems in use tell it."""

    BASIC = "basic", "基础", "basic"
    VALUE_ADDED = "value_added", "增值", "value added"
    MEDICINE = "medicine", "药品", "medicine"
    FEE = "fee", "费用", "fee"


class LineKind(Term):
    """A line of the fulfilment ledger; a correction is a further line."""

    DONE = "done", "已做", "done"
    REVERSED = "reversed", "冲正", "reversed"


class Standing(Term):
    """What became of a promised item, as seen on a day."""

    DONE = "done", "已做", "done"
    LATE = "late", "补做", "done late"
    DUE = "due", "该做了", "due"
    OVERDUE = "overdue", "已过期", "overdue"
    UPCOMING = "upcoming", "未到时间", "not yet"
    DROPPED = "dropped", "解约未用", "not used"


class Score(Term):
    """How content a resident is."""

    CONTENT = "content", "满意", "content"
    FAIR = "fair", "基本满意", "fairly content"
    DISCONTENT = "discontent", "不满意", "not content"


@dataclass(frozen=True)
class Tag:
    """A group of people; who has no limit of age or sex in the table is told to belong by a record or by hand."""

    code: str
    name: str
    sex: str = ""
    age_from: int | None = None
    age_until: int | None = None

    @property
    def is_reckoned(self) -> bool:
        """Whether age (and sex) alone say who belongs."""
        return self.age_from is not None or self.age_until is not None


#: The tag everybody carries.
EVERYBODY = "general"


@dataclass(frozen=True)
class Item:
    """One promised service of a package: so many times a year, or once within some days of the beginning."""

    code: str
    name: str
    nature: str
    times: int
    within_days: int | None = None
    price: int | None = None
    service: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """A package as an edition has it; amounts in fen, None where the place has not filled them in."""

    code: str
    name: str
    kind: str
    tags: tuple[str, ...]
    items: tuple[Item, ...] = ()
    price: int | None = None
    discount: int | None = None
    public_health: int | None = None
    fund: int | None = None
    person: int | None = None

    @property
    def asked(self) -> int | None:
        """The price less the discount."""
        return None if self.price is None else self.price - (self.discount or 0)


@dataclass(frozen=True)
class Proposed:
    """A package for somebody, and why it is proposed."""

    package: Package
    because: str


@dataclass(frozen=True)
class Owed:
    """One promised item of one contract with its window: from `opens_on` to `due_on`, both included."""

    id: int
    package: str
    item: str
    name: str
    opens_on: date
    due_on: date
    price: int | None = None


@dataclass(frozen=True)
class Told:
    """What `propose` is told."""

    team: int
    packages: tuple[str, ...]
    months: int
    begins_on: date | None = None


@dataclass(frozen=True)
class Said:
    """How the resident confirmed: a picture of the signature, the code from the telephone, or a scan of the paper."""

    way: str
    signer: str = Signer.SELF.value
    signer_name: str = ""
    relation: str = ""
    picture: bytes = b""
    code: str = ""
    file_name: str = ""
    file: bytes = b""


@dataclass(frozen=True)
class Covered:
    """One line of the coverage: how many people carry a tag, how many of them are signed."""

    tag: str
    name: str
    people: int
    signed: int

    @property
    def share(self) -> int | None:
        """Basis points, rounded half up; None without anybody."""
        return (self.signed * 20_000 + self.people) // (2 * self.people) if self.people else None


SOURCES: Mapping[str, str] = {"hand": "手工登记", "followup": "随访", "encounter": "就诊", "result": "检查检验", "document": "医疗文书"}

#: What each journal word of this room is called on pages.
JOURNAL = {
    "contract.team_founded": "建立家庭医生团队", "contract.team_changed": "调整家庭医生团队", "contract.proposed": "发起签约", "contract.code_sent": "发送签约确认码",
    "contract.code_wrong": "签约确认码输错", "contract.signed": "签约", "contract.refused": "居民不同意签约", "contract.lapsed": "签约逾期未确认", "contract.renewed": "续签", "contract.changed": "改签",
    "contract.ended": "解约", "contract.expired": "签约期满", "contract.fulfilled": "登记履约", "contract.fulfilment_corrected": "更正履约", "contract.rated": "签约满意度",
    "contract.refunded": "退未用项目", "contract.tagged": "登记签约人群", "contract.untagged": "结束签约人群",
}  # fmt: skip
