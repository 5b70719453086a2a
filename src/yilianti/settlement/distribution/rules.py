"""What a place may fix for sharing: the shape of each rule; `reading.py` fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yilianti.settlement.distribution.terms import Banding, By


@dataclass(frozen=True)
class Band:
    """Up to (and with) so many basis points of the package, None for all that is beyond; the share in basis points."""

    up_to: int | None
    share: int


@dataclass(frozen=True)
class SharingRule:
    """Surplus: what the consortium keeps. Overspend: what the fund refunds. `most`: the largest reward, in basis points of the package."""

    surplus: tuple[Band, ...]
    overspend: tuple[Band, ...]
    banding: Banding
    most: int | None = None
    policy_ref: str = ""


@dataclass(frozen=True)
class Grade:
    """From this score on (hundredths) so many basis points are added to the share; None: nothing is shared, nothing refunded."""

    from_score: int
    change: int | None


@dataclass(frozen=True)
class Ratio:
    """Whole weights by party, and who takes the remainder ("" for the largest remainders)."""

    weights: Mapping[str, int]
    rest_to: str = ""
    policy_ref: str = ""


@dataclass(frozen=True)
class Task:
    """A task of basic public health: fen a head for its project, weight in the project and the township's share, both in basis points."""

    project: str
    per_head: int
    task: str
    weight: int
    township: int


@dataclass(frozen=True)
class InnerRule:
    """Weights by level (none: straight to the members), and by what members share; None where the place does not say."""

    weights: Mapping[str, int]
    rest_to: str = ""
    by: By | None = None
    overspend_by: By | None = None
    custom: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, int] = field(default_factory=dict)
    policy_ref: str = ""
