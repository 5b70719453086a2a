"""What is filed of some people, read for the rules: their claims around a month, the charge lines that stand, days with results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from yilianti.kernel.actor import Scope
from yilianti.record.results import api as results
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import api as claims
from yilianti.settlement.supervision import book as books
from yilianti.settlement.supervision import points, rules
from yilianti.settlement.supervision.ledger import Ledger
from yilianti.settlement.supervision.terms import Billed, Line, Sign, Suspected, Trace

#: How far back and ahead claims are read beside those of the month: longer than any days a policy may set.
AROUND = timedelta(days=120)
_SEEN = ("id", "number", "version", "resident", "institution", "kind", "admitted_on", "discharged_on", "total", "department", "diagnoses", "operations", "drg", "discharge_type", "referral", "way",
         "sex", "age")  # fmt: skip
_CHARGED = ("claim__number", "id", "list_code", "code", "name", "category", "quantity", "amount", "charged_at", "fully_own", "over_limit", "supply_days")


@dataclass(frozen=True)
class Held:
    """Claims of people by number, with lines and signs; `month` claims are the ones to judge."""

    people: list[int]
    month: date
    claims: dict[str, Billed]
    lines: list[Line]
    signs: list[Sign]
    told: dict[tuple[int, str], int]

    def versions(self) -> dict[str, int]:
        return {number: one.version for number, one in self.claims.items()}

    def turns(self, at: datetime) -> Iterator[tuple[Scope, books.Book, set[str]]]:
        """The claims to judge, together where the same editions hold: their scope, their book, their numbers."""
        scopes = {place: institutions.scope_of(place, at) for place in {one.institution for one in self.claims.values() if one.judged}}
        dated = {scope.consortium: points.of(scope.consortium) for scope in scopes.values()}
        opened: dict[tuple[Scope, date], books.Book] = {}
        grouped: dict[tuple[Scope, tuple[str, ...]], tuple[books.Book, set[str]]] = {}
        for number, one in self.claims.items():
            if one.judged:
                scope, day = scopes[one.institution], one.discharged_on
                if (scope, day) not in opened:
                    opened[scope, day] = books.in_force(day, scope, points.on(dated[scope.consortium], day))
                book = opened[scope, day]
                grouped.setdefault((scope, book.refs()), (book, set()))[1].add(number)
        for (scope, _), (book, numbers) in grouped.items():
            yield scope, book, numbers

    def asked(self, book: books.Book, judged: set[str]) -> list[Suspected]:
        """Every rule, of these claims only, with all others beside them."""
        listed = [replace(one, judged=number in judged) for number, one in self.claims.items()]
        return list(rules.ask(Ledger.of(listed, self.lines, self.signs, self.told), book))


def of_people(people: Sequence[int], month: date) -> Held:
    """Some statements, however many people there are."""
    until = (month + timedelta(days=32)).replace(day=1)
    rows = list(claims.Claim.objects.filter(resident__in=people, state="filed", discharged_on__gte=month - AROUND, admitted_on__lt=until + AROUND).order_by("id").values(*_SEEN))
    known = residents.many(people)
    held = {row["number"]: _billed(row, known[row["resident"]], month <= row["discharged_on"] < until) for row in rows}
    charged = claims.Charge.objects.filter(claim__in=[row["id"] for row in rows], corrected_by__isnull=True).order_by("id").values_list(*_CHARGED)
    lines = [Line(number, pk, list_code or code, name, category, quantity, amount, timezone.localtime(at).replace(tzinfo=None), own, over, supply)
             for number, pk, list_code, code, name, category, quantity, amount, at, own, over, supply in charged.iterator(chunk_size=5_000)]  # fmt: skip
    return Held(sorted(people), month, held, lines, _signs(list(held.values())), _told({one.institution for one in held.values() if one.judged and one.kind == "inpatient"}, month, until))


def _billed(row: dict[str, object], person: residents.Resident, judged: bool) -> Billed:
    plain = {name: row[name] for name in ("number", "resident", "institution", "kind", "admitted_on", "discharged_on", "total", "version", "department", "drg", "sex", "age")}
    return Billed(**plain, diagnoses=tuple(row["diagnoses"]), operations=tuple(row["operations"]), leaving=str(row["discharge_type"]), referred=bool(row["referral"]) or row["way"] == "referred",  # type: ignore[arg-type]
                  record_sex=person.sex, born_on=person.born_on, died_on=timezone.localdate(person.died_at) if person.died_at else None, judged=judged)  # fmt: skip


def _signs(claimed: Sequence[Billed]) -> list[Sign]:
    """Days on which the institution of a stay reported a result of the person."""
    stays = [one for one in claimed if one.kind == "inpatient"]
    if not stays:
        return []
    told = results.reported_days({one.resident for one in stays}, min(one.admitted_on for one in stays), max(one.discharged_on for one in stays))
    return [Sign(one.number, str(Trace.RESULT), day) for one in stays for day in told.get((one.resident, one.institution), ()) if one.admitted_on <= day <= one.discharged_on]


#: So many stays of the time tell what institutions use to tell.
_SAMPLE = 2_000


def _told(places: set[int], month: date, until: date) -> dict[tuple[int, str], int]:
    """Of how many per cent of its stays around the month each institution has told results."""
    if not places:
        return {}
    found = claims.Claim.objects.filter(institution__in=places, state="filed", kind="inpatient", discharged_on__gte=month - AROUND, discharged_on__lt=until).order_by("-id")[:_SAMPLE]
    stays = [Billed(one.number, one.resident_id, one.institution_id, "inpatient", one.admitted_on, one.discharged_on, 0) for one in found]
    seen = {sign.claim for sign in _signs(stays)}
    counted = {place: [one.number in seen for one in stays if one.institution == place] for place in places}
    return {(place, str(Trace.RESULT)): 100 * sum(there) // len(there) for place, there in counted.items() if there}
