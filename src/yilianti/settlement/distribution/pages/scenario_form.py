"""The form of a scenario: every value that may be changed, empty; what is filled in is a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.models import Run
from yilianti.settlement.distribution.pages import offering
from yilianti.settlement.distribution.pages.offering import Offer

#: Fields of changes and of assumptions are told apart by what their names begin with.
CHANGE, ASSUME = "c:", "a:"


class ScenarioForm(forms.Form):
    """`sections` lists its fields group by group, those with something in them open."""

    name = forms.CharField(label="方案名称", max_length=60, error_messages={"required": "请给方案起个名称。", "max_length": "名称最多 60 字。"})

    def __init__(self, *args: Any, run: Run, **more: Any) -> None:
        super().__init__(*args, **more)
        self.groups = offering.groups(run)
        for group in self.groups:
            for offer in group.offers:
                self._add(CHANGE, offer)
        for offer in offering.assumptions():
            self._add(ASSUME, offer)

    def _add(self, prefix: str, offer: Offer) -> None:
        now = f"现在：{offer.now}" if prefix == CHANGE else ""
        help_text = "；".join(one for one in (now, offer.hint) if one)
        if offer.choices:
            field: forms.Field = forms.ChoiceField(label=offer.label, required=False, choices=[("", "不改"), *offer.choices], help_text=help_text)
        else:
            field = forms.CharField(label=offer.label, required=False, max_length=200, help_text=help_text, widget=forms.TextInput(attrs={"autocomplete": "off"}))
        self.fields[f"{prefix}{offer.path}"] = field

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [{"title": group.title, "page": group.page, "fields": [self[f"{CHANGE}{one.path}"] for one in group.offers], "changed": self._filled(CHANGE, group.offers)} for group in self.groups]

    @property
    def assumed(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(ASSUME)]

    def _filled(self, prefix: str, offers: tuple[Offer, ...]) -> int:
        return sum(bool(self[f"{prefix}{one.path}"].value()) for one in offers)


def filled(cleaned: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Changes and assumptions that were filled in, by path."""
    changes, assumed = ({name.removeprefix(prefix): str(value).strip() for name, value in cleaned.items() if name.startswith(prefix) and str(value).strip()} for prefix in (CHANGE, ASSUME))
    return changes, assumed


def in_words(refusal: Refused, run: Run) -> Refused:
    """The same refusal with fields by their labels: the command line, where it is also said, names them by path."""
    zh = refusal.zh
    for path, label in sorted(offering.labels(run).items(), key=lambda one: -len(one[0])):
        zh = zh.replace(f"{path} ", f"“{label}”").replace(path, f"“{label}”")
    return Refused(refusal.code, zh, refusal.en, field=refusal.field, findings=refusal.findings)


def initial(changes: list[list[str]], assumptions: list[list[str]]) -> dict[str, str]:
    """What a kept scenario fills the form with."""
    return {**{f"{CHANGE}{path}": value for path, value in changes}, **{f"{ASSUME}{path}": value for path, value in assumptions}}
