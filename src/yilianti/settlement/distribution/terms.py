"""Words of distribution."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class Banding(Term):
    """How a ratio that changes from band to band is applied."""

    WHOLE = "whole", "全额按所在的一档", "the whole amount by the band it lies in"
    SLICE = "slice", "分段，每段按本段的比例", "slice by slice, each by its own ratio"


class By(Term):
    """What decides inside a level, or among all members."""

    SCORE = "score", "按得分", "by score"
    WORKLOAD = "workload", "按校正工作量", "by corrected workload"
    NEED = "need", "按校正人头", "by need-adjusted heads"
    HEADS = "heads", "按人头", "by heads"
    EQUAL = "equal", "平均", "equally"
    CUSTOM = "custom", "按本地写定的份额", "by shares the place has fixed"


class Withheld(Term):
    """Of what a part is held back until the assessment."""

    SURPLUS = "surplus", "结余分配", "the share of the surplus"
    SUBSIDY = "subsidy", "年度补助", "the subsidy of the year"


class Keeper(Term):
    """Who keeps what the assessment leaves unpaid."""

    FUND = "fund", "归还基金", "goes back to the fund"
    CONSORTIUM = "consortium", "留在医共体账上", "stays with the consortium"


class Side(Term):
    """An end of a service between two members."""

    AT = "at", "患者所在机构", "where the patient is"
    SENDER = "from", "提供服务的机构", "who gives the service"
    BY = "by", "出具结果的机构", "who made the result"


class Method(Term):
    """How a standard a head is reckoned."""

    TOP_DOWN = "top_down", "自上而下", "top-down"
    BOTTOM_UP = "bottom_up", "自下而上", "bottom-up"
    BY_HEADS = "by_heads", "固定标准", "a fixed standard"


class Part(Term):
    """The named parts of a year's run, in their order."""

    PACKAGE = "package", "总额", "the package"
    ADVANCE = "advance", "预付", "the advance"
    PATH = "path", "月度路径", "the path of the months"
    CHARGED = "charged", "总额内支出", "what is charged"
    ASSESSMENT = "assessment", "考核", "assessment"
    SHARING = "sharing", "结余与超支", "surplus and overspend"
    USE = "use", "结余的用途", "the use of a surplus"
    INNER = "inner", "成员间分配", "inside the consortium"
    WITHHELD = "withheld", "考核拨付", "the part held back"
    EXPERT = "expert", "专家下沉", "experts at primary units"
    REMOTE = "remote", "远程服务", "remote services"
    RECOGNITION = "recognition", "结果互认", "mutual recognition"
    PUBLIC_HEALTH = "public_health", "基本公共卫生", "basic public health"
    PAY = "pay", "薪酬", "pay"
    CAPITATION = "capitation", "人头标准", "standards a head"
    TOTALS = "totals", "合计", "totals"


class Line(Term):
    """What a member's statement lists; signed, in its favour where positive."""

    CHARGED = "charged", "本机构总额内费用", "own spending inside the package"
    ADVANCE_PAID = "advance_paid", "已预付", "received in advance"
    SURPLUS_SHARE = "surplus_share", "结余分配", "share of the surplus"
    OVERSPEND_SHARE = "overspend_share", "超支分担", "share of the overspend"
    WITHHELD = "withheld", "考核扣减", "held back after assessment"
    SUBSIDY = "subsidy", "补助", "subsidy"
    EXPERT = "expert", "专家下沉收入", "income of experts sent"
    REMOTE = "remote", "远程服务费", "fees for remote services"
    RECOGNITION = "recognition", "结果互认", "credits for recognised results"
    PUBLIC_HEALTH = "public_health", "基本公共卫生", "basic public health"

class Total(Term):
    """What a run comes to in all; the engine's totals by their names."""

    PACKAGE = "package", "总额", "the package"
    ADVANCE = "advance", "预付", "paid in advance"
    HELD_BACK = "held_back", "预付中留存", "held back from the advance"
    CHARGED = "charged", "总额内支出", "charged"
    LEFT = "left", "结余或超支", "left, or overspent"
    FUND = "fund", "基金的部分", "the fund's part"
    CONSORTIUM = "consortium", "医共体的部分", "the consortium's part"
    USES = "uses", "用途留存", "kept for its uses"
    MEMBERS = "members", "分到成员", "to the members"
    WITHHELD_FUND = "withheld_fund", "考核未付，归还基金", "not paid after assessment, back to the fund"
    WITHHELD_CONSORTIUM = "withheld_consortium", "考核未付，留在医共体", "not paid after assessment, kept by the consortium"
    SUBSIDY_WITHHELD = "subsidy_withheld", "补助考核未付", "subsidy not paid after assessment"
    UNSHARED = "unshared", "没有分完", "not shared out"
    PUBLIC_HEALTH = "public_health", "公共卫生经费", "public-health money"
    PUBLIC_HEALTH_UNSHARED = "public_health_unshared", "公共卫生没有分完", "public-health money not shared out"


