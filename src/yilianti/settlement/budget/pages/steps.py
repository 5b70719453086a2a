"""One POST a step: parse, one call, show the package as it now stands; and the dialogs that begin them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, done, page, whole
from yilianti.settlement.budget import access, actions, queries
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.pages import forms, glance, views
from yilianti.settlement.budget.terms import Verb

_ICONS = {"fix": "rubber-stamp", "pay": "plus", "correct_payment": "arrow-back-up", "set_aside": "scale", "withdraw_set_aside": "arrow-back-up", "reckon_month": "refresh", "amend": "pencil", "revise": "adjustments"}
_LEADS = {
    "fix": "核定后按政策排出各期预付，按月核算。总额以后还可以凭决议调整。", "pay": "登记到账的预付款，不超过本期应付。登记错了的用更正，不改原来的一行。",
    "correct_payment": "原来的一行保留，另记一行负数；正确的再登记一次。", "set_aside": "政策引起的超支单独审核，不计入总额内支出；下一次核算时从累计支出中剔除。",
    "withdraw_set_aside": "原来的一行保留，另记一行负数。", "reckon_month": "把到这个月底为止出院（结算）的费用记入；已经记过的不重复，更正和迟到的记差额。",
}  # fmt: skip


def _view(verb: str, act: Callable[..., Any]) -> Callable[..., Any]:
    @page(access.PERMISSION[verb], methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        one = views.found(request, number)
        access.require(request.actor, verb, one.consortium_id)
        form = _form(verb, one, request.POST)
        whole(form)
        act(actor=request.actor, number=number, at=timezone.now(), **forms.told(form))
        return done(request, reverse("budget:package", kwargs={"number": number}), f"{number}：{Verb(verb).zh}，已办好。")

    return step


def _form(verb: str, package: Package, data: Any = None, **more: Any) -> Any:
    if verb == "pay":
        more["choices"] = [(one.number, f"第 {one.number} 期") for one in package.instalments.order_by("number")]
    return forms.FORMS[verb](data, auto_id=more.pop("auto_id", f"{verb}_%s"), **more)


VIEWS = {verb: _view(verb, getattr(actions, verb)) for verb in forms.FORMS}


def dialogs(actor: Actor, package: Package, shown: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Buttons of the page, and the dialogs they open; those of a single payment or row stand beside it."""
    open_steps = {row.action for row in access.open_steps(actor, package)}
    if not shown["has_months"]:
        open_steps -= {"reckon_month", "set_aside", "withdraw_set_aside"}
    opened: list[dict[str, Any]] = []
    if "fix" in open_steps:
        opened.append(_dialog("fix", _form("fix", package, initial={"version": package.version})))
    if "reckon_month" in open_steps:
        month = glance.next_month(package, shown["last"], today) or (shown["last"].month if shown["last"] else date(package.year, 1, 1))
        opened.append(_dialog("reckon_month", _form("reckon_month", package, initial={"month": f"{month:%Y-%m}"})))
    if "pay" in open_steps and (due := next((row for row in shown["advance"]["rows"] if row["is_open"]), None)):
        opened.append(_dialog("pay", _form("pay", package, initial={"instalment": due["one"].number, "amount": due["open_plain"], "paid_on": today})))
    if "set_aside" in open_steps:
        opened.append(_dialog("set_aside", _form("set_aside", package)))
    own = []
    if "correct_payment" in open_steps:
        paid = [payment["one"] for row in shown["advance"]["rows"] for payment in row["payments"] if payment["may_correct"]]
        own += [_dialog("correct_payment", _form("correct_payment", package, initial={"payment": one.pk}, auto_id=f"payment{one.pk}_%s"), one.pk) for one in paid]
    if "withdraw_set_aside" in open_steps:
        rows = [row["one"] for row in shown["set_asides"] if row["may_withdraw"]]
        own += [_dialog("withdraw_set_aside", _form("withdraw_set_aside", package, initial={"row": one.pk}, auto_id=f"row{one.pk}_%s"), one.pk) for one in rows]
    return {"dialogs": [*opened, *own], "buttons": opened, "may_amend": "amend" in open_steps, "may_revise": "revise" in open_steps, "may_correct": "correct_payment" in open_steps,
            "may_withdraw": "withdraw_set_aside" in open_steps, "sees_everything": queries.sees_everything(actor, package, today)}  # fmt: skip


def _dialog(verb: str, form: Any, key: int | str = "") -> dict[str, Any]:
    return {"action": verb, "label": Verb(verb).zh, "icon": _ICONS[verb], "lead": _LEADS[verb], "form": form, "id": f"dialog-{verb}{key}", "first": verb in ("fix", "reckon_month")}
