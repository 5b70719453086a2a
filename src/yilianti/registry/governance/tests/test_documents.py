"""Documents: signed by every party, amended by versions, ended; files checked; what expires is spoken of once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.governance import actions, files
from yilianti.registry.governance.models import Attachment, Document
from yilianti.registry.governance.terms import DocumentText
from yilianti.registry.governance.tests import factories as make
from yilianti.registry.institutions.tests.factories import AT, SYSTEM
from yilianti.registry.institutions.tests.parallel import together

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def text(here: make.House, **changed: object) -> DocumentText:
    lead, other = here.county.hospital.id, here.county.townships[0].id
    told = {"kind": "agreement", "title": "影像诊断合作协议", "effective_from": make.TODAY, "effective_until": None, "parties": (lead, other),
            "clauses": (("duty", lead, "2 小时内出具报告。"), ("right", other, "免费获得质控指导。"), ("term", None, "争议协商解决。")), **changed}  # fmt: skip
    return DocumentText(**told)  # type: ignore[arg-type]


def in_force(here: make.House, **changed: object) -> Document:
    document = actions.draft(actor=here.office, consortium="yunxi", text=text(here, **changed), at=AT)
    actions.circulate(actor=here.office, number=document.number, at=AT)
    for party in document.parties.all():
        document = sign(here, document, party.institution_id)
    return document


def sign(here: make.House, document: Document, institution: int) -> Document:
    return actions.sign(actor=here.office, number=document.number, institution_id=institution, signed_by="李法人", signed_on=make.TODAY, at=AT)


def test_the_last_signature_brings_it_into_force() -> None:
    here = make.house()
    document = actions.draft(actor=here.office, consortium="yunxi", text=text(here), at=AT)
    assert [(c.position, c.kind) for c in document.clauses.all()] == [(1, "duty"), (2, "right"), (3, "term")]
    with pytest.raises(Refused, match="不能“登记签署”"):
        sign(here, document, here.county.hospital.id)
    actions.circulate(actor=here.office, number=document.number, at=AT)
    assert sign(here, document, here.county.hospital.id).state == "signing"
    with pytest.raises(Refused, match="已由李法人"):
        sign(here, document, here.county.hospital.id)
    assert sign(here, document, here.county.townships[0].id).state == "in_force"
    with pytest.raises(Refused, match="只有草稿"):
        actions.revise(actor=here.office, number=document.number, text=text(here), at=AT)


def test_a_new_version_takes_over_only_when_it_is_signed() -> None:
    here = make.house()
    first = in_force(here)
    second = actions.amend(actor=here.office, number=first.number, at=AT)
    assert (second.version, second.clauses.count(), second.parties.filter(signed_on=None).count()) == (2, 3, 2)
    with pytest.raises(Refused, match="已有人起草"):
        actions.amend(actor=here.office, number=first.number, at=AT)
    actions.circulate(actor=here.office, number=second.number, at=AT)
    sign(here, second, here.county.hospital.id)
    assert Document.objects.get(pk=first.pk).state == "in_force"
    sign(here, second, here.county.townships[0].id)
    assert (Document.objects.get(pk=first.pk).state, Document.objects.get(pk=second.pk).state) == ("superseded", "in_force")


def test_taken_back_for_changes_its_signatures_no_longer_count() -> None:
    here = make.house()
    document = actions.draft(actor=here.office, consortium="yunxi", text=text(here), at=AT)
    actions.circulate(actor=here.office, number=document.number, at=AT)
    sign(here, document, here.county.hospital.id)
    back = actions.recall(actor=here.office, number=document.number, because="改一条", at=AT)
    assert back.state == "draft" and not back.parties.exclude(signed_by="").exists()
    assert actions.discard(actor=here.office, number=document.number, because="不签了", at=AT).state == "discarded"


@pytest.mark.parametrize(("changed", "field"), [
    ({"title": " "}, "title"), ({"effective_until": make.TODAY}, "effective_until"), ({"parties": (999_999,)}, "parties"), ({"parties": ()}, "parties"),
])  # fmt: skip
def test_what_does_not_hold_together_is_refused(changed: dict, field: str) -> None:
    here = make.house()
    with pytest.raises(Refused) as refused:
        actions.draft(actor=here.office, consortium="yunxi", text=text(here, **changed), at=AT)
    assert refused.value.field == field


def test_ended_it_says_from_when_and_why() -> None:
    here = make.house()
    document = in_force(here)
    ended = actions.end(actor=here.office, number=document.number, because="另订", ended_on=make.TODAY + timedelta(days=1), at=AT)
    assert (ended.state, ended.ended_because) == ("ended", "另订")


@pytest.mark.parametrize(("content", "said"), [(b"MZ not a pdf", "不是完整的 PDF"), (b"%PDF-1.7 cut off", "不是完整的 PDF"), (PDF + b"0" * (10 * 1024 * 1024), "超过 10 MB")])
def test_a_file_is_checked(content: bytes, said: str, tmp_path: Path) -> None:
    here = make.house()
    document = in_force(here)
    with pytest.raises(Refused, match=said):
        actions.attach(actor=here.office, number=document.number, name="a.pdf", content=content, store=tmp_path, at=AT)


def test_a_file_is_kept_by_its_hash_and_a_changed_one_is_told(tmp_path: Path) -> None:
    here = make.house()
    document = in_force(here)
    one, same = (actions.attach(actor=here.office, number=document.number, name="协议.pdf", content=PDF, store=tmp_path, at=AT) for _ in range(2))
    assert one == same and files.read(tmp_path, one.sha256) == PDF
    files.place(tmp_path, one.sha256).write_bytes(PDF.replace(b"obj", b"OBJ"))
    with pytest.raises(Refused, match="已被改动"):
        files.read(tmp_path, one.sha256)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attachment.objects.update(sha256="f" * 64)


def test_what_expires_soon_is_spoken_of_once() -> None:
    here = make.house()
    soon, later = (in_force(here, effective_until=make.TODAY + timedelta(days=days)) for days in (60, 61))
    assert actions.remind_expiring(actor=SYSTEM, at=AT) == 1
    assert actions.remind_expiring(actor=SYSTEM, at=AT + timedelta(hours=6)) == 0
    assert actions.remind_expiring(actor=SYSTEM, at=AT + timedelta(days=1)) == 1
    assert list(JournalEntry.objects.filter(word="governance.document_expiring").order_by("id").values_list("subject", flat=True)) == [f"governance:{d.number}" for d in (soon, later)]


@pytest.mark.django_db(transaction=True)
def test_signed_by_all_at_once_it_comes_into_force_once() -> None:
    here = make.house()
    parties = tuple(i.id for i in here.county.everyone)
    document = actions.draft(actor=here.office, consortium="yunxi", text=text(here, parties=parties), at=AT)
    actions.circulate(actor=here.office, number=document.number, at=AT)
    assert together([lambda i=i: sign(here, document, i) for i in parties]) == []
    assert Document.objects.get(pk=document.pk).state == "in_force"
    assert JournalEntry.objects.filter(word="governance.brought_into_force").count() == 1


def test_a_past_start_is_no_future_one() -> None:
    here = make.house()
    document = in_force(here, effective_from=date(2025, 1, 1))
    assert document.state == "in_force"
