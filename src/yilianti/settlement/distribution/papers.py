"""A statement on paper: its figures drawn from the content that was signed, so that paper and signature say the same; what was decided since stands below."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.papers.drawing import Paper
from yilianti.settlement.distribution import capital, explaining, signed
from yilianti.settlement.distribution.models import Statement
from yilianti.settlement.distribution.terms import StatementState


def draw(statement: Statement) -> bytes:
    """A4, as PDF bytes; raises FontMissing where the machine has no Chinese font."""
    told = json.loads(bytes(statement.content), parse_float=Decimal)
    at = datetime.fromisoformat(told["prepared_at"])
    paper = Paper(f"清算单 {told['number']}", at, f"{told['number']} 第 {told['version']} 版")
    paper.headline(f"{told['consortium']}{told['year']} 年度清算单", f"{told['number']} · 第 {told['version']} 版")
    paper.facts([("机构", f"{told['institution']['name']}（{told['institution']['code']}）"), ("基金", told["fund"]), ("清算", f"{told['settlement']}，第 {told['turn']} 次计算"), ("出单时间", f"{timezone.localtime(at):%Y 年 %-m 月 %-d 日 %H:%M}")])
    final = Money.yuan(told["final"])
    rows = [[line["name"], str(Money.yuan(line["amount"])), _basis(line)] for line in told["lines"]]
    paper.grid(("项目", "金额（元）", "依据"), [*rows, ["应付合计" if final.fen >= 0 else "应缴合计", str(final), capital.words(final.fen)]], (38, 34, 88), ("LEFT", "RIGHT", "LEFT"))
    paper.paragraph("正数应付给本机构，负数为已付或本机构应承担。每一行的计算过程、数据和单据，见平台“年度清算”的这份清算单。")
    _decided(paper, statement)
    _verified(paper, statement, told)
    paper.signature("医共体财务（盖章）　　　　　　　　机构负责人（签字、盖章）", "年　　月　　日")
    return paper.whole()


def _basis(line: dict[str, Any]) -> str:
    policy = explaining.of_policy(line["policy_ref"])[0]
    return "；".join(part for part in (policy, line["authority"]) if part) or "—"


def _decided(paper: Paper, statement: Statement) -> None:
    """Who confirmed, which resolution approved it, by which voucher the money went out."""
    settlement, said = statement.settlement, [("状态", StatementState.label(statement.state))]
    if statement.confirmed_at and statement.confirmed_by:
        said.append(("机构确认", f"{statement.confirmed_by.name}，{timezone.localtime(statement.confirmed_at):%Y-%m-%d %H:%M}"))
    if settlement.resolution:
        said.append(("批准的决议", settlement.resolution))
    if settlement.voucher:
        said.append(("拨付凭证", settlement.voucher))
    paper.section("办理情况")
    paper.facts(said)


def _verified(paper: Paper, statement: Statement, told: dict[str, Any]) -> None:
    """What the signature covers, whether it holds, and how somebody checks it who need not trust us."""
    holds = "有效：出单后没有改动" if signed.holds(statement) else "无效：内容在出单后被改动，请勿据此付款"
    paper.section("电子签名")
    paper.paragraph(f"本单的内容由平台的密钥签名（{statement.algorithm.upper()}），{holds}。下载“签名件”（{told['number']}-{told['version']}-signed.zip），照其中 README.txt 的一行命令，用 OpenSSL 即可核验，不需要登录本平台。")
