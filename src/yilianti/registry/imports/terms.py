"""Imports in words."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.kernel.terms import Term


class State(Term):
    """Where an import stands."""

    READING = "reading", "正在读取", "being read"
    MAPPING = "mapping", "请对应列名", "columns to be named"
    READY = "ready", "待确认", "ready"
    APPLYING = "applying", "正在写入", "being applied"
    DONE = "done", "已写入", "done"
    REFUSED = "refused", "未写入", "refused"
    DISCARDED = "discarded", "已作废", "discarded"
    UNDONE = "undone", "已撤销", "undone"


#: Nobody else may touch what these are doing.
AT_WORK = (State.READING.value, State.APPLYING.value)
#: Read, and nobody has decided yet.
WAITING = (State.MAPPING.value, State.READY.value)


@dataclass(frozen=True)
class Counts:
    """How many rows would do, or did, what."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    error: int = 0

    @property
    def good(self) -> int:
        return self.new + self.changed

    @property
    def total(self) -> int:
        return self.new + self.changed + self.unchanged + self.error


#: What each journal word of this room is called on pages.
JOURNAL = {
    "imports.uploaded": "上传导入文件", "imports.applied": "导入写入", "imports.discarded": "作废导入", "imports.undone": "撤销导入",
    "imports.passwords_issued": "印发一次性密码",
}  # fmt: skip
