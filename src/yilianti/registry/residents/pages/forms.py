"""What people write about a resident."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import rules
from yilianti.registry.residents.terms import DOCUMENTS, Demographics, IdentifierGiven, IdentifierSystem, Sex

_SEXES = [(Sex.UNKNOWN.value, "未知"), (Sex.MALE.value, "男"), (Sex.FEMALE.value, "女"), (Sex.UNSTATED.value, "未说明")]


def day_field(label: str, **options: Any) -> forms.DateField:
    """A day, by the browser's own control."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages={"invalid": f"{label}应形如 1959-03-14。", "required": f"请填写{label}。"}, **options)


class ParticularsForm(forms.Form):
    """Name, sex, birth date, telephone, address and who keeps the record."""

    name = forms.CharField(label="姓名", max_length=96, error_messages={"required": "请填写姓名。"})
    sex = forms.ChoiceField(label="性别", choices=_SEXES, required=False)
    born_on = day_field("出生日期", required=False)
    phone = forms.CharField(label="电话", max_length=32, required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
    address = forms.CharField(label="住址", max_length=160, required=False)
    household = forms.CharField(label="户编号", max_length=32, required=False)
    home = forms.TypedChoiceField(label="建档机构", coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, homes: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        home = self.fields["home"]
        assert isinstance(home, forms.ChoiceField)
        home.choices = [("", "未定"), *homes]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not any(character.isalpha() for character in name):
            raise forms.ValidationError("姓名里没有文字；号码请填在号码栏。")
        return name

    def clean_born_on(self) -> date | None:
        born_on: date | None = self.cleaned_data["born_on"]
        if born_on and not 1850 < born_on.year <= timezone.localdate().year:
            raise forms.ValidationError("出生年份不合理；请核对。")
        if born_on and born_on > timezone.localdate():
            raise forms.ValidationError("出生日期不能晚于今天；请核对。")
        return born_on

    def clean_phone(self) -> str:
        phone = rules.tidy(self.cleaned_data["phone"])
        if phone and not 7 <= sum(character.isdigit() for character in phone) <= 15:
            raise forms.ValidationError("电话应为 11 位手机号，或带区号的座机号。")
        return phone

    def demographics(self) -> Demographics:
        said = self.cleaned_data
        return Demographics(said["name"], said["sex"] or Sex.UNKNOWN.value, said["born_on"], said["phone"], said["address"], said["home"], said["household"])


class RegisterForm(ParticularsForm):
    """A person at the desk, with whatever papers they have."""

    id_card = forms.CharField(label="居民身份证号", max_length=24, required=False)
    insurance = forms.CharField(label="医保号", max_length=48, required=False)
    health_card = forms.CharField(label="电子健康卡号", max_length=64, required=False)
    paper = forms.ChoiceField(label="其他证件", choices=[("", "无"), *((kind.value, kind.zh.removesuffix("号")) for kind in DOCUMENTS)], required=False)
    paper_number = forms.CharField(label="其他证件号码", max_length=64, required=False, help_text="护照、居留证、通行证、军人证件或出生医学证明；港澳台居民居住证的 18 位号码填在身份证号栏。")
    local = forms.CharField(label="本院病历号", max_length=64, required=False)

    field_order = ("id_card", "name", "sex", "born_on", "phone", "address", "home", "household", "insurance", "health_card", "paper", "paper_number", "local")

    def clean_id_card(self) -> str:
        value = rules.tidy(self.cleaned_data["id_card"]).upper()
        if value and (fault := rules.why_not_id_card(value)):
            raise forms.ValidationError(fault)
        return value

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("paper")) != bool(said.get("paper_number")):
            self.add_error("paper_number" if said.get("paper") else "paper", "证件种类和号码要一起填。")
        card = rules.read_id_card(said.get("id_card") or "")
        if card is None:
            self._ask_without_card(said)
            return said
        said["born_on"] = said.get("born_on") or card.born_on
        said["sex"] = said["sex"] if said.get("sex") in (Sex.MALE, Sex.FEMALE) else card.sex.value
        for finding in rules.contradictions(card, Demographics(sex=said["sex"], born_on=said["born_on"])):
            field = finding.code.removesuffix("_contradicts_card")
            self.add_error(field, "与身份证号不一致；请对照证件核对。")
        return said

    def _ask_without_card(self, said: dict[str, Any]) -> None:
        if "id_card" in self.errors:
            return
        if not said.get("born_on") and "born_on" not in self.errors:
            self.add_error("born_on", "没有身份证号时，请填写出生日期（不确知时填大约日期）。")

    def identifiers(self, institution: int | None) -> list[IdentifierGiven]:
        """The numbers that were filled in; the local one is the actor's institution's."""
        said = self.cleaned_data
        given = [IdentifierGiven(system, said[system]) for system in ("id_card", "insurance", "health_card") if said[system]]
        if said["paper"] and said["paper_number"]:
            given.append(IdentifierGiven(said["paper"], said["paper_number"]))
        return [*given, IdentifierGiven("local", said["local"], institution)] if said["local"] and institution else given


class AmendForm(ParticularsForm):
    """A correction, with its reason and the version it was begun from."""

    because = forms.CharField(label="更正原因", max_length=120, error_messages={"required": "请写明更正原因。"})
    version = forms.IntegerField(widget=forms.HiddenInput)


class IdentifierForm(forms.Form):
    """Another number of a known resident."""

    system = forms.ChoiceField(label="号码种类", choices=[c for c in IdentifierSystem.choices() if c[0] != IdentifierSystem.UNVERIFIED.value])
    value = forms.CharField(label="号码", max_length=64, error_messages={"required": "请填写号码。"})


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, error_messages={"invalid": f"{label}应形如 2026-11-26 08:30。", "required": f"请填写{label}。"})


class NewbornForm(forms.Form):
    """A birth, as the ward knows it."""

    born_at = _moment("出生时间")
    sex = forms.ChoiceField(label="性别", choices=_SEXES)
    weight_g = forms.IntegerField(label="出生体重（克）", required=False, min_value=1)
    of_how_many = forms.IntegerField(label="几胎", min_value=1, help_text="单胎填 1，双胞胎填 2。")
    place_in_order = forms.IntegerField(label="第几个", min_value=1)
    name = forms.CharField(label="姓名", max_length=96, required=False, help_text="没有取名时不填，按“某某之子”“某某之女”登记。")


class UnknownForm(forms.Form):
    """Somebody nobody knows."""

    found_at = _moment("发现时间")
    found_where = forms.CharField(label="发现地点", max_length=160, error_messages={"required": "请填写发现地点。"})
    brought_by = forms.CharField(label="送来者", max_length=96, required=False)
    sex = forms.ChoiceField(label="性别", choices=_SEXES)
    features = forms.CharField(label="体貌特征", max_length=400, widget=forms.Textarea(attrs={"rows": 3}), help_text="大约年龄、身高、衣着、疤痕、随身物品。",
                               error_messages={"required": "请写明体貌特征。"})  # fmt: skip


class IdentifyForm(forms.Form):
    real = forms.CharField(label="本人的居民编号", max_length=24, error_messages={"required": "请填写本人的居民编号。"})


class UnmergeForm(forms.Form):
    because = forms.CharField(label="拆分原因", max_length=120, error_messages={"required": "请写明拆分原因。"})


def homes(reach: frozenset[int], also: int | None = None) -> list[tuple[int, str]]:
    """Institutions that may keep a record: those in reach, and the present one."""
    names = institutions.names([*reach, also])
    return sorted(names.items(), key=lambda pair: pair[1])
