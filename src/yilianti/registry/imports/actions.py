"""What is done to an import: brought, its columns named, applied, discarded, undone."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import Verdict
from yilianti.registry.access import api as accounts
from yilianti.registry.imports import access, kinds, staging
from yilianti.registry.imports.models import HeadingChoice, Import, ImportFile
from yilianti.registry.imports.terms import WAITING, Counts, State


@transaction.atomic
def bring(*, actor: Actor, kind: str, file_name: str, source: BinaryIO, at: datetime, post: int | None = None) -> Import:
    """Keep a file for reading; nothing of it is believed yet. The same file, still waiting, is read again instead."""
    access.require(actor, kind, actor.institution)
    most = kinds.of(kind).layout(actor, timezone.localdate(at)).most_bytes
    size = source.seek(0, io.SEEK_END)
    if size > most:
        raise Refused("file_unreadable", f"文件超过 {most // 1024 // 1024} MB；请拆成几个文件分别导入，或删去图片。", field="file")
    source.seek(0)
    named = {"kind": kind, "institution_id": actor.institution or 0, "sha256": _digest(source), "size": size}
    brought = {"person": actor.person, "person_name": actor.name, "post": {"account": actor.account, "post": post}, "file_name": file_name[-160:],
               "state": State.READING.value, "uploaded_at": at, "beat_at": at}  # fmt: skip
    one = Import.objects.select_for_update(of=("self",)).filter(**named, state__in=WAITING).order_by("id").last()
    if one is None:
        one = Import.objects.create(**named, **brought)
        staging.keep(one, source)
    else:
        one.rows.all().delete()
        Import.objects.filter(id=one.id).update(**brought)
    _record("imports.uploaded", actor, one, at, {"sha256": one.sha256, "size": one.size})
    return one


@transaction.atomic
def name_columns(*, actor: Actor, import_id: int, headings: Mapping[str, str], at: datetime) -> Import:
    """Say which heading of the file is which column; remembered for this institution's next file."""
    one = _locked(actor, import_id)
    if one.state != State.MAPPING:
        raise Refused("wrong_state", "这个导入已不需要对应列名；请刷新页面。", "columns are named")
    layout = kinds.of(one.kind).layout(actor, timezone.localdate(at))
    absent = next((column for column in layout.columns if column.required and not headings.get(column.key)), None)
    if absent is not None:
        raise Refused("column_missing", f"请为“{absent.label}”选择文件中的一列；文件里确实没有的，请补上这一列再上传。", field=absent.key)
    HeadingChoice.objects.filter(institution=one.institution_id, kind=one.kind).delete()
    HeadingChoice.objects.bulk_create(
        HeadingChoice(institution_id=one.institution_id, kind=one.kind, column=key, heading=heading[:80]) for key, heading in headings.items() if heading
    )
    one.state, one.beat_at = State.READING.value, at
    one.save(update_fields=["state", "beat_at"])
    return one


def begin(*, actor: Actor, import_id: int, whole_or_nothing: bool, at: datetime) -> Import:
    """Let the good rows be written (or none, should one fail); one import of a kind at a time in an institution."""
    try:
        with transaction.atomic():
            one = _locked(actor, import_id)
            if one.state != State.READY:
                raise Refused("wrong_state", f"这个导入{State.label(one.state)}；请刷新页面。", "not ready")
            counts = Counts(**one.counts)
            if not counts.good:
                raise Refused("nothing_to_write", "没有需要写入的行：在册资料与文件一致，或各行都有误。", "nothing to write")
            if whole_or_nothing and counts.error:
                raise Refused("has_errors", f"还有 {counts.error} 行有误，不能“全部写入”；请修改后重新上传，或选择只写入无误的行。", "rows with errors")
            one.state, one.beat_at, one.whole_or_nothing = State.APPLYING.value, at, whole_or_nothing
            one.post = {**one.post, "account": actor.account}
            one.save(update_fields=["state", "beat_at", "whole_or_nothing", "post"])
    except IntegrityError as clash:
        raise Refused("changed_meanwhile", "本机构另一个同类导入正在写入；等它完成后再试。", "another import is being applied") from clash
    return one


