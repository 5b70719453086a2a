"""Documents: drafted, sent for signature, signed by every party, in force, amended by a new version, ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.governance import access, files
from yilianti.registry.governance.actions.recording import kept_by, record, rules_of, told
from yilianti.registry.governance.lifecycle import DOCUMENT
from yilianti.registry.governance.models import Attachment, Clause, Document, Party
from yilianti.registry.governance.terms import ClauseKind, DocumentKind, DocumentState, DocumentText
from yilianti.registry.institutions import api as institutions


@transaction.atomic
def draft(*, actor: Actor, consortium: str, text: DocumentText, at: datetime) -> Document:
    """Write down a new document with its parties and clauses."""
    of = kept_by(actor, consortium, at)
    document = Document(number=next_number("WJ", at), consortium=of, drafted_by_id=actor.person, drafted_at=at)
    _write(document, text)
    record("governance.drafted", actor=actor, at=at, subject=document.number, consortium=of, facts={"kind": document.kind, "parties": list(text.parties)})
    return document


@transaction.atomic
def revise(*, actor: Actor, number: str, text: DocumentText, at: datetime) -> Document:
    """Change a draft."""
    document = _locked(actor, number, at)
    if document.state != DocumentState.DRAFT:
        raise Refused("wrong_state", "只有草稿可以修改；已送签的请先退回修改，有效的请起草新版。", "not a draft")
    document.clauses.all().delete()
    document.parties.all().delete()
    _write(document, text)
    record("governance.revised", actor=actor, at=at, subject=number, consortium=document.consortium, facts={"kind": document.kind, "parties": list(text.parties)})
    return document


@transaction.atomic
def amend(*, actor: Actor, number: str, at: datetime) -> Document:
    """Draft the next version of a document in force, with everything it says now."""
    before = _locked(actor, number, at)
    if before.state != DocumentState.IN_FORCE:
        raise Refused("wrong_state", "只有有效的文件可以起草新版；请打开有效的那一版。", "not in force")
    parties, clauses = list(before.parties.all()), list(before.clauses.all())
    made = Document(number=next_number("WJ", at), consortium=before.consortium, drafted_by_id=actor.person, drafted_at=at, amends=before, version=before.version + 1)
    text = DocumentText(before.kind, before.title, max(timezone.localdate(at), before.effective_from), before.effective_until,
                        tuple(p.institution_id for p in parties), tuple((c.kind, c.party_id, c.text) for c in clauses))  # fmt: skip
    try:
        with transaction.atomic():
            _write(made, text)
    except IntegrityError as clash:
        raise Refused("changed_meanwhile", "新版已有人起草；请在文件列表中打开它。", "a next version exists") from clash
    record("governance.amended", actor=actor, at=at, subject=made.number, consortium=before.consortium, facts={"amends": number, "version": made.version})
    return made


def circulate(*, actor: Actor, number: str, at: datetime) -> Document:
    """Send the draft to its parties for signature."""
    with _step(actor, number, "circulate", at) as (document, facts):
        if document.parties.count() < 1:
            raise Refused("no_party", "还没有当事方，无人可签；请先在“修改”中选择当事方。", "no party", field="parties")
        if not document.clauses.exists() and not document.attachments.exists():
            raise Refused("empty_document", "文件还没有条款，也没有附件；请先填写条款或附上 PDF。", "nothing to sign", field="clauses")
        facts["parties"] = list(document.parties.values_list("institution_id", flat=True))
    return document


def recall(*, actor: Actor, number: str, because: str, at: datetime) -> Document:
    """Take it back for changes: signatures given so far no longer count."""
    with _step(actor, number, "recall", at) as (document, facts):
        facts.update(because=_said(because), signatures=document.parties.filter(signed_on__isnull=False).count())
        document.parties.update(signed_by="", signed_on=None)
    return document


@transaction.atomic
def sign(*, actor: Actor, number: str, institution_id: int, signed_by: str, signed_on: date, at: datetime) -> Document:
    """Record that a party has signed, by whom and when; with the last signature the document is in force and its former version is not."""
    with _step(actor, number, "sign", at) as (document, facts):
        party = document.parties.select_for_update().filter(institution=institution_id).first()
        if party is None:
            raise Refused("no_party", "该机构不是这份文件的当事方；请刷新页面。", "not a party", field="institution_id")
        if party.signed_on is not None:
            raise Refused("changed_meanwhile", f"该机构已由{party.signed_by}于 {party.signed_on} 签署；请刷新页面。", "signed already")
        if not signed_by.strip():
            raise Refused("signer_missing", "请填写签署人姓名。", field="signed_by")
        if signed_on > timezone.localdate(at):
            raise Refused("signed_in_future", "签署日期不能晚于今天。", field="signed_on")
        party.signed_by, party.signed_on = signed_by.strip(), signed_on
        party.save(update_fields=["signed_by", "signed_on"])
        facts.update(institution=institution_id, signed_on=str(signed_on))
    _bring_into_force(actor, document, at)
    return Document.objects.get(pk=document.pk)


def end(*, actor: Actor, number: str, because: str, ended_on: date, at: datetime) -> Document:
    """The document holds no longer from that day."""
    with _step(actor, number, "end", at) as (document, facts):
        if ended_on <= document.effective_from:
            raise Refused("ends_before_start", f"终止日期须晚于生效日期 {document.effective_from}。", field="ended_on")
        document.ended_on, document.ended_because = ended_on, _said(because)
        facts.update(because=because, ended_on=str(ended_on))
    return document


def discard(*, actor: Actor, number: str, because: str, at: datetime) -> Document:
    """A draft that will not be signed."""
    with _step(actor, number, "discard", at) as (document, facts):
        document.ended_because = _said(because)
        facts["because"] = because
    return document


@transaction.atomic
def attach(*, actor: Actor, number: str, name: str, content: bytes, store: Path, at: datetime) -> Attachment:
    """Add a PDF to a document; the same file twice is one."""
    document = _locked(actor, number, at)
    if document.state in (DocumentState.ENDED, DocumentState.SUPERSEDED, DocumentState.DISCARDED):
        raise Refused("wrong_state", f"文件{DocumentState.label(document.state)}，不能再附文件。", "no longer open")
    sha256 = files.keep(store, files.checked_pdf(content))
    attachment, is_new = Attachment.objects.get_or_create(
        document=document, sha256=sha256, defaults={"name": name[-120:], "size": len(content), "added_by": actor.name, "added_at": at}
    )
    if is_new:
        record("governance.attached", actor=actor, at=at, subject=number, consortium=document.consortium, facts={"sha256": sha256, "size": len(content)})
    return attachment


def remind_expiring(*, actor: Actor, at: datetime) -> int:
    """Say once of every document in force that it expires within the days of the policy; returns how many."""
    today, count = timezone.localdate(at), 0
    waiting = Document.objects.filter(state=DocumentState.IN_FORCE.value, effective_until__isnull=False, reminded_at__isnull=True).select_related("consortium")
    for document in waiting.order_by("effective_until")[:200]:
        assert document.effective_until is not None
        left = (document.effective_until - today).days
        if left <= rules_of(document.consortium, at)["remind_days"]:
            with transaction.atomic():
                taken = Document.objects.filter(pk=document.pk, reminded_at__isnull=True).update(reminded_at=at)
                if taken:
                    record("governance.document_expiring", actor=actor, at=at, subject=document.number, consortium=document.consortium,
                           facts={"number": document.number, "title": document.title, "until": str(document.effective_until)})  # fmt: skip
            count += taken
    return count


@contextmanager
def _step(actor: Actor, number: str, action: str, at: datetime) -> Iterator[tuple[Document, dict[str, Any]]]:
    """One step of one document: locked, permitted, possible, saved and journalled in one transaction."""
    with transaction.atomic():
        document = _locked(actor, number, at)
        row = DOCUMENT.step(document, action, told=told(f"governance:{number}"))
        facts: dict[str, Any] = {}
        yield document, facts
        document.save()
        record(row.word, actor=actor, at=at, subject=number, consortium=document.consortium, facts={"number": number, **facts})


def _bring_into_force(actor: Actor, document: Document, at: datetime) -> None:
    held = _locked(actor, document.number, at)
    if held.state != DocumentState.SIGNING or held.parties.filter(signed_on__isnull=True).exists():
        return
    DOCUMENT.step(held, "bring_into_force")
    held.save(update_fields=["state"])
    record("governance.brought_into_force", actor=actor, at=at, subject=held.number, consortium=held.consortium, facts={"effective_from": str(held.effective_from)})
    if held.amends_id:
        former = Document.objects.select_for_update(of=("self",)).get(pk=held.amends_id)
        if former.state == DocumentState.IN_FORCE:
            DOCUMENT.step(former, "supersede")
            former.ended_on = max(held.effective_from, former.effective_from)
            former.save(update_fields=["state", "ended_on"])
            record("governance.superseded", actor=actor, at=at, subject=former.number, consortium=held.consortium, facts={"by": held.number})


def _locked(actor: Actor, number: str, at: datetime) -> Document:
    found = Document.objects.select_for_update(of=("self",)).select_related("consortium").filter(number=number).first()
    if found is None:
        raise Refused("unknown_document", f"没有编号为 {number} 的文件；请核对编号。", "no such document", field="number")
    access.require_manage(actor, found.consortium, timezone.localdate(at))
    return found


def _write(document: Document, text: DocumentText) -> None:
    if not text.title.strip():
        raise Refused("title_missing", "请填写文件标题。", field="title")
    if text.effective_until is not None and text.effective_until <= text.effective_from:
        raise Refused("ends_before_start", "到期日期须晚于生效日期。", field="effective_until")
    strangers = set(text.parties) - set(institutions.many(text.parties))
    if strangers or any(party is not None and party not in text.parties for _, party, _ in text.clauses):
        raise Refused("no_party", "条款所属的机构须是文件的当事方；请先选为当事方。", "clause of a stranger", field="parties")
    document.kind, document.title = DocumentKind(text.kind).value, text.title.strip()
    document.effective_from, document.effective_until = text.effective_from, text.effective_until
    document.save()
    Party.objects.bulk_create([Party(document=document, institution_id=i) for i in dict.fromkeys(text.parties)])
    _number_clauses(document, text.clauses)


def _number_clauses(document: Document, clauses: Sequence[tuple[str, int | None, str]]) -> None:
    Clause.objects.bulk_create([
        Clause(document=document, position=position, kind=ClauseKind(kind).value, party_id=party, text=said.strip())
        for position, (kind, party, said) in enumerate(clauses, 1)
    ])  # fmt: skip


def _said(because: str) -> str:
    if not because.strip():
        raise Refused("reason_missing", "请写明原因。", field="because")
    return because.strip()[:200]
