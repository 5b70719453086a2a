"""Whether somebody in a bed could be at home, and who there can take them; answered with reasons, without a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yilianti.care.referral.rules.criteria import Criterion, Disease, asked, met, own_or_general, ready_to_come_home
from yilianti.care.referral.rules.situation import Situation
from yilianti.care.referral.terms import Urgency
from yilianti.kernel.terms import Term

_PRESSING = (Urgency.EMERGENCY, Urgency.URGENT)


class Readiness(Term):
    """Whether somebody in a bed can go home: from the conditions of the way down, the values and the days; never stored."""

    READY = "ready", "可以回乡", "ready"
    NEARLY = "nearly", "差几条", "nearly ready"
    NOT_YET = "not_yet", "暂不宜", "not yet"


@dataclass(frozen=True)
class Condition:
    """A condition of the way down: met by a value, by what a doctor has ticked, or not (yet)."""

    code: str
    zh: str
    is_met: bool
    is_needed: bool
    signs: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """What stands for and against going home; `facts` are the values that would send the patient up again, `against` says which do now."""

    readiness: Readiness
    conditions: tuple[Condition, ...]
    facts: tuple[str, ...]
    against: tuple[str, ...]
    is_too_early: bool


def review(home: Situation, diseases: Sequence[Disease], *, days: int, least_days: int, measurable: Iterable[str]) -> Review:
    """`home` is the way down with the values of the record and the signs a doctor has ticked.

    Nobody goes home with a value that would send them straight back: the indications to go up are asked of the same values.
    """
    back = replace(home, from_level=home.to_level, to_level=home.from_level, signs=frozenset())
    raised = met(back, diseases)
    wanted = own_or_general(asked(home, diseases))
    is_early = days < least_days
    pressing = any(criterion.urgency in _PRESSING for criterion, _ in raised)
    enough = any(finding.code == "ready" for finding in ready_to_come_home(home, diseases))
    readiness = Readiness.NOT_YET if is_early or pressing else Readiness.READY if enough and not raised else Readiness.NEARLY
    watched = {fact for criterion in [*asked(back, diseases), *wanted] for fact in criterion.facts}
    return Review(readiness, tuple(_condition(criterion, home) for criterion in wanted), tuple(fact for fact in measurable if fact in watched),
                  tuple(finding.sentence for _, finding in raised), is_early)  # fmt: skip


def _condition(criterion: Criterion, home: Situation) -> Condition:
    return Condition(criterion.code, criterion.zh, criterion.met_by(home) is not None, criterion.is_needed, tuple(sorted(criterion.signs)), tuple(sorted(criterion.facts)))


@dataclass(frozen=True)
class Need:
    """What a patient cannot do without, as a capability of the directory."""

    capability: str
    zh: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True)
class Home:
    """A place that may take somebody home; `free` beds are None where nobody has counted, ways None where nobody entered them."""

    institution: int
    name: str
    level: str
    able: frozenset[str]
    free: int | None
    counted_at: datetime | None
    is_stale: bool
    minutes: int | None
    km: float | None


@dataclass(frozen=True)
class Proposal:
    """A place for one patient: whether it is their own, and what they need that it cannot do."""

    home: Home
    is_own: bool
    lacks: tuple[str, ...]


def needs_of(code: str, table: Iterable[Need]) -> list[Need]:
    return [need for need in table if code and code.startswith(need.prefixes)]


def propose(needs: Sequence[Need], homes: Iterable[Home], own: int | None, most: int = 3) -> list[Proposal]:
    """The places that fit best first: able before unable, a bed before none, one's own before others, near before far."""
    found = [Proposal(home, home.institution == own, tuple(need.zh for need in needs if need.capability not in home.able)) for home in homes]
    found.sort(key=lambda one: (len(one.lacks), one.home.free == 0, not one.is_own, one.home.free is None, one.home.minutes is None, one.home.minutes or 0, one.home.name))
    return found[:most]

