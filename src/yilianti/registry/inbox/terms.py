"""The inbox in words."""

from yilianti.kernel.terms import Term


class Kind(Term):
    NOTICE = "notice", "通知", "notice"
    TASK = "task", "待办", "task"


class Urgency(Term):
    ROUTINE = "routine", "普通", "routine"
    URGENT = "urgent", "紧急", "urgent"
    CRITICAL = "critical", "危急", "critical"


class Tab(Term):
    OPEN = "open", "未办", "open"
    MINE = "mine", "我在办", "taken by me"
    DONE = "done", "已办", "done"


class Due(Term):
    LATE = "late", "已超时", "overdue"
    TODAY = "today", "24 小时内到期", "due within 24 hours"


class Why(Term):
    """Why somebody is among an item's addressees."""

    SENT = "sent", "收件", "addressed"
    HANDED_OVER = "handed_over", "转交", "handed over"
    ESCALATED = "escalated", "上报", "escalated"


class To(Term):
    """To whom a step of the ladder goes."""

    SAME = "same", "再次提醒收件人", "the addressee again"
    DEPUTY = "deputy", "代办人", "the deputy"
    DEPARTMENT_HEAD = "department_head", "科室负责人", "head of department"
    ROLE = "role", "岗位角色", "a role"


class Place(Term):
    OWN = "own", "本机构", "own institution"
    PARENT = "parent", "上级机构", "the institution above"
    LEAD = "lead", "牵头医院", "lead hospital"


class Channel(Term):
    """Ways to a person outside the platform, each an adapter of `gateways/messaging`."""

    SMS = "sms", "短信", "text message"
    CHAT = "chat", "单位即时通讯", "work chat"


class CallState(Term):
    WAITING = "waiting", "待发", "waiting"
    CALLED = "called", "已交网关", "handed to the gateway"
    REACHED = "reached", "网关已收", "taken by the gateway"
    FAILED = "failed", "未送达", "failed"
    NOT_NEEDED = "not_needed", "无需再发", "no longer needed"


#: What each journal word of this room is called on pages.
JOURNAL = {
    "inbox.absence_ended": "结束离岗", "inbox.absence_entered": "登记离岗", "inbox.acknowledged": "知悉通知", "inbox.called": "站外提醒",
    "inbox.claimed": "我来办", "inbox.code_asked": "发送验证码", "inbox.digested": "早间汇总", "inbox.escalated": "逐级催办",
    "inbox.finished": "办完待办", "inbox.given_back": "退回不办", "inbox.handed_over": "转交同事", "inbox.passed_on": "移交接手人", "inbox.phone_confirmed": "确认手机号",
    "inbox.reached": "提醒已送出", "inbox.reopened": "撤销办结", "inbox.seen": "已看", "inbox.settings_changed": "更改通知设置",
    "inbox.unreached": "提醒未送达", "inbox.view_kept": "存为常用筛选", "inbox.view_renamed": "更改常用筛选", "inbox.view_dropped": "删除常用筛选",
}  # fmt: skip
