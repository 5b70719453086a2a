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
