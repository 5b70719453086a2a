"""Folders that carts write to, in words: where a file stands, why it waits for a person, what becomes of it in its folder."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class State(Term):
    FILED = "filed", "已归入检查", "filed"
    UNMATCHED = "unmatched", "待认领", "unmatched"
    REFUSED = "refused", "读不出", "unreadable"
    SET_ASIDE = "set_aside", "不归档", "set aside"


class Reason(Term):
    """Why a file waits for a person."""

    UNKNOWN_PATIENT = "unknown_patient", "文件里没有检查号，患者编号也对不上", "no examination number, and no patient by that number"
    NO_EXAM = "no_exam", "这位居民近一天没有待采集的检查", "the resident has no pending examination of the last day"
    SEVERAL_EXAMS = "several_exams", "这位居民有几项待采集的检查", "several pending examinations"
    OTHER_PATIENT = "other_patient", "检查号与患者编号指向不同的居民", "number and patient point to two residents"
    OTHER_NAME = "other_name", "文件里的姓名与居民不同", "the file names another person"
    EXAM_PAST = "exam_past", "检查已发送或已取消，不再更换记录", "the examination takes no recording any more"


class After(Term):
    """What becomes of a file in its folder once it has been taken."""

    MOVE = "move", "移到 done（读不出的移到 failed，附原因）", "moved to done, or to failed with the reason"
    LEAVE = "leave", "留在原处（只读的共享）", "left where it is (read-only shares)"


#: What each journal word of this room is called on pages.
JOURNAL = {
    "ecg_devices.filed": "文件归入检查", "ecg_devices.left_unmatched": "文件待认领", "ecg_devices.refused": "文件读不出", "ecg_devices.claimed": "认领文件",
    "ecg_devices.set_aside": "文件不归档", "ecg_devices.folder_kept": "登记采集文件夹", "ecg_devices.folder_switched": "启停采集文件夹",
}  # fmt: skip
