"""The inbox in words."""

from yilianti.kernel.terms import Term


class Kind(Term):
    NOTICE = "notice", "通知", "notice"
    TASK = "task", "待办", "task"


class Tab(Term):
    OPEN = "open", "未办", "open"
    DONE = "done", "已办", "done"
