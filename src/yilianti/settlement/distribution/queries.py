"""Settlements, their statements and what was said of them, as people look at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset, numbered
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.budget import api as budget
from yilianti.settlement.distribution import access
from yilianti.settlement.distribution.models import (
    MemberFact,
    Remark,
    Run,
    RunStep,
    Scenario,
    Settlement,
    Statement,
    Work,
)
from yilianti.settlement.distribution.terms import Part, State, StatementState

PAGE = 50
#: While one statement stands so, nobody can approve the settlement.
_OPEN = ("prepared", "disputed", "accepted")


def settlements(actor: Actor, day: date, asked: Mapping[str, str], before: str = "") -> Slice:
    """The latest year first, each with how many statements stand and how many are confirmed; one statement beside the access."""
    stands = ~Q(statements__state=StatementState.SUPERSEDED)
    rows = Settlement.objects.filter(access.settlements_of(actor, day)).annotate(
        standing=Count("statements", filter=stands), agreed=Count("statements", filter=stands & ~Q(statements__state__in=("prepared", "disputed", "accepted"))),
        disputed=Count("statements", filter=Q(statements__state__in=("disputed", "accepted"))),
    )  # fmt: skip
    if (year := numbered(asked.get("year", ""))) is not None:
        rows = rows.filter(year=min(year, 9999))
    for key in ("state", "fund"):
        if asked.get(key):
            rows = rows.filter(**{key: asked[key]})
    if text := asked.get("text"):
        rows = rows.filter(Q(number__icontains=text) | Q(consortium__name__icontains=text) | Q(resolution__icontains=text) | Q(voucher__icontains=text))
    last, _, pk = before.partition("-")
    if (year := numbered(last)) is not None and (after := numbered(pk)) is not None:
        rows = rows.filter(Q(year__lt=min(year, 9999)) | Q(year=min(year, 9999), id__lt=after))
    return keyset(list(rows.select_related("consortium", "package").order_by("-year", "-id")[: PAGE + 1]), PAGE, lambda one: f"{one.year}-{one.pk}")


def to_settle(consortia: list[int], day: date) -> list[budget.Package]:
    """Packages in force of years that are over and that nobody has begun to settle."""
    begun = Settlement.objects.filter(consortium__in=consortia).exclude(state=State.WITHDRAWN).values("package")
    return list(budget.Package.objects.filter(consortium__in=consortia, state=budget.State.FIXED.value, year__lt=day.year).exclude(id__in=begun).select_related("consortium").order_by("-year", "fund")[:PAGE])


def settlement(actor: Actor, number: str, day: date) -> Settlement | None:
    return Settlement.objects.filter(access.settlements_of(actor, day), number=number).select_related("consortium", "package", "prepared_by", "approved_by").first()


def statements(actor: Actor, settlement: Settlement) -> list[Statement]:
    """Those that stand, within reach, with their lines; two statements."""
    rows = settlement.statements.filter(access.statements_of(actor)).exclude(state=StatementState.SUPERSEDED)
    return list(rows.select_related("institution", "confirmed_by").defer("content", "signature", "certificate").prefetch_related("lines").order_by("institution__code"))


def statement(actor: Actor, number: str, version: int | None = None) -> Statement | None:
    """A version of a statement, or the latest."""
    rows = Statement.objects.filter(access.statements_of(actor), number=number).select_related("institution", "settlement__consortium", "settlement__package", "run", "previous", "confirmed_by")
    return rows.filter(version=version).first() if version is not None else rows.order_by("-version").first()


def versions(statement: Statement) -> list[Statement]:
    """The newest first, with their lines; two statements."""
    return list(Statement.objects.filter(number=statement.number).only("number", "version", "state", "final", "prepared_at").prefetch_related("lines").order_by("-version"))


def remarks(statement: Statement) -> list[Remark]:
    """What was said of any version, oldest first, without the files."""
    return list(Remark.objects.filter(statement__number=statement.number).select_related("institution", "statement").defer("file", "statement__content", "statement__certificate", "statement__signature").order_by("id"))


def runs(settlement: Settlement) -> list[Run]:
    """The newest first, without what went in."""
    return list(settlement.runs.defer("inputs", "scheme").order_by("-turn"))


def run(settlement: Settlement, turn: int) -> Run | None:
    """One run with its steps; two statements."""
    return settlement.runs.filter(turn=turn).prefetch_related(Prefetch("steps", RunStep.objects.order_by("position"))).first()


def last_steps(settlement: Settlement) -> list[RunStep]:
    """The step of the latest run that holds its totals; one statement."""
    return list(RunStep.objects.filter(run__settlement=settlement, name=Part.TOTALS).order_by("-run__turn")[:1])


def waiting(actor: Actor, day: date) -> dict[str, list[Any]]:
    """For a start page: statements this post may confirm, disputes it may answer, settlements it may approve or post."""
    found: dict[str, list[Any]] = {}
    own = Statement.objects.filter(settlement__state="prepared").select_related("institution", "settlement").defer("content", "signature", "certificate").order_by("institution__code")
    if reached := actor.reaches("distribution.confirm"):
        found["confirm"] = list(own.filter(institution__in=reached, state="prepared")[:PAGE])
    if reached := actor.reaches("distribution.answer"):
        found["answer"] = list(own.filter(institution__in=reached, state__in=("disputed", "accepted"))[:PAGE])
        found["unconfirmed"] = list(own.filter(institution__in=reached, state="prepared")[:PAGE])
    for verb, state in (("approve", "prepared"), ("post", "approved"), ("lock", "posted")):
        if unions := access.consortia(actor, day, f"distribution.{verb}"):
            ripe = Settlement.objects.filter(consortium__in=unions, state=state).exclude(statements__state__in=_OPEN if verb == "approve" else ())
            found[verb] = list(ripe.select_related("consortium").order_by("-year", "-id")[:PAGE])
    return found


def facts(consortium: int, year: int, institution: int) -> list[MemberFact]:
    """Everything told of a member in that year, the newest first; never many."""
    return list(MemberFact.objects.filter(consortium=consortium, year=year, institution=institution).defer("file").order_by("-id")[:300])


def latest_facts(consortium: int, year: int, within: Collection[int]) -> list[MemberFact]:
    """The last few facts told of the year, of the consortium as a whole too; one statement."""
    rows = MemberFact.objects.filter(Q(institution__in=within) | Q(institution__isnull=True), consortium=consortium, year=year)
    return list(rows.select_related("institution").defer("file").order_by("-id")[:8])


def work(consortium: int, year: int, within: Collection[int], before: int | None = None) -> Slice:
    """Work of a year given or received there, the latest told first, with what corrected it; one statement."""
    rows = Work.objects.filter(Q(giver__in=within) | Q(receiver__in=within), consortium=consortium, done_on__gte=date(year, 1, 1), done_on__lt=date(year + 1, 1, 1))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return keyset(list(rows.select_related("giver", "receiver", "corrected_by").order_by("-id")[: PAGE + 1]), PAGE, lambda one: one.pk)


def to_confirm(numbers: list[str]) -> list[tuple[str, int]]:
    """Statements of these numbers that nobody has confirmed, with their institutions."""
    return list(Statement.objects.filter(number__in=numbers, state=StatementState.PREPARED).values_list("number", "institution").order_by("number"))


def seat_of(number: str) -> int:
    """Where finance, head and bureau of a settlement's consortium sit, as far as the inbox is concerned: the lead hospital."""
    held = Settlement.objects.select_related("consortium").get(number=number)
    lead = institutions.lead_of(held.consortium.code, timezone.localdate(held.begun_at))
    if lead is None:
        raise LookupError(f"{held.consortium.code} has no lead")
    return lead.id


def scenarios(actor: Actor, day: date, *, text: str = "", archived: bool = False) -> list[Scenario]:
    """Scenarios within reach, the newest first, without the numbers of their answers' parts; one statement beside the access."""
    rows = Scenario.objects.filter(access.scenarios_of(actor, day), archived_at__isnull=not archived)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(number__icontains=text) | Q(settlement__number__icontains=text))
    return list(rows.select_related("settlement", "consortium").order_by("-id")[:PAGE])


def scenario(actor: Actor, number: str, day: date) -> Scenario | None:
    return Scenario.objects.filter(access.scenarios_of(actor, day), number=number).select_related("settlement__consortium", "run", "consortium").first()


def simulable(actor: Actor, day: date) -> list[Settlement]:
    """Settlements that were reckoned and that this post may simulate, the latest year first."""
    unions = access.consortia(actor, day, "distribution.simulate")
    return list(Settlement.objects.filter(consortium__in=unions, runs__isnull=False).exclude(state="withdrawn").distinct().select_related("consortium").order_by("-year", "-id")[:PAGE])


def latest_run(settlement: Settlement) -> Run | None:
    return settlement.runs.select_related("settlement__consortium", "settlement__package__consortium").order_by("-turn").first()
