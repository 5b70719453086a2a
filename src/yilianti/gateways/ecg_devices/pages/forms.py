"""Forms of the folders: a folder, claiming a file, setting one aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.ecg_devices.folders import Particulars
from yilianti.gateways.ecg_devices.models import Folder
from yilianti.gateways.ecg_devices.terms import After, State
from yilianti.record.recordings.api import Format

_READ = [(value, label) for value, label in Format.choices() if value not in ("pdf", "image")]


class FolderForm(forms.Form):
    """A folder that carts of one institution write to."""

    name = forms.CharField(label="名称", max_length=64, help_text="如“稻香卫生院 1 号机”。")
    institution = forms.TypedChoiceField(label="机构", coerce=int, help_text="这个文件夹里的记录都归这家机构。")
    path = forms.CharField(label="文件夹", max_length=200, help_text="根目录下的名称，如 daoxiang/ecg1；共享盘请先挂到根目录下。")
    device = forms.CharField(label="设备", max_length=64, required=False, help_text="型号或编号，方便查找。")
    format = forms.ChoiceField(label="格式", required=False, choices=[("", "自动识别"), *_READ])
    after = forms.ChoiceField(label="取走之后", choices=After.choices(), initial=After.MOVE.value)

    def __init__(self, *args: Any, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = institutions  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: Folder) -> dict[str, Any]:
        return {"name": row.name, "institution": row.institution_id, "path": row.path, "device": row.device, "format": row.format, "after": row.after}

    def particulars(self) -> Particulars:
        """What the action takes (after is_valid)."""
        return Particulars(**self.cleaned_data)


class FilterForm(forms.Form):
    """What narrows the list of files."""

    text = forms.CharField(label="检查号或文件夹", required=False, max_length=64, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "待认领"), *((value, label) for value, label in State.choices() if value != State.UNMATCHED.value), ("all", "全部")])
    institution = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = [("", "全部"), *institutions]  # type: ignore[attr-defined]


class ClaimForm(forms.Form):
    """To which examination a file belongs: one that waits for its recording, or one named by its number."""

    exam = forms.ChoiceField(label="归入待采集的检查", required=False, widget=forms.RadioSelect)
    number = forms.CharField(label="或填写检查编号、申请单号", required=False, max_length=96)

    def __init__(self, *args: Any, exams: Sequence[diagnosis.Exam], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(exam.number, f"{exam.resident.name}　{exam.number}　{timezone.localtime(exam.ordered_at):%m-%d %H:%M}　{exam.complaint[:20]}") for exam in exams]
        self.fields["exam"].choices = shown  # type: ignore[attr-defined]
        if not shown:
            del self.fields["exam"]

    def said(self) -> str:
        """The number that was typed, else the one that was chosen."""
        return str(self.cleaned_data["number"].strip() or self.cleaned_data.get("exam", ""))


class NoteForm(forms.Form):
    note = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "请写明不归档的原因。"})
