"""「清算单」: one institution's statement on the page, on paper, in a spreadsheet, and signed for whoever need not trust us."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, answer, page
from yilianti.kernel.tables.sheets import file, sheet
from yilianti.settlement.distribution import papers, queries, signed
from yilianti.settlement.distribution.models import Remark, Statement
from yilianti.settlement.distribution.pages import showing, tracing
from yilianti.settlement.distribution.terms import Line


def found(request: Request, number: str, version: int | None = None) -> Statement:
    one = queries.statement(request.actor, number, version)
    if one is None:
        raise Http404("没有这份清算单，或您无权查看。")
    return one


@page("distribution.view")
def detail(request: Request, number: str, version: int | None = None) -> HttpResponse:
    """Lines with the tree behind each, what was said, the versions."""
    return render(request, "distribution/statement.html", showing.whole(request.actor, found(request, number, version), timezone.localdate()))


@page("distribution.view")
def line(request: Request, number: str, version: int, key: str) -> HttpResponse:
    """How one line came about: the tree of steps, what was told with its document, work; bills are asked for from there."""
    one = found(request, number, version)
    return answer(request, "distribution/line.html", tracing.whole(request, one, tracing.line(one, key)), fragment="distribution/_line.html")


@page("distribution.view")
def bills(request: Request, number: str, version: int, key: str) -> HttpResponse:
    """Ledger lines behind a line: by month and kind, then bill by bill, a page at a time."""
    one = found(request, number, version)
    return answer(request, "distribution/bills.html", tracing.bills(request, one, tracing.line(one, key)), fragment="distribution/_bills.html")


@page("distribution.view")
def pdf(request: Request, number: str, version: int) -> HttpResponse:
    """On paper, drawn from what was signed."""
    one = found(request, number, version)
    return file(f"清算单-{number}-{version}.pdf", papers.draw(one), "application/pdf")


@page("distribution.view")
def export(request: Request, number: str, version: int) -> HttpResponse:
    """In a spreadsheet."""
    one = found(request, number, version)
    rows: list[list[object]] = [["项目", "金额（元）", "步骤", "政策", "决议"]]
    rows += [[Line.label(line.key), Money(line.fen).in_yuan, line.step, line.policy_ref, line.authority] for line in one.lines.all()]
    rows.append(["应付合计", Money(one.final).in_yuan, "", "", ""])
    return sheet(f"清算单-{number}-{version}.xlsx", rows)


@page("distribution.view")
def bundle(request: Request, number: str, version: int) -> HttpResponse:
    """「签名件」: content, signature, certificate and how OpenSSL verifies them."""
    one = found(request, number, version)
    return file(f"{number}-{version}-signed.zip", signed.packed(one), "application/zip")


@page("distribution.view")
def attachment(request: Request, number: str, remark: int) -> HttpResponse:
    """The file given with a remark."""
    found(request, number)
    said = Remark.objects.filter(id=remark, statement__number=number, file__isnull=False).first()
    if said is None:
        raise Http404("没有这个附件。")
    kinds = {"pdf": "application/pdf", "png": "image/png"}
    return file(said.file_name, bytes(said.file or b""), kinds.get(said.file_name.rpartition(".")[2].lower(), "image/jpeg"))
