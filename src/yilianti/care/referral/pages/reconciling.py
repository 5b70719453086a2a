"""The medicines and allergies of the record, gone through by the referring doctor one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yilianti.care.referral.models import Referral
from yilianti.care.referral.rules import allergies
from yilianti.care.referral.terms import Decided, Heard
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, numbered, page
from yilianti.record.prescriptions import api as prescriptions

MOST = 40
_KINDS = [kind for kind in prescriptions.AllergyKind.choices() if kind[0] != prescriptions.AllergyKind.NONE]


def _short(label: str, placeholder: str, length: int = 200) -> forms.CharField:
    box = forms.TextInput(attrs={"placeholder": placeholder, "aria-label": label, "autocomplete": "off", "class": "input"})
    return forms.CharField(label=label, required=False, max_length=length, widget=box)


class Line(forms.Form):
    """One line: `source` is the record's own number, empty where the doctor has added it."""

    source = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    was = forms.CharField(required=False, max_length=800, widget=forms.HiddenInput)
    note = _short("说明", "说明")

    def told(self) -> dict[str, str]:
        """The line as it is kept with the referral; {} for a blank one."""
        data = {name: str(self.cleaned_data.get(name) or "").strip() for name in ("source", "name", "was", "how", "decision", "note")}
        data["decision"] = (data["decision"] or "kept") if data["source"] else "added"
        if not data["source"] and self.cleaned_data.get("kind"):
            data["kind"] = str(self.cleaned_data["kind"])
        return data if data["name"] else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name") and (data.get("how") or data.get("note")):
            self.add_error("name", "请写明名称，或把这一行清空。")
        return data

    @property
    def is_of_record(self) -> bool:
        return bool(self["source"].value())


class MedicineLine(Line):
    name = _short("药品", "药品名")
    how = _short("用法", "剂量、频次、途径", 400)
    decision = forms.ChoiceField(label="处理", required=False, choices=[c for c in Decided.choices() if c[0] != "added"], widget=forms.Select(attrs={"aria-label": "处理", "class": "input"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("source") and data.get("decision") == Decided.CHANGED and data.get("how", "") == data.get("was", ""):
            self.add_error("how", "选了“调整”，请写明调整后的用法。")
        return data


class AllergyLine(Line):
    """A newly told one says of what kind it is: the record keeps it."""

    name = _short("过敏原", "如：青霉素；问过没有写“无已知过敏”")
    how = _short("反应", "程度、反应")
    kind = forms.ChoiceField(label="类别", required=False, choices=_KINDS, widget=forms.Select(attrs={"aria-label": "类别", "class": "input"}))
    decision = forms.ChoiceField(label="核对", required=False, choices=[c for c in Heard.choices() if c[0] != "added"], widget=forms.Select(attrs={"aria-label": "核对", "class": "input"}))


_LINES: dict[str, type[Line]] = {"medicines": MedicineLine, "allergies": AllergyLine}


class Lists:
    """Both lists on the form: from the record and the draft at first, then as the doctor sends them back."""

    def __init__(self, data: Any, actor: Actor, resident: int, referral: Referral | None, at: datetime) -> None:
        sent = data if data is not None and "medicines-TOTAL_FORMS" in data and "allergies-TOTAL_FORMS" in data else None
        taken, known = prescriptions.carried(actor, resident, at) if sent is None else ([], [])
        self.medicines = _formset("medicines", sent, _begun(referral.medicines if referral else (), taken))
        self.allergies = _formset("allergies", sent, _begun(referral.allergies if referral else (), known))

    def is_valid(self) -> bool:
        return all(one.is_valid() for one in (self.medicines, self.allergies) if one.is_bound)

    def told(self) -> dict[str, Any]:
        """What the application takes along of both."""
        return {name: _told(getattr(self, name)) for name in _LINES}


def _formset(name: str, data: Any, initial: list[dict[str, str]]) -> Any:
    made = forms.formset_factory(_LINES[name], extra=1, max_num=MOST, absolute_max=MOST, validate_max=True)
    return made(data, initial=initial, prefix=name)


def _told(lines: Any) -> tuple[dict[str, str], ...]:
    if lines.is_bound:
        return tuple(told for form in lines if (told := form.told()))
    return tuple(dict(line) for line in lines.initial)


def _begun(kept: Iterable[dict[str, str]], carried: Iterable[prescriptions.Carried]) -> list[dict[str, str]]:
    """What the draft holds already, and what the record knows besides; everything goes on until somebody says otherwise."""
    lines = [dict(line) for line in kept]
    had, named = {line["source"] for line in lines}, {line["name"].casefold() for line in lines}
    fresh = [{"source": c.number, "name": c.name, "was": c.how, "how": c.how, "decision": "kept", "note": ""} for c in carried
             if c.number not in had and c.name.casefold() not in named]  # fmt: skip
    return (lines + fresh)[: MOST - 1]


@page("referral.submit")
def line(request: Request) -> HttpResponse:
    """One more blank line of a list, and the count that goes with it."""
    name = request.GET.get("list", "")
    at = numbered(request.GET.get(f"{name}-TOTAL_FORMS", ""))
    if name not in _LINES or at is None or at >= MOST:
        raise Refused("list_full", "这份清单已满。")
    return render(request, "referral/_line_added.html", {"list": name, "line": _LINES[name](prefix=f"{name}-{at}"), "total": at + 1})


def warned(referral: Referral) -> dict[str, str]:
    """What the banner of the print says of allergies: those listed, else that none is known, else nothing."""
    new = [line for line in referral.allergies if line.get("name")]
    named = [line["name"] + ("（存疑）" if line["decision"] == Heard.DOUBTED else "") for line in new if allergies.told(line).kind != "none"]
    return {"warned": "、".join(named), "calm": prescriptions.AllergyKind.NONE.zh if new and not named else ""}


_TONES = {"kept": "idle", "changed": "warn", "stopped": "bad", "added": "info", "doubted": "warn"}


def of(referral: Referral) -> dict[str, list[dict[str, str]]]:
    """Both lists of a sent referral in words, what the doctor changed before what simply goes on."""
    return {"medicines": _in_words(referral.medicines, Decided), "allergies": _in_words(referral.allergies, Heard)}


def _in_words(lines: Iterable[dict[str, str]], decided: type[Decided] | type[Heard]) -> list[dict[str, str]]:
    told = [{**line, "decided": decided.label(line["decision"]), "tone": _TONES[line["decision"]], "before": line["was"] if line["was"] != line["how"] else ""}
            for line in lines]  # fmt: skip
    return sorted(told, key=lambda one: one["decision"] == "kept")
