"""What can be asked of the timeline, and why somebody without a care relation looks at a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from yilianti.desks.record360.merging import Asked
from yilianti.record.documents import api as documents
from yilianti.record.encounters import api as encounters
from yilianti.record.results import api as results

_SOURCES = (("encounter", "就诊", encounters.Kind), ("report", "检查检验", results.Category), ("document", "文书", documents.Kind))
KINDS: list[Any] = [
    ("", "全部"),
    *((name, [(source, f"全部{name}"), *((f"{source}:{value}", label) for value, label in kind.choices())]) for source, name, kind in _SOURCES),
    ("referral", "转诊"),
]
REASONS = [("诊疗需要", "诊疗需要：居民正在本机构就诊或即将就诊"), ("转诊办理", "转诊办理：需要核对病情"), ("急救", "急救：居民无法表达意愿"),
           ("质量检查", "质量检查：按工作安排抽查"), ("other", "其他（请写明）")]


class TimelineForm(forms.Form):
    """The filters of the timeline, as GET parameters."""

    q = forms.CharField(label="查找", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search", "placeholder": "诊断、项目、医生、编号"}))
    kind = forms.ChoiceField(label="种类", required=False, choices=KINDS)
    institution = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)
    from_on = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until_on = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, institutions: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = [("", "全部机构"), *institutions]  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What was asked; a senseless value is left out."""
        self.is_valid()
        said = self.cleaned_data
        source, _, kind = said.get("kind", "").partition(":")
        return Asked(source, kind, said.get("institution"), said.get("from_on"), said.get("until_on"), said.get("q", ""))


class ReasonForm(forms.Form):
    """Why a record is opened by somebody whose institution has no care relation with the resident."""

    reason = forms.ChoiceField(label="查看理由", choices=REASONS, widget=forms.RadioSelect)
    words = forms.CharField(label="说明", required=False, max_length=100, help_text="选择“其他”时必填；会写入访问日志，居民可以查阅。")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("reason") == "other" and len(said.get("words", "").strip()) < 4:
            self.add_error("words", "选择“其他”时，请用至少四个字写明理由。")
        return said

    def purpose(self) -> str:
        """The sentence that goes into the access log."""
        reason, words = self.cleaned_data["reason"], self.cleaned_data["words"].strip()
        return words if reason == "other" else f"{reason}：{words}" if words else reason
