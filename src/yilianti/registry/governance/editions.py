"""The local edition a resolution carries: checked when it is moved and again when it is decided, written once it is adopted."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.policybook import Authority, Book, Edition, PolicyError, proposing
from yilianti.policybook.filing import DayTaken
from yilianti.policybook.proposing import Proposal
from yilianti.policybook.values import Values
from yilianti.registry.governance.models import Resolution
from yilianti.registry.governance.terms import Majority

RULES = "governance.council"


def scope_of(resolution: Resolution) -> Scope:
    return Scope(resolution.consortium.code, resolution.consortium.region)


def open_to_councils(book: Book, day: date, scope: Scope) -> list[Edition]:
    """Editions in force a council may follow by its own: those made of values, not of a table."""
    held = (standing.in_force for standing in book.survey(day, scope))
    return [edition for edition in held if edition is not None and edition.table is None and proposing.cells(edition)]


def base_of(book: Book, code: str, day: date, scope: Scope) -> Edition:
    """The edition from which a proposal starts: what would hold that day without it; Refused where there is none, or it is a table."""
    try:
        found = book.in_force(code, day, scope)
    except policybook.NoPolicyInForce as nothing:
        raise Refused("no_such_policy", "没有这项政策，或当日没有生效的版本；请另选政策或日期。", "no such policy", field="policy") from nothing
    if found.table is not None or not proposing.cells(found):
        raise Refused("policy_is_table", "这项政策是一张表，不能用决议逐项改值；码表请用 ./yilianti codes import 装入。", "the policy is a table", field="policy")
    return found


def proposal_of(resolution: Resolution, first_day: date | None = None) -> Proposal:
    """What the resolution asks for; `first_day` where it was decided later than it meant to hold."""
    assert resolution.effective_from is not None
    day = max(resolution.effective_from, first_day) if first_day else resolution.effective_from
    return Proposal(resolution.policy_code, resolution.consortium.code, day, resolution.values, resolution.corrects)


def is_ratified(book: Book, proposal: Proposal) -> bool:
    """The very edition stands already: the resolution confirms it after the fact."""
    known = proposing.standing(book, proposal)
    return known is not None and known.given == Values(proposal.values)


def checked(resolution: Resolution, scope: Scope, held_on: date) -> Edition:
    """The edition the proposal follows; Refused names the cell (`Cell.key`) or the day at fault."""
    book, proposal = policybook.current(), proposal_of(resolution)
    base = base_of(book, proposal.code, proposal.effective_from, scope)
    faults = proposing.faults(base, proposal.values)
    if faults:
        raise Refused("value_refused", faults[0][1], "the form of the policy refuses the value", field=faults[0][0])
    if is_ratified(book, proposal):
        _refuse_if_authorised(resolution, proposal)
        return base
    if proposal.effective_from < held_on:
        raise Refused("day_in_the_past", f"新版本的生效日期不能早于会议日期 {held_on}；已发生的事按当时的版本办理。", "the past does not change", field="effective_from")
    if not proposing.differences(base, proposal.values):
        raise Refused("nothing_changed", "所提的值与当日适用的版本相同；请改动要变的值，或去掉所附的版本。", "nothing would change", field="effective_from")
    if proposal.code == RULES:
        _rules_hold(Values(proposal.values))
    _book_holds(book, base, proposal)
    return base


def refuse_if_stale(resolution: Resolution) -> None:
    """Refused where another edition has come in between: the other values of the proposal would undo it."""
    if not resolution.policy_code:
        return
    assert resolution.effective_from is not None
    base = base_of(policybook.current(), resolution.policy_code, resolution.effective_from, scope_of(resolution))
    if base.policy_ref != resolution.base_ref:
        raise Refused("base_changed", f"提出之后现行版本已变为 {base.policy_ref}；请撤回本案，从新的版本重新提出。", "the edition in force has changed since")


def settled(resolution: Resolution, decided_on: date) -> str:
    """The reference of the edition as it will be written, on the day the resolution is adopted; Refused where it can no longer be."""
    refuse_if_stale(resolution)
    book = policybook.current()
    if is_ratified(book, proposal_of(resolution)):
        _refuse_if_authorised(resolution, proposal_of(resolution))
        return proposal_of(resolution).policy_ref
    proposal = proposal_of(resolution, decided_on)
    under_way = Resolution.objects.filter(consortium=resolution.consortium_id, policy_code=resolution.policy_code, state="adopted", enacted_at__isnull=True)
    if under_way.exists():
        raise Refused("changed_meanwhile", "同一政策另有刚通过的决议正在入册；请过几秒再计票。", "another edition is being written")
    _book_holds(book, base_of(book, proposal.code, proposal.effective_from, scope_of(resolution)), proposal)
    return proposal.policy_ref


def write(resolution: Resolution, decided_on: date) -> Edition:
    """Put the edition into the county's own policies; once more finds it there. Raises Refused, PolicyError, OSError."""
    book = policybook.refresh()
    authority = Authority(resolution.official_number, resolution.title, decided_on)
    known = proposing.standing(book, proposal_of(resolution))
    if known is not None and known.policy_ref == resolution.policy_ref and known.authorised_by != authority:
        return known  # ratified: it stood already
    try:
        base = book.by_ref(resolution.base_ref)
        # The reason that a county wrote for its former values may speak of them; the widest edition says what the policy is for.
        wider = book.standing(base.code, base.effective_from, scope_of(resolution)).overridden
        why = wider[-1].head.why if wider else base.head.why
        written = proposing.enact(policybook.local_root(), base, proposal_of(resolution, decided_on), authority, resolution.council.name, why)
    except DayTaken as taken:
        raise Refused("day_taken", f"{taken.edition.policy_ref} 已存在，且内容不同；请核对本地政策目录。", "another edition of that day") from taken
    policybook.refresh()
    return written


