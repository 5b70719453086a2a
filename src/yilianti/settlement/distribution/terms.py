"""Words of distribution."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class Banding(Term):
    """How a ratio that changes from band to band is applied."""

    WHOLE = "whole", "全额按所在的一档", "the whole amount by the band it lies in"
    SLICE = "slice", "分段，每段按本段的比例", "slice by slice, each by its own ratio"
