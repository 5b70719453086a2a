"""What a programme is made of: its rows by kind, its cadence, its screening and risk, all as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yilianti.care.followup import conditions, forms
from yilianti.care.followup.terms import Refer

OTHERWISE = "otherwise"


@dataclass(frozen=True)
class Rule:
    """One row: what it asks, what it says, on which evidence, and whether a county has still to confirm it."""

    code: str
    condition: conditions.Condition
    zh: str
    en: str
    tag: str
    source: str
    row: str
    policy_ref: str
    is_silent: bool

    @property
    def because(self) -> str:
        return f"{self.source}〔{self.tag}〕"


@dataclass(frozen=True)
class Sign(Rule):
    """A danger sign, or a value that is only noticed; `asks` is when its being left out is a question."""

    effect: str
    asks: conditions.Condition | None


@dataclass(frozen=True)
class ClassRow(Rule):
    """A class of the form; the later row is the worse one. `otherwise` holds where no other does."""

    form_code: str

    @property
    def is_otherwise(self) -> bool:
        return self.condition.text == OTHERWISE


@dataclass(frozen=True)
class Step(Rule):
    """A row of the flow and what it leads to."""

    refer: Refer
    check_days: int | None
    next_days: int | None
    adjusts: bool


@dataclass(frozen=True)
class Points(Rule):
    """How many points an answer is worth in a score."""

    score: str
    points: int


@dataclass(frozen=True)
class Cadence:
    """How often at least, by class, and which ways of visiting count as face to face."""

    visits_a_year: int
    checks_a_year: int
    months: Mapping[str, int]
    face_to_face: frozenset[str]
    policy_ref: str


@dataclass(frozen=True)
class Screening:
    from_age: int
    raised: conditions.Condition
    days: int
    window_days: int
    mark_months: int
    check_days: int
    marks: tuple[Rule, ...]
    policy_ref: str


@dataclass(frozen=True)
class Layer(Rule):
    """A row of the risk table: its layer by grade."""

    by_grade: Mapping[str, str]


@dataclass(frozen=True)
class Risk:
    grades: tuple[tuple[str, conditions.Condition], ...]
    layers: tuple[Layer, ...]
    names: Mapping[str, tuple[str, str]]
    policy_ref: str


@dataclass(frozen=True)
class Programme:
    """Everything a programme's files say on a day, here."""

    code: str
    zh: str
    en: str
    prefixes: tuple[str, ...]
    from_age: int
    counted: str
    is_sample: bool
    says: str
    form: forms.Form
    classes: tuple[ClassRow, ...]
    steps: tuple[Step, ...]
    cadence: Cadence
    signs: tuple[Sign, ...] = ()
    prompts: tuple[Rule, ...] = ()
    scores: tuple[Points, ...] = ()
    screening: Screening | None = None
    risk: Risk | None = None
    policy_refs: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