class State(Term):
    """Where the settlement of a year stands."""

    BEGUN = "begun", "计算中", "being reckoned"
    PREPARED = "prepared", "待各家确认", "to be confirmed"
    APPROVED = "approved", "已批准", "approved"
    POSTED = "posted", "已拨付", "posted"
    LOCKED = "locked", "已锁定", "locked"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class StatementState(Term):
    """Where one institution's statement stands."""

    PREPARED = "prepared", "待确认", "to be confirmed"
    CONFIRMED = "confirmed", "已确认", "confirmed"
    DISPUTED = "disputed", "有异议", "disputed"
    ACCEPTED = "accepted", "异议成立，待重算", "dispute accepted, to be reckoned anew"
    APPROVED = "approved", "已批准", "approved"
    POSTED = "posted", "已拨付", "posted"
    LOCKED = "locked", "已锁定", "locked"
    SUPERSEDED = "superseded", "已有新版", "superseded"


class Verb(Term):
    RECKON = "reckon", "计算", "reckon"
    PREPARE = "prepare", "出清算单", "prepare statements"
    WITHDRAW = "withdraw", "撤回清算", "withdraw"
    APPROVE = "approve", "批准", "approve"
    SEND_BACK = "send_back", "退回", "send back"
    POST = "post", "登记拨付", "post"
    LOCK = "lock", "锁定", "lock"


class StatementVerb(Term):
    CONFIRM = "confirm", "确认", "confirm"
    DISPUTE = "dispute", "提出异议", "dispute"
    ANSWER = "answer", "答复：维持", "answer: it stands"
    ACCEPT = "accept", "答复：异议成立", "answer: accepted"
    APPROVE = "approve", "批准", "approve"
    RETURN = "return", "退回", "return"
    POST = "post", "拨付", "post"
    LOCK = "lock", "锁定", "lock"
    SUPERSEDE = "supersede", "换成新版", "supersede"


class Owner(Term):
    """Who takes a step."""

    FINANCE = "finance", "医共体财务", "consortium finance"
    OFFICE = "office", "成员机构", "member institution"
    HEAD = "head", "医共体管理者", "head of the consortium"
    BUREAU = "bureau", "医保局", "insurance bureau"
    SYSTEM = "system", "系统", "system"


class Told(Term):
    """What somebody tells of a member (or of the consortium) for a year, by hand with its document."""

    SCORE = "score", "考核得分", "assessment score"
    HEADS = "heads", "参保人数", "insured heads"
    NEED = "need", "需要系数", "need coefficient"
    QUALITY = "quality", "工作质量系数", "quality of work"
    PAID = "paid", "已付", "already paid"
    SUBSIDY = "subsidy", "补助年度指标", "yearly subsidy to be assessed"


class WorkKind(Term):
    """What one member does for another, or for its residents."""

    EXPERT = "expert", "专家下沉收入", "income of experts sent down"
    REMOTE = "remote", "远程诊断与会诊", "remote diagnosis and consultation"
    RECOGNITION = "recognition", "检查检验互认", "mutual recognition"
    SERVICE = "service", "公共卫生服务", "public-health service"


#: Parties of the inner split, by the place of an institution in the ladder (registry.institutions.Level).
LEVELS = {"village": "村级", "township": "乡镇", "county": "县级", "city": "县级"}

#: What each journal word of this room is called on pages.
JOURNAL = {
    "distribution.told": "登记清算数据", "distribution.told_many": "批量登记清算数据", "distribution.fact_withdrawn": "撤回清算数据", "distribution.worked": "登记工作量", "distribution.work_corrected": "更正工作量",
    "distribution.reckoned": "计算年度清算", "distribution.prepared": "出清算单", "distribution.withdrawn": "撤回清算", "distribution.approved": "批准清算", "distribution.sent_back": "退回清算",
    "distribution.posted": "清算拨付", "distribution.locked": "锁定清算",
    "distribution.confirmed": "确认清算单", "distribution.disputed": "对清算单提出异议", "distribution.answered": "答复异议：维持", "distribution.accepted": "答复异议：成立",
    "distribution.reminded": "提醒确认清算单", "distribution.overdue": "清算单过期未确认", "distribution.superseded": "清算单换成新版", "distribution.scenario_kept": "保存模拟方案", "distribution.scenario_archived": "归档模拟方案",
}  # fmt: skip

#: Names of what goes into a run, for the page that says what changed.
INPUTS = {
    **{str(one): one.zh for one in Told}, "level": "层级", "work": "公共卫生工作量", "charged": "本机构总额内费用", "persons": "参保人数", "funding": "筹资", "risk": "风险基金", "catastrophic": "大病保险", "months": "各月支出", "members": "成员机构支出",
    "purchased": "县内购买服务", "outside": "县外就医", "catastrophic_persons": "大病保险人员", "policy_caused": "政策性超支", "excluded": "不纳入部分", "growth": "增长", "fund_growth": "基金增长", "expert": WorkKind.EXPERT.zh, "remote": WorkKind.REMOTE.zh, "recognition": WorkKind.RECOGNITION.zh,
}  # fmt: skip
