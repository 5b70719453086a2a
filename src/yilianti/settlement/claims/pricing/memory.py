"""What a person has used up in the year: stays, deductibles, pools, caps, the self-pay that counts for catastrophic insurance."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.pricing.block import Arrays, Fen
from yilianti.settlement.claims.pricing.terms import UNKNOWN


@dataclass(frozen=True)
class Memory(Arrays):
    """One number a person; all begin anew with the year of discharge."""

    year: npt.NDArray[np.int64]
    stays: npt.NDArray[np.int64]
    course: npt.NDArray[np.int64]  # a deductible has been paid for a course of treatment
    broken: npt.NDArray[np.int64]  # a claim of the year could not be priced
    deductible: Fen
    basic: Fen
    outpatient_deductible: Fen
    outpatient: Fen
    chronic: Fen
    counted: Fen  # self-pay counted for catastrophic insurance
    catastrophic: Fen
    left: Fen  # self-pay left for aid: stays and chronic care
    left_outpatient: Fen
    aid: Fen
    aid_outpatient: Fen

    @classmethod
    def of(cls, people: int) -> Memory:
        """Of people who have had nothing yet."""
        return replace(cls.empty(people), year=np.full(people, UNKNOWN, np.int64))

    def forget(self, years: npt.NDArray[np.int64]) -> None:
        """Everything of another year, in place."""
        other = np.flatnonzero((self.year != years) & (self.year != UNKNOWN))
        if len(other):
            for one in fields(self):
                getattr(self, one.name)[other] = 0
        self.year[:] = years
