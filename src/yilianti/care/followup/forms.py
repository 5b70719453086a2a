"""The form of a programme as data: fields by section, read from rows of a policy, and what somebody filled in read by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from yilianti.care.followup import conditions, entering
from yilianti.care.followup.terms import Kind
from yilianti.kernel.finding import Finding, Severity


@dataclass(frozen=True)
class Option:
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Field:
    """One field: its unit, the plausible range of a number, the codes devices send it by, the value it is the goal of."""

    code: str
    section: str
    kind: Kind
    zh: str
    en: str
    unit: str
    least: Decimal | None
    most: Decimal | None
    options: tuple[Option, ...]
    devices: tuple[str, ...]
    is_required: bool
    goal_of: str
    tag: str
    source: str

    def as_data(self) -> dict[str, Any]:
        return {
            "code": self.code, "kind": self.kind.value, "zh": self.zh, "en": self.en, "unit": self.unit, "least": _plain(self.least), "most": _plain(self.most),
            "options": [[option.code, option.zh, option.en] for option in self.options], "devices": list(self.devices), "required": self.is_required, "goal_of": self.goal_of,
            "tag": self.tag, "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A part of the form; `at` says when it is filled in: visit, screening or enrolment."""

    code: str
    zh: str
    en: str
    at: str


@dataclass(frozen=True)
class Doubt:
    """Values that do not go together."""

    condition: conditions.Condition
    facts: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True)
class Form:
    sections: tuple[Section, ...]
    fields: Mapping[str, Field]
    doubts: tuple[Doubt, ...]
    policy_ref: str

    @property
    def labels(self) -> Mapping[str, str]:
        return {code: one.zh for code, one in self.fields.items()}

    @property
    def required(self) -> tuple[str, ...]:
        """What a visit asks for in any case."""
        visited = {section.code for section in self.sections if section.at == "visit"}
        return tuple(code for code, one in self.fields.items() if one.is_required and one.section in visited)

    def as_data(self, at: str = "") -> list[dict[str, Any]]:
        """Sections with their fields, for a page to draw or a device to fill; only those of one moment where `at` is given."""
        return [{"code": section.code, "zh": section.zh, "en": section.en, "at": section.at, "fields": [one.as_data() for one in self.fields.values() if one.section == section.code]}
                for section in self.sections if not at or section.at == at]  # fmt: skip

    def read(self, given: Mapping[str, Any]) -> tuple[conditions.Facts, list[Finding]]:
        """The values that can be read, and a question for each that cannot be or is not plausible; an unknown field is a question too."""
        values: dict[str, conditions.Value] = {}
        doubtful: set[str] = set()
        asked: list[Finding] = []
        for code, raw in sorted(given.items()):
            if raw is None or raw == "":
                continue
            value, is_whole = self._entered(self.fields[code], raw) if code in self.fields else (None, False)
            if not is_whole:
                asked.append(self._unreadable(code, raw))
            if value is None:
                continue
            values[code] = value
            if (question := self._beyond(code, value)) is not None:
                doubtful.add(code)
                asked.append(question)
        facts = conditions.Facts(values, frozenset(doubtful))
        return self._cross_checked(facts, asked)

    @staticmethod
    def _entered(one: Field, raw: Any) -> tuple[conditions.Value | None, bool]:
        return entering.entered(one.kind, {option.code for option in one.options}, raw)

    def _unreadable(self, code: str, raw: Any) -> Finding:
        if code not in self.fields:
            return Finding(f"unreadable.{code}", f"本表没有“{code}”这一项；没有采用。", "", self.policy_ref, Severity.WARNING, f"the form has no field {code}; it was not used")
        one = self.fields[code]
        return Finding(f"unreadable.{code}", f"{one.zh}“{raw}”读不懂，没有采用；请按{one.kind.zh}重填。", "", self.policy_ref, Severity.WARNING, f"{one.en} could not be read; enter it again")

    def _beyond(self, code: str, value: conditions.Value) -> Finding | None:
        one = self.fields[code]
        if not isinstance(value, Decimal) or one.least is None or one.most is None or one.least <= value <= one.most:
            return None
        because = f"{one.least:f}～{one.most:f} {one.unit}".strip()
        return Finding(f"question.{code}", f"{one.zh} {value:f} {one.unit}不像真的，请重测或核对。", because, self.policy_ref, Severity.WARNING, f"{one.en} {value:f} is not plausible; measure again")

    def _cross_checked(self, facts: conditions.Facts, asked: list[Finding]) -> tuple[conditions.Facts, list[Finding]]:
        for doubt in self.doubts:
            if doubt.condition.ask(facts).truth:
                facts = facts.also({}, frozenset(doubt.facts))
                asked.append(Finding(f"question.{'.'.join(doubt.facts)}", doubt.zh, "", self.policy_ref, Severity.WARNING, doubt.en))
        return facts, asked


def read(values: Mapping[str, Any], rows: Iterable[Mapping[str, str]], signs: Sequence[Option], policy_ref: str) -> Form:
    """A form of a policy's values and rows; raises ValueError naming the row that cannot be read."""
    sections = tuple(Section(one["code"], one["zh"], one["en"], one["at"]) for one in values["sections"])
    fields = {row["code"]: _field(row, signs) for row in rows}
    known = {section.code for section in sections}
    for one in fields.values():
        if one.section not in known or (one.goal_of and one.goal_of not in fields):
            raise ValueError(f"{one.code}：部分“{one.section}”或目标“{one.goal_of}”在本表里没有。")
    doubts = tuple(Doubt(conditions.parse(one["when"], "doubt"), tuple(one["facts"]), one["zh"], one["en"]) for one in values.get("doubts", ()))
    return Form(sections, fields, doubts, policy_ref)


def _field(row: Mapping[str, str], signs: Sequence[Option]) -> Field:
    try:
        options = tuple(signs) if row["options"] == "@signs" else tuple(_option(cell) for cell in row["options"].split("|") if cell)
        least, most = (Decimal(row[end]) if row[end] else None for end in ("least", "most"))
        return Field(row["code"], row["section"], Kind(row["kind"]), row["zh"], row["en"], row["unit"], least, most, options,
                     tuple(cell for cell in row["devices"].split("|") if cell), bool(row["required"]), row["goal_of"], row["tag"], row["source"])  # fmt: skip
    except (ValueError, InvalidOperation):
        raise ValueError(f"{row['code']}：种类、范围或选项读不懂；选项写成 1=门诊/outpatient|2=上门/home。") from None


def _option(cell: str) -> Option:
    code, _, said = cell.partition("=")
    zh, between, en = said.partition("/")
    if not code or not between:
        raise ValueError(cell)
    return Option(code, zh, en)


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
