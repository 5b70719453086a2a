"""Between the fund and the consortium: package, advance, months, what is charged, assessment, sharing."""

from __future__ import annotations

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import reading
from yilianti.settlement.distribution import sharing as between
from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.terms import Line
from yilianti.settlement.fund import api as fund


def package(course: Course) -> None:
    """Base, exclusions, reserve, amount a head."""
    facts = course.inputs.facts
    if facts is None:
        return course.skip("总额", "没有给出 facts，不计算总额")
    course.package = fund.reckon(fund.base_of(course.scheme.needed("budget.base")), facts, course.working)
    course.totals["package"] = course.package
    return None


def advance(course: Course) -> None:
    """Instalments with the day each falls due, and the part held back; what members have received already."""
    paid = {code: -member.paid for code, member in course.inputs.members.items() if member.paid is not None}
    if paid:
        course.give(Line.ADVANCE_PAID, paid)
        course.working.amounts("各成员已预付", "清算时从应得中减去", {code: -fen for code, fen in sorted(paid.items())})
    found = course.scheme.get("budget.advance")
    if course.package is None or found is None:
        return course.skip("预付", "没有预付的政策（budget.advance），或没有总额，不计算")
    _, held = fund.instalments(course.package, fund.advance_of(found), course.scheme.year, course.scheme.place, course.working, course.scheme.due_days())
    course.totals |= {"advance": course.package - held, "held_back": held}
    return None


def path(course: Course) -> None:
    """Each month against its path, and where the year would end."""
    months = course.inputs.months
    if not months or course.package is None:
        if months:
            raise Refused("missing", "给出了 months 却没有 facts：没有总额就没有路径。", "months need facts.", field="facts")
        return course.skip("月度路径", "没有给出 months，不计算路径")
    rule = fund.path_of(course.scheme.needed("budget.path"))
    fund.months(course.package, months, rule, course.working)
    fund.forecast(course.package, months, rule, course.working)
    return None


def charged(course: Course) -> None:
    """What the package bears; the members' own parts must make the members' part."""
    spending = course.inputs.spending
    own = {code: member.charged for code, member in course.inputs.members.items() if member.charged is not None}
    if spending is None:
        if own:
            raise Refused("missing", "成员给出了 charged 却没有 spending；请写上 spending.members。", "members.charged needs spending.", field="spending")
        return course.skip("总额内支出", "没有给出 spending，不清算")
    if own:
        if sum(own.values()) != spending.members:
            raise Refused("not_the_sum", f"各成员 charged 合计 {fund.yuan(sum(own.values()))}，spending.members 为 {fund.yuan(spending.members)}：应相等。", "The members' charged must make spending.members.", field="spending.members")
        course.give(Line.CHARGED, own)
        course.working.amounts("各成员总额内费用", "按病案所在机构；合计等于成员机构的支出", dict(sorted(own.items())))
    course.charged = fund.charged(spending, course.working)
    course.totals["charged"] = course.charged
    return None


def assessment(course: Course) -> None:
    """What the consortium's score adds to its share."""
    score = course.inputs.score
    found = course.section("distribution.assessment", score is not None, "score")
    if found is None or score is None:
        return course.skip("考核系数", "没有给出 score，不增不减")
    grades, ref = reading.assessment(found)
    course.change = between.change_for(score, grades, ref, course.working)
    return None


def sharing(course: Course) -> None:
    """The year's difference, shared between fund and consortium."""
    told = course.inputs.surplus
    if told is not None:
        if course.charged is not None:
            raise Refused("too_much", "surplus 和 spending 只给一个：结余或由总额减支出算出，或直接给出。", "Give either surplus or spending.", field="surplus")
        course.shared, course.pool = between.Shared(told, 0), told
        course.working.amount("结余或超支", "直接给出，全归医共体", told)
        return None
    if course.charged is None:
        return course.skip("结余或超支", "没有给出 spending，不清算")
    if course.package is None:
        raise Refused("missing", "给出了 spending 却没有 facts：没有总额就没有结余。", "spending needs facts.", field="facts")
    rule = reading.sharing(course.scheme.needed("distribution.sharing"))
    course.shared = between.shared(course.package, course.charged, rule, course.change, course.working)
    course.pool = course.shared.consortium
    return None
