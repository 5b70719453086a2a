"""Inside the consortium: by levels, then among their members."""

from __future__ import annotations

from yilianti.settlement.distribution import among, reading
from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.terms import Line


def inner(course: Course) -> None:
    """What the consortium keeps or bears, by ratio of levels and then among the members of each."""
    if course.shared is None:
        return course.skip("成员间分配", "没有清算，不分配")
    found = course.scheme.get("distribution.inner")
    if found is None:
        return course.skip("成员间分配", "没有内部分配的政策（distribution.inner），留在医共体账上")
    parts = among.shared(course.pool, reading.inner(found), course.inputs.members, course.working)
    course.give(Line.OVERSPEND_SHARE if course.pool < 0 else Line.SURPLUS_SHARE, parts)
    course.totals["members"] = sum(parts.values())
    return None
