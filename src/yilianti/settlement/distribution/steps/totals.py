"""The end of a run: what each member has in all, and the proof that nothing is lost."""

from __future__ import annotations

from yilianti.settlement.distribution.course import Course


def totals(course: Course) -> None:
    """Member by member and line by line; the parts of the pool make the pool."""
    found = course.totals
    if course.shared is not None and course.package is not None and course.charged is not None:
        found |= {"package": course.package, "charged": course.charged, "consortium": course.shared.consortium, "fund": course.shared.fund}
        found.setdefault("members", 0)
        found["unshared"] = course.shared.consortium - found["members"]
        assert found["fund"] + found["members"] + found["unshared"] == course.package - course.charged
    ends = {code: sum(own.values()) for code, own in sorted(course.lines.items())}
    if ends:
        course.working.amounts("各成员合计", "各项相加", ends)
    course.working.amounts("合计", "全部去向相加等于总额 − 总额内支出", dict(sorted(found.items())))
