"""What a place may fix for sharing: the shape of each rule; `reading.py` fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.terms import Banding, By, Keeper, Method, Side, Withheld


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
    """Weights by level (none: straight to the members), and by what the members of a level share; "" is any other level, absent where the place does not say."""

    weights: Mapping[str, int]
    rest_to: str = ""
    by: Mapping[str, By] = field(default_factory=dict)
    overspend_by: Mapping[str, By] = field(default_factory=dict)
    custom: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, int] = field(default_factory=dict)
    policy_ref: str = ""

    def __post_init__(self) -> None:
        # in a year with a surplus too: the fault would otherwise show in the first year that has an overspend
        if By.SCORE in self.overspend_by.values():
            raise Refused("overspend", "overspend_by 为“score”：超支不能按得分分担，得分高的会担得多；请写 heads、workload、equal 或 custom。", "An overspend is not shared by score.", field="overspend_by")


@dataclass(frozen=True)
class UseRule:
    """A surplus by uses; `shared` is the use that goes on to the members, "" where none does."""

    ratio: Ratio
    shared: str = ""


@dataclass(frozen=True)
class WithheldRule:
    """The part held back (basis points), the scores (hundredths) from which all and below which nothing of it is paid, of what, and who keeps the rest."""

    held: int
    full_from: int
    nothing_below: int = 0
    of: Withheld = Withheld.SURPLUS
    rest_to: Keeper = Keeper.FUND
    policy_ref: str = ""


@dataclass(frozen=True)
class Fee:
    """Fen a service and the share (basis points) of the one who gives it; `level` is that of the hospital that bills, "" for any."""

    fee: int
    share: int
    level: str = ""


@dataclass(frozen=True)
class FeeRule:
    """Fees by kind; `billed_by` at: where the patient is, from: who gives the service."""

    fees: Mapping[str, tuple[Fee, ...]]
    billed_by: Side
    policy_ref: str = ""


@dataclass(frozen=True)
class CreditRule:
    """Fen a recognised result by kind, and who pays it to the other."""

    credits: Mapping[str, int]
    paid_by: Side
    policy_ref: str = ""


@dataclass(frozen=True)
class StandardRule:
    """How a standard a head is reckoned: ratios in basis points, `added` fen a head by name, `per_head` by kind ("" for any)."""

    method: Method
    share: int = 0
    growth: int = 0
    visits_a_person: int = 0
    added: Mapping[str, int] = field(default_factory=dict)
    per_head: Mapping[str, int] = field(default_factory=dict)
    policy_ref: str = ""
