"""One small form a step."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from yilianti.care.diagnosis import centres
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.terms import RejectReason, Urgency
from yilianti.kernel.actor import Actor


class BecauseForm(forms.Form):
    because = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "请写明原因。"})


class RejectForm(forms.Form):
    reason = forms.ChoiceField(label="退回原因", choices=[("", "请选择"), *RejectReason.choices()], error_messages={"required": "请选择退回原因。"})
    note = forms.CharField(label="给采集人员的话", required=False, max_length=200)


class SendForm(forms.Form):
    urgency = forms.ChoiceField(choices=[("", ""), *Urgency.choices()], required=False)
    because = forms.CharField(label="仍要发送的理由", required=False, max_length=200)


class ReviseForm(forms.Form):
    urgency = forms.ChoiceField(label="紧急程度", choices=Urgency.choices())
    complaint = forms.CharField(label="主诉与检查目的", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2}), help_text="不填的不改。")
    impression = forms.CharField(label="临床印象", required=False, max_length=200)
    bed = forms.CharField(label="床号", required=False, max_length=24)


class ClaimForm(forms.Form):
    """A claim asks nothing."""


class ConveneForm(BecauseForm):
    """Whose opinion is asked for: those ticked, or everybody of the centre."""

    invited = forms.TypedMultipleChoiceField(label="邀请医师", required=False, coerce=int, widget=forms.CheckboxSelectMultiple, help_text="不勾选则通知中心全体医师。")


class OpinionForm(forms.Form):
    opinion = forms.CharField(label="会诊意见", max_length=2000, error_messages={"required": "请填写会诊意见。"})


FORMS: dict[str, type[forms.Form]] = {"reject": RejectForm, "revise": ReviseForm, "send": SendForm, "claim": ClaimForm, "release": ClaimForm, "opine": OpinionForm, "convene": ConveneForm, "charge": ClaimForm}


def form_of(action: str, exam: Exam, actor: Actor, data: object = None) -> forms.Form:
    """The form of a step; most ask for a reason."""
    kind = FORMS.get(action, BecauseForm)
    form = kind(data, auto_id=f"{action}-%s", initial={name: getattr(exam, name) for name in kind.base_fields if hasattr(exam, name)})  # type: ignore[arg-type]
    if action == "convene":
        others = [(person, name) for person, name in centres.physicians(exam.centre_id, timezone.now()).items() if person != actor.person]
        form.fields["invited"].choices = others  # type: ignore[attr-defined]
    return form
