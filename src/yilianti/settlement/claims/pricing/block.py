"""Many claims as arrays of whole fen, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.pricing.terms import GAPS, WHOLE, Gap

Fen = npt.NDArray[np.int64]
Where = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Arrays:
    """Equally long arrays that are taken and put together."""

    @classmethod
    def empty(cls, size: int) -> Self:
        return cls(**{one.name: np.zeros(size, np.int64) for one in fields(cls)})

    def some(self, which: Where | slice) -> Self:
        """These only: copied by places, looked at in place by a slice."""
        return type(self)(**{one.name: some(getattr(self, one.name), which) for one in fields(self)})

    def put(self, which: Where, part: Self) -> None:
        for one in fields(self):
            getattr(self, one.name)[which] = getattr(part, one.name)


def some(values: npt.NDArray[np.int64], which: Where | slice) -> npt.NDArray[np.int64]:
    """A number that stands once for all (numpy.broadcast_to) is not written out."""
    if values.strides == (0,) and not isinstance(which, slice):
        return np.broadcast_to(values[:1], which.shape) if len(which) else values[:0]
    return np.asarray(values[which])


@dataclass(frozen=True)
class Block(Arrays):
    """Claims, one number each: amounts in fen, days as ordinals, words as places in their lists.

    `benefit` is the place in the list of benefits handed to `price`; `follows` the place of the stay from which the person was referred, or -1;
    `given_*` what has been settled before, or -1; `rank` the order of claims of one person discharged on the same day: by admission, a referred stay after
    the one it follows, then by id.
    """

    person: npt.NDArray[np.int64]
    rank: npt.NDArray[np.int64]
    discharged: npt.NDArray[np.int64]
    year: npt.NDArray[np.int64]
    benefit: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    level: npt.NDArray[np.int64]
    area: npt.NDArray[np.int64]
    way: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    grade: npt.NDArray[np.int64]
    signed: npt.NDArray[np.int64]
    diseases: npt.NDArray[np.int64]
    follows: npt.NDArray[np.int64]
    total: Fen
    fully_own: Fen
    over_limit: Fen
    first_self: Fen
    hospital: Fen
    given_deductible: Fen
    given_basic: Fen
    given_catastrophic: Fen

    def __len__(self) -> int:
        return len(self.person)

    @property
    def bare(self) -> Self:
        """Without what puts claims in order or is only told of them."""
        nothing = np.broadcast_to(np.int64(0), len(self))
        return replace(self, person=nothing, rank=nothing, discharged=nothing, fully_own=nothing, over_limit=nothing, first_self=nothing, hospital=nothing)

    def has(self, mask: int) -> Flags:
        """Which claims belong to any of these groups."""
        return np.asarray((self.groups & mask) != 0)

    @property
    def in_scope(self) -> Fen:
        return np.asarray(self.total - self.fully_own - self.over_limit - self.first_self - self.hospital)


#: What a claim has where nothing else is said.
PLAIN = {"way": 3, "signed": 0, "diseases": 1, "follows": -1, "given_deductible": -1, "given_basic": -1, "given_catastrophic": -1}


def block_of(claims: list[dict[str, int]]) -> Block:
    """Claims written out one by one as a block; what is left out is what it plainly is."""
    names = [one.name for one in fields(Block)]
    return Block(**{name: np.array([claim.get(name, PLAIN.get(name, 0)) for claim in claims], np.int64) for name in names})


@dataclass(frozen=True)
class Prices(Arrays):
    """Who pays how much of each claim."""

    in_scope: Fen
    deductible: Fen
    basic: Fen
    catastrophic: Fen
    aid: Fen
    gap: npt.NDArray[np.int64]

    @property
    def fund(self) -> Fen:
        return np.asarray(self.basic + self.catastrophic + self.aid)

    def gaps(self) -> list[Gap]:
        return [GAPS[place] for place in self.gap]

    def shares(self, block: Block) -> dict[str, Fen]:
        """The parties' shares, which add up to the total."""
        return {"fund": self.fund, "person": block.total - self.fund - block.hospital, "hospital": block.hospital}


@dataclass(frozen=True)
class Chain(Arrays):
    """What carries the deductible on to the stay that follows by referral: the line of each stay, the highest of its chain, and what the chain has paid."""

    line: Fen
    highest: Fen
    paid: Fen
    level: npt.NDArray[np.int64]
    gap: npt.NDArray[np.int64]


def share_of(amount: Any, points: Any) -> Any:
    """Basis points of an amount, half up to the fen; for amounts that are not negative."""
    return (amount * points + WHOLE // 2) // WHOLE
