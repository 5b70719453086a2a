"""Questions on the codes of stored stays: asked anew each time, of the record as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from yilianti.kernel.actor import Actor
from yilianti.settlement.claims import access, grouping_kept
from yilianti.settlement.claims.coding.questions import Desk, Question, ask
from yilianti.settlement.claims.grouping import Engine
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.terms import State
from yilianti.settlement.claims.weighing_kept import Span

#: Stays looked at in one go, and at most for one page: many records have no question.
_PART, _MOST = 400, 4_000


@dataclass(frozen=True)
class Asked:
    """A stay and what is asked about it."""

    claim: Claim
    questions: tuple[Question, ...]


def stays(actor: Actor, span: Span, institution: int | None = None, department: str = "") -> QuerySet[Claim]:
    """Filed stays within reach, the latest filed first."""
    rows = Claim.objects.filter(access.visible_to(actor), state=State.FILED.value, kind=Kind.INPATIENT.value, discharged_on__gte=span.first, discharged_on__lt=span.until)
    if institution is not None:
        rows = rows.filter(institution=institution)
    return (rows.filter(department=department) if department else rows).select_related("institution").order_by("-id")


def departments(actor: Actor, span: Span, institution: int | None = None) -> list[str]:
    found = stays(actor, span, institution).exclude(department="").order_by("department").values_list("department", flat=True).distinct()
    return list(found[:200])


def asked(rows: QuerySet[Claim], size: int, before: int | None = None, kind: str = "") -> tuple[list[Asked], int | None]:
    """So many stays with questions (of a kind), and the id to go on below; None at the end."""
    found: list[Asked] = []
    for _ in range(_MOST // _PART):
        part = list((rows.filter(id__lt=before) if before is not None else rows)[:_PART])
        for claim, questions in _of(part):
            chosen = tuple(one for one in questions if not kind or one.kind == kind)
            if chosen:
                found.append(Asked(claim, chosen))
            if len(found) == size:
                return found, claim.pk if claim is not part[-1] or len(part) == _PART else None
        if len(part) < _PART:
            return found, None
        before = part[-1].pk
    return found, before


def _of(rows: Sequence[Claim]) -> Iterator[tuple[Claim, list[Question]]]:
    """In the order of the rows; a stay whose scheme nobody imported is asked nothing."""
    found: dict[int, list[Question]] = {}
    for name in {row.scheme for row in rows if row.scheme}:
        engine = grouping_kept.engine_of(name)
        if engine is None:
            continue
        desk, some = _desk(engine), [row for row in rows if row.scheme == name]
        cases = [grouping_kept.case_of(row) for row in some]
        grouped = desk.engine.many([desk.read(case) for case in cases])
        found |= {row.pk: list(ask(desk, case, one)) for row, case, one in zip(some, cases, grouped, strict=True)}
    for row in rows:
        yield row, found.get(row.pk, [])


@lru_cache(maxsize=4)
def _desk(engine: Engine) -> Desk:
    return Desk(engine)
