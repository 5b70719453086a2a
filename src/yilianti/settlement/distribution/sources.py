"""What the steps of a run rest on, as it stood when the run froze it: bills of the ledger, facts with their documents, work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from yilianti.kernel.pages import Slice, keyset
from yilianti.settlement.budget import api as budget
from yilianti.settlement.distribution.models import MemberFact, Run, Settlement, Statement, Work
from yilianti.settlement.distribution.terms import Line, Told, WorkKind

PAGE = 40
#: What was told that a line may rest on, beside the ledger.
TOLD: dict[str, tuple[Told, ...]] = {
    Line.ADVANCE_PAID: (Told.PAID,), Line.SUBSIDY: (Told.SUBSIDY,), Line.WITHHELD: (Told.SCORE, Told.SUBSIDY), Line.PUBLIC_HEALTH: (Told.HEADS, Told.QUALITY),
    Line.SURPLUS_SHARE: (Told.SCORE, Told.HEADS, Told.NEED, Told.QUALITY), Line.OVERSPEND_SHARE: (Told.SCORE, Told.HEADS, Told.NEED, Told.QUALITY),
}  # fmt: skip
WORKED: dict[str, WorkKind] = {Line.EXPERT: WorkKind.EXPERT, Line.REMOTE: WorkKind.REMOTE, Line.RECOGNITION: WorkKind.RECOGNITION, Line.PUBLIC_HEALTH: WorkKind.SERVICE}
#: Lines that rest on bills: the member's own, or those of the whole package.
OWN_BILLS, ALL_BILLS = (Line.CHARGED,), (Line.SURPLUS_SHARE, Line.OVERSPEND_SHARE, Line.WITHHELD)


def has_bills(key: str) -> bool:
    return key in OWN_BILLS or key in ALL_BILLS


def bills(statement: Statement, key: str) -> QuerySet[budget.Charged]:
    """Ledger lines behind a line of a statement, as far as the ledger went when the run began."""
    institution = statement.institution_id if key in OWN_BILLS else None
    return budget.charged_lines(statement.settlement.package, institution=institution).filter(reckoning__at__lte=statement.run.begun_at)


def by_month(rows: QuerySet[budget.Charged], by: str) -> list[dict[str, Any]]:
    """Month and kind (or place), how many lines and how much; one statement."""
    return list(rows.order_by("month", by).values("month", by).annotate(many=Count("id"), fen=Sum("fen")))


def page_of(rows: QuerySet[budget.Charged], within: Iterable[int] | None, month: date | None, after: int | None) -> Slice:
    """Lines by their id, with their claims; `within` are the institutions whose bills may be named (None: all of them). One statement."""
    if within is not None:
        rows = rows.filter(institution__in=within)
    if month is not None:
        rows = rows.filter(month=month)
    if after is not None:
        rows = rows.filter(id__gt=after)
    listed = rows.select_related("claim", "institution").only("fen", "month", "discharged_on", "kind", "turn", "institution__short_name", "claim__number", "claim__turn", "claim__policy_refs", "package", "reckoning", "claim", "institution")
    return keyset(list(listed.order_by("id")[: PAGE + 1]), PAGE, lambda one: one.pk)


def facts(run: Run, settlement: Settlement, institution: int, key: str) -> list[MemberFact]:
    """What was told of the member (and, of scores, of the consortium) and stood when the run began; one statement."""
    names = [str(one) for one in TOLD.get(key, ())]
    if not names:
        return []
    whose = Q(institution=institution) | (Q(institution__isnull=True) if Told.SCORE in TOLD[Line(key)] else Q(pk__in=()))
    rows = MemberFact.objects.filter(whose, consortium=settlement.consortium_id, year=settlement.year, name__in=names, told_at__lte=run.begun_at)
    latest = rows.defer("file").order_by("institution", "name", "-id").distinct("institution", "name")
    return [one for one in latest if one.value]


def work(run: Run, settlement: Settlement, institution: int, key: str) -> list[dict[str, Any]]:
    """Work of the member as giver or receiver, by the other side and item; one statement. What was taken back by then is not in it."""
    kind = WORKED.get(key)
    if kind is None:
        return []
    year = Q(done_on__gte=date(settlement.year, 1, 1), done_on__lt=date(settlement.year + 1, 1, 1))
    rows = Work.objects.filter(year, Q(giver=institution) | Q(receiver=institution), consortium=settlement.consortium_id, kind=kind.value, told_at__lte=run.begun_at)
    summed = rows.order_by("giver", "receiver", "item").values("giver", "receiver", "item", "giver__short_name", "receiver__short_name").annotate(lines=Count("id"), many=Sum("count"), amount=Sum("fen"))
    return [dict(row) for row in summed if row["many"] or row["amount"]]
