"""The forms of referral: one application, and one small form a step."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django import forms

from yilianti.care.referral import rules
from yilianti.care.referral.terms import Application, Channel, Service, Urgency
from yilianti.registry.consent import api as consent

#: what can be chosen by id, asked for when it is drawn or chosen
Named = Callable[[], list[tuple[int, str]]]


class Moment(forms.DateTimeField):
    """A date and time as the browser's own control sends it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"], **options)


def words(label: str, *, rows: int = 3, required: bool = False, placeholder: str = "", key: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "placeholder": placeholder, **({"aria-keyshortcuts": f"Alt+{key}"} if key else {})})
    return forms.CharField(label=label, widget=area, required=required, max_length=4000, error_messages={"required": f"请填写{label}。"})


class ApplicationForm(forms.Form):
    """What the referring doctor asks for; the texts of clinical reference §1.8."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    to_institution = forms.TypedChoiceField(label="转入机构", coerce=int, empty_value="", error_messages={"required": "请选择转入机构。"})
    to_department = forms.TypedChoiceField(label="建议科室", coerce=int, empty_value=None, required=False)
    urgency = forms.ChoiceField(label="紧急程度", choices=Urgency.choices(), widget=forms.RadioSelect, initial="elective")
    service = forms.ChoiceField(label="申请服务", choices=Service.choices(), initial="outpatient")
    diagnosis_code = forms.CharField(label="转诊诊断", required=False, max_length=24)
    diagnosis_code_words = forms.CharField(required=False, max_length=120)
    reason = forms.ChoiceField(label="转诊指征", widget=forms.Select(attrs={"aria-keyshortcuts": "Alt+Z"}), error_messages={"required": "请选择转诊指征。"})
    summary = words("病情描述", rows=5, required=True, key="B", placeholder="主诉、现病史、体征；让接收方不打电话也能判断")
    treatment = words("治疗经过", placeholder="已用药物、剂量、疗效")
    notes = words("注意事项", rows=2, placeholder="过敏、隔离、陪护、转运要求")
    evidence = forms.MultipleChoiceField(label="随单附上的检查与文书", required=False, widget=forms.CheckboxSelectMultiple)
    consent_basis = forms.ChoiceField(label="知情同意", required=False, widget=forms.Select(attrs={"aria-keyshortcuts": "Alt+Y"}))
    channel = forms.ChoiceField(label="通道", choices=Channel.choices(), initial="ordinary", required=False, help_text="绿色通道按急诊送，不等审批和答复；选好去哪里就能提交，救护车先走。")
    onset_at = Moment(label="发病时间", required=False)
    to_service = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reservation = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    queue = forms.CharField(label="候补", required=False, max_length=24, widget=forms.HiddenInput)
    examination = words("检查项目", rows=2, placeholder="只申请检查时写明，如：冠脉CTA、24小时动态心电图")
    rehabilitation = words("康复与治疗计划", placeholder="用药到何时、康复训练、复查项目与时间、出现什么情况再来")
    contact = forms.TypedChoiceField(label="联系医生", coerce=int, empty_value=None, required=False, help_text="基层有疑问时找谁。")
    contact_phone = forms.CharField(label="联系电话", required=False, max_length=32, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    overridden = forms.CharField(required=False, widget=forms.HiddenInput)
    override_reason = forms.CharField(required=False, max_length=400)

    def __init__(self, *args: Any, receivers: list[tuple[int, str]], departments: Named, criteria: dict[str, Any], evidence: list[tuple[str, str]],
                 doctors: Named, **options: Any) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self._choose("to_institution", [("", "请选择"), *receivers])
        self._choose("to_department", lambda: [("", "由接收方安排"), *departments()])
        self._choose("reason", [("", "请选择"), *((code, words["zh"]) for code, words in criteria.items())])
        self._choose("evidence", evidence)
        self._choose("contact", lambda: [("", "未指定"), *doctors()])
        self._choose("consent_basis", [("", "请选择同意方式"), *consent.Basis.choices()])

        if self.is_bound and rules.cannot_wait(self.data.get("urgency", ""), self.data.get("channel") or Channel.ORDINARY.value):
            for name in ("reason", "summary", "service"):
                self.fields[name].required = False  # the rest follows the ambulance

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def as_draft(self) -> None:
        """A draft may have gaps; only the receiver must be known."""
        for name, field in self.fields.items():
            field.required = name in ("client_key", "to_institution")

    def complete(self, *, consented: Callable[[], bool]) -> None:
        """All that lacks is told in one answer, not one thing after the other."""
        known = self.errors
        for finding in rules.missing_papers(self.application()):
            if finding.code in self.fields and finding.code not in known:
                self.add_error(finding.code, finding.sentence)
        waits = not rules.cannot_wait(self.data.get("urgency", ""), self.data.get("channel") or Channel.ORDINARY.value)
        if waits and not self.cleaned_data.get("consent_basis") and not consented():
            self.add_error("consent_basis", rules.CONSENT_MISSING)

    def clean_evidence(self) -> list[str]:
        """Only references to the record, as its own pages write them."""
        return [value for value in self.cleaned_data["evidence"] if re.fullmatch(r"(results|documents|encounters):[A-Z0-9-]{1,32}", value)]

    def application(self) -> Application:
        """The cleaned form as the room's own word; of what did not pass, nothing."""
        data = defaultdict(str, self.cleaned_data)
        more = {name: data[name].strip() for name in ("reservation", "queue", "examination", "rehabilitation", "contact_phone", "override_reason")}
        name = data["diagnosis_code_words"] or data["diagnosis_code"]
        return Application(
            to_institution=data["to_institution"] or 0, to_department=data["to_department"] or None, urgency=data["urgency"] or "elective", service=data["service"] or Service.OUTPATIENT.value,
            diagnosis_code=data["diagnosis_code"], diagnosis_name=name if data["diagnosis_code"] else "", reason=data["reason"],
            summary=data["summary"].strip(), treatment=data["treatment"].strip(), notes=data["notes"].strip(), evidence=tuple(data["evidence"]),
            channel=data["channel"] or Channel.ORDINARY.value, onset_at=data["onset_at"] or None, to_service=data["to_service"] or None, contact=data["contact"] or None,
            overridden=tuple(code for code in data["overridden"].split(",") if code), **more,
        )  # fmt: skip
