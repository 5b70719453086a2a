"""Filing documents. Nothing is edited: a correction is a new document that supersedes the old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from yilianti.kernel import batching, journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused
from yilianti.record.documents import access, rules
from yilianti.record.documents.models import Document
from yilianti.record.documents.terms import Filed, Kind, Status
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents


def file_document(
    *, actor: Actor, resident_id: int, institution_id: int, encounter_id: int | None, unique_name: str, kind: str, title: str,
    status: str, authored_at: datetime, author: str, body: str, source: str, at: datetime,
) -> Filed:
    """File a document (MDM^T02). The same (institution, unique name) of this resident again: identical content gives
    the one already there, other content supersedes it, older content is kept as history. Parallel filings of one
    document wait for each other. Without a unique name only an identical document counts as the same."""
    if not access.may_file(actor, institution_id):
        raise Refused("not_permitted", "您当前的岗位不能在该机构归档文书；请切换岗位，或请管理员授予“归档医疗文书”。", "may not file documents there")
    document = Document(
        resident_id=resident_id, institution_id=institution_id, encounter_id=encounter_id, unique_name=unique_name.strip()[:96],
        kind=kind, title=(title.strip() or Kind.label(kind))[:160], status=status, authored_at=authored_at, author=author.strip()[:64],
        body=body.strip(), source=source[:64], filed_at=at,
    )
    if not document.body and status != Status.CANCELLED:
        raise Refused("document_empty", "文书没有正文，未归档；请来源系统补充正文后重新发送。", "the document has no text", field="body")
    document.fingerprint = rules.fingerprint((kind, document.title, status, authored_at, document.author, document.body))
    with transaction.atomic():
        kin, findings = _kin(document)
        same = next((old for old in kin if old.fingerprint == document.fingerprint), None)
        if same is not None:
            return Filed(same.id, same.number, is_new=False)
        return _save(actor, document, _place_in_chain(document, kin, findings), findings)


def _kin(document: Document) -> tuple[list[Document], list[Finding]]:
    """Documents of this person under the same key, oldest first, and a finding when another person's are there too;
    the key stays locked to the end of the transaction."""
    key = f"documents:{document.institution_id}:{document.unique_name or document.fingerprint}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    found = Document.objects.filter(institution=document.institution_id, unique_name=document.unique_name)
    if not document.unique_name:
        found = found.filter(resident=document.resident_id, fingerprint=document.fingerprint)
    kin = list(found.defer("body").order_by("id"))
    if all(old.resident_id == document.resident_id for old in kin):
        return kin, []
    group = residents.all_ids(document.resident_id)
    own = [old for old in kin if old.resident_id in group]
    return own, [rules.name_elsewhere(document.unique_name)] if len(own) < len(kin) else []


def _place_in_chain(document: Document, kin: Sequence[Document], findings: list[Finding]) -> Document | None:
    """Set what the document supersedes or is overtaken by, adding to `findings`; the superseded one."""
    gone = {old.supersedes_id for old in kin}
    current = next((old for old in kin if old.id not in gone and old.overtaken_by_id is None), None)
    if current is None:
        if document.status == Status.CANCELLED:
            findings.append(rules.cancels_nothing())
        return None
    if document.authored_at < current.authored_at:
        document.overtaken_by = current
        findings.append(rules.overtaken(current.number))
        return None
    document.supersedes = current
    return current


def _save(actor: Actor, document: Document, superseded: Document | None, findings: Sequence[Finding]) -> Filed:
    document.number = numbers.next_number("WS", document.filed_at)
    batching.insert_now(document)
    facts: dict[str, object] = {"number": document.number, "kind": document.kind, "status": document.status, "institution": document.institution_id,
                                "encounter": document.encounter.number if document.encounter else ""}
    if superseded is not None:
        facts["supersedes"] = superseded.number
    if findings:
        facts["findings"] = [finding.code for finding in findings]
    journal.write("documents.filed", actor=actor, at=document.filed_at, subject=f"documents:{document.number}",
                  resident=document.resident_id, facts=facts)
    if document.encounter_id is None:  # an encounter has noted the relation already
        residents.note_relation(document.resident_id, document.institution_id, document.filed_at)
    seal(actor, document, document.filed_at)
    return Filed(document.id, document.number, True, superseded.number if superseded else "", tuple(findings))


def seal(actor: Actor, document: Document, at: datetime) -> None:
    """Seal the document where its title names a sensitive category; a text also denies illnesses, so it is not searched."""
    privacy.seal(
        actor=actor, source=privacy.Source.DOCUMENT, item=document.id, number=document.number, resident_id=document.resident_id,
        institution_id=document.institution_id, codes=(), texts=[document.title], at=at,
    )  # fmt: skip


def reseal(*, at: datetime) -> int:
    """Seal what the policy in force today calls sensitive among documents filed before; returns how many were looked at."""
    rows = Document.objects.defer("body").order_by("id")
    return privacy.reseal(rows.iterator(500), seal, at)
