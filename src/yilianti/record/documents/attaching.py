"""Attaching a file to a person's record: an image, an ECG strip, a PDF."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.record.documents import access, actions, rules
from yilianti.record.documents.models import Document, DocumentFile
from yilianti.record.documents.terms import SUFFIXES, Kind, Status

LIMIT = "clinical.documents.attachment"


@transaction.atomic
def attach(*, actor: Actor, resident_id: int, name: str, content: bytes, at: datetime) -> DocumentFile:
    """File `content` as a document of the actor's institution; the same bytes of the same person again give the one there already."""
    place = actor.institution
    if place is None or not access.may_attach(actor, place, resident_id):
        raise Refused("not_permitted", "您当前的岗位不能给这位居民附文件；请切换岗位。", "may not attach files here")
    limit = policybook.in_force(LIMIT, timezone.localdate(at), actor.scope)
    if not content:
        raise Refused("file_empty", "这个文件是空的；请重新选择。", "the file is empty", field="file")
    media = rules.media_of(content)
    if media is None:
        raise Refused("media_unknown", "只接收 JPEG、PNG 图片，PDF 和 DICOM 文件；请另存为其中一种再附上。", "only JPEG, PNG, PDF and DICOM are taken", field="file")
    if len(content) > limit.megabytes * 1024 * 1024:
        raise Refused("file_too_large", f"文件超过 {limit.megabytes} MB；请压缩或分成几份再附上。", "the file is too large", field="file")
    sha256 = hashlib.sha256(content).hexdigest()
    same = DocumentFile.objects.filter(sha256=sha256, document__resident=resident_id, document__institution=place).select_related("document").defer("content").first()
    if same is not None:
        return same
    title = (PurePath(name.replace("\\", "/")).stem.strip() or Kind.ATTACHMENT.zh)[:100]
    document = Document(
        number=numbers.next_number("WS", at), resident_id=resident_id, institution_id=place, kind=Kind.ATTACHMENT.value, title=title, status=Status.FINAL.value,
        authored_at=at, author=actor.name[:64], body=f"{media.zh}，{max(len(content) // 1024, 1)} KB。", source="attached", filed_at=at,
        fingerprint=rules.fingerprint((Kind.ATTACHMENT.value, title, sha256)),
    )  # fmt: skip
    document.save()
    made = DocumentFile.objects.create(document=document, name=f"{title}{SUFFIXES[media.value]}", media=media.value, size=len(content), sha256=sha256, content=content)
    journal.write("documents.attached", actor=actor, at=at, subject=f"documents:{document.number}", resident=resident_id, policy_refs=[str(limit.policy_ref)],
                  facts={"number": document.number, "media": media.value, "size": len(content), "sha256": sha256, "institution": place})  # fmt: skip
    actions.seal(actor, document, at)
    return made
