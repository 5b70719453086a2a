"""A year as the tables hold it, made without reckoning, for whoever needs its addresses only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilianti.kernel.crypto import signing
from yilianti.registry.institutions.models import Consortium, Institution
from yilianti.settlement.budget.models import Package
from yilianti.settlement.distribution import signed
from yilianti.settlement.distribution.models import (
    MemberFact,
    Remark,
    Run,
    Scenario,
    Settlement,
    Statement,
    StatementLine,
    Work,
)


@dataclass(frozen=True)
class Kept:
    """A settlement that waits for confirmation, one statement of it with a remark, a fact, a line of work and a scenario."""

    settlement: Settlement
    statement: Statement
    remark: Remark
    fact: MemberFact
    work: Work
    scenario: Scenario


def year(code: str, member: Institution, tag: str, at: datetime) -> Kept:
    union = Consortium.objects.get(code=code)
    package = Package.objects.create(number=f"BG-{tag}", consortium=union, year=2025, fund="employee", state="fixed", facts={"persons": 1}, document="测试", resolution="测试", fen=100, a_head=100, persons=1, fixed_at=at)
    settlement = Settlement.objects.create(number=f"QS-{tag}", consortium=union, year=2025, fund="employee", package=package, state="prepared", begun_at=at, prepared_at=at)
    run = Run.objects.create(settlement=settlement, turn=1, inputs={"members": {}}, scheme={"title": tag, "year": 2025, "consortium": code, "region": "", "sections": {}}, begun_at=at, begun_by_name="测试")
    content = signed.canonical({"number": f"QD-{tag}", "version": 1, "settlement": settlement.number, "turn": 1, "consortium": union.name, "year": 2025, "fund": "职工", "institution": {"code": member.code, "name": member.name}, "prepared_at": at.isoformat(), "lines": [], "final": "0.00"})
    made = signing.sign(content, as_=signed.KEY)
    statement = Statement.objects.create(number=f"QD-{tag}", settlement=settlement, run=run, institution=member, final=0, content=content, algorithm=made.algorithm, certificate=made.certificate, signature=made.signature, prepared_at=at)
    StatementLine.objects.create(statement=statement, position=0, key="charged", fen=0, step="charged")
    remark = Remark.objects.create(statement=statement, verb="dispute", line="charged", text="测试", file_name="a.pdf", file=b"%PDF-", said_by_name="测试", said_at=at)
    fact = MemberFact.objects.create(consortium=union, year=2025, institution=member, name="score", value="90", document=f"{tag}通报", file_name="a.pdf", file=b"%PDF-", told_by_name="测试", told_at=at)
    work = Work.objects.create(consortium=union, kind="service", giver=member, item=f"{tag}体检", count=1, done_on=date(2025, 6, 1), document="测试", told_by_name="测试", told_at=at)
    result: dict[str, object] = {"changes": [], "assumptions": [], "differences": {"members": {}, "totals": {}, "steps": []}, "explanation": None, "explanation_lacks": ""}
    scenario = Scenario.objects.create(number=f"MN-{tag}", consortium=union, settlement=settlement, run=run, name=f"{tag}方案", result=result, made_at=at, made_by_name="测试")
    return Kept(settlement, statement, remark, fact, work, scenario)
