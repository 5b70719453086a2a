"""The steps of a year by name; each reads the course and adds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.steps import inside, package, totals
from yilianti.settlement.distribution.terms import Part


def _none(course: Course) -> None:
    """Not reckoned yet."""


ORDER: Mapping[Part, Callable[[Course], None]] = {
    Part.PACKAGE: package.package, Part.ADVANCE: package.advance, Part.PATH: package.path, Part.CHARGED: package.charged, Part.ASSESSMENT: package.assessment, Part.SHARING: package.sharing,
    Part.USE: _none, Part.INNER: inside.inner, Part.WITHHELD: _none, Part.EXPERT: _none, Part.REMOTE: _none, Part.RECOGNITION: _none, Part.PUBLIC_HEALTH: _none, Part.PAY: _none, Part.CAPITATION: _none, Part.TOTALS: totals.totals,
}  # fmt: skip
