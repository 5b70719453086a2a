"""A line of a statement traced down: steps, facts with their documents, work, bills."""

from __future__ import annotations

from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, numbered
from yilianti.settlement.budget.api import Charged, PlaceOfCare
from yilianti.settlement.claims.api import Claim
from yilianti.settlement.distribution import explaining, sources
from yilianti.settlement.distribution.models import Statement, StatementLine
from yilianti.settlement.distribution.terms import Line, Told


def line(statement: Statement, key: str) -> StatementLine:
    found = statement.lines.filter(key=key).first()
    if found is None:
        raise Http404("这份清算单没有这一行。")
    return found


def whole(request: Request, statement: Statement, one: StatementLine) -> dict[str, Any]:
    """The tree of the line's step; what was told and work that it rests on."""
    settlement = statement.settlement
    facts = sources.facts(statement.run, settlement, statement.institution_id, one.key)
    return {"statement": statement, "settlement": settlement, "line": one, **_head(one), "branches": explaining.Working(statement.run).tree(one.step, statement.institution.code),
            "facts": [{"one": fact, "value": explaining.said(fact.value)[0], "name": Told.label(fact.name), "whose": "本机构" if fact.institution_id else "医共体整体"} for fact in facts],
            "work": [_work(row, statement.institution_id) for row in sources.work(statement.run, settlement, statement.institution_id, one.key)],
            "bills_url": _url(statement, one.key) if sources.has_bills(one.key) else "", "own_bills": one.key in sources.OWN_BILLS}  # fmt: skip


def _head(one: StatementLine) -> dict[str, Any]:
    return {"name": Line.label(one.key), "amount": Money(one.fen)}


def _work(row: dict[str, Any], own: int) -> dict[str, Any]:
    gave = row["giver"] == own
    return {"other": row["receiver__short_name"] if gave else row["giver__short_name"], "side": "本机构提供" if gave else "本机构接受", "item": row["item"], "lines": row["lines"], "many": row["many"], "amount": Money(row["amount"]) if row["amount"] else ""}


def bills(request: Request, statement: Statement, one: StatementLine) -> dict[str, Any]:
    """The sums of every month, and one page of lines narrowed by month."""
    if not sources.has_bills(one.key):
        raise Http404("这一行不由费用得来。")
    own, by = one.key in sources.OWN_BILLS, "kind" if one.key in sources.OWN_BILLS else "place"
    month, rows = _month(request.GET.get("month", "")), sources.bills(statement, one.key)
    sums = sources.by_month(rows, by)
    page = sources.page_of(rows, None if own else list(request.actor.reaches("distribution.view")), month, numbered(request.GET.get("after", "")))
    total, url = sum(row["fen"] for row in sums), _url(statement, one.key)
    return {"statement": statement, "settlement": statement.settlement, "line": one, **_head(one), "own_bills": own, "month": month, "url": url, **_pivot(sums, by, url, month), "total": Money(total),
            "differs": own and total != one.fen, "lines": [_bill(each, request) for each in page.rows], "next_url": f"{url}?{urlencode({'after': page.next_key} | _asked(month))}" if page.next_key else ""}  # fmt: skip


def _pivot(sums: list[dict[str, Any]], by: str, url: str, chosen: date | None) -> dict[str, Any]:
    """Months as rows, kinds of bills (or places of care) as columns."""
    labels = {str(value): str(label) for value, label in cast(Any, Claim._meta.get_field("kind")).flatchoices} if by == "kind" else {str(one): one.zh for one in PlaceOfCare}
    keys = [key for key in labels if any(row[by] == key for row in sums)]
    held = {(row["month"], row[by]): row for row in sums}
    months = [{"month": month, "url": f"{url}?{urlencode(_asked(month))}", "is_chosen": month == chosen, "many": sum(held[month, key]["many"] for key in keys if (month, key) in held), "sum": Money(sum(held[month, key]["fen"] for key in keys if (month, key) in held)),
               "cells": [{"label": labels[key], "sum": Money(held[month, key]["fen"]), "many": held[month, key]["many"]} if (month, key) in held else {"label": labels[key]} for key in keys]} for month in sorted({row["month"] for row in sums})]  # fmt: skip
    return {"columns": [labels[key] for key in keys], "months": months, "many": sum(row["many"] for row in sums)}


def _bill(one: Charged, request: Request) -> dict[str, Any]:
    policies = [explaining.of_policy(ref) for ref in one.claim.policy_refs]
    return {"one": one, "amount": Money(one.fen), "url": f"/claims/{one.claim.number}/" if request.actor.may("claims.view", one.institution_id) else "", "policies": policies, "is_later": one.claim.turn != one.turn}


def _url(statement: Statement, key: str) -> str:
    return reverse("distribution:statement_bills", kwargs={"number": statement.number, "version": statement.version, "key": key})


def _asked(month: date | None) -> dict[str, str]:
    return {"month": f"{month:%Y-%m}"} if month else {}


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
