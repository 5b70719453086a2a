"""Councils, meetings and resolutions: looking, and one POST a step."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, page, whole
from yilianti.registry.governance import access, actions, editions, queries
from yilianti.registry.governance.models import Council, Meeting, Resolution
from yilianti.registry.governance.pages import forms, showing
from yilianti.registry.governance.terms import Edition, MeetingState, Motion, Office, ResolutionState
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

_ALL = [str(state.value) for state in MeetingState]


def _council(request: Request, council: int) -> Council:
    found = queries.council(request.actor, council, timezone.localdate())
    if found is None:
        raise Http404("没有这个治理机构，或您无权查看。")
    return found


def _meeting(request: Request, number: str) -> Meeting:
    found = queries.meeting(request.actor, number, timezone.localdate())
    if found is None:
        raise Http404("没有这次会议，或您无权查看。")
    return found


def _keeps(request: Request, given: Council) -> bool:
    return access.may_manage(request.actor, given.consortium, timezone.localdate())


def _staff(of: institutions.Consortium) -> forms.Choices:
    """Whoever works at a member or below it, by institution; the value names person and institution. Three statements."""
    today = timezone.localdate()
    members = institutions.member_ids(of, today)
    inside = [place.id for place in institutions.active() if members & {int(step) for step in place.path.split("/") if step}]
    posts = people.Post.objects.held_on(today).filter(institution__in=inside, person__is_active=True).select_related("person", "institution")
    return list({f"{p.person_id}@{p.institution_id}": f"{p.institution.short_name} · {p.person.name}" for p in posts.order_by("institution__path", "person__number")}.items())


@page("governance.view")
def council(request: Request, council: int) -> HttpResponse:
    """One council: who sits in it, when it meets."""
    found = _council(request, council)
    keeps = _keeps(request, found)
    context: dict[str, Any] = {
        "council": found, "kind": showing.council_kind(found), "keeps": keeps,
        "seats": [(s, Office.label(s.office), forms.UnseatForm(auto_id=f"unseat_{s.id}_%s")) for s in queries.seats_of(found.id)],
        "meetings": [showing.meeting_row(m) for m in queries.meetings(found.consortium, _ALL, council_id=found.id)],
    }  # fmt: skip
    if keeps:
        context |= {"seat_form": forms.SeatForm(staff=_staff(found.consortium), auto_id="seat_%s"), "convene_form": forms.ConveneForm(auto_id="convene_%s")}
    return render(request, "governance/council.html", context)


@page("governance.manage", methods=("POST",))
def seat(request: Request, council: int) -> HttpResponse:
    """「登记委员」"""
    found = _council(request, council)
    form = forms.SeatForm(request.POST, staff=_staff(found.consortium))
    whole(form)
    actions.seat(actor=request.actor, council_id=found.id, at=timezone.now(), **form.told())
    return done(request, reverse("governance:council", kwargs={"council": found.id}), "已登记。")


@page("governance.manage", methods=("POST",))
def unseat(request: Request, seat: int) -> HttpResponse:
    """「离任」"""
    left = actions.unseat(actor=request.actor, seat_id=seat, at=timezone.now(), **whole(forms.UnseatForm(request.POST)))
    return done(request, reverse("governance:council", kwargs={"council": left.council_id}), f"自 {left.until_on} 起离任。")


@page("governance.manage", methods=("POST",))
def convene(request: Request, council: int) -> HttpResponse:
    """「召集会议」"""
    found = _council(request, council)
    said = whole(forms.ConveneForm(request.POST))
    said["items"] = said["items"].splitlines()
    made = actions.convene(actor=request.actor, council_id=found.id, at=timezone.now(), **said)
    return done(request, _at(made.number), "已召集，委员会收到通知。")


def _at(number: str) -> str:
    return reverse("governance:meeting", kwargs={"number": number})


@page("governance.view")
def meeting(request: Request, number: str) -> HttpResponse:
    """One meeting: agenda, who is there, what is moved, the minutes."""
    found = _meeting(request, number)
    keeps = _keeps(request, found.council)
    people_there = queries.attending(found)
    absent = [(seat.id, f"{seat.person.name}（{seat.institution.short_name}）") for seat, present in people_there if not present]
    return render(request, "governance/meeting.html", {
        **showing.meeting_row(found), "keeps": keeps, "items": list(found.items.all()), "attending": [(s, Office.label(s.office), p) for s, p in people_there],
        "resolutions": [showing.resolution_row(r) for r in found.resolutions.select_related("council", "meeting").order_by("id")],
        "may_move": found.state in (MeetingState.CONVENED, MeetingState.OPENED) and (keeps or queries.is_seated(request.actor, found)),
        "present_form": forms.PresentForm(seats=absent, initial={"present": [i for i, _ in absent]} if found.state == MeetingState.CONVENED else None),
        "absent": absent, "item_form": forms.ItemForm(auto_id="item_%s"), "minutes_form": forms.MinutesForm(auto_id="minutes_%s"),
        "cancel_form": forms.BecauseForm(auto_id="cancel_%s"),
    })  # fmt: skip


def _seats(found: Meeting) -> forms.Choices:
    return [(seat.id, str(seat)) for seat, _ in queries.attending(found)]


@page("governance.manage", methods=("POST",))
def open_meeting(request: Request, number: str) -> HttpResponse:
    """「开会」"""
    said = whole(forms.PresentForm(request.POST, seats=_seats(_meeting(request, number))))
    actions.open_meeting(actor=request.actor, number=number, at=timezone.now(), **said)
    return done(request, _at(number), f"已开会，到会 {len(said['present'])} 人。")


@page("governance.manage", methods=("POST",))
def take_attendance(request: Request, number: str) -> HttpResponse:
    """「登记到会」"""
    said = whole(forms.PresentForm(request.POST, seats=_seats(_meeting(request, number))))
    actions.take_attendance(actor=request.actor, number=number, at=timezone.now(), **said)
    return done(request, _at(number), "已登记到会。")


@page("governance.manage", methods=("POST",))
def add_item(request: Request, number: str) -> HttpResponse:
    """「列入议程」"""
    _meeting(request, number)
    actions.add_item(actor=request.actor, number=number, at=timezone.now(), **whole(forms.ItemForm(request.POST)))
    return done(request, _at(number), "已列入议程。")


@page("governance.manage", methods=("POST",))
def close_meeting(request: Request, number: str) -> HttpResponse:
    """「散会」"""
    _meeting(request, number)
    actions.close_meeting(actor=request.actor, number=number, at=timezone.now(), **whole(forms.MinutesForm(request.POST)))
    return done(request, _at(number), "会议已结束，纪要已保存。")


@page("governance.manage", methods=("POST",))
def cancel_meeting(request: Request, number: str) -> HttpResponse:
    """「取消会议」"""
    _meeting(request, number)
    actions.cancel_meeting(actor=request.actor, number=number, at=timezone.now(), **whole(forms.BecauseForm(request.POST)))
    return done(request, _at(number), "会议已取消。")


@page("governance.vote", methods=("GET", "POST"))
def propose(request: Request, number: str) -> HttpResponse:
    """「提出议案」, with the form of the policy it would change."""
    found = _meeting(request, number)
    if not (_keeps(request, found.council) or queries.is_seated(request.actor, found)):
        raise Refused("not_seated", f"您不是“{found.council.name}”的在任委员，不能提案；请由委员或管理办公室提出。", "not a member of the council")
    scope, today = Scope(found.council.consortium.code, found.council.consortium.region), timezone.localdate()
    chosen = forms.ChoosePolicyForm(request.POST or request.GET or None, auto_id="choose_%s", policies=editions.open_to_councils(policybook.current(), today, scope))
    picked = chosen.cleaned_data if chosen.is_bound and chosen.is_valid() else {}
    first_day = picked.get("effective_from") or max(today, timezone.localdate(found.held_at))
    base = editions.base_of(policybook.current(), picked["policy"], first_day, scope) if picked.get("policy") else None
    revocable = [(r.number, f"{r.official_number} {r.title}") for r in queries.resolutions(found.council.consortium, queries.Filters(state=ResolutionState.ADOPTED.value))]
    start = {"matter": "policy" if base else "ordinary", "policy": base.code if base else "", "effective_from": first_day.isoformat()}
    form = forms.MotionForm(request.POST if request.method == "POST" else None, revocable=revocable, base=base, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(actor=request.actor, number=number, motion=_motion(form, first_day.isoformat()), at=timezone.now())
        except Refused as refusal:
            form.add_error(f"cell:{refusal.field}", refusal.zh) if f"cell:{refusal.field}" in form.fields else blame(form, refusal)
        else:
            return done(request, reverse("governance:resolution", kwargs={"number": made.number}), "议案已提出。")
    return render(request, "governance/propose.html", {
        "meeting": found, "form": form, "chosen": chosen if chosen.is_bound else forms.ChoosePolicyForm(auto_id="choose_%s", policies=editions.open_to_councils(policybook.current(), today, scope), initial=start),
        "base": base, "first_day": first_day, "warnings": editions.warnings(base) if base else [],
    }, status=422 if form.errors else 200)  # fmt: skip


def _motion(form: forms.MotionForm, first_day: str) -> Motion:
    said = form.cleaned_data
    edition = None
    if form.base is not None:
        edition = Edition(form.base.code, first_day, form.values(), form.base.policy_ref if said.get("corrects") else "")
    return Motion(said["title"], said["text"], said["matter"], said["ballot"], edition, said["revokes"])


def resolution_or_404(request: Request, number: str) -> Resolution:
    found = queries.resolution(request.actor, number, timezone.localdate())
    if found is None:
        raise Http404("没有这个议案，或您无权查看。")
    return found
