"""What is known of a resident's visits: the timeline, counts of what stays hidden, one visit with its versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.record.encounters import access, rules
from yilianti.record.encounters.models import Encounter, EncounterQuerySet, EncounterVersion
from yilianti.record.encounters.terms import Happening, Kind, Narrowing, Sharing, State, Stay, Visit
from yilianti.registry.privacy import api as privacy

SOURCE = "encounter"
_VISIT = """SELECT id, number, resident_id, institution_id, visit_number, kind, state, opened_at, closed_at
FROM encounters_encounter"""
_TONES = {State.OPEN.value: "info", State.CLOSED.value: "ok", State.CANCELLED.value: "idle"}
_LIGHT = ("id", "number", "opened_at", "closed_at", "kind", "state", "department", "doctor", "reason", "diagnoses",
          "institution_id", "institution__short_name")


def visit(institution_id: int, visit_number: str) -> Visit | None:
    """The encounter of a sender's visit number, for gateways that file what belongs to it."""
    return _as_visit("institution_id = %s AND visit_number = %s", [institution_id, visit_number])


def visit_of(number: str) -> Visit | None:
    """The encounter of this number, for handovers."""
    return _as_visit("number = %s", [number])


def _as_visit(condition: str, values: list[Any]) -> Visit | None:
    # Asked for every report and document that arrives: plain SQL costs a fifth of the query set's time.
    with connection.cursor() as cursor:
        cursor.execute(f"{_VISIT} WHERE {condition}", values)
        row = cursor.fetchone()
    return Visit(*row) if row else None


_STAY = ("number", "resident_id", "institution_id", "department", "ward", "bed", "doctor", "diagnoses", "opened_at", "closed_at")


def in_house(actor: Actor, institutions: Iterable[int], limit: int = 2000) -> list[Stay]:
    """Who lies in a bed of these institutions and may be read, the longest stay first; one statement."""
    rows = access.visible_to(actor).filter(institution__in=list(institutions), kind=Kind.INPATIENT.value, state=State.OPEN.value)
    return [_stay(row) for row in rows.order_by("opened_at", "id").values(*_STAY)[:limit]]


def stay_of(actor: Actor, number: str) -> Stay | None:
    """The same of one stay, also when it has ended."""
    row = access.visible_to(actor).filter(number=number, kind=Kind.INPATIENT.value).exclude(state=State.CANCELLED.value).values(*_STAY).first()
    return _stay(row) if row else None


def _stay(row: dict[str, Any]) -> Stay:
    given: dict[str, Any] = min(row.pop("diagnoses"), key=rules.weight, default={})
    return Stay(**row, code=given.get("code", ""), diagnosis=given.get("name", "") or given.get("code", ""))


def timeline(
    actor: Actor, resident_ids: Sequence[int], *, before: tuple[datetime, int] | None = None, limit: int = 30,
    narrowing: Narrowing | None = None, how_far: Sharing = Sharing.NO_CONSENT,
) -> list[Happening]:
    """Visits newest first below (moment, id); one statement."""
    rows = _narrowed(access.visible_to(actor, how_far).filter(resident__in=resident_ids), narrowing or Narrowing())
    return [_happening(row) for row in rows.before(before).values(*_LIGHT)[:limit]]


def hidden_count(actor: Actor, resident_ids: Sequence[int]) -> int:
    """How many visits of this resident lie outside the actor's reach."""
    return access.hidden_from(actor, Encounter.objects.filter(resident__in=resident_ids), access.VIEW, privacy.sealed(privacy.Source.ENCOUNTER)).count()


def recent_diagnoses(actor: Actor, resident_ids: Sequence[int], *, how_far: Sharing = Sharing.NO_CONSENT, limit: int = 8) -> list[dict[str, Any]]:
    """The newest different diagnoses (code, name, at, encounter number, institution) of the last 20 visits."""
    rows = access.visible_to(actor, how_far).filter(resident__in=resident_ids).exclude(state=State.CANCELLED.value)
    seen: dict[str, dict[str, Any]] = {}
    for row in rows.before(None).values(*_LIGHT)[:20]:
        for given in sorted(row["diagnoses"], key=rules.weight):
            key = given.get("code") or given.get("name", "")
            seen.setdefault(key, {"code": given.get("code", ""), "name": given.get("name", "") or key, "at": row["opened_at"],
                                  "number": row["number"], "institution": row["institution__short_name"]})
    return list(seen.values())[:limit]


def one(actor: Actor, number: str, at: datetime) -> tuple[Encounter, Sharing] | None:
    """An encounter the actor may read, and how far their reading goes; None for a missing and a foreign one alike."""
    found = Encounter.objects.select_related("resident", "institution").filter(number=number).first()
    if found is None:
        return None
    how_far = access.sharing(actor, found.resident_id, at)
    return (found, how_far) if access.visible_to(actor, how_far).filter(pk=found.pk).exists() else None


def line(actor: Actor, number: str, at: datetime) -> tuple[int, Happening] | None:
    """(resident id, light line) of an encounter the actor may read."""
    found = one(actor, number, at)
    return (found[0].resident_id, _happening(Encounter.objects.values(*_LIGHT).get(id=found[0].id))) if found else None


def history(encounter: Encounter, resident_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Versions newest first, each with what changed against the one before; another person's versions are left out."""
    kept = list(EncounterVersion.objects.filter(encounter=encounter).order_by("version"))
    own = [version for version in kept if version.content.get("resident", encounter.resident_id) in resident_ids]
    pairs = zip([None, *own], own, strict=False)
    steps = [
        {"version": version, "changed": rules.differences(former.content, version.content) if former else []}
        for former, version in pairs
    ]
    return steps[::-1]


def portable(resident_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every visit of a person with all that is known of it, oldest first, as plain values: for the person's own copy."""
    columns = ("number", "kind", "state", "institution__name", "department", "ward", "bed", "doctor", "reason", "diagnoses", "details",
               "opened_at", "closed_at", "outcome")
    yield from Encounter.objects.filter(resident__in=resident_ids).order_by("opened_at", "id").values(*columns).iterator(500)


def _narrowed(rows: EncounterQuerySet, by: Narrowing) -> EncounterQuerySet:
    if by.institution:
        rows = rows.filter(institution=by.institution)
    if by.kinds:
        rows = rows.filter(kind__in=by.kinds)
    if by.from_at:
        rows = rows.filter(opened_at__gte=by.from_at)
    if by.until_at:
        rows = rows.filter(opened_at__lt=by.until_at)
    if by.text:
        words = Q(department__icontains=by.text) | Q(doctor__icontains=by.text) | Q(reason__icontains=by.text)
        rows = rows.filter(words | Q(visit_number=by.text) | Q(diagnoses__icontains=by.text))
    return rows


def _happening(row: dict[str, Any]) -> Happening:
    kind, names = Kind.label(row["kind"]), "、".join(dict.fromkeys(d.get("name") or d.get("code", "") for d in row["diagnoses"]))
    return Happening(
        source=SOURCE, id=row["id"], number=row["number"], at=row["opened_at"], until=row["closed_at"],
        title=" · ".join(part for part in (kind, row["department"]) if part), kind=row["kind"], kind_label=kind,
        institution_id=row["institution_id"], institution=row["institution__short_name"],
        note=" · ".join(part for part in (names or row["reason"], row["doctor"]) if part),
        state=State.label(row["state"]), tone=_TONES.get(row["state"], "idle"),
    )
