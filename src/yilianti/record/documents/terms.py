"""Documents in words: the WS/T 500 shared documents in use."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.kernel.finding import Finding
from yilianti.kernel.terms import Term


class Kind(Term):
    DISCHARGE_SUMMARY = "discharge_summary", "出院小结", "discharge summary"
    OUTPATIENT_NOTE = "outpatient_note", "门急诊病历", "out-patient note"
    REFERRAL_FORM = "referral_form", "转诊单", "referral form"
    FOLLOW_UP_NOTE = "follow_up_note", "随访记录", "follow-up note"
    ATTACHMENT = "attachment", "附件", "attachment"
    OTHER = "other", "其他文书", "other"


class Status(Term):
    FINAL = "final", "正式", "final"
    CORRECTED = "corrected", "更正", "corrected"
    CANCELLED = "cancelled", "作废", "cancelled"


class Media(Term):
    """The files that may be attached; anything a browser or a computer could run is none of them."""

    JPEG = "image/jpeg", "图片", "JPEG image"
    PNG = "image/png", "图片", "PNG image"
    PDF = "application/pdf", "PDF", "PDF"
    DICOM = "application/dicom", "DICOM 影像", "DICOM"


#: Shown by the browser itself; the rest is only ever saved.
SHOWN = frozenset({Media.JPEG.value, Media.PNG.value, Media.PDF.value})
PICTURES = frozenset({Media.JPEG.value, Media.PNG.value})
SUFFIXES = {Media.JPEG.value: ".jpg", Media.PNG.value: ".png", Media.PDF.value: ".pdf", Media.DICOM.value: ".dcm"}


@dataclass(frozen=True)
class Filed:
    """What filing did. `is_new` is False when exactly this was there already; `supersedes` is the number it replaced."""

    id: int
    number: str
    is_new: bool
    supersedes: str = ""
    findings: tuple[Finding, ...] = ()

#: What each journal word of this room is called on pages.
JOURNAL = {
    "documents.filed": "文书归档", "documents.attached": "附上文件",
}  # fmt: skip
