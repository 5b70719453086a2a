"""Folders that carts write to, in words: where a file stands, why it waits for a person, what becomes of it in its folder."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class State(Term):
    FILED = "filed", "已归入检查", "filed"
    UNMATCHED = "unmatched", "待认领", "unmatched"
    REFUSED = "refused", "读不出", "unreadable"
    SET_ASIDE = "set_aside", "不归档", "set aside"


class After(Term):
    """What becomes of a file in its folder once it has been taken."""

    MOVE = "move", "移到 done（读不出的移到 failed，附原因）", "moved to done, or to failed with the reason"
    LEAVE = "leave", "留在原处（只读的共享）", "left where it is (read-only shares)"


#: What each journal word of this room is called on pages.
JOURNAL = {
    "ecg_devices.filed": "文件归入检查", "ecg_devices.left_unmatched": "文件待认领", "ecg_devices.refused": "文件读不出", "ecg_devices.claimed": "认领文件",
    "ecg_devices.set_aside": "文件不归档", "ecg_devices.folder_kept": "登记采集文件夹", "ecg_devices.folder_switched": "启停采集文件夹",
}  # fmt: skip
