"""Policies of a place on a day, made ready for arithmetic: yuan become fen, per cent basis points, an empty cell UNKNOWN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt

from yilianti.policybook import Edition, PolicyError
from yilianti.settlement.claims.pricing.terms import (
    AREAS,
    BIT,
    ENDLESS,
    LEVELS,
    UNKNOWN,
    WAYS,
    WHOLE,
    Group,
    Kind,
    Level,
    OnReferral,
)

Numbers = npt.NDArray[np.int64]


def whole(cell: Any, times: int = 100) -> int:
    """Yuan as fen, per cent as basis points, exactly; UNKNOWN where nothing stands."""
    if cell is None or str(cell).strip() == "":
        return UNKNOWN
    try:
        number = Decimal(str(cell).strip()) * times
    except InvalidOperation:
        raise ValueError(f"“{cell}”不是数") from None
    if number != number.to_integral_value():
        raise ValueError(f"“{cell}”最多两位小数")
    return int(number)


@dataclass(frozen=True)
class Bands:
    """Ratios by amount: from `over[b]` up to the next, `ratio[b]` of what lies between."""

    over: tuple[int, ...]
    ratio: tuple[int, ...]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str]], column: str = "ratio") -> Bands:
        read = sorted((whole(row["over"]), whole(row[column])) for row in rows)
        if not read or read[0][0] != 0 or len({over for over, _ in read}) != len(read):
            raise ValueError("分段应从 0 起、互不相同")
        return cls(tuple(over for over, _ in read), tuple(ratio for _, ratio in read))

    def edges(self) -> Iterable[tuple[int, int, int]]:
        return zip(self.over, (*self.over[1:], ENDLESS), self.ratio, strict=True)


@dataclass(frozen=True)
class Ladder:
    """The bands of all levels as tables, level × band: from `lower` to `upper` the `ratio`; nothing lies in a band that a level has not. `known`: levels with bands."""

    lower: Numbers
    upper: Numbers
    ratio: Numbers
    known: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, bands: Mapping[int, Bands]) -> Ladder:
        shape = len(LEVELS), max((len(one.over) for one in bands.values()), default=0)
        lower, upper, ratio = (np.full(shape, start, np.int64) for start in (ENDLESS, ENDLESS, 0))
        for level, one in bands.items():
            for band, edge in enumerate(one.edges()):
                lower[level, band], upper[level, band], ratio[level, band] = edge
        return cls(lower, upper, ratio, np.array([level in bands for level in range(len(LEVELS))]))

    def steps(self, level: Numbers) -> Iterable[tuple[Numbers, Numbers, Numbers]]:
        """Band by band: lower edge, upper edge and ratio of each claim of these levels."""
        for band in range(self.lower.shape[1]):
            yield self.lower[:, band][level], self.upper[:, band][level], self.ratio[:, band][level]


@dataclass(frozen=True)
class Addition:
    """More points for a group: on all that is paid (`most` ENDLESS), or on the first `most` above the deductible; not known above `known_to` in scope."""

    group: Group
    points: int
    most: int
    known_to: int


@dataclass(frozen=True)
class Inpatient:
    """The ladder, and how the deductible is reckoned. `line` by level (UNKNOWN where the source has none), `bands` by level."""

    ref: str
    says: str
    line: Numbers
    bands: Mapping[int, Bands]
    ladder: Ladder
    from_deductible: bool
    on_referral: OnReferral
    later_percent: int
    later_less: int
    later_floor: int
    later_levels: npt.NDArray[np.bool_]
    yearly_deductible: int
    exempt: int
    once_a_year: int
    additions: tuple[Addition, ...]
    yearly_most: int
    referral_ref: str

    @classmethod
    def of(cls, edition: Edition) -> Inpatient:
        rule, rows = edition.get("deductible", {}), list(edition.table.dicts()) if edition.table else []
        line, bands = np.full(len(LEVELS), UNKNOWN, np.int64), {}
        for level in dict.fromkeys(row["level"] for row in rows):
            here = [row for row in rows if row["level"] == level]
            place = LEVELS.index(Level(level))
            line[place] = whole(here[0]["deductible"])
            bands[place] = Bands.of(here)
        for place in (LEVELS.index(Level.THREE_CITY), LEVELS.index(Level.THREE_PROVINCE)):  # where the ladder knows one level 3 only
            if place not in bands and (three := LEVELS.index(Level.THREE)) in bands:
                line[place], bands[place] = line[three], bands[three]
        later = [Level(one) for one in rule.get("later_levels", LEVELS)]
        return cls(
            ref=edition.policy_ref, says=edition.get("says", ""), line=line, bands=bands, ladder=Ladder.of(bands), from_deductible=bool(edition.get("bands_above_deductible", False)),
            on_referral=OnReferral(rule.get("on_referral", "unstated")), later_percent=_or(whole(rule.get("later_percent")), WHOLE),
            later_less=_or(whole(rule.get("later_less")), 0), later_floor=_or(whole(rule.get("later_floor")), 0),
            later_levels=np.array([level in later for level in LEVELS]), yearly_deductible=_or(whole(rule.get("yearly_most")), ENDLESS),
            exempt=_mask(rule.get("exempt", ())), once_a_year=_mask(rule.get("once_a_year", ())),
            additions=tuple(Addition(Group(one["who"]), whole(one["points"]), _or(whole(one.get("most")), ENDLESS), _or(whole(one.get("known_to")), ENDLESS))
                            for one in edition.get("additions", ())),
            yearly_most=whole(edition.get("yearly_most")), referral_ref=edition.policy_ref,
        )  # fmt: skip


@dataclass(frozen=True)
class Elsewhere:
    """Care outside the area, by area and way: the deductible (fixed, a multiple, or a share of the bill within limits) and points off the ratio."""

    ref: str
    says: str
    stated: npt.NDArray[np.bool_]
    fixed: Numbers
    times: Numbers
    percent: Numbers
    least: Numbers
    most: Numbers
    points: Numbers

    @classmethod
    def of(cls, edition: Edition) -> Elsewhere:
        shape = (len(AREAS), len(WAYS))
        columns = {name: np.full(shape, UNKNOWN, np.int64) for name in ("fixed", "times", "percent", "least", "most", "points")}
        stated = np.zeros(shape, bool)
        for row in edition.table.dicts() if edition.table else ():
            at = [str(one) for one in AREAS].index(row["area"]), [str(one) for one in WAYS].index(row["way"])
            stated[at] = True
            for name, column in columns.items():
                column[at] = whole(row[name])
        return cls(edition.policy_ref, edition.get("says", ""), stated, **columns)


@dataclass(frozen=True)
class Pool:
    """Outpatient or chronic care: deductible and ratio by grade and level, a yearly cap that signing or each further disease raises."""

    ref: str
    says: str
    line: Numbers
    ratio: Numbers
    cap: Numbers
    signed_cap: Numbers
    further: int
    most: int

    @classmethod
    def of(cls, edition: Edition) -> Pool:
        rows = list(edition.table.dicts()) if edition.table else [{**{str(k): str(v) for k, v in edition.given.items()}, "level": str(level)} for level in LEVELS]
        grades = 1 + max(int(row.get("grade") or 0) for row in rows)
        columns = {name: np.full((grades, len(LEVELS)), UNKNOWN, np.int64) for name in ("deductible", "ratio", "cap", "signed_cap")}
        for row in rows:
            at = int(row.get("grade") or 0), LEVELS.index(Level(row["level"]))
            for name, column in columns.items():
                column[at] = whole(row.get(name, ""))
        signed = np.where(columns["signed_cap"] == UNKNOWN, columns["cap"], columns["signed_cap"])
        return cls(edition.policy_ref, edition.get("says", ""), columns["deductible"], columns["ratio"], columns["cap"], signed,
                   _or(whole(edition.get("further")), 0), _or(whole(edition.get("most")), ENDLESS))  # fmt: skip


@dataclass(frozen=True)
class Catastrophic:
    """Line, bands and cap, for everybody and for the poor; bands count from the line or from zero."""

    ref: str
    says: str
    line: int
    poor_line: int
    bands: Bands | None
    poor_bands: Bands | None
    from_line: bool
    cap: int
    poor_cap: int
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, edition: Edition) -> Catastrophic:
        rows = list(edition.table.dicts()) if edition.table else []
        cap = _or(whole(edition.get("cap")), ENDLESS)
        return cls(
            edition.policy_ref, edition.get("says", ""), whole(edition["line"]), _or(whole(edition.get("poor_line")), whole(edition["line"])), Bands.of(rows) if rows else None,
            Bands.of(rows, "poor_ratio") if rows else None, edition.get("bands_from", "line") == "line", cap, ENDLESS if edition.get("poor_uncapped") else cap,
            tuple(Kind(one) for one in edition.get("kinds", ("inpatient",))),
        )  # fmt: skip


@dataclass(frozen=True)
class AidRow:
    group: Group
    line: int
    ratio: int
    cap: int
    cap_above: int
    outpatient_cap: int


@dataclass(frozen=True)
class Aid:
    """Medical aid by group, the best first: a person has the first group that fits."""

    ref: str
    says: str
    rows: tuple[AidRow, ...]

    @classmethod
    def of(cls, edition: Edition) -> Aid:
        rows = edition.table.dicts() if edition.table else ()
        return cls(edition.policy_ref, edition.get("says", ""), tuple(
            AidRow(Group(row["group"]), whole(row["line"]), whole(row["ratio"]), _or(whole(row["cap"]), ENDLESS), _or(whole(row["cap_above"]), _or(whole(row["cap"]), ENDLESS)),
                   whole(row["outpatient_cap"])) for row in rows))  # fmt: skip


@dataclass(frozen=True)
class Benefit:
    """All that holds for a place on a day; None where the place has no such policy."""

    inpatient: Inpatient | None = None
    elsewhere: Elsewhere | None = None
    outpatient: Pool | None = None
    chronic: Pool | None = None
    catastrophic: Catastrophic | None = None
    aid: Aid | None = None


READERS: dict[str, Any] = {"inpatient": Inpatient.of, "elsewhere": Elsewhere.of, "outpatient": Pool.of, "chronic": Pool.of, "catastrophic": Catastrophic.of, "aid": Aid.of}


def benefit_of(editions: Mapping[str, Edition]) -> Benefit:
    """Editions by the last word of their code; raises PolicyError naming the file."""
    return Benefit(**{name: _read(READERS[name], edition) for name, edition in editions.items()})


def _read(reader: Any, edition: Edition) -> Any:
    try:
        return reader(edition)
    except (ValueError, KeyError) as trouble:
        raise PolicyError(edition.head.path, edition.policy_ref, f"{trouble}；请改正。") from None


def _or(number: int, other: int) -> int:
    return other if number == UNKNOWN else number


def _mask(groups: Iterable[str]) -> int:
    return sum(BIT[Group(one)] for one in groups)
