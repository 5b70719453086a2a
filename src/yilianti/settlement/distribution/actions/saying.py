"""What members and finance say of a statement: confirm, dispute a line with evidence, answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import attaching, journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import access, deadlines
from yilianti.settlement.distribution.lifecycle import STATEMENT
from yilianti.settlement.distribution.models import Remark, Settlement, Statement
from yilianti.settlement.distribution.terms import State, StatementState

LONGEST = 2_000


def confirm(*, actor: Actor, number: str, at: datetime, text: str = "", version: int | None = None) -> Statement:
    """The institution agrees to every line."""
    with _said(actor, number, "confirm", text or "无异议。", at, version) as statement:
        statement.confirmed_at, statement.confirmed_by_id = at, actor.person
    return statement


def dispute(*, actor: Actor, number: str, line: str, text: str, at: datetime, file_name: str = "", content: bytes | None = None, version: int | None = None) -> Statement:
    """The institution objects to one line, with a file where it has one; what it had confirmed is open again."""
    given = attaching.checked(file_name, content) if content is not None else ("", None)
    with _said(actor, number, "dispute", text, at, version, line=line, file=given) as statement:
        if not statement.lines.filter(key=line).exists():
            raise Refused("unknown_line", "请选择有异议的是清算单的哪一行。", "Choose a line of the statement.", field="line")
        statement.confirmed_at = statement.confirmed_by_id = None
    return statement


def answer(*, actor: Actor, number: str, text: str, at: datetime, version: int | None = None) -> Statement:
    """Finance says why the line stands; the institution may confirm, or dispute again."""
    with _said(actor, number, "answer", text, at, version) as statement:
        statement.confirm_by, statement.overdue_told_on = deadlines.confirm_by(statement.settlement.consortium, timezone.localdate(at)), None
    return statement


def accept(*, actor: Actor, number: str, text: str, at: datetime, version: int | None = None) -> Statement:
    """Finance agrees: what went in is corrected and the year reckoned anew."""
    with _said(actor, number, "accept", text, at, version) as statement:
        pass
    return statement


@contextmanager
def _said(actor: Actor, number: str, verb: str, text: str, at: datetime, version: int | None, *, line: str = "", file: tuple[str, bytes | None] = ("", None)) -> Iterator[Statement]:
    """One step of the version that stands, and with `version` only of the one that was read: settlement and statement locked, in this order everywhere."""
    said = text.strip()
    if not said:
        raise Refused("words_missing", f"“{STATEMENT.verbs.label(verb)}”要写明理由。", "words are missing", field="text")
    if len(said) > LONGEST:
        raise Refused("words_long", f"内容最多 {LONGEST} 字，现有 {len(said)} 字；请精简，或放在附件里。", "too long", field="text")
    with transaction.atomic():
        found = Statement.objects.filter(access.statements_of(actor), number=number).exclude(state="superseded").values_list("pk", "settlement").first()
        if found is None:
            raise Refused("unknown_statement", f"没有编号为 {number} 的清算单，或不在您的岗位范围内；请核对编号。", "no such statement", field="number")
        settlement = Settlement.objects.select_for_update(of=("self",)).select_related("consortium").get(pk=found[1])
        statement = Statement.objects.select_for_update().get(pk=found[0])
        statement.settlement = settlement
        if not access.may_say(actor, verb, statement):
            raise Refused("not_permitted", "您当前的岗位不能办理这一步：确认和异议由该机构医保办办理，答复由医共体财务办理。", "Your post may not take this step.")
        if settlement.state != State.PREPARED:
            raise Refused("wrong_state", f"这次清算处于“{State.label(settlement.state)}”，不能再确认或提出异议。", "The settlement is not open to that now.")
        if version is not None and version != statement.version:
            raise Refused("changed_meanwhile", f"您看到的是第 {version} 版，重算后现在是第 {statement.version} 版；请打开新版核对后再办理。", "There is a newer version of the statement.")
        row = STATEMENT.step(statement, verb)
        yield statement
        statement.save(update_fields=["state", "confirmed_at", "confirmed_by", "confirm_by", "overdue_told_on"])
        left = settlement.statements.exclude(state__in=(StatementState.CONFIRMED, StatementState.SUPERSEDED)).count()
        Remark.objects.create(statement=statement, verb=verb, line=line, text=said, file_name=file[0], file=file[1], said_by_id=actor.person, said_by_name=actor.name, institution_id=actor.institution, said_at=at)
        journal.write(row.word, actor=actor, at=at, subject=f"distribution:{number}", to_institution=statement.institution_id,
                      facts={"number": number, "version": statement.version, "settlement": settlement.number, "line": line, "year": settlement.year, "left": left, "has_file": file[1] is not None})  # fmt: skip
