"""Scores and work brought as tables: judged cell by cell, never twice, undone by further lines."""

from __future__ import annotations

import pytest

from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import Row
from yilianti.registry.institutions.models import Institution
from yilianti.settlement.distribution import actions, told
from yilianti.settlement.distribution.models import MemberFact, Work
from yilianti.settlement.distribution.tables import Scores, Works
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


def code(pk: int) -> str:
    return Institution.objects.get(pk=pk).code


def scores(scene: factories.Scene, number: int = 2, **changes: str) -> Row:
    return Row(number, {"institution": code(scene.budget.claims.hospital), "year": "2026", "score": "90", "heads": "900", "document": "考核通报"} | changes)


def works(scene: factories.Scene, number: int = 2, **changes: str) -> Row:
    return Row(number, {"number": f"T{number}", "kind": "expert", "giver": code(scene.budget.claims.hospital), "receiver": code(scene.budget.claims.township), "item": "", "count": "1", "amount": "1000.00", "done_on": "2026-05-01", "document": "台账"} | changes)


def judged(table, scene: factories.Scene, *rows: Row) -> list[Row]:
    table.judge(scene.finance, rows, AT.date())
    return list(rows)


def stands(scene: factories.Scene) -> dict[str, str]:
    return {name: fact.value for (place, name), fact in told.facts(scene.package.consortium_id, 2026).items() if place == scene.budget.claims.hospital}


def test_scores_are_told_once_and_undone_to_what_stood(scene):
    factories.score(scene, scene.budget.claims.hospital, "80")
    table = Scores()
    (row,) = judged(table, scene, scores(scene))
    assert str(row.verdict) == "changed" and row.changes == {"考核得分": ["80", "90"], "参保人数": ["", "900"]}
    (outcome,) = table.enter(scene.finance, [row], AT)
    assert outcome.made and stands(scene) == {"score": "90", "heads": "900"}
    (again,) = judged(table, scene, scores(scene))
    assert str(again.verdict) == "unchanged" and not table.enter(scene.finance, [again], AT)[0].made and MemberFact.objects.count() == 3
    table.withdraw(scene.finance, [outcome.ref], AT)
    assert stands(scene) == {"score": "80"} and MemberFact.objects.count() == 5, "undone by further lines"


def test_an_undo_leaves_alone_what_was_told_since(scene):
    table = Scores()
    (outcome,) = table.enter(scene.finance, judged(table, scene, scores(scene)), AT)
    factories.score(scene, scene.budget.claims.hospital, "95")
    table.withdraw(scene.finance, [outcome.ref], AT)
    assert stands(scene) == {"score": "95"}


@pytest.mark.parametrize(("changes", "column"), [
    ({"score": "101"}, "考核得分"), ({"heads": "1.5"}, "参保人数"), ({"need": "1.05"}, "需要系数"), ({"paid": "1.234"}, "已付"), ({"institution": "NOWHERE"}, "机构代码"), ({"year": "26"}, "年度"), ({"score": "", "heads": ""}, "考核得分"),
])  # fmt: skip
def test_faults_name_the_cell(scene, changes, column):
    (row,) = judged(Scores(), scene, scores(scene, **changes))
    assert [fault.column for fault in row.faults] == [column]


def test_a_decided_year_takes_nothing_more(scene):
    factories.approved(scene)
    (row,) = judged(Scores(), scene, scores(scene))
    assert row.faults[0].column == "年度"
    (row,) = judged(Works(), scene, works(scene))
    assert row.faults[0].column == "日期"


def test_works_are_told_once_and_undone_by_corrections(scene):
    table = Works()
    rows = judged(table, scene, works(scene), works(scene, 3, kind="service", receiver="", item="老年人体检", count="20", amount=""))
    assert [str(row.verdict) for row in rows] == ["new", "new"]
    outcomes = table.enter(scene.finance, rows, AT)
    (same,) = judged(table, scene, works(scene))
    assert str(same.verdict) == "unchanged"
    (other,) = judged(table, scene, works(scene, amount="2000.00"))
    assert other.faults[0].column == "台账编号"
    table.withdraw(scene.finance, [one.ref for one in outcomes], AT)
    assert Work.objects.count() == 4 and not list(told.work(scene.package.consortium_id, 2026))


@pytest.mark.parametrize(("changes", "column"), [
    ({"kind": "service"}, "接受的机构代码"), ({"receiver": ""}, "接受的机构代码"), ({"amount": ""}, "收入金额"), ({"count": "x"}, "次数"), ({"kind": "remote", "count": "0", "amount": ""}, "次数"), ({"giver": "NOWHERE"}, "提供的机构代码"),
])  # fmt: skip
def test_faults_of_work_name_the_cell(scene, changes, column):
    (row,) = judged(Works(), scene, works(scene, **changes))
    assert column in [fault.column for fault in row.faults]


def test_only_finance_brings_them(scene):
    with pytest.raises(Refused, match="财务"):
        Scores().judge(scene.office, [scores(scene)], AT.date())


def test_three_hundred_members_cost_as_few_statements_as_one(scene, django_assert_max_num_queries):
    table = Scores()
    rows = [scores(scene, number) for number in range(2, 302)]
    with django_assert_max_num_queries(12):
        table.judge(scene.finance, rows, AT.date())


def test_a_fact_is_taken_back_by_a_reason(scene):
    factories.score(scene, scene.budget.claims.hospital, "80")
    fact = MemberFact.objects.get()
    with pytest.raises(Refused, match="原因"):
        actions.take_back(actor=scene.finance, fact=fact.pk, because=" ", at=AT)
    with pytest.raises(Refused, match="没有这条数据"):
        actions.take_back(actor=scene.office, fact=fact.pk, because="x", at=AT)
    assert actions.take_back(actor=scene.finance, fact=fact.pk, because="看错了", at=AT).value == ""
    assert stands(scene) == {} and actions.take_back(actor=scene.finance, fact=fact.pk, because="再来", at=AT) is None
