"""How a change of an encounter is written: one row per visit number, its lock, and its append-only versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from yilianti.kernel import batching, journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused
from yilianti.record.encounters import rules
from yilianti.record.encounters.models import Encounter, EncounterVersion
from yilianti.record.encounters.terms import Change, EncounterContent, Filed, Kind, State
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

_COLUMNS = [column for column in Encounter._meta.concrete_fields if not column.primary_key]
_INSERT = """INSERT INTO encounters_encounter ({names}) VALUES ({places})
             ON CONFLICT (institution_id, visit_number) DO NOTHING RETURNING id""".format(  # noqa: S608
    names=", ".join(str(column.column) for column in _COLUMNS), places=", ".join(["%s"] * len(_COLUMNS))
)


@dataclass(frozen=True)
class Told:
    """What one message tells of one visit: `occurred_at` is the moment it speaks of, `at` when it is recorded."""

    actor: Actor
    resident_id: int
    institution_id: int
    visit_number: str
    source: str
    at: datetime
    occurred_at: datetime
    content: EncounterContent
    kind: str = ""
    opened_at: datetime | None = None


def insert(told: Told) -> Encounter | None:
    """A new encounter, or None when the visit number is already known (also to a transaction just ended)."""
    encounter = Encounter(
        number=numbers.next_number("JZ", told.at), resident_id=told.resident_id, institution_id=told.institution_id,
        visit_number=told.visit_number, kind=told.kind or Kind.OTHER.value, state=State.OPEN.value,
        opened_at=told.opened_at or told.occurred_at, changed_at=min(told.occurred_at, told.at), version=1,
        **rules.merged({}, told.content),
    )
    values = [column.get_db_prep_save(getattr(encounter, column.attname), connection) for column in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        row = cursor.fetchone()
    if row is None:
        return None
    encounter.id = row[0]
    encounter._state.adding = False
    return encounter


def locked(told: Told) -> Encounter | None:
    """The encounter of this visit number, its row locked; refused when it is somebody else's."""
    chosen = Encounter.objects.select_for_update().filter(institution=told.institution_id, visit_number=told.visit_number)
    encounter = chosen.first()
    if encounter is None or encounter.resident_id == told.resident_id:
        return encounter
    if told.resident_id in residents.all_ids(encounter.resident_id):
        return encounter
    if encounter.state == State.CANCELLED:
        encounter.resident_id = told.resident_id  # registered for the wrong person, cancelled, registered anew
        return encounter
    raise Refused(
        "visit_of_other_resident",
        f"就诊号 {told.visit_number} 已登记在另一位居民名下；请与来源系统核对后，先撤销原登记再重新发送。",
        "this visit number belongs to another resident", field="visit_number",
    )


def snapshot(encounter: Encounter) -> dict[str, Any]:
    """The whole row as plain values: what a version keeps."""
    head = {
        "resident": encounter.resident_id, "kind": encounter.kind, "state": encounter.state,
        "opened_at": rules.moment(encounter.opened_at), "closed_at": rules.moment(encounter.closed_at), "outcome": encounter.outcome,
    }
    return head | {name: getattr(encounter, name) for name in (*rules.PLAIN, "diagnoses", "details")}


def absorb(encounter: Encounter, told: Told) -> bool:
    """Merge what was told into the row (not saved yet); True when the message was late."""
    late = rules.is_late(encounter.changed_at, told.occurred_at)
    for name, value in rules.merged(snapshot(encounter), told.content, is_late=late).items():
        setattr(encounter, name, value)
    if told.kind and (not late or encounter.kind == Kind.OTHER):
        encounter.kind = told.kind
    encounter.changed_at = max(encounter.changed_at, min(told.occurred_at, told.at))
    return late


def keep(
    encounter: Encounter, told: Told, change: Change, word: str, *,
    findings: Sequence[Finding | None] = (), is_new: bool = False, **facts: Any,
) -> Filed:
    """Save the row, append its version, write the journal line, note the care relation."""
    noticed = tuple(finding for finding in findings if finding)
    if not is_new:
        encounter.version += 1
        batching.update_now(encounter)
    kept = EncounterVersion(
        encounter=encounter, version=encounter.version, change=change.value, at=told.occurred_at, recorded_at=told.at,
        source=told.source[:64], content=snapshot(encounter),
    )
    batching.insert([kept])
    said = {"number": encounter.number, "visit_number": encounter.visit_number, "kind": encounter.kind, "institution": encounter.institution_id,
            "opened_at": encounter.opened_at.isoformat(), "closed_at": encounter.closed_at.isoformat() if encounter.closed_at else ""}
    if noticed:
        said["findings"] = [finding.code for finding in noticed]
    journal.write(word, actor=told.actor, at=told.at, subject=f"encounters:{encounter.number}", resident=encounter.resident_id, facts=said | facts)
    residents.note_relation(encounter.resident_id, encounter.institution_id, told.at)
    seal(told.actor, encounter, told.at)
    return filed(encounter, changed=True, findings=noticed)


def seal(actor: Actor, encounter: Encounter, at: datetime) -> None:
    """Seal the visit where its diagnoses, its reason or its department name a sensitive category."""
    texts = [encounter.reason, encounter.department, *(given.get("name", "") for given in encounter.diagnoses)]
    privacy.seal(
        actor=actor, source=privacy.Source.ENCOUNTER, item=encounter.id, number=encounter.number, resident_id=encounter.resident_id,
        institution_id=encounter.institution_id, codes=[given.get("code", "") for given in encounter.diagnoses], texts=texts, at=at,
    )  # fmt: skip


def filed(encounter: Encounter, *, changed: bool, findings: tuple[Finding, ...] = ()) -> Filed:
    """The answer of an action."""
    return Filed(encounter.id, encounter.number, encounter.state, encounter.version, changed, findings)
