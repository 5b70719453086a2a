"""Contracts as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from yilianti import policybook
from yilianti.care.contract import access, book, ledger, queries
from yilianti.care.contract.models import Contract, Obligation
from yilianti.care.contract.pages import forms
from yilianti.care.contract.terms import SOURCES, Kind, PackageKind, Score, Signer, Standing, State, Way
from yilianti.kernel.actor import Actor
from yilianti.kernel.money import Money
from yilianti.registry.residents import api as residents

TONES = {State.PROPOSED: "wait", State.SIGNED: "ok", State.REFUSED: "idle", State.LAPSED: "idle", State.RENEWED: "ok", State.CHANGED: "idle", State.ENDED: "bad", State.EXPIRED: "warn"}
STANDINGS = {Standing.DONE: ("ok", "check"), Standing.LATE: ("warn", "check"), Standing.DUE: ("wait", "clock"), Standing.OVERDUE: ("bad", "alert-circle"), Standing.UPCOMING: ("idle", "calendar"), Standing.DROPPED: ("idle", "ban")}
_BUTTONS = (("renew", "续签", "refresh"), ("change", "改签", "arrows-exchange"), ("end", "解约", "circle-x"), ("refuse", "居民不同意", "x"))


def last_day(one: Contract) -> date:
    """The last day on which it holds or held."""
    return min(one.until_on, one.stopped_on or one.until_on) - timedelta(days=1)


def line(one: Contract, due: Mapping[int, Sequence[Obligation]], today: date, soon_days: int) -> dict[str, Any]:
    """One row of the list."""
    mine = due.get(one.id, ()) if one.state in (State.SIGNED, State.RENEWED) else ()
    overdue = sum(item.due_on < today for item in mine)
    return {"one": one, "name": one.resident.name or "（未登记姓名）", "state": State.label(one.state), "tone": TONES[State(one.state)], "last": last_day(one), "due": len(mine) - overdue, "overdue": overdue,
            "next": mine[0] if mine else None, "ends_soon": one.state == State.SIGNED and one.until_on <= queries.soon(today, soon_days)}  # fmt: skip


def packages(one: Contract) -> list[dict[str, Any]]:
    """What was agreed, with prices where the place has filled them in."""
    return [{**package, "kind_name": PackageKind.label(package["kind"]), **{name: yuan(package[name]) for name in ("price", "discount", "public_health", "fund", "person")}} for package in one.packages]


def yuan(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)


def promised(one: Contract, day: date) -> dict[str, Any]:
    """The ledger as it was known on a day."""
    names = {package["code"]: package["name"] for package in one.packages}
    found = ledger.of(one, day)
    done, due = ledger.rate(found, day)
    rows = [{"line": row, "package": names.get(row.owed.package, row.owed.package), "state": row.standing.zh, "tone": STANDINGS[row.standing][0], "icon": STANDINGS[row.standing][1],
             "source": SOURCES.get(row.done.source, row.done.source) if row.done else "", "opened": row.owed.opens_on <= day} for row in found]  # fmt: skip
    counted = {how: sum(row.standing is how for row in found) for how in Standing}
    return {"ledger": rows, "done": done, "due": due, "overdue": counted[Standing.OVERDUE], "waiting": counted[Standing.DUE], "percent": f"{done * 100 / due:.0f}%" if due else "—"}


def whole(actor: Actor, one: Contract, day: date, today: date) -> dict[str, Any]:
    """Everything the page of a contract shows; the ledger as of `day`."""
    confirmation = getattr(one, "confirmation", None)
    shown, state = residents.banner(one.resident, today), _state_on(one, day) if day < today else State(one.state)
    pairs = [("编号", one.number, ""), ("怎样签的", Kind.label(one.kind), ""), ("团队", one.team.name, f"/contracts/teams/{one.team.number}/"), ("服务机构", one.institution.name, ""),
             ("周期", f"{one.begins_on} 至 {one.until_on - timedelta(days=1)}", "")]  # fmt: skip
    if one.former is not None:
        pairs.append(("接续", one.former.number, f"/contracts/{one.former.number}/"))
    if one.stopped_on is not None:
        pairs.append(("停止", f"{one.stopped_on}" + (f"（{_reason(actor, one, today)}）" if one.reason else ""), ""))
    return {
        "contract": one, "banner": shown, "state": state.zh, "tone": TONES[state], "pairs": [{"label": label, "value": value, "url": url} for label, value, url in pairs],
        "packages": packages(one), "confirmation": confirmation, "way": Way.label(confirmation.way) if confirmation else "", "signer": Signer.label(confirmation.signer) if confirmation else "",
        "day": day, "is_past": day < today, "today": today, **promised(one, day), "ratings": [(rating, Score.label(rating.score)) for rating in queries.ratings(one)],
        "refunds": [(refund, Money(refund.amount)) for refund in queries.refunds(one)], "refs": _refs(one.policy_refs), **steps(actor, one, today),
        "history": list(one.versions.order_by("-version")), "others": [other for other in queries.of_resident(one.resident_id) if other.pk != one.pk],
    }  # fmt: skip


def _state_on(one: Contract, day: date) -> State:
    """Where it stood when a day ended."""
    then = one.versions.filter(at__lt=ledger.end_of(day)).order_by("-version").only("state").first()
    return State(then.state) if then else State.PROPOSED


def steps(actor: Actor, one: Contract, today: date) -> dict[str, Any]:
    """Buttons with the forms they open."""
    possible = {row.action for row in access.open_steps(actor, one)}
    over = one.state in (State.ENDED, State.CHANGED, State.EXPIRED)
    back = [row for row in ledger.refundable(one) if row.amount.fen] if over and access.may(actor, "refund", one) else []
    soon = int(book.edition("handling", today, actor.scope).ending_soon_days)
    renewable = "renew" in possible and one.until_on <= queries.soon(today, soon)
    known = book.reasons(today, actor.scope).values()
    return {
        "may_confirm": "confirm" in possible, "may_refuse": "refuse" in possible, "may_renew": renewable, "may_change": "change" in possible, "may_end": "end" in possible and one.state == State.SIGNED,
        "may_fulfil": one.signed_at is not None and access.may(actor, "fulfil", one), "may_correct": access.may(actor, "correct", one), "may_rate": one.signed_at is not None and access.may(actor, "rate", one),
        "refuse_form": forms.RefuseForm(auto_id="refuse_%s"), "end_form": forms.EndForm(auto_id="end_%s", reasons=[(reason.code, reason.name) for reason in known], initial={"stopped_on": today}),
        "fulfil_form": forms.FulfilForm(auto_id="fulfil_%s", initial={"done_on": today}), "correct_form": forms.CorrectForm(auto_id="correct_%s"), "rate_form": forms.RateForm(auto_id="rate_%s"),
        "refund_form": forms.RefundForm(auto_id="refund_%s"), "back": back, "back_total": sum((row.amount for row in back), Money(0)),
        "question": book.edition("agreement", today, actor.scope).satisfaction,
    }  # fmt: skip


def _reason(actor: Actor, one: Contract, today: date) -> str:
    known = book.reasons(today, actor.scope).get(one.reason)
    return known.name if known else one.reason


def _refs(refs: Sequence[str]) -> list[dict[str, str]]:
    """Policies by their title."""
    found = []
    for ref in refs:
        try:
            edition = policybook.by_ref(ref)
            found.append({"title": edition.title, "url": f"/policies/{edition.code}/"})
        except KeyError:
            found.append({"title": ref, "url": ""})
    return found
