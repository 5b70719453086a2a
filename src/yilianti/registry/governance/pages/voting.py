"""One resolution: its text, the values it changes, the vote, the result, its paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.pages import Request, done, page, whole
from yilianti.registry.governance import access, actions, queries
from yilianti.registry.governance.models import Resolution
from yilianti.registry.governance.pages import forms, showing
from yilianti.registry.governance.pages.deciding import resolution_or_404
from yilianti.registry.governance.pages.papers import press
from yilianti.registry.governance.terms import Ballot, Choice, Majority, ResolutionState


def _at(number: str) -> str:
    return reverse("governance:resolution", kwargs={"number": number})


@page("governance.view")
def resolution(request: Request, number: str) -> HttpResponse:
    """One resolution."""
    found = resolution_or_404(request, number)
    keeps = access.may_manage(request.actor, found.consortium, timezone.localdate())
    chairs = queries.chairs(found) if found.state in (ResolutionState.VOTING, ResolutionState.ADOPTED, ResolutionState.REJECTED, ResolutionState.REVOKED) else []
    mine = queries.seat_of(request.actor, found.meeting) if found.state == ResolutionState.VOTING and request.actor.may(access.VOTE) else None
    voted = mine is not None and any(chair.vote for chair in chairs if chair.seat.id == mine.id)
    return render(request, "governance/resolution.html", {
        **showing.resolution_row(found), **_edition(found), "keeps": keeps, "ballot": Ballot.label(found.ballot), "is_secret": found.ballot == Ballot.SECRET,
        "needed": Majority.label(found.majority) if found.majority else "", "chairs": [showing.chair_row(chair) for chair in chairs],
        "cast": queries.counted_choices(found) if found.state == ResolutionState.VOTING else {}, "may_vote": mine is not None and not voted, "has_voted": voted,
        "vote_form": forms.VoteForm(), "choices": [(c.value, c.zh) for c in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)],
        "recuse_form": forms.BecauseForm(auto_id="recuse_%s"), "withdraw_form": forms.BecauseForm(auto_id="withdraw_%s"),
        "papers": queries.papers(found.number), "history": journal.history(f"governance:{found.number}"),
        "revoked_by": found.revoked_by.filter(state="adopted").first(),
    })  # fmt: skip


def _edition(found: Resolution) -> dict[str, Any]:
    """What the resolution changes, and whether it stands in the policy book by now."""
    if not found.policy_code:
        return {"base": None}
    try:
        base = policybook.by_ref(found.base_ref)
    except KeyError:
        return {"base": None, "lost_ref": found.base_ref}
    return {"base": base, "changes": showing.changes(base, found.values), "is_ratified": found.policy_ref == found.base_ref and bool(found.policy_ref)}


@page("governance.manage", methods=("POST",))
def put_to_vote(request: Request, number: str) -> HttpResponse:
    """「付诸表决」"""
    resolution_or_404(request, number)
    actions.put_to_vote(actor=request.actor, number=number, at=timezone.now())
    return done(request, _at(number), "表决已开放；到会委员可在此投票。")


@page("governance.vote", methods=("POST",))
def vote(request: Request, number: str) -> HttpResponse:
    """A member's own vote."""
    resolution_or_404(request, number)
    actions.vote(actor=request.actor, number=number, at=timezone.now(), **whole(forms.VoteForm(request.POST)))
    return done(request, _at(number), "您的表决已记录。")


@page("governance.manage", methods=("POST",))
def record_vote(request: Request, number: str) -> HttpResponse:
    """「记一票」"""
    resolution_or_404(request, number)
    actions.record_vote(actor=request.actor, number=number, at=timezone.now(), **whole(forms.RecordForm(request.POST)))
    return done(request, _at(number), "已记录。")


@page("governance.manage", methods=("POST",))
def close_vote(request: Request, number: str) -> HttpResponse:
    """「计票」"""
    resolution_or_404(request, number)
    counted = actions.close_vote(actor=request.actor, number=number, at=timezone.now())
    said = f"通过，编号 {counted.official_number}。" if counted.state == ResolutionState.ADOPTED else "未通过。"
    return done(request, _at(number), said)


@page("governance.manage", methods=("POST",))
def withdraw(request: Request, number: str) -> HttpResponse:
    """「撤回议案」"""
    resolution_or_404(request, number)
    actions.withdraw(actor=request.actor, number=number, at=timezone.now(), **whole(forms.BecauseForm(request.POST)))
    return done(request, _at(number), "议案已撤回。")


@page("governance.manage", methods=("POST",))
def issue_resolution(request: Request, number: str) -> HttpResponse:
    """「签发 PDF」"""
    resolution_or_404(request, number)
    actions.issue_resolution(actor=request.actor, number=number, press=press(request), at=timezone.now())
    return done(request, _at(number), "已签发，可在“版式文件”下载。")
