"""What is taken and not tolerated: the newest medicines, the allergies with their history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilianti.kernel.actor import Actor
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Sharing
from yilianti.record.prescriptions import access
from yilianti.record.prescriptions.models import Allergy, Prescription
from yilianti.record.prescriptions.terms import AllergyKind, Carried, Severity, Standing, State
from yilianti.registry.residents import api as residents


@dataclass(frozen=True)
class Known:
    """What the banner says: the words, and whether they warn. Nothing recorded is other than nothing known."""

    text: str
    warns: bool


def medicines(actor: Actor, resident_ids: Sequence[int], *, how_far: Sharing = Sharing.NO_CONSENT, limit: int = 20) -> list[Prescription]:
    """Those in use first, then the newest; one statement."""
    rows = access.visible_to(actor, how_far).filter(resident__in=resident_ids).exclude(state=State.CANCELLED.value).select_related("institution")
    return sorted(rows.order_by("-ordered_at", "-id")[:limit], key=lambda row: row.state != State.ACTIVE.value)


def allergies(resident_ids: Sequence[int], *, closed: bool = False) -> list[Allergy]:
    """What stands (or, `closed`, what was refuted or entered in error), the severe ones first."""
    rows = Allergy.objects.filter(resident__in=resident_ids).select_related("institution")
    rows = rows.exclude(standing=Standing.OPEN.value) if closed else rows.filter(standing=Standing.OPEN.value)
    order = [str(s.value) for s in Severity]
    return sorted(rows.order_by("-recorded_at")[:100], key=lambda row: order.index(row.severity))


def carried(actor: Actor, resident: int, at: datetime) -> tuple[list[Carried], list[Carried]]:
    """(medicines in use, allergies that stand) of a person, merged ones included, as far as the actor may see them."""
    ids = sorted(residents.all_ids(resident))
    rows = medicines(actor, ids, how_far=encounters.sharing(actor, resident, at))
    taken = [Carried(row.number, row.drug, " ".join(part for part in (row.dose, row.route, row.frequency, row.days, row.instructions) if part))
             for row in rows if row.state == State.ACTIVE]  # fmt: skip
    known_ones = allergies(ids) if access.may_see_allergies(actor, resident) else []
    return taken, [Carried(row.number, row.substance or AllergyKind.NONE.zh, _how(row)) for row in known_ones]


def _how(row: Allergy) -> str:
    severity = "" if row.severity == Severity.UNKNOWN else Severity.label(row.severity)
    return " ".join(part for part in (severity, row.reaction) if part)


def portable(resident_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every medicine and allergy of a person, oldest first, as plain values: for the person's own copy."""
    for row in Prescription.objects.filter(resident__in=resident_ids).select_related("institution").order_by("ordered_at", "id").iterator(500):
        yield {"number": row.number, "institution": row.institution.name, "at": row.ordered_at, "what": row.drug, "state": State.label(row.state),
               "how": " ".join(part for part in (row.dose, row.route, row.frequency, row.days, row.instructions) if part)}  # fmt: skip
    for allergy in Allergy.objects.filter(resident__in=resident_ids).select_related("institution").order_by("recorded_at", "id"):
        yield {"number": allergy.number, "institution": allergy.institution.name, "at": allergy.recorded_at, "what": f"过敏：{allergy.substance or AllergyKind.NONE.zh}",
               "state": Standing.label(allergy.standing), "how": f"{Severity.label(allergy.severity)} {allergy.reaction}".strip()}  # fmt: skip


def known(resident: int) -> Known:
    """For the banner of whoever is shown, those merged with them included."""
    standing = allergies(sorted(residents.all_ids(resident)))
    named = [f"{row.substance}（{Severity.label(row.severity)}）" if row.severity == Severity.SEVERE else row.substance
             for row in standing if row.kind != AllergyKind.NONE]  # fmt: skip
    if named:
        return Known("、".join(dict.fromkeys(named)), True)
    return Known(AllergyKind.NONE.zh if standing else "未记录过敏史", False)


def allergy(actor: Actor, number: str) -> Allergy | None:
    row = Allergy.objects.filter(number=number).select_related("resident").first()
    return row if row is not None and access.may_see_allergies(actor, row.resident_id) else None
