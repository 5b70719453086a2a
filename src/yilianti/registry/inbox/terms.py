"""The inbox in words."""

from yilianti.kernel.terms import Term


class Kind(Term):
    NOTICE = "notice", "通知", "notice"
    TASK = "task", "待办", "task"


class Tab(Term):
    OPEN = "open", "未办", "open"
    DONE = "done", "已办", "done"

#: What each journal word of this room is called on pages.
JOURNAL = {
    "inbox.acknowledged": "知悉通知", "inbox.finished": "办完待办",
}  # fmt: skip
