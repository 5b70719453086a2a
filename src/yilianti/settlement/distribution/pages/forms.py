"""Forms of the settlement: each step's small one, and those by which facts and work are told."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from yilianti.kernel.money import Money
from yilianti.settlement.distribution import telling
from yilianti.settlement.distribution.models import Statement
from yilianti.settlement.distribution.terms import Line, Told, WorkKind


def words(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=2_000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 4}), error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多 2000 字。"})


def short(label: str, most: int = 120, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, error_messages={"required": f"请填写{label}。", "max_length": f"{label}最多 {most} 字。"})


def attachment() -> forms.FileField:
    return forms.FileField(label="附件", required=False, help_text="PDF、JPG、PNG，5 MB 以内。", widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}), error_messages={"empty": "附件是空的；请重新选择。"})


class ConfirmForm(forms.Form):
    text = forms.CharField(label="说明", max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DisputeForm(forms.Form):
    line = forms.ChoiceField(label="有异议的一行", error_messages={"required": "请选择有异议的是哪一行。", "invalid_choice": "请选择有异议的是哪一行。"})
    text = words("理由")
    file = attachment()

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["line"].choices = lines  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    text = words("答复")


class BecauseForm(forms.Form):
    because = short("原因", 200)


class ApproveForm(forms.Form):
    resolution = short("会议决议", help_text="批准清算的理事会决议的编号和名称。")


class PostForm(forms.Form):
    voucher = short("拨付凭证号")


class FactForm(forms.Form):
    institution = forms.ChoiceField(label="机构", required=False)
    name = forms.ChoiceField(label="内容", choices=Told.choices(), error_messages={"required": "请选择内容。"})
    value = short("数值", 24, "；".join(f"{one.zh}：{telling.SPELT[one]}" for one in Told) + "。")
    document = short("依据", help_text="考核通报、台账或文件的名称、编号。")
    file = attachment()

    def __init__(self, *args: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["institution"].choices = [("", "医共体整体（只有考核得分）"), *places]  # type: ignore[attr-defined]


class WorkForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=WorkKind.choices())
    giver = forms.ChoiceField(label="提供的机构", error_messages={"required": "请选择提供的机构。"})
    receiver = forms.ChoiceField(label="接受的机构", required=False, help_text="公共卫生服务不填。")
    item = forms.CharField(label="项目", max_length=40, required=False, help_text="例如 心电、会诊、老年人体检；和政策表里的名称一致。")
    count = forms.IntegerField(label="次数", min_value=0, max_value=10_000_000, initial=1, error_messages={"required": "请填写次数。", "invalid": "次数应是整数。", "min_value": "次数不能小于 0。"})
    amount = forms.DecimalField(label="收入金额（元）", required=False, decimal_places=2, max_digits=14, min_value=Decimal(0), help_text="只有专家下沉要填。", error_messages={
        "invalid": "金额应是数字。", "max_decimal_places": "金额至多两位小数。", "min_value": "金额不能小于 0。"})  # fmt: skip
    done_on = forms.DateField(label="日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), error_messages={"required": "请填写日期。", "invalid": "日期应写成 2026-10-31。"})
    document = short("依据")

    def __init__(self, *args: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["giver"].choices = [("", ""), *places]  # type: ignore[attr-defined]
        self.fields["receiver"].choices = [("", ""), *places]  # type: ignore[attr-defined]


SETTLEMENT: Mapping[str, type[forms.Form]] = {"reckon": BecauseForm, "withdraw": BecauseForm, "send_back": BecauseForm, "approve": ApproveForm, "post": PostForm}
LEADS = {
    "confirm": "确认后，本机构对每一行都没有异议。", "dispute": "写明哪一行、为什么；可附一份凭证。异议成立的，财务更正数据后重算，只有受影响的行会变。",
    "answer": "说明为什么这样算；对方可以确认，也可以再提异议。", "accept": "同意异议。接着请更正数据，再在清算页重算。",
    "reckon": "更正数据或政策以后重算；没有变化的清算单不动，已有的确认保留。", "approve": "全部确认后才能批准；计算的人不能自己批准。", "post": "款项拨付以后登记凭证号。",
    "lock": "锁定后，本年度的总额和清算都不能再改。", "withdraw": "撤回后清算单作废，可以重新清算。", "send_back": "退回后各家的确认保留。",
}  # fmt: skip


def of_statement(verb: str, statement: Statement, data: Any = None, files: Any = None) -> forms.Form:
    """The small form of a step of a statement; it carries the version that was read, so that nobody agrees to figures not seen."""
    if verb == "dispute":
        made: forms.Form = DisputeForm(data, files, auto_id=f"{verb}_%s", lines=[("", ""), *((line.key, f"{Line.label(line.key)}　{Money(line.fen)} 元") for line in statement.lines.all())])
    else:
        made = {"confirm": ConfirmForm}.get(verb, AnswerForm)(data, files, auto_id=f"{verb}_%s")
    made.fields["version"] = forms.IntegerField(required=False, initial=statement.version, widget=forms.HiddenInput)
    return made


def of_settlement(verb: str, data: Any = None) -> forms.Form:
    return SETTLEMENT.get(verb, forms.Form)(data, auto_id=f"{verb}_%s")


def told(form: forms.Form) -> dict[str, Any]:
    """What an action is given of a whole form."""
    cleaned = dict(form.cleaned_data)
    if file := cleaned.pop("file", None):
        cleaned |= {"file_name": file.name, "content": file.read()}
    return cleaned
