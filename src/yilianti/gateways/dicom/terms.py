"""The DICOM door in words: where an object stands, why it waits for a person, what is taken and at which size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilianti.kernel.terms import Term


class State(Term):
    RECEIVED = "received", "待归档", "received"
    FILED = "filed", "已归档", "filed"
    UNMATCHED = "unmatched", "待认领", "unmatched"
    SET_ASIDE = "set_aside", "不归档", "set aside"


class Reason(Term):
    """Why an object waits for a person, or is kept without being an exam's recording."""

    UNKNOWN_PATIENT = "unknown_patient", "本机构没有这个患者编号", "no such patient number at this institution"
    OTHER_NAME = "other_name", "姓名与编号对应的居民不同", "the name is not that of the number's owner"
    OTHER_PATIENT = "other_patient", "检查号与患者编号指向不同的居民", "accession and patient number point to two residents"
    SEVERAL_EXAMS = "several_exams", "这位居民有几项待采集的检查", "several pending exams"
    EXAM_PAST = "exam_past", "检查已发送或已取消，不再更换记录", "the exam takes no recording any more"
    UNREADABLE = "unreadable", "文件读不出来", "unreadable"
    KEY_TAKEN = "key_taken", "同一编号的另一份文件已上传过", "the same UID was uploaded with other bytes"
    FAILED = "failed", "平台归档时出错", "filing failed"


TWELVE_LEAD, GENERAL, AMBULATORY = (f"1.2.840.10008.5.1.4.1.1.9.{end}" for end in ("1.1", "1.2", "1.3"))
ENCAPSULATED_PDF, SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.7"
WAVEFORMS = (TWELVE_LEAD, GENERAL, AMBULATORY)
#: What may be sent: SOP class UID → what people call it.
CLASSES = {
    TWELVE_LEAD: "12 导心电波形", GENERAL: "心电波形", AMBULATORY: "动态心电波形", ENCAPSULATED_PDF: "PDF 文件", SECONDARY_CAPTURE: "图像",
}  # fmt: skip

IMPLICIT, EXPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
UNCOMPRESSED = (EXPLICIT, IMPLICIT, BIG_ENDIAN)
#: JPEG baseline, JPEG lossless, RLE, JPEG 2000 lossless and lossy: kept as they come, never opened.
COMPRESSED = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")

#: Our own names in the objects and associations that we make.
IMPLEMENTATION_UID, IMPLEMENTATION_NAME = "2.25.181265404914327021817261041936271049837", "YILIANTI_1"


@dataclass(frozen=True)
class Told:
    """What an object says of itself and of its patient."""

    sop_class: str = ""
    sop_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    modality: str = ""
    accession: str = ""
    patient_id: str = ""
    patient_name: str = ""
    sex: str = ""
    born_on: date | None = None
    at: datetime | None = None
    title: str = ""


#: What each journal word of this room is called on pages.
JOURNAL = {
    "dicom.received": "收到 DICOM 对象", "dicom.filed": "归档 DICOM 对象", "dicom.left_unmatched": "DICOM 对象待认领", "dicom.claimed": "认领 DICOM 对象",
    "dicom.set_aside": "DICOM 对象不归档", "dicom.given_back": "取回 DICOM 对象", "dicom.sender_kept": "登记 DICOM 设备", "dicom.sender_switched": "启停 DICOM 设备",
}  # fmt: skip