def warnings(base: Edition) -> list[Finding]:
    """What a council should know before it changes this."""
    if base.is_local_parameter:
        return []
    sentence = f"现行值有公开依据（{base.source}）；本地另定须不违反该文件。"
    return [Finding("has_public_source", sentence, policy_ref=base.policy_ref, severity=Severity.WARNING, en="fixed by a public document")]


def _book_holds(book: Book, base: Edition, proposal: Proposal) -> None:
    known = proposing.standing(book, proposal)
    if known is not None:
        raise Refused("day_taken", f"{proposal.effective_from} 起已有版本 {known.policy_ref}；已有的版本不改，请另定生效日期。", "another edition of that day", field="effective_from")
    try:
        proposing.check(book, policybook.local_root(), base, proposal)
    except PolicyError as fault:
        raise Refused("book_refuses", fault.zh, "the policy book refuses the edition", field="corrects" if fault.key == "corrects" else "") from fault


def _refuse_if_authorised(resolution: Resolution, proposal: Proposal) -> None:
    known = Resolution.objects.filter(consortium=resolution.consortium_id, policy_ref=proposal.policy_ref, state="adopted").first()
    if known is not None:
        raise Refused("authorised_already", f"这一版本已由 {known.official_number} 授权；无须再议，要改值请另定生效日期。", "authorised already", field="effective_from")


def _rules_hold(values: Values) -> None:
    """A council may not make rules by which it could never decide again."""
    try:
        share = Fraction(values["quorum"])
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        raise Refused("value_refused", "法定人数应写成 1/2、2/3 这样的分数，大于 0、不超过 1。", "not a share", field="quorum")
    if values["counted_of"] not in ("present", "all"):
        raise Refused("value_refused", "多数的计算基数只能是 present（到会者）或 all（全体）。", "not a base", field="counted_of")
    for matter, majority in values["majorities"].items():
        if majority not in [str(one.value) for one in Majority]:
            raise Refused("value_refused", "所需多数只能是 simple、two_thirds 或 unanimous。", "not a majority", field=f"majorities.{matter}")
    if "{year}" not in values["number_form"] or "{serial}" not in values["number_form"]:
        raise Refused("value_refused", "编号格式须含 {year} 和 {serial}。", "the form lacks year or serial", field="number_form")
