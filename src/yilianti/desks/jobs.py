"""The jobs people come to work in: for each role, what needs doing now and what is one tap away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pile:
    """A pile of referrals on the desk: shown as a number, and, where `opened`, as the first few lines."""

    box: str
    label: str
    icon: str
    tone: str
    opened: bool = False


@dataclass(frozen=True)
class Fragment:
    """Another room's fragment on the desk, fetched by its address."""

    title: str
    url: str
    icon: str
    more: str = ""
    permission: str = ""


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    icon: str
    permission: str
    is_first: bool = False


@dataclass(frozen=True)
class Desk:
    """The start page of one job."""

    role: str
    title: str
    lead: str
    piles: tuple[Pile, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    links: tuple[Link, ...] = ()
    finds_residents: bool = False
    watches_receivers: bool = False
    #: shows the first day's list until the first referral has been sent
    begins: bool = False


TO_ANSWER = Pile("to_answer", "待答复", "inbox", "wait", opened=True)
AWAITED = Pile("awaited", "待到院", "calendar", "info", opened=True)
IN_CARE = Pile("in_care", "在院", "bed", "info")
TO_SEND_HOME = Pile("to_send_home", "待下转", "home-heart", "wait", opened=True)
TO_FOLLOW_UP = Pile("to_follow_up", "待随访", "heart-handshake", "wait", opened=True)
RETURNED = Pile("returned", "草稿与退回", "pencil", "warn", opened=True)

NEW_REFERRAL = Link("新建转诊", "/residents/?then=referral", "plus", "referral.submit", is_first=True)
REGISTER = Link("登记居民", "/residents/new", "user-plus", "residents.register")
READY_FOR_HOME = Link("可回乡的患者", "/referrals/ready/", "home-heart", "referral.offer_home")
ON_ACCOUNT = Link("在我方账上", "/referrals/account/", "heart-handshake", "referral.offer_home")
OPERATIONS = Fragment("运行状态", "/operations/state", "activity", "/operations/", "operations.view")
WHOLE_FIGURES = Fragment("指标 · 全医共体", "/insight/tiles?whose=whole", "chart-bar", "/insight/", "insight.view_whole")
OWN_FIGURES = Fragment("指标 · 本机构", "/insight/tiles?whose=own", "chart-bar", "/insight/?whose=own", "insight.view")

EXAMS = Fragment("诊断中心", "/diagnosis/pile", "activity", "/diagnosis/", "diagnosis.work")
READ_NEXT = Link("检查列表", "/diagnosis/", "activity", "diagnosis.work", is_first=True)
BILLS = Fragment("费用", "/claims/pile", "file-text", "/claims/", "claims.view")
ALL_BILLS = Link("费用", "/claims/", "file-text", "claims.view", is_first=True)

CENTRE_QUALITY = Link("中心质量", "/diagnosis/quality/", "chart-bar", "diagnosis.oversee")

MONTHS = Fragment("最近两个月", "/claims/figures", "calendar", "/claims/groups/", "claims.view")
SUSPICIONS = Fragment("基金监管", "/supervision/pile", "scale", "/supervision/", "supervision.view")
PACKAGES = Fragment("包干总额", "/budget/pile", "report-analytics", "/budget/", "budget.view")
SETTLED = Fragment("年度清算", "/settlements/pile", "checks", "/settlements/", "distribution.view")
ALL_PACKAGES = Link("包干总额", "/budget/", "report-analytics", "budget.view")
DRAFT = Link("起草总额", "/budget/new", "plus", "budget.draft", is_first=True)
SIGNED = Fragment("家庭医生签约", "/contracts/pile", "signature", "/contracts/", "contract.view")
SIGN = Link("签约", "/residents/?then=contract", "signature", "contract.propose")
BRING = Link("批量导入", "/imports/", "upload", "imports.use")
GROUPED = Link("分组结果", "/claims/groups/", "chart-bar", "claims.view")
CODES_ASKED = Link("编码核对", "/claims/questions/", "list-check", "claims.view")

DESKS: dict[str, Desk] = {
    "village_doctor": Desk("village_doctor", "村医工作台", "先看要随访的，再看退回的；找人从上面的检索框开始。",
                           (TO_FOLLOW_UP, RETURNED), fragments=(SIGNED,), links=(NEW_REFERRAL, SIGN, REGISTER), finds_residents=True),
    "township_doctor": Desk("township_doctor", "乡镇医生工作台", "回来的患者要首次随访，转出的患者要知道下落。",
                            (TO_ANSWER, TO_FOLLOW_UP, RETURNED), fragments=(SIGNED,), links=(NEW_REFERRAL, SIGN, REGISTER), finds_residents=True, begins=True),
    "referral_office": Desk("referral_office", "转诊办公室工作台", "时限最近的排在最前。",
                            (TO_ANSWER, AWAITED, IN_CARE, TO_SEND_HOME), fragments=(OWN_FIGURES,), links=(READY_FOR_HOME, ON_ACCOUNT), finds_residents=True, begins=True),
    "county_department": Desk("county_department", "科室工作台", "约好的患者、在院的患者、可以回基层的患者。",
                              (AWAITED, IN_CARE, TO_SEND_HOME), fragments=(OWN_FIGURES,), links=(NEW_REFERRAL, READY_FOR_HOME, ON_ACCOUNT), finds_residents=True),
    "centre_reader": Desk("centre_reader", "诊断医师工作台", "最先要超时的排在最前；胸痛与急诊十分钟内给出意见。", fragments=(EXAMS,), links=(READ_NEXT,)),
    "centre_auditor": Desk("centre_auditor", "审核医师工作台", "书写好的等您审核；审核签发后报告立即回到申请机构。", fragments=(EXAMS,), links=(READ_NEXT,)),
    "centre_head": Desk("centre_head", "诊断中心主任工作台", "时限、危急值、会诊与质量。", fragments=(EXAMS, OWN_FIGURES), links=(READ_NEXT, CENTRE_QUALITY)),
    "consortium_manager": Desk("consortium_manager", "医共体管理工作台", "承诺有没有兑现，卡在哪一家。",
                               (Pile("to_answer_all", "全县待答复", "inbox", "wait"),), fragments=(WHOLE_FIGURES, PACKAGES, SETTLED),
                               links=(Link("治理", "/governance/", "scale", "governance.view", is_first=True), ALL_PACKAGES), watches_receivers=True),
    "finance_office": Desk("finance_office", "财务工作台", "一年的总额用到哪里，哪个月离开路径，预付到了没有。", fragments=(PACKAGES, SETTLED), links=(DRAFT, ALL_PACKAGES)),
    "administrator": Desk("administrator", "系统管理工作台", "机构、人员、接口和运行。", fragments=(OPERATIONS,), begins=True,
                          links=(Link("登记机构", "/institutions/new", "building-hospital", "institutions.manage", is_first=True),
                                 Link("人员", "/people/", "id-badge", "people.manage"),
                                 Link("接口消息", "/hl7v2/", "plug-connected", "hl7v2.view"))),
    "security_administrator": Desk("security_administrator", "安全管理工作台", "谁能登录，谁能做什么；账号、授权与登录。", begins=True,
                                   links=(Link("账号与权限", "/access/", "shield-lock", "access.grant", is_first=True),
                                          Link("开通账号", "/access/open/", "user-plus", "access.grant"),
                                          Link("人员", "/people/", "id-badge", "people.view"))),
    "insurance_office": Desk("insurance_office", "医保办工作台", "先看没有算出的和与医保不一致的，再看要说明的线索。", fragments=(BILLS, SUSPICIONS, SETTLED, MONTHS), links=(ALL_BILLS, GROUPED, CODES_ASKED, BRING)),
    "insurance_bureau": Desk("insurance_bureau", "医保局工作台", "全县的费用和总额：没有算出的、与医保不一致的；要判断的线索；要核定、拨付的总额。", fragments=(PACKAGES, SETTLED, BILLS, SUSPICIONS, MONTHS), links=(ALL_BILLS, ALL_PACKAGES, GROUPED, CODES_ASKED, BRING)),
    "auditor": Desk("auditor", "审计工作台", "谁做了什么，谁看了谁的档案；日志链是否完整。",
                    links=(Link("业务日志", "/audit/", "history", "journal.view", is_first=True),
                           Link("访问日志", "/access/log/", "eye", "access.view_log"),
                           Link("紧急调阅复核", "/privacy/emergency/", "lock-open", "privacy.review"))),
}  # fmt: skip
#: Where a post holds several roles, the desk of the first in this order.
ORDER = ("centre_head", "centre_auditor", "centre_reader", "referral_office", "township_doctor", "village_doctor", "county_department", "insurance_bureau", "insurance_office", "finance_office", "consortium_manager",
         "administrator", "security_administrator", "auditor")


def desk_of(roles: tuple[str, ...]) -> Desk | None:
    """The desk of a post's roles, or None without any known role."""
    return next((DESKS[role] for role in ORDER if role in roles), None)
