"""Stamp images kept, and signed papers issued: what was issued is kept as it was, and found again by the code printed on it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.papers import signing
from yilianti.registry.governance import access, files, sheets
from yilianti.registry.governance.actions.recording import record
from yilianti.registry.governance.models import Document, Paper, Resolution, Stamp
from yilianti.registry.governance.terms import DocumentState, ResolutionState
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium, Institution

STAMP = "governance.stamp"


@dataclass(frozen=True)
class Press:
    """Where papers are made: the folders of files and of keys, and the address from a code to its page."""

    store: Path
    keys: Path
    address: Callable[[str], str]


@transaction.atomic
def stamp(*, actor: Actor, institution_id: int, content: bytes, store: Path, at: datetime) -> Stamp:
    """Keep a new image of an institution's stamp; the former one is kept with its dates."""
    actor.require(STAMP, institution_id)
    place = institutions.get(institution_id)
    if place is None:
        raise Refused("unknown_institution", "没有这个机构；请从机构名录中选择。", "no such institution", field="institution")
    sha256 = files.keep(store, files.checked_stamp(content))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"governance.stamp:{institution_id}"])
    Stamp.objects.filter(institution=institution_id, until_at__isnull=True).update(until_at=at)
    made = Stamp.objects.create(institution_id=institution_id, sha256=sha256, uploaded_by=actor.name, from_at=at)
    consortium = institutions.consortium_of(institution_id, timezone.localdate(at))
    if consortium is None:
        raise Refused("no_member", "该机构不属于任何医联体，无处用印；请先登记其成员关系。", "belongs to no consortium", field="institution")
    record("governance.stamped", actor=actor, at=at, subject=f"stamp-{institution_id}", consortium=consortium, facts={"institution": institution_id, "sha256": sha256})
    return made


@transaction.atomic
def issue_resolution(*, actor: Actor, number: str, press: Press, at: datetime) -> Paper:
    """A resolution that was decided as signed PDF, with the stamp of the lead."""
    resolution = Resolution.objects.select_related("consortium", "council", "meeting", "revokes").filter(number=number).first()
    if resolution is None:
        raise Refused("unknown_resolution", f"没有编号为 {number} 的议案；请核对编号。", "no such resolution", field="number")
    lead = _lead(actor, resolution.consortium, at)
    if resolution.state not in (ResolutionState.ADOPTED, ResolutionState.REVOKED):
        raise Refused("wrong_state", "只有通过的决议可以签发；请先计票。", "not adopted")
    code = secrets.token_hex(8)
    drawn = sheets.resolution(resolution, lead, stamp_of(lead.id, press.store), code, press.address(code), at)
    return _issue(actor, press, lead, resolution.consortium, resolution.number, resolution.official_number, resolution.title, code, drawn, at)


@transaction.atomic
def issue_document(*, actor: Actor, number: str, press: Press, at: datetime) -> Paper:
    """A document in force as signed PDF, with the stamp of each party that signed."""
    document = Document.objects.select_related("consortium").filter(number=number).first()
    if document is None:
        raise Refused("unknown_document", f"没有编号为 {number} 的文件；请核对编号。", "no such document", field="number")
    lead = _lead(actor, document.consortium, at)
    if document.state != DocumentState.IN_FORCE:
        raise Refused("wrong_state", "只有有效的文件可以签发；请先完成签署。", "not in force")
    stamps = {party.institution_id: stamp_of(party.institution_id, press.store) for party in document.parties.all()}
    code = secrets.token_hex(8)
    drawn = sheets.document(document, stamps, code, press.address(code), at)
    return _issue(actor, press, lead, document.consortium, document.number, document.number, str(document), code, drawn, at)


def _lead(actor: Actor, consortium: Consortium, at: datetime) -> Institution:
    access.require_manage(actor, consortium, timezone.localdate(at))
    lead = institutions.lead_of(consortium.code, timezone.localdate(at))
    if lead is None:
        raise Refused("no_lead", f"“{consortium.name}”没有牵头医院，无人签发；请先登记牵头医院。", "no lead")
    return lead


def stamp_of(institution_id: int, store: Path) -> bytes | None:
    """The image of an institution's stamp in use, for papers it issues; None where none is kept."""
    held = Stamp.objects.filter(institution=institution_id, until_at__isnull=True).first()
    return files.read(store, held.sha256) if held else None


def _issue(actor: Actor, press: Press, lead: Institution, consortium: Consortium, subject: str, reference: str, title: str, code: str, drawn: bytes, at: datetime) -> Paper:
    signed, signer = signing.sign(drawn, keys=press.keys, whose=lead.code, name=lead.name, reason=f"签发 {reference}", at=at)
    sha256 = files.keep(press.store, signed)
    paper = Paper.objects.create(code=code, subject=subject, consortium=consortium, title=title, reference=reference, sha256=sha256, size=len(signed),
                                 signer=signer[:200], issued_by=actor.name, issued_at=at)  # fmt: skip
    record("governance.paper_issued", actor=actor, at=at, subject=subject, consortium=consortium, facts={"code": code, "sha256": sha256})
    return paper
