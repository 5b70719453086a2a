"""What a consortium can show for the three integrations in a year: counted from the rooms, linked by hand, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.registry.governance import queries, rules
from yilianti.registry.governance.models import Council, Document, Evidence, Meeting, Resolution, Seat
from yilianti.registry.governance.terms import DocumentKind
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import CentreKind, Consortium


@dataclass(frozen=True)
class Found:
    """One kind of evidence: what it is, what there is of it in words, the address to it; `is_there` decides whether it is missing."""

    what: str
    said: str
    url: str
    is_there: bool


@dataclass(frozen=True)
class Criterion:
    """One criterion of the national list with what speaks for it."""

    code: str
    number: str
    name: str
    asks: tuple[str, ...]
    found: tuple[Found, ...]
    linked: tuple[tuple[Evidence, str, str], ...]

    @property
    def missing(self) -> int:
        return sum(not one.is_there for one in self.found)


def collected(of: Consortium, year: int, today: date, *, opens_members: bool = False) -> tuple[policybook.Edition, list[Criterion]]:
    """The criteria in force at the year's end (or today) and what there is; a fixed number of statements.

    `opens_members`: the reader may open the page of the members and centres, so that centres link to it.
    """
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    day = min(today, end - timedelta(days=1))
    policy = policybook.in_force("governance.evidence", day, Scope(of.code, of.region))
    facts = {**_documents(of, start, day), **_centres(of, day, is_linked=opens_members), **_counts(of, start, end, day)}
    linked = queries.evidence(of, year)
    titles = _titles(of, linked)
    return policy, [
        Criterion(code, told["number"], told["zh"], tuple(told["asks"]), tuple(facts[kind] for kind in told["collects"] if kind in facts),
                  tuple((e, *titles.get(e.subject, ("", ""))) for e in linked if e.criterion == code))
        for code, told in policy["criteria"].items()
    ]  # fmt: skip


def _documents(of: Consortium, start: date, day: date) -> dict[str, Found]:
    """Documents that were in force at the end of the year, by kind."""
    held: dict[str, list[Document]] = {}
    for document in Document.objects.filter(consortium=of, state__in=["in_force", "ended", "superseded"], effective_from__lte=day).order_by("-effective_from"):
        if (document.ended_on is None or document.ended_on > day) and (document.effective_until is None or document.effective_until > day):
            held.setdefault(document.kind, []).append(document)
    return {f"document:{kind.value}": _papers(kind.zh, held.get(str(kind.value), [])) for kind in DocumentKind}


def _papers(what: str, held: Sequence[Document]) -> Found:
    said = "、".join(f"《{d.title}》" for d in held[:3]) + (f"等 {len(held)} 份" if len(held) > 3 else "")
    return Found(what, said or "没有有效的文件", f"/governance/documents/{held[0].number}/" if held else "", bool(held))


def _centres(of: Consortium, day: date, *, is_linked: bool) -> dict[str, Found]:
    held = institutions.centres_of(of, day)
    found = {}
    for kind in CentreKind:
        mine = [c for c in held if c.kind == kind]
        said = "设在" + "、".join(c.host.short_name for c in mine) if mine else "没有设立"
        found[f"centre:{kind.value}"] = Found(kind.zh, said, f"/institutions/consortia/{of.code}/?day={day}" if mine and is_linked else "", bool(mine))
    return found


def _counts(of: Consortium, start: date, end: date, day: date) -> dict[str, Found]:
    began, over = _moment(start), _moment(end)
    held = Meeting.objects.filter(council__consortium=of, state="closed", held_at__gte=began, held_at__lt=over).count()
    decided = queries.decided_in(of, began, over).filter(state__in=["adopted", "revoked"])
    adopted, editions = decided.count(), decided.exclude(policy_ref="").count()
    councils = list(Council.objects.filter(consortium=of, founded_on__lte=day).values_list("name", flat=True))
    voting = Seat.objects.filter(council__consortium=of, has_vote=True, from_on__lte=day).exclude(until_on__lte=day)
    levels = list(voting.values_list("institution__level", flat=True))
    primary, village = rules.share_of(levels)
    share = f"有表决权 {len(levels)} 席，其中基层 {primary} 席（{primary * 100 // len(levels)}%），村级 {village} 席" if levels else "没有委员"
    here = f"/governance/{of.code}/"
    return {
        "count:councils": Found("治理机构", "、".join(councils) or "没有设立", here, bool(councils)),
        "count:primary_seats": Found("基层代表", share, here, primary > 0),
        "count:meetings": Found("会议", f"{start.year} 年开会 {held} 次", here, held > 0),
        "count:resolutions": Found("决议", f"{start.year} 年通过 {adopted} 项，其中定本地参数 {editions} 项", here, adopted > 0),
    }


def _titles(of: Consortium, linked: Sequence[Evidence]) -> dict[str, tuple[str, str]]:
    """Number of a paper → (title, address)."""
    numbers = {e.subject for e in linked if e.subject}
    found: dict[str, tuple[str, str]] = {}
    for document in Document.objects.filter(consortium=of, number__in=numbers):
        found[document.number] = (str(document), f"/governance/documents/{document.number}/")
    for resolution in Resolution.objects.filter(consortium=of, number__in=numbers):
        found[resolution.number] = (f"{resolution.official_number or resolution.number} {resolution.title}", f"/governance/resolutions/{resolution.number}/")
    return found


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here


def papers(of: Consortium) -> list[tuple[str, Any]]:
    """What may be linked: documents and decided resolutions."""
    documents = [(d.number, str(d)) for d in queries.documents(of, queries.Filters())]
    decided = [(r.number, f"{r.official_number} {r.title}") for r in queries.resolutions(of, queries.Filters(state="adopted"), limit=100)]
    return [*documents, *decided]
