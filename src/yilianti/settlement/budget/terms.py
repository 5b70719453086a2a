"""The fund package of a year in words."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class Fund(Term):
    """Which fund a package is made of."""

    RESIDENT = "resident", "居民医保基金", "resident insurance fund"
    EMPLOYEE = "employee", "职工医保基金", "employee insurance fund"
    PUBLIC_HEALTH = "public_health", "基本公共卫生经费", "basic public-health money"


#: The funds that bear claims, by the insurance a claim names.
INSURED = (Fund.RESIDENT, Fund.EMPLOYEE)


class PlaceOfCare(Term):
    """Where care took place, as the package sees it."""

    MEMBER = "member", "成员机构", "member"
    PURCHASED = "purchased", "县内购买服务", "purchased in the county"
    OUTSIDE = "outside", "县外就医", "outside the county"


class State(Term):
    """What people decided about a package."""

    DRAFTED = "drafted", "起草", "drafted"
    FIXED = "fixed", "已核定", "fixed"
    CLOSED = "closed", "已清算", "closed"


class Verb(Term):
    AMEND = "amend", "修改", "amend"
    FIX = "fix", "核定", "fix"
    REVISE = "revise", "调整", "revise"
    PAY = "pay", "登记拨付", "note a payment"
    CORRECT_PAYMENT = "correct_payment", "更正拨付", "correct a payment"
    SET_ASIDE = "set_aside", "登记政策性超支", "set overspend aside"
    WITHDRAW_SET_ASIDE = "withdraw_set_aside", "撤回政策性超支", "withdraw what was set aside"
    RECKON_MONTH = "reckon_month", "月度核算", "reckon a month"
    CLOSE = "close", "关闭", "close"


class Owner(Term):
    """Who takes a step."""

    FINANCE = "finance", "医共体财务", "finance office"
    BUREAU = "bureau", "医保局", "insurance bureau"
    SYSTEM = "system", "系统", "system"


#: What each journal word of this room is called on pages.
JOURNAL = {
    "budget.drafted": "起草包干总额", "budget.amended": "修改包干总额草稿", "budget.fixed": "核定包干总额", "budget.revised": "调整包干总额",
    "budget.paid": "登记预付款", "budget.payment_corrected": "更正预付款", "budget.set_aside": "登记政策性超支", "budget.set_aside_withdrawn": "撤回政策性超支",
    "budget.reckoned": "月度核算", "budget.left_path": "月度核算：支出离开路径", "budget.closed": "包干总额随清算关闭", "budget.instalment_reminded": "预付款将到期",
}  # fmt: skip
