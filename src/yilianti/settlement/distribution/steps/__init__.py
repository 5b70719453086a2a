"""The steps of a year by name; each reads the course and adds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.steps import inside, package, people, totals, transfers
from yilianti.settlement.distribution.terms import Part

ORDER: Mapping[Part, Callable[[Course], None]] = {
    Part.PACKAGE: package.package, Part.ADVANCE: package.advance, Part.PATH: package.path, Part.CHARGED: package.charged, Part.ASSESSMENT: package.assessment, Part.SHARING: package.sharing,
    Part.USE: inside.use, Part.INNER: inside.inner, Part.WITHHELD: inside.withheld, Part.EXPERT: transfers.expert, Part.REMOTE: transfers.remote, Part.RECOGNITION: transfers.recognition,
    Part.PUBLIC_HEALTH: people.health, Part.PAY: people.paid, Part.CAPITATION: people.capitation, Part.TOTALS: totals.totals,
}  # fmt: skip
