"""The end of a run: what each member has in all, and the proof that nothing is lost."""

from __future__ import annotations

from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.terms import Line

#: Where the year's difference may go; together they make it.
ENDS = ("fund", "members", "uses", "unshared", "withheld_fund", "withheld_consortium")


def totals(course: Course) -> None:
    """Member by member and line by line; the ends of the pool make the pool, transfers make nothing."""
    found = course.totals
    if course.shared is not None:
        _pool(course)
    moved = sum(own.get(line, 0) for own in course.lines.values() for line in (Line.EXPERT, Line.REMOTE, Line.RECOGNITION))
    if moved:
        raise ArithmeticError(f"transfers between members make {moved} fen")
    ends = {code: sum(own.values()) for code, own in sorted(course.lines.items())}
    if ends:
        course.working.amounts("各成员合计", "各项相加", ends)
    if found:
        course.working.amounts("合计", "归还基金、成员、用途、留存相加等于结余或超支", dict(sorted(found.items())))


def _pool(course: Course) -> None:
    found, shared = course.totals, course.shared
    assert shared is not None
    left = shared.consortium + shared.fund
    found |= {"left": left, "fund": shared.fund, "consortium": shared.consortium}
    gross, back = found.get("members", 0), found.get("withheld_fund", 0) + found.get("withheld_consortium", 0)
    found["unshared"] = shared.consortium - found.get("uses", 0) - gross
    found["members"] = gross - back
    own = sum(lines.get(line, 0) for lines in course.lines.values() for line in (Line.SURPLUS_SHARE, Line.OVERSPEND_SHARE, Line.WITHHELD)) + found.get("subsidy_withheld", 0)
    if sum(found.get(name, 0) for name in ENDS) != left or own != found["members"]:
        raise ArithmeticError(f"the ends make no whole: {found}, members {own}")
