"""Certifying: a decided referral as a signed document, which neither end can deny or change afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from yilianti.care.referral import access
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import JOURNAL, DeclineReason, Service, State, Urgency
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.crypto import signed_files
from yilianti.kernel.crypto.signed_files import SignedFile
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry, JournalSeal
from yilianti.registry.residents import api as residents

_PLAIN = (
    "number", "from_level", "to_level", "diagnosis_code", "diagnosis_name", "reason", "reason_name", "summary", "treatment", "notes", "evidence",
    "decision_note", "encounter", "discharge_document", "follow_up_note", "version", "channel", "examination", "medicines", "allergies", "rehabilitation",
    "contact_phone", "overridden", "override_reason", "advice", "redirect_consent", "outcome", "outcome_note",
)  # fmt: skip
_MOMENTS = (
    "onset_at", "drafted_at", "approved_at", "submitted_at", "answer_due_at", "decided_at", "appointment_at", "arrived_at", "discharged_at", "followed_up_at", "concluded_at",
)  # fmt: skip
_PEOPLE = ("drafted_by", "approved_by", "decided_by", "contact")


@transaction.atomic
def certify(*, actor: Actor, number: str, at: datetime) -> SignedFile:
    """A zip of the referral, who did what when, the signature, and how to verify it. Refused before somebody has decided."""
    shown = Referral.objects.select_related("resident", "from_institution", "to_institution", "to_department", "origin", *_PEOPLE)
    referral = shown.filter(access.visible_to(actor), number=number).first()
    places = {referral.from_institution_id, referral.to_institution_id} if referral else set()
    if referral is None or not (actor.is_system or actor.reaches("referral.certify") & places):
        raise Refused("not_permitted", "签名件只能由转诊双方有此项权限的人员导出；请联系本机构转诊办。", "not at either end")
    if referral.decided_at is None:
        raise Refused("not_decided", f"转诊单“{State.label(referral.state)}”，还没有答复；请在接收方答复之后导出签名件。", "not decided yet")
    document = json.dumps(_document(referral, at), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    made = signed_files.made(referral.number, f"转诊单 {referral.number} 签名件", document)
    journal.write("referral.certified", actor=actor, at=at, subject=f"referral:{number}", resident=referral.resident_id,
                  from_institution=referral.from_institution_id, to_institution=referral.to_institution_id,
                  facts={"number": number, "sm3": made.sm3, "algorithm": made.algorithm, "key": made.key, "version": referral.version})  # fmt: skip
    return made


def _document(referral: Referral, at: datetime) -> dict[str, Any]:
    """Everything both ends said, in plain values; moments in UTC, days as they are."""
    resident = referral.resident
    said = {name: getattr(referral, name) for name in _PLAIN} | {name: _moment(getattr(referral, name)) for name in _MOMENTS}
    return said | {
        "document": "referral", "made_at": _moment(at), "state": _coded(State, referral.state), "urgency": _coded(Urgency, referral.urgency),
        "service": _coded(Service, referral.service), "decline_reason": _coded(DeclineReason, referral.decline_reason),
        "follow_up_due_on": referral.follow_up_due_on.isoformat() if referral.follow_up_due_on else "",
        "origin": referral.origin.number if referral.origin else "",
        "from": {"code": referral.from_institution.code, "name": referral.from_institution.name},
        "to": {"code": referral.to_institution.code, "name": referral.to_institution.name,
               "department": referral.to_department.name if referral.to_department else ""},
        "resident": {"number": resident.number, "name": resident.name, "sex": resident.sex, "identity": residents.masked_identity(resident.id),
                     "born_on": resident.born_on.isoformat() if resident.born_on else ""},
        "outcome_on": referral.outcome_on.isoformat() if referral.outcome_on else "", **{name: _name(getattr(referral, name)) for name in _PEOPLE},
        "messages": [{"at": _moment(one.said_at), "kind": one.kind, "text": one.text, "who": _name(one.said_by), "institution": one.institution.name}
                     for one in referral.messages.select_related("said_by", "institution").order_by("id")],
        "milestones": [{"milestone": one.milestone, "took_place_at": _moment(one.took_place_at), "note": one.note, "who": _name(one.noted_by)}
                       for one in referral.milestones.select_related("noted_by").order_by("id")],
        "history": _history(journal.history(f"referral:{referral.number}")),
    }  # fmt: skip


def _history(entries: list[JournalEntry]) -> list[dict[str, Any]]:
    """Each step with its place in the journal, whose seals are anchored outside the database."""
    seals = {seal.entry_id: seal for seal in JournalSeal.objects.filter(entry_id__in=[entry.id for entry in entries])}
    return [
        {"at": _moment(entry.at), "word": entry.word, "said": JOURNAL.get(entry.word, entry.word), "who": entry.actor_name,
         **({"seal": seal.number, "hash": f"{seal.algorithm}:{seal.hash}"} if (seal := seals.get(entry.id)) else {})}
        for entry in entries
    ]  # fmt: skip


def _name(person: Any) -> str:
    return person.name if person else ""


def _coded(terms: Any, value: str) -> dict[str, str]:
    return {"code": value, "name": terms.label(value)} if value else {}


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
