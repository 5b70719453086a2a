"""A statement on paper: drawn from the content that was signed, so that paper and signature say the same."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from yilianti.kernel.papers.drawing import Paper
from yilianti.settlement.distribution.models import Statement


def draw(statement: Statement) -> bytes:
    """A4, as PDF bytes; raises FontMissing where the machine has no Chinese font."""
    told = json.loads(bytes(statement.content), parse_float=Decimal)
    at = datetime.fromisoformat(told["prepared_at"])
    paper = Paper(f"清算单 {told['number']}", at, f"{told['number']} 第 {told['version']} 版")
    paper.headline(f"{told['consortium']}{told['year']} 年度清算单", f"{told['number']} · 第 {told['version']} 版")
    paper.facts([("机构", told["institution"]["name"]), ("清算单", f"{told['number']} 第 {told['version']} 版"), ("基金", told["fund"]), ("出单时间", f"{at:%Y-%m-%d %H:%M}")])
    paper.grid(("项目", "金额（元）", "政策", "决议或依据"), [[line["name"], f"{Decimal(line['amount']):,.2f}", line["policy_ref"], line["authority"]] for line in told["lines"]] + [["应付合计", f"{Decimal(told['final']):,.2f}", "", ""]], (40, 32, 44, 44))
    paper.paragraph("负数为应承担或已付。逐行的计算过程见平台的清算单页；本单的电子签名另存，可用 OpenSSL 核验。")
    return paper.whole()
