"""The small form of each step: what its dialog asks, and what its action is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages.forms import Moment, words
from yilianti.care.referral.terms import DeclineReason, Milestone, Outcome, Service, Utterance, Verb
from yilianti.registry.institutions import api as institutions

_AHEAD = timedelta(days=28)
_CONSENT = "谁、何时、电话或当面"


def _appointment() -> Moment:
    return Moment(label="预约到院时间", required=False, help_text="选了号源就不用填。", error_messages={"invalid": "预约时间的写法应为 年-月-日 时:分。"})


def _slot() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label="号源", coerce=int, empty_value=None, required=False, help_text="选了号，科室和时间以号源为准。",
                                  error_messages={"invalid_choice": "这个号刚刚约满；请重新选择，或填写预约到院时间。"})  # fmt: skip


def _chosen(label: str, said: str = "") -> forms.TypedChoiceField:
    """A choice by id whose options are filled in when the form is made; required where `said` says what is missing."""
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=bool(said), error_messages={"required": said})


class TakeForm(forms.Form):
    slot = _slot()
    appointment_at = _appointment()
    note = words("附言", rows=2, placeholder="带什么资料、到哪里报到")


class AcceptForm(forms.Form):
    slot = _slot()
    appointment_at = _appointment()
    department = _chosen("接收科室")
    note = words("附言", rows=2, placeholder="带什么资料、到哪里报到")


class AssignForm(forms.Form):
    department = _chosen("交给科室", "请选择交给哪个科室。")
    note = words("附言", rows=2)


class NoteForm(forms.Form):
    note = words("需要补充的内容", required=True)


class DisapproveForm(forms.Form):
    note = words("原因和建议", required=True)


class QueueForm(forms.Form):
    queue = forms.CharField(label="候补", max_length=24, error_messages={"required": "请选择在哪里排队。"})


class RemarkForm(forms.Form):
    note = words("附言", rows=2)


class BecauseForm(forms.Form):
    because = words("原因", required=True)


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label="谢绝原因", choices=[("", "请选择"), *DeclineReason.choices()], error_messages={"required": "请选择谢绝原因。"})
    note = words("说明", rows=2)


class RedirectForm(forms.Form):
    to_institution = _chosen("改转到", "请选择改转到哪一家机构。")
    consent = words("患者或家属如何同意", rows=2, required=True, placeholder=_CONSENT)
    note = words("说明", rows=2)


class ProposeForm(forms.Form):
    to_institution = _chosen("建议改转到", "请选择建议改转到哪一家机构。")
    note = words("为什么建议改转", rows=2, required=True)


class ConsentForm(forms.Form):
    consent = words("患者或家属如何同意", rows=2, required=True, placeholder=_CONSENT)


class AdviceForm(forms.Form):
    advice = words("诊疗意见", rows=5, required=True, placeholder="怎么治、怎么观察、出现什么情况再转")


class AdoptForm(forms.Form):
    note = words("如何按意见处理", required=True, placeholder="用药调整、观察要点、何时复查")


class ConvertForm(forms.Form):
    service = forms.ChoiceField(label="申请服务", choices=[choice for choice in Service.choices() if choice[0] != Service.ADVICE.value], initial="outpatient")
    because = words("为什么仍需转诊", required=True)


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label="去向结果", choices=[("", "请选择"), *Outcome.choices()], error_messages={"required": "请选择去向结果。"})
    outcome_on = forms.DateField(label="日期", initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                                 error_messages={"required": "请填写日期。", "invalid": "日期的写法应为 年-月-日。"})  # fmt: skip
    note = words("经过", placeholder="在哪家医院、如何诊治、谁告知的")

class ArriveForm(forms.Form):
    arrived_at = Moment(label="到院时间", initial=timezone.localtime, error_messages={"required": "请填写到院时间。"})


class DischargeForm(forms.Form):
    discharged_at = Moment(label="出院（离院）时间", initial=timezone.localtime, error_messages={"required": "请填写出院时间。"})


class FollowUpForm(forms.Form):
    followed_up_at = Moment(label="随访时间", initial=timezone.localtime, error_messages={"required": "请填写随访时间。"})
    note = words("随访情况", required=True, placeholder="症状、体征、用药、下次随访安排")


class SayForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=Utterance.choices(), required=False)
    text = words("内容", rows=2, required=True)

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or Utterance.REMARK.value)


class MilestoneForm(forms.Form):
    milestone = forms.ChoiceField(label="时间点", choices=Milestone.choices(), error_messages={"required": "请选择时间点。"})
    took_place_at = Moment(label="时间", initial=timezone.localtime, error_messages={"required": "请填写时间。"})
    note = forms.CharField(label="备注", required=False, max_length=200)


_FORMS: dict[str, type[forms.Form]] = {
    "accept": AcceptForm, "take": TakeForm, "assign": AssignForm, "send_back": NoteForm, "disapprove": DisapproveForm, "approve": RemarkForm,
    "approve_out": RemarkForm, "decline": DeclineForm, "redirect": RedirectForm, "propose_redirect": ProposeForm, "agree_redirect": ConsentForm,
    "advise": AdviceForm, "adopt": AdoptForm, "convert": ConvertForm, "note_outcome": OutcomeForm, "arrive": ArriveForm,
    "discharge": DischargeForm, "follow_up": FollowUpForm,
}  # fmt: skip


def form_of(verb: Verb, referral: Referral, data: Any = None) -> forms.Form:
    """The form of a step for this referral; steps without one of their own ask for a reason."""
    kind = _FORMS.get(verb.value, BecauseForm)
    form = kind(data, initial={"department": referral.to_department_id}) if "department" in kind.base_fields else kind(data)
    if "slot" in form.fields:
        _offer_slots(form, referral)
    for name, choices in _CHOICES.items():
        if name in form.fields:
            field = form.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "未定" if not field.required else "请选择"), *choices(referral)]
    return form


def departments(institution: int) -> list[tuple[int, str]]:
    return [(d.id, d.name) for d in institutions.departments(institution)]


def _offer_slots(form: forms.Form, referral: Referral) -> None:
    """Free slots of the receiver by department, the one the sender has held already chosen."""
    now = timezone.now()
    held = schedules.reservation(referral.reservation) if referral.reservation else None
    own = held.slot if held is not None and held.state in ("held", "confirmed") else None
    free = schedules.free_at(institution=referral.to_institution_id, now=now, until=now + _AHEAD, primary=referral.from_level in ("village", "township"))
    groups: dict[str, list[tuple[int, str]]] = {}
    for slot in [own, *free] if own is not None and own.pk not in {slot.pk for slot in free} else free:
        words = f"{timezone.localtime(slot.starts_at):%m月%d日 %H:%M}"
        groups.setdefault(slot.department.name, []).append((slot.pk, f"{words}（申请方已留）" if own is not None and slot.pk == own.pk else words))
    field = form.fields["slot"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "不选号，另定时间" if groups else "没有空号，另定时间"), *groups.items()]
    form.initial["slot"] = own.pk if own is not None else None


def _elsewhere(referral: Referral) -> list[tuple[int, str]]:
    here = {referral.from_institution_id, referral.to_institution_id}
    return [(i.id, i.name) for i in institutions.receivers_for(referral.to_institution_id, timezone.localdate()) if i.id not in here]


_CHOICES: dict[str, Callable[[Referral], list[tuple[int, str]]]] = {"department": lambda referral: departments(referral.to_institution_id), "to_institution": _elsewhere}
