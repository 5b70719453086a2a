"""Forms of the DICOM door: a device, claiming an object, setting one aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom.actions import Particulars
from yilianti.gateways.dicom.models import Sender
from yilianti.gateways.dicom.terms import State


class SenderForm(forms.Form):
    """A device or system that may speak to us."""

    name = forms.CharField(label="名称", max_length=64, help_text="如“稻香卫生院 1 号心电图机”。")
    institution = forms.TypedChoiceField(label="机构", coerce=int, help_text="设备发来的记录都归这家机构。")
    ae_title = forms.CharField(label="AE 标题", max_length=16, help_text="与设备上设置的完全一致，区分大小写。")
    address = forms.CharField(label="地址", max_length=43, help_text="设备的 IP 地址，如 10.1.2.3；地址会变的填网段，如 10.1.2.0/24。")
    orders = forms.BooleanField(label="发送即登记检查", required=False, help_text="没有先登记检查的，收到波形时自动登记一项，由医生补充后发送诊断。")

    def __init__(self, *args: Any, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = institutions  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: Sender) -> dict[str, Any]:
        return {"name": row.name, "institution": row.institution_id, "ae_title": row.ae_title, "address": row.address, "orders": row.orders}

    def particulars(self) -> Particulars:
        """What the action takes (after is_valid)."""
        return Particulars(**self.cleaned_data)


class FilterForm(forms.Form):
    """What narrows the list of objects."""

    institution = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "待认领"), (State.FILED.value, "已归档"), (State.SET_ASIDE.value, "不归档"), (State.RECEIVED.value, "待归档"), ("all", "全部")])

    def __init__(self, *args: Any, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = [("", "全部"), *institutions]  # type: ignore[attr-defined]


class ClaimForm(forms.Form):
    """Whose an object is: one of the exams that wait, or a resident."""

    exam = forms.ChoiceField(label="归入待采集的检查", required=False, widget=forms.RadioSelect)
    resident = forms.CharField(label="或归到居民（没有登记检查时）", required=False, max_length=24, help_text="居民编号，JM 开头；在居民主页上可以看到。")

    def __init__(self, *args: Any, exams: Sequence[diagnosis.Exam], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(exam.number, f"{exam.resident.name}　{exam.number}　{timezone.localtime(exam.ordered_at):%m-%d %H:%M}　{exam.complaint[:20]}") for exam in exams]
        self.fields["exam"].choices = [*shown, ("", "不归入检查")] if shown else [("", "没有待采集的检查")]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    note = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="如“设备测试信号”。原始文件仍然保留。")
