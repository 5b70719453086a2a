"""Forms of the access pages."""

from __future__ import annotations

from typing import Any

from django import forms

from yilianti.registry.access.terms import EventKind

Choices = list[tuple[Any, str]]


class LoginForm(forms.Form):
    username = forms.CharField(label="账号", max_length=48)
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput)

    def clean_username(self) -> str:
        """Accounts are kept in small letters; a telephone's keyboard begins with a capital."""
        return str(self.cleaned_data["username"]).lower()


class CodeForm(forms.Form):
    code = forms.CharField(
        label="动态口令", max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}),
    )  # fmt: skip


class PasswordForm(forms.Form):
    old_password = forms.CharField(label="当前密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new_password1 = forms.CharField(label="新密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    new_password2 = forms.CharField(label="再输一次新密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_new_password2(self) -> str:
        again = self.cleaned_data["new_password2"]
        if again != self.cleaned_data.get("new_password1", again):
            raise forms.ValidationError("两次输入的新密码不一致。")
        return str(again)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _search(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"}))


class AccountFilterForm(forms.Form):
    text = _search("姓名、工号或账号")
    role = forms.ChoiceField(label="岗位权限", required=False)
    institution = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)
    standing = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("active", "启用"), ("disabled", "停用")])

    def __init__(self, *args: Any, roles: Choices, places: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "role", [("", "全部"), *roles])
        _offer(self, "institution", [("", "全部"), *places])


class OpenAccountForm(forms.Form):
    number = forms.CharField(label="工号", max_length=32, help_text="此人须已在“人员”中登记。")
    username = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{2,47}$", label="账号", error_messages={"invalid": "账号用 3–48 个英文字母、数字或 . _ -，以字母或数字开头。"}
    )


class GrantForm(forms.Form):
    post = forms.TypedChoiceField(label="任职", coerce=int)
    role = forms.ChoiceField(label="岗位权限")
    institution = forms.TypedChoiceField(label="作用于机构", coerce=int, help_text="“本机构”“本机构及下级”从这里算起。")
    until_on = forms.DateField(label="截止日期", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="不填则一直有效，到期当日失效。")

    def __init__(self, *args: Any, posts: Choices, roles: Choices, places: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "post", posts)
        _offer(self, "role", [("", "请选择"), *roles])
        _offer(self, "institution", [("", "请选择"), *places])


class LogFilterForm(forms.Form):
    resident = _search("居民编号")
    person = forms.CharField(label="查看人工号", required=False, max_length=32)
    institution = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)
    from_on = _day("自")
    until_on = _day("至")

    def __init__(self, *args: Any, places: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "institution", [("", "全部"), *places])


class JournalFilterForm(LogFilterForm):
    subject = _search("事项（如 referral:12）")
    word = forms.CharField(label="动作（如 referral.accepted）", required=False, max_length=64)
    person = forms.CharField(label="办理人工号", required=False, max_length=32)
    field_order = ("subject", "word", "resident", "person", "institution", "from_on", "until_on")


class DoorFilterForm(forms.Form):
    username = _search("账号")
    kind = forms.ChoiceField(label="事件", required=False, choices=[("", "全部"), *EventKind.choices()])


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
