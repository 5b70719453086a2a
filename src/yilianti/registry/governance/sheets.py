"""How a resolution and a document look on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.papers.drawing import Paper
from yilianti.policybook import proposing
from yilianti.registry.governance.models import Document, Resolution
from yilianti.registry.governance.terms import Ballot, ClauseKind, DocumentKind, Majority, Matter, ResolutionState
from yilianti.registry.institutions.api import Institution

_CHECK = "扫码核对本件；PDF 内含数字签名，改动一个字节即验签失败。核验码 {code}"


def resolution(given: Resolution, lead: Institution, stamp: bytes | None, code: str, address: str, at: datetime) -> bytes:
    """Text, the old values beside the new, the count, the lead's stamp, the code."""
    paper = Paper(given.title, at, f"{given.official_number} · {given.consortium.name}")
    paper.headline(given.title, given.official_number)
    if given.state == ResolutionState.REVOKED:
        paper.paragraph("（本决议已由后来的决议废止。）")
    assert given.decided_at is not None
    paper.paragraph(f"{given.council.name}于 {_day(timezone.localdate(given.decided_at))}在“{given.meeting.title}”上议决：")
    paper.paragraph(given.text)
    if given.policy_code:
        _values(paper, given)
    if given.revokes:
        paper.paragraph(f"自本决议通过之日起，{given.revokes.official_number}《{given.revokes.title}》废止。")
    paper.section("表决结果")
    count = given.tally
    paper.facts([
        ("事项与多数", f"{Matter.label(given.matter)}，须{Majority.label(given.majority)}（{count['needed']} 票）；{Ballot.label(given.ballot)}"),
        ("有表决权", f"全体 {count['entitled']} 人，到会 {count['present']} 人，回避 {count['recused']} 人"),
        ("票数", f"赞成 {count['for']}，反对 {count['against']}，弃权 {count['abstain']}"),
    ])  # fmt: skip
    paper.signature(f"{given.council.name}（{lead.name}代章）" if stamp else given.council.name, _day(timezone.localdate(given.decided_at)), stamp)
    paper.code(address, _CHECK.format(code=code))
    return paper.whole()


def _values(paper: Paper, given: Resolution) -> None:
    base = policybook.by_ref(given.base_ref)
    paper.section(f"本地参数：{base.title}")
    first = given.policy_ref.partition("@")[2].partition("#")[0]
    rows = [(cell.label, _plain(cell.now), _plain(value), cell.unit) for cell, value in proposing.differences(base, given.values)]
    if rows:
        paper.grid(("项目", "原值", "新值", "单位"), rows, (46, 22, 22, 10))
    else:
        paper.paragraph("确认现行版本，值不变。")
    paper.facts([("生效日期", first), ("版本引用号", given.policy_ref)])


def document(given: Document, stamps: Mapping[int, bytes | None], code: str, address: str, at: datetime) -> bytes:
    """Parties, clauses in their order, the signatures with their stamps, the code."""
    paper = Paper(given.title, at, f"{given.number} 第 {given.version} 版 · {given.consortium.name}")
    paper.headline(given.title, f"{DocumentKind.label(given.kind)} · {given.number} · 第 {given.version} 版")
    parties = list(given.parties.select_related("institution"))
    names = {party.institution_id: party.institution.name for party in parties}
    until = f"，至 {given.effective_until}" if given.effective_until else ""
    paper.facts([("当事方", "、".join(names.values())), ("生效", f"{given.effective_from}{until}")])
    paper.section("条款")
    for clause in given.clauses.all():
        whose = f"{names.get(clause.party_id, '')}的{ClauseKind.label(clause.kind)}：" if clause.party_id else ""
        paper.paragraph(f"第{clause.position}条　{whose}{clause.text}")
    for party in parties:
        assert party.signed_on is not None
        paper.signature(f"{party.institution.name}　签署人：{party.signed_by}", _day(party.signed_on), stamps.get(party.institution_id))
    paper.code(address, _CHECK.format(code=code))
    return paper.whole()


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _plain(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else "是" if value is True else "否" if value is False else str(value)
