"""The forms of signing and of each step."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any

from django import forms

from yilianti.care.contract.terms import MemberPost, Said, Score, Signer, Told, Way


def words(label: str, *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=400, widget=forms.Textarea(attrs={"rows": rows}), error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多 400 字。"})


def day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), error_messages={"required": f"请填写{label}。", "invalid": f"{label}应写成 2026-01-31 这样。"})


class ProposeForm(forms.Form):
    """Which packages, which team, for how long."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    packages = forms.MultipleChoiceField(label="服务包", error_messages={"required": "请至少选一个服务包。", "invalid_choice": "所选服务包不在目录里；请刷新页面后重选。"})
    team = forms.TypedChoiceField(label="家庭医生团队", coerce=int, error_messages={"required": "请选择家庭医生团队。", "invalid_choice": "请选择列出的团队。"})
    months = forms.TypedChoiceField(label="签约周期", coerce=int, error_messages={"required": "请选择签约周期。", "invalid_choice": "请选择列出的周期。"})

    def __init__(self, *given: Any, packages: list[tuple[str, str]], teams: list[tuple[int, str]], months: list[int], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["packages"].choices = packages  # type: ignore[attr-defined]
        self.fields["team"].choices = teams  # type: ignore[attr-defined]
        self.fields["months"].choices = [(one, f"{one // 12} 年" if one % 12 == 0 else f"{one} 个月") for one in months]  # type: ignore[attr-defined]

    def told(self) -> Told:
        return Told(self.cleaned_data["team"], tuple(self.cleaned_data["packages"]), self.cleaned_data["months"])


class ConfirmForm(forms.Form):
    """How the resident says yes."""

    way = forms.ChoiceField(label="居民怎样确认", choices=Way.choices(), error_messages={"required": "请选择居民怎样确认。"})
    signer = forms.ChoiceField(label="由谁确认", choices=Signer.choices(), initial=Signer.SELF.value)
    signer_name = forms.CharField(label="监护人或家属姓名", required=False, max_length=96)
    relation = forms.CharField(label="与居民的关系", required=False, max_length=24)
    picture = forms.CharField(required=False, widget=forms.HiddenInput, max_length=500_000)
    code = forms.CharField(label="短信里的六位数字", required=False, max_length=8, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}))
    file = forms.FileField(label="签好字的协议", required=False, widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}), error_messages={"empty": "附件是空的；请重新选择。"})
    agreed = forms.BooleanField(label="居民已听过或读过协议，愿意签约", error_messages={"required": "请先向居民说明协议，居民愿意再勾选。"})

    def said(self) -> Said:
        given = self.cleaned_data
        file = given.get("file")
        return Said(given["way"], given["signer"], given["signer_name"], given["relation"], _drawn(given["picture"]), given["code"], file.name if file else "", file.read() if file else b"")


def _drawn(address: str) -> bytes:
    """The picture of a `data:` address; nothing for anything else."""
    head, _, body = address.partition(",")
    if head != "data:image/png;base64":
        return b""
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return b""


class RefuseForm(forms.Form):
    because = words("居民为什么不同意")


class EndForm(forms.Form):
    reason = forms.ChoiceField(label="原因", error_messages={"required": "请选择解约原因。", "invalid_choice": "请选择列出的原因。"})
    stopped_on = day("解约日期")
    note = words("依据", required=False)

    def __init__(self, *given: Any, reasons: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["reason"].choices = [("", "请选择"), *reasons]  # type: ignore[attr-defined]
        self.fields["note"].help_text = "谁告知、何时、见什么证明。死亡、迁出可以写实际的日期。"


class FulfilForm(forms.Form):
    obligation = forms.IntegerField(widget=forms.HiddenInput)
    done_on = day("哪天做的")
    evidence = words("做了什么，结果怎样，在哪里可以查到", rows=2)
    record = forms.CharField(label="记录编号", required=False, max_length=40)


class CorrectForm(forms.Form):
    line = forms.IntegerField(widget=forms.HiddenInput)
    because = words("为什么冲正", rows=2)


class RateForm(forms.Form):
    score = forms.ChoiceField(label="居民的回答", choices=Score.choices(), widget=forms.RadioSelect, error_messages={"required": "请选择居民的回答。"})
    text = words("居民的意见", required=False, rows=2)


class RefundForm(forms.Form):
    voucher = forms.CharField(label="退费凭证号", max_length=60, error_messages={"required": "请填写退费凭证号。"})


class TagForm(forms.Form):
    tag = forms.ChoiceField(label="人群", error_messages={"required": "请选择人群。", "invalid_choice": "请选择列出的人群。"})
    from_on = day("从哪天起")
    evidence = forms.CharField(label="依据", max_length=200, error_messages={"required": "请写明依据，如诊断证明、证件名称或档案编号。"})

    def __init__(self, *given: Any, tags: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["tag"].choices = tags  # type: ignore[attr-defined]


class UntagForm(forms.Form):
    tag = forms.CharField(max_length=24)
    until_on = day("到哪天止")


class TeamForm(forms.Form):
    """A team: its name, its place and limit; who serves as what stands in a field per person."""

    institution = forms.TypedChoiceField(label="所在机构", coerce=int, error_messages={"invalid_choice": "请选择列出的机构。"})
    name = forms.CharField(label="团队名称", max_length=60, error_messages={"required": "请填写团队名称。"})
    phone = forms.CharField(label="联系电话", required=False, max_length=32)
    limit = forms.IntegerField(label="签约上限（人）", required=False, min_value=1, help_text="留空按本地上限；只能比它低。", error_messages={"min_value": "签约上限至少 1 人。", "invalid": "签约上限应是整数。"})

    def __init__(self, *given: Any, places: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["institution"].choices = places  # type: ignore[attr-defined]


def seats(data: Any) -> dict[int, str]:
    """person → post, of the fields `post-<person>` that are filled in."""
    found = {}
    for name, value in data.items():
        person = name.removeprefix("post-")
        if name.startswith("post-") and person.isascii() and person.isdigit() and len(person) < 19 and value in set(MemberPost):
            found[int(person)] = value
    return found


def day_of(text: str, otherwise: date) -> date:
    """A day of an address; `otherwise` for anything that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
