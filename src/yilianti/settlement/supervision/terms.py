"""Supervision in words: families of rules, claims and charge lines as rules read them, and what a rule suspects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from yilianti.kernel.finding import Finding
from yilianti.kernel.terms import Term


class Family(Term):
    """Families of conduct, as the regulation on the supervision of the fund names them (articles 15 and 38 to 41)."""

    REPEATED = "repeated", "重复收费", "repeated charge"
    PRICE = "price", "超标准收费", "charge above the list"
    PARTS = "parts", "分解项目收费", "parts of a package"
    SPLIT = "split", "分解住院", "split stay"
    HANGING = "hanging", "挂床住院", "hanging bed"
    LIMITS = "limits", "限性别、限年龄", "limited by sex or age"
    QUANTITY = "quantity", "超量", "over-quantity"
    MISMATCH = "mismatch", "串换项目", "catalogue mismatch"
    CARD = "card", "冒名就医线索", "borrowed card"


class Rule(Term):
    """One question each; the value is the code of its Findings."""

    SAME_MOMENT = "same_moment", "同一时刻重复收费", "charged twice at one moment"
    SAME_DAY = "same_day", "一天内次数超限", "more often a day than allowed"
    ABOVE_LIST = "above_list", "高于目录价格", "above the list price"
    PART_BESIDE_PACKAGE = "part_beside_package", "已收套餐又收其中一项", "a part beside its package"
    SAME_DISEASE = "same_disease", "短期内同病再住院", "back for one disease"
    BETWEEN_DEPARTMENTS = "between_departments", "院内换科办出入院", "out and in between departments"
    NEW_DIAGNOSIS = "new_diagnosis", "换主要诊断接着住院", "a new diagnosis to stay on"
    EMPTY_BED = "empty_bed", "住院无诊疗痕迹", "a stay without traces of care"
    SEX_LIMIT = "sex_limit", "与性别限制不符", "against a limit by sex"
    AGE_LIMIT = "age_limit", "与年龄限制不符", "against a limit by age"
    PER_STAY = "per_stay", "一次就诊数量超限", "more in a visit than allowed"
    PER_DAY = "per_day", "一天数量超限", "more in a day than allowed"
    REFILLED_EARLY = "refilled_early", "药未用完又开", "prescribed again too early"
    BED_DAYS = "bed_days", "床位天数多于住院天数", "more bed days than days"
    OTHER_NAME = "other_name", "名称与目录编码不符", "name is not that of its code"
    OTHER_CATEGORY = "other_category", "类别与目录不符", "category is not the list's"
    NOT_LISTED = "not_listed", "目录外项目列入报销", "not in the list, yet claimed"
    TWO_PLACES = "two_places", "同时在两处就医", "in two places at one time"
    DURING_STAY = "during_stay", "住院期间在他处门诊", "an out-patient elsewhere during a stay"
    TWO_STAYS = "two_stays", "同时在两处住院", "two stays at one time"
    AFTER_DEATH = "after_death", "死亡后仍有费用", "charged after death"
    OTHER_PERSON = "other_person", "性别年龄与档案不符", "not the sex or age of the record"


FAMILY_OF = {
    Rule.SAME_MOMENT: Family.REPEATED, Rule.SAME_DAY: Family.REPEATED, Rule.ABOVE_LIST: Family.PRICE, Rule.PART_BESIDE_PACKAGE: Family.PARTS,
    Rule.SAME_DISEASE: Family.SPLIT, Rule.BETWEEN_DEPARTMENTS: Family.SPLIT, Rule.NEW_DIAGNOSIS: Family.SPLIT, Rule.EMPTY_BED: Family.HANGING,
    Rule.SEX_LIMIT: Family.LIMITS, Rule.AGE_LIMIT: Family.LIMITS, Rule.PER_STAY: Family.QUANTITY, Rule.PER_DAY: Family.QUANTITY,
    Rule.REFILLED_EARLY: Family.QUANTITY, Rule.BED_DAYS: Family.QUANTITY, Rule.OTHER_NAME: Family.MISMATCH, Rule.OTHER_CATEGORY: Family.MISMATCH,
    Rule.NOT_LISTED: Family.MISMATCH, Rule.TWO_PLACES: Family.CARD, Rule.DURING_STAY: Family.CARD, Rule.TWO_STAYS: Family.CARD,
    Rule.AFTER_DEATH: Family.CARD, Rule.OTHER_PERSON: Family.CARD,
}  # fmt: skip


class State(Term):
    """Where a suspicion stands."""

    RAISED = "raised", "待说明", "to be explained"
    EXPLAINED = "explained", "待判断", "to be decided"
    CLEARED = "cleared", "已核销", "cleared"
    CONFIRMED = "confirmed", "已认定", "confirmed"
    RECOVERED = "recovered", "已退回", "recovered"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    SUPERSEDED = "superseded", "已失效", "superseded"


#: Still somebody's work before a decision.
OPEN = (State.RAISED, State.EXPLAINED)


class Verb(Term):
    EXPLAIN = "explain", "说明", "explain"
    ASK = "ask", "追问", "ask"
    CLEAR = "clear", "核销", "clear"
    CONFIRM = "confirm", "认定", "confirm"
    RECOVER = "recover", "登记退回", "note the recovery"
    WITHDRAW = "withdraw", "撤回线索", "withdraw"
    REOPEN = "reopen", "重新提出", "reopen"
    SUPERSEDE = "supersede", "失效", "supersede"


class Owner(Term):
    """Who takes a step: the insurance office of the institution, the bureau, or the platform."""

    OFFICE = "office", "医保办", "insurance office"
    BUREAU = "bureau", "医保局", "insurance bureau"
    SYSTEM = "system", "系统", "system"


class Limit(Term):
    """The five classes of knowledge points of the first public batch (2025)."""

    DRUG_SEX = "drug_sex", "药品区分性别使用", "drug by sex"
    SERVICE_SEX = "service_sex", "医疗服务项目区分性别使用", "service by sex"
    CHILD_DRUG = "child_drug", "儿童专用药品", "drug for children only"
    CHILD_LIMITED_DRUG = "child_limited_drug", "药品限儿童使用", "drug limited to children"
    CHILD_SERVICE = "child_service", "儿童专用医疗服务项目", "service for children only"


class Trace(Term):
    """Signs that somebody lay in a bed and was treated, or was on leave."""

    ORDER = "order", "医嘱", "order"
    RESULT = "result", "检查检验结果", "result"
    PRESENCE = "presence", "在院", "present at night"
    LEAVE = "leave", "请假条", "leave slip"


@dataclass(frozen=True)
class Billed:
    """One claim. Amounts in fen; the first diagnosis is the principal one; `leaving` as in the settlement list ("2", "3": sent on to another institution).

    `sex` and `age` are those told with the claim, `record_sex`, `born_on`, `died_on` the resident's; silent where unknown. `judged` is false for what is read only to judge others.
    """

    number: str
    resident: int
    institution: int
    kind: str
    admitted_on: date
    discharged_on: date
    total: int
    version: int = 1
    department: str = ""
    diagnoses: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    drg: str = ""
    leaving: str = ""
    referred: bool = False
    sex: str = ""
    age: int | None = None
    record_sex: str = ""
    born_on: date | None = None
    died_on: date | None = None
    judged: bool = True


@dataclass(frozen=True)
class Line:
    """One charge line: `code` is the code of the insurance list (the hospital's own where there is none), amounts in fen, `own` and `over` what the patient bears of it alone."""

    claim: str
    id: int
    code: str
    name: str
    category: str
    quantity: Decimal
    amount: int
    charged_at: datetime
    own: int = 0
    over: int = 0
    supply_days: int | None = None


@dataclass(frozen=True)
class Sign:
    """On that day of that stay there was an order, a result, a night in the bed, or a leave slip."""

    claim: str
    kind: str
    on: date


@dataclass(frozen=True)
class Point:
    """One knowledge point: who may be given an item. Ages in whole years from `age_from` up to, not including, `age_until`."""

    limit: str
    code: str
    name: str
    sex: str = ""
    age_from: int | None = None
    age_until: int | None = None
    ref: str = ""


@dataclass(frozen=True)
class Row:
    """One piece of evidence: a charge line (`line` is its number in our tables) or, with 0, the whole claim."""

    claim: str
    what: str
    line: int = 0
    code: str = ""
    at: str = ""
    quantity: str = ""
    amount: int = 0


@dataclass(frozen=True)
class Suspected:
    """What a rule suspects: the Finding, the claim it is about and those beside it, the rows that show it, and the fen in question (what may be wrong, not what is owed)."""

    rule: Rule
    finding: Finding
    claim: str
    beside: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    amount: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def family(self) -> Family:
        return FAMILY_OF[self.rule]


#: What each journal word of this room is called on pages.
JOURNAL = {
    "supervision.raised": "提出线索", "supervision.explained": "医院说明", "supervision.asked": "追问医院", "supervision.cleared": "核销线索",
    "supervision.confirmed": "认定违规", "supervision.recovered": "登记退回基金", "supervision.withdrawn": "撤回线索", "supervision.reopened": "重新提出",
    "supervision.superseded": "线索失效", "supervision.reminded": "提醒说明期限", "supervision.scan_asked": "要求扫描费用", "supervision.points_entered": "登记知识点",
}  # fmt: skip
