"""A package taken out as a workbook: its months, and its ledger to the last line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import FileResponse
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.settlement.budget import books, queries, year
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.pages import monthly, views
from yilianti.settlement.budget.terms import Fund, State

MOST, _PART = 200_000, 2_000


def yuan(fen: int | None) -> Decimal | None:
    """Fen as a cell: a decimal of yuan."""
    return None if fen is None else Money(fen).in_yuan


@page("budget.view")
def months(request: Request, number: str) -> FileResponse:
    """The package, its months and its advance."""
    one = views.found(request, number)
    return streamed(f"包干总额-{number}.xlsx", [("总额", _package(one)), ("月份", _months(one)), ("预付", _advance(one))])


@page("budget.view")
def ledger(request: Request, number: str) -> FileResponse:
    """Every ledger line within reach."""
    one = views.found(request, number)
    return streamed(f"记账明细-{number}-{timezone.localdate():%Y%m%d}.xlsx", [("记账明细", _lines(request, one))])


def _package(package: Package) -> Iterator[list[object]]:
    yield ["项目", "内容"]
    listed: tuple[tuple[str, object], ...] = (
        ("总额编号", package.number), ("医共体", package.consortium.name), ("年度", package.year), ("基金", Fund.label(package.fund)), ("状态", State.label(package.state)),
        ("总额（元）", yuan(package.fen)), ("人均（元）", yuan(package.a_head)), ("参保人数", package.persons), ("数据来源文件", package.document), ("核定依据", package.resolution),
    )  # fmt: skip
    yield from ([label, value] for label, value in listed)
    for name, value in package.facts.items():
        yield [books.label(name), str(value)]


def _months(package: Package) -> Iterator[list[object]]:
    yield ["月份", "第几次", "本月支出（元）", "累计记入（元）", "大病保险人员（元）", "政策性超支（元）", "累计支出（元）", "路径（元）", "高于路径", "离开路径", "年末预计（元）", "最少（元）", "最多（元）", "没有算出的笔数", "没有算出的费用（元）"]
    before = 0
    for one in year.reckoned(package):
        sums = (one.spent - before, one.gross, one.catastrophic_persons, one.policy_caused, one.spent, one.path)
        yield [f"{one.month:%Y-%m}", one.turn, *(yuan(fen) for fen in sums), "是" if one.above else "", "是" if one.leaves else "", *(yuan(fen) for fen in (one.likely, one.least, one.most)), one.unpriced, yuan(one.unpriced_total)]
        before = one.spent


def _advance(package: Package) -> Iterator[list[object]]:
    yield ["期", "开始", "最迟", "应付（元）", "凭证号", "到账日期", "金额（元）", "原因"]
    for one in queries.instalments(package):
        yield [one.number, one.begins_on, one.due_on, yuan(one.fen), None, None, None, None]
        for payment in sorted(one.payments.all(), key=lambda payment: payment.pk):
            yield [one.number, None, None, None, payment.voucher, payment.paid_on, yuan(payment.fen), payment.because]


def _lines(request: Request, package: Package) -> Iterator[list[object]]:
    yield ["记入月份", "费用编号", "机构", "就医地", "类别", "出院（结算）日期", "病种", "金额（元）", "第几次计算"]
    rows, after, many = queries.ledger(request.actor, package, timezone.localdate()), None, 0
    while many < MOST:
        part = queries.lines(rows, after, _PART)
        for row in part.rows:
            shown: dict[str, Any] = monthly.line(row, request)
            if shown["disease"]:
                looked_at(request, row.claim.resident_id, "导出总额记账明细")
            yield [f"{row.month:%Y-%m}", row.claim.number, row.institution.short_name, shown["place"], shown["kind"], row.discharged_on, shown["disease"], yuan(row.fen), row.turn]
        many += len(part.rows)
        if not part.next_key:
            return
        after = int(part.next_key)