@transaction.atomic
def discard(*, actor: Actor, import_id: int, at: datetime) -> Import:
    """Throw a file away that has not been written."""
    one = _locked(actor, import_id)
    if one.state not in (State.READY, State.MAPPING, State.REFUSED):
        raise Refused("wrong_state", f"这个导入{State.label(one.state)}，不能作废；请刷新页面。", "cannot be discarded")
    one.rows.all().delete()
    ImportFile.objects.filter(of=one).delete()
    one.state = State.DISCARDED.value
    one.save(update_fields=["state"])
    _record("imports.discarded", actor, one, at, {})
    return one


@transaction.atomic
def undo(*, actor: Actor, import_id: int, at: datetime) -> int:
    """Take back what an import made, all of it or nothing; refused where something has used it. Answers how many rows."""
    one = _locked(actor, import_id)
    if one.state != State.DONE:
        raise Refused("wrong_state", f"这个导入{State.label(one.state)}，不能撤销；请刷新页面。", "not done")
    refs = list(one.rows.filter(is_made=True).order_by("-number").values_list("ref", flat=True))
    if not refs:
        raise Refused("nothing_made", "这个导入只更改了已有资料，没有新增；改错的请在各自页面更正。", "nothing was made")
    kinds.of(one.kind).withdraw(actor, refs, at)
    one.state = State.UNDONE.value
    one.save(update_fields=["state"])
    _record("imports.undone", actor, one, at, {"rows": len(refs)})
    return len(refs)


@transaction.atomic
def issue_passwords(*, actor: Actor, import_id: int, at: datetime) -> list[tuple[str, str]]:
    """(login, passing password) for the accounts an import opened and nobody has used; shown once, kept nowhere."""
    one = _locked(actor, import_id)
    named = [part for ref in one.rows.exclude(ref="").values_list("ref", flat=True) for part in ref.split()]
    opened = [int(part.removeprefix("account:")) for part in named if part.startswith("account:")]
    told = [(account.username, once) for account, once in accounts.first_passwords(actor=actor, accounts=opened, at=at)]
    if not told:
        raise Refused("nothing_to_issue", "这些账号都已登录过；忘记密码的请到“权限”中重设。", "every account is in use")
    _record("imports.passwords_issued", actor, one, at, {"accounts": len(told)})
    return told


def finish(*, actor: Actor, one: Import, counts: Mapping[str, int], at: datetime) -> None:
    """Close the ledger's line of an import that has been written, in the caller's transaction."""
    ImportFile.objects.filter(of=one).delete()
    one.rows.exclude(verdict=Verdict.ERROR.value).update(values={}, changes={}, notes=[])
    one.state, one.applied_at, one.counts = State.DONE.value, at, dict(counts)
    one.save(update_fields=["state", "applied_at", "counts"])
    _record("imports.applied", actor, one, at, {"counts": dict(counts), "sha256": one.sha256})


def _locked(actor: Actor, import_id: int) -> Import:
    one = Import.objects.select_for_update(of=("self",)).filter(id=import_id).first()
    if one is None:
        raise Refused("unknown_import", "没有这个导入；请回到导入页。", field="import")
    access.require(actor, one.kind, one.institution_id)
    return one


def _record(word: str, actor: Actor, one: Import, at: datetime, facts: Mapping[str, object]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"imports:{one.id}", to_institution=one.institution_id, facts={"kind": one.kind, **facts})


def _digest(source: BinaryIO) -> str:
    """SHA-256 of a file, read in pieces."""
    told = hashlib.sha256()
    while piece := source.read(1 << 20):
        told.update(piece)
    return told.hexdigest()
