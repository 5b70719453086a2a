"""What hospital systems report of a visit: opened, transferred, amended, closed, and the undoing of both.

Every function: one transaction, one append-only version, one journal line, and `Filed` as answer. `occurred_at` is
the moment the message speaks of (EVN-2 or MSH-7); older than what is known, it only fills blanks. A visit nobody
announced is opened from what is told, with a finding. Raises Refused where the record would become wrong.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.record.encounters import access, rules, versions
from yilianti.record.encounters.lifecycle import ENCOUNTER
from yilianti.record.encounters.models import Encounter
from yilianti.record.encounters.terms import Change, EncounterContent, Filed, State, Verb
from yilianti.record.encounters.versions import Told
from yilianti.registry.privacy import api as privacy

NOTHING = EncounterContent()


def open_encounter(
    *, actor: Actor, resident_id: int, institution_id: int, visit_number: str, kind: str, opened_at: datetime,
    content: EncounterContent, source: str, at: datetime, occurred_at: datetime | None = None,
) -> Filed:
    """Open a visit (A01, A04); a second opening amends it, and opens it again after a cancelled registration."""
    told = _told(actor, resident_id, institution_id, visit_number, source, at, occurred_at or opened_at, content, kind, opened_at)
    with transaction.atomic():
        if (encounter := versions.insert(told)) is not None:
            return versions.keep(encounter, told, Change.OPENED, "encounter.opened", is_new=True)
        encounter = _known(told)
        if encounter.state == State.CANCELLED:
            return _open_again(encounter, told)
        return _opened_before(encounter, told, opened_at)


def transfer(
    *, actor: Actor, resident_id: int, institution_id: int, visit_number: str, content: EncounterContent, source: str,
    at: datetime, kind: str = "", opened_at: datetime | None = None, occurred_at: datetime | None = None,
) -> Filed:
    """Move to another department, ward or bed (A02); a late one after the end only fills blanks."""
    told = _told(actor, resident_id, institution_id, visit_number, source, at, occurred_at or at, content, kind, opened_at)
    with transaction.atomic():
        encounter, new = _found_or_opened(told, Verb.TRANSFER.zh)
        if new:
            return new
        if encounter.state != State.CLOSED:
            ENCOUNTER.step(encounter, "transfer")
        return _amended(encounter, told, Change.TRANSFERRED, "encounter.transferred")


def amend(
    *, actor: Actor, resident_id: int, institution_id: int, visit_number: str, content: EncounterContent, source: str,
    at: datetime, kind: str = "", opened_at: datetime | None = None, occurred_at: datetime | None = None,
) -> Filed:
    """Update what is known of the visit (A08), in any state."""
    told = _told(actor, resident_id, institution_id, visit_number, source, at, occurred_at or at, content, kind, opened_at)
    with transaction.atomic():
        encounter, new = _found_or_opened(told, Change.AMENDED.zh)
        if new:
            return new
        cancelled = rules.still_cancelled(visit_number) if encounter.state == State.CANCELLED else None
        return _amended(encounter, told, Change.AMENDED, "encounter.amended", cancelled)


def close(
    *, actor: Actor, resident_id: int, institution_id: int, visit_number: str, closed_at: datetime, source: str, at: datetime,
    outcome: str = "", content: EncounterContent = NOTHING, kind: str = "", opened_at: datetime | None = None,
    occurred_at: datetime | None = None,
) -> Filed:
    """End the visit (A03); a second end amends the first. One without opening leaves an opened and a closed version."""
    told = _told(actor, resident_id, institution_id, visit_number, source, at, occurred_at or closed_at, content, kind, opened_at or closed_at)
    with transaction.atomic():
        encounter, new = _found_or_opened(told, Verb.CLOSE.zh)
        implied = new.findings if new else ()
        before, was = versions.snapshot(encounter), encounter.state
        late = versions.absorb(encounter, told)
        if was == State.CLOSED:
            word = "encounter.amended"
        else:
            word = ENCOUNTER.step(encounter, "close").word
        if was != State.CLOSED or not late:
            encounter.closed_at, encounter.outcome = closed_at, (outcome or encounter.outcome)[:48]
        if versions.snapshot(encounter) == before:
            return versions.filed(encounter, changed=False)
        odd = rules.closes_before_opening(encounter.opened_at, closed_at)
        return versions.keep(encounter, told, Change.CLOSED, word, findings=(*implied, odd), outcome=encounter.outcome)


def cancel_open(
    *, actor: Actor, resident_id: int, institution_id: int, visit_number: str, source: str, at: datetime,
    occurred_at: datetime | None = None,
) -> Filed:
    """Undo the registration (A11); Refused for an unknown or finished visit."""
    told = _told(actor, resident_id, institution_id, visit_number, source, at, occurred_at or at)
    return _undo(told, "cancel_open", Change.CANCELLED, State.CANCELLED)


def cancel_close(
    *, actor: Actor, resident_id: int, institution_id: int, visit_number: str, source: str, at: datetime,
    occurred_at: datetime | None = None,
) -> Filed:
    """Undo the end (A13); Refused for an unknown or cancelled visit."""
    told = _told(actor, resident_id, institution_id, visit_number, source, at, occurred_at or at)
    return _undo(told, "cancel_close", Change.REOPENED, State.OPEN)


def _told(
    actor: Actor, resident_id: int, institution_id: int, visit_number: str, source: str, at: datetime, occurred_at: datetime,
    content: EncounterContent = NOTHING, kind: str = "", opened_at: datetime | None = None,
) -> Told:
    if not access.may_file(actor):
        raise Refused("not_permitted", "就诊记录由医院信息系统通过接口写入，不能手工登记。", "encounters are filed by hospital systems")
    if not visit_number.strip():
        raise Refused("visit_number_missing", "缺少就诊号，无法确定是哪一次就诊；请来源系统填写就诊号后重新发送。",
                      "visit number missing", field="visit_number")
    return Told(actor, resident_id, institution_id, visit_number.strip()[:64], source, at, occurred_at, content, kind, opened_at)


def _known(told: Told) -> Encounter:
    encounter = versions.locked(told)
    if encounter is None:
        raise Refused("unknown_visit", f"没有就诊号为 {told.visit_number} 的就诊记录，无可撤销；请先发送登记消息，或核对就诊号。",
                      "unknown visit number", field="visit_number")
    return encounter


def _found_or_opened(told: Told, word: str) -> tuple[Encounter, Filed | None]:
    """The locked encounter, and what opening it from this message filed (None when it was known)."""
    encounter = versions.locked(told)
    if encounter is not None:
        return encounter, None
    encounter = versions.insert(told)
    if encounter is None:  # somebody else opened it meanwhile
        return _known(told), None
    implied = rules.opening_was_implied(word, told.visit_number)
    return encounter, versions.keep(encounter, told, Change.OPENED, "encounter.opened", findings=(implied,), is_new=True, implied=True)


def _open_again(encounter: Encounter, told: Told) -> Filed:
    word = ENCOUNTER.step(encounter, "open_encounter").word
    versions.absorb(encounter, told)
    encounter.opened_at, encounter.closed_at, encounter.outcome = told.opened_at or told.occurred_at, None, ""
    return versions.keep(encounter, told, Change.OPENED, word, again=True)


def _opened_before(encounter: Encounter, told: Told, opened_at: datetime) -> Filed:
    """A second opening: content and kind are amended; an ended visit stays ended."""
    before, was_kind = versions.snapshot(encounter), encounter.kind
    late = versions.absorb(encounter, told)
    ended = encounter.state == State.CLOSED
    encounter.opened_at = min(encounter.opened_at, opened_at) if late or ended else opened_at
    if versions.snapshot(encounter) == before:
        return versions.filed(encounter, changed=False)
    noticed = rules.arrived_late("登记") if late else _opened_after_end() if ended else None
    return versions.keep(encounter, told, Change.AMENDED, "encounter.amended", findings=(noticed,), was_kind=was_kind)


def _opened_after_end() -> Finding:
    return Finding("opened_while_closed", "该次就诊已结束，又收到登记消息：只更新内容，状态不变；如仍在就诊，请发送撤销结束消息。",
                   severity=Severity.WARNING, en="the visit has ended; content updated, state unchanged")


def _amended(encounter: Encounter, told: Told, change: Change, word: str, *findings: Finding | None) -> Filed:
    before = versions.snapshot(encounter)
    late = rules.arrived_late(change.zh) if versions.absorb(encounter, told) else None
    if versions.snapshot(encounter) == before:
        return versions.filed(encounter, changed=False, findings=tuple(f for f in (late, *findings) if f))
    return versions.keep(encounter, told, change, word, findings=(late, *findings))


def _undo(told: Told, action: str, change: Change, target: State) -> Filed:
    with transaction.atomic():
        encounter = _known(told)
        if encounter.state == target:
            nothing = Finding("nothing_to_undo", f"就诊已处于“{target.zh}”，无须再次撤销。", en="nothing to undo")
            return versions.filed(encounter, changed=False, findings=(nothing,))
        word = ENCOUNTER.step(encounter, action).word
        if change is Change.REOPENED:
            encounter.closed_at, encounter.outcome = None, ""
        versions.absorb(encounter, told)
        return versions.keep(encounter, told, change, word)


def reseal(*, at: datetime) -> int:
    """Seal what the policy in force today calls sensitive among visits filed before; returns how many were looked at."""
    return privacy.reseal(Encounter.objects.order_by("id").iterator(500), versions.seal, at)
