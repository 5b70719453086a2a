"""Claims in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from yilianti.kernel.terms import Term


class State(Term):
    """Where a claim stands: what people and systems said of it. Priced and grouped are what follows, and are kept beside it."""

    AWAITING = "awaiting", "待费用", "awaiting charges"
    FILED = "filed", "已入账", "filed"
    WITHDRAWN = "withdrawn", "已作废", "withdrawn"


class Verb(Term):
    FILE = "file", "入账", "file"
    CORRECT = "correct", "更正", "correct"
    WITHDRAW = "withdraw", "作废", "withdraw"


class Owner(Term):
    """Who takes a step."""

    OFFICE = "office", "医保办", "insurance office"


class Change(Term):
    OPENED = "opened", "就诊结束", "visit ended"
    FILED = "filed", "入账", "filed"
    CORRECTED = "corrected", "更正", "corrected"
    WITHDRAWN = "withdrawn", "作废", "withdrawn"


class Insurance(Term):
    RESIDENT = "resident", "城乡居民基本医疗保险", "resident basic insurance"
    EMPLOYEE = "employee", "职工基本医疗保险", "employee basic insurance"


class Category(Term):
    """What a charge line is for."""

    DRUG = "drug", "药品", "drug"
    SERVICE = "service", "医疗服务项目", "service"
    CONSUMABLE = "consumable", "医用耗材", "consumable"
    OTHER = "other", "其他", "other"


#: Why a claim has no price, besides what the pricing itself says: the platform holds no ladder for that insurance, or the place has none at all.
AWAITING, NOT_RESIDENT, NO_PLACE = "awaiting", "not_resident", "no_place"
GAPS = {AWAITING: ("费用还没有到", "the charges have not come yet"),
        NOT_RESIDENT: ("平台现有的待遇政策只管城乡居民医保", "the policies held here are those of resident insurance"),
        NO_PLACE: ("参保地在出院那天没有待遇政策", "the place of insurance has no policy on the day of discharge")}  # fmt: skip
#: Why a stay has no group, besides what the grouper says.
NO_SCHEME = "no_scheme"
#: What adds up to the fund's share, by the names of our columns.
FUND_PARTS = ("basic", "catastrophic", "aid", "other")


@dataclass(frozen=True)
class Told:
    """One settlement as a hospital or the insurer tells it. Money in fen; `settled` is what the insurer's own system paid, by our names, where it was told.

    `way`, `follows`, `level` may be silent (""): then the platform looks at its own referrals and at the institution. The first diagnosis and the first operation
    are the principal ones.
    """

    institution: int
    settlement_number: str
    resident: int
    kind: str
    admitted_on: date
    discharged_on: date
    total: int
    fully_own: int = 0
    over_limit: int = 0
    first_self: int = 0
    hospital: int = 0
    settled: Mapping[str, int] = field(default_factory=dict)
    visit_number: str = ""
    insurance: str = ""
    region: str = ""
    level: str = ""
    way: str = ""
    follows: str = ""
    groups: tuple[str, ...] = ()
    grade: int = 0
    signed: bool = False
    diseases: int = 1
    department: str = ""
    doctor: str = ""
    diagnoses: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    discharge_type: str = ""
    weight_g: int | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True)
class Billed:
    """One charge line as told: `line` is the hospital's number of it within the settlement, amounts in fen."""

    claim: int
    line: str
    code: str
    name: str
    category: str
    quantity: Decimal
    unit_price: Decimal
    amount: int
    charged_at: datetime
    fully_own: int = 0
    over_limit: int = 0
    first_self: int = 0
    list_code: str = ""
    department: str = ""
    doctor: str = ""
    supply_days: int | None = None


@dataclass(frozen=True)
class Filed:
    """What became of a settlement: the claim's number, and whether it was filed, corrected, or known exactly so (empty)."""

    number: str
    change: str


#: What each journal word of this room is called on pages.
JOURNAL = {
    "claims.opened": "就诊结束，待费用", "claims.filed": "费用入账", "claims.corrected": "更正费用", "claims.withdrawn": "费用作废",
    "claims.charged": "费用明细入账", "claims.repriced": "重新计算待遇", "claims.regrouped": "重新分组",
}  # fmt: skip
