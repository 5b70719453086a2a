"""The 360° page, its reason form, the summary a referral takes along, and one piece of evidence as a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.desks.record360 import copying, merging
from yilianti.desks.record360.forms import ReasonForm, TimelineForm
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.record.documents import api as documents
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Sharing
from yilianti.record.results import api as results
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

_DOORS = {"encounters": encounters, "results": results, "documents": documents}


def _resident(actor: Actor, number: str) -> Any:
    """The resident who stands for this number, if known in the actor's consortium; there, who is not treating them is asked for a reason."""
    found = residents.by_number(number)
    standing = residents.standing_for(found.id) if found and found.merged_into_id else found
    if standing is None or not residents.openable(actor, [standing.id], "institutions.view"):
        raise Http404("没有这位居民。")
    return standing


def _reasons(request: Request) -> dict[str, str]:
    kept = request.session.get(encounters.REASONS)
    return kept if isinstance(kept, dict) else {}


@page("record.view")
def overview(request: Request, number: str) -> HttpResponse:
    """Everything known of a resident, newest first; a reason is asked first where there is no care relation."""
    actor: Actor = request.actor
    resident = _resident(request.actor, number)
    how_far = encounters.sharing(actor, resident.id, timezone.now())
    if how_far is Sharing.NO_RELATION and str(resident.id) not in _reasons(request):
        return render(request, "record360/reason.html", {"form": ReasonForm(), "number": resident.number, "may_break_glass": privacy.may_open(actor, resident.id)})
    looked_at(request, resident.id, encounters.purpose_of(actor, _reasons(request), resident.id))
    ids = tuple(residents.all_ids(resident.id))
    form = TimelineForm(request.GET or None, institutions=_institutions(actor, ids, how_far))
    before = merging.Key.read(request.GET.get("before", ""))
    asked = form.asked() if form.is_bound else merging.Asked()
    shown = merging.timeline(actor, ids, asked, before=before, how_far=how_far)
    context = {
        "number": resident.number, "shown": shown, "form": form, "asked": asked, "older_url": _older(request, shown.next_key),
        "may_break_glass": how_far is not Sharing.EMERGENCY and privacy.may_open(actor, resident.id),
        "continued_on": timezone.localtime(before.at).date() if before else None,
    }
    if request.htmx and before:
        return render(request, "record360/_days.html", context)
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "record360/_timeline.html", context | {"hidden": _hidden(actor, ids, how_far)})
    return render(request, "record360/overview.html", context | {
        "banner": residents.banner(resident, timezone.localdate()), "emergency": privacy.open_by(actor, resident.id, timezone.now()), "hidden": _hidden(actor, ids, how_far), "may_refer": actor.may("referral.draft"),
        "merged": residents.many(set(ids) - {resident.id}), "may_see_allergies": actor.may("allergies.view"), "may_see_medicines": actor.may("prescriptions.view"), "may_see_appointments": actor.may("schedules.view"),
        "purpose": encounters.purpose_of(actor, _reasons(request), resident.id), **_gist(actor, ids, how_far),
    })  # fmt: skip


@page("record.view", methods=("POST",))
def give_reason(request: Request, number: str) -> HttpResponse:
    """Keep the reason for this resident in the session; it goes into every line of the access log."""
    resident = _resident(request.actor, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "record360/reason.html", {"form": form, "number": resident.number, "may_break_glass": privacy.may_open(request.actor, resident.id)}, status=422)
    request.session[encounters.REASONS] = _reasons(request) | {str(resident.id): form.purpose()}
    return redirect("record:overview", number=resident.number)


@page("record.view")
def summary(request: Request, number: str) -> HttpResponse:
    """What a referral may take along: diagnoses, newest results and documents, each with a box to tick."""
    actor: Actor = request.actor
    resident = _resident(request.actor, number)
    how_far = encounters.sharing(actor, resident.id, timezone.now())
    if how_far is Sharing.NO_RELATION and str(resident.id) not in _reasons(request):
        raise Http404("本机构与该居民没有诊疗关系。")
    looked_at(request, resident.id, "书写转诊单")
    ids = tuple(residents.all_ids(resident.id))
    return render(request, "record360/_summary.html", {
        **_gist(actor, ids, how_far), "visits": encounters.timeline(actor, ids, limit=5, how_far=how_far),
        "reports": results.latest_reports(actor, ids, limit=10, how_far=how_far),
        "papers": documents.latest_documents(actor, ids, how_far=how_far), "chosen": request.GET.getlist("evidence"),
    })  # fmt: skip


@page("record.view")
def evidence(request: Request, value: str) -> HttpResponse:
    """`results:<number>` and its like as one line with a link, for whoever may read it."""
    actor: Actor = request.actor
    room, _, number = value.partition(":")
    found = _DOORS[room].line(actor, number, timezone.now()) if room in _DOORS else None
    if found is None:
        raise Http404("没有这项内容，或您无权查看。")
    resident_id, row = found
    looked_at(request, resident_id, encounters.purpose_of(actor, _reasons(request), resident_id))
    return render(request, "record360/_evidence.html", {
        "room": room, "number": number, "row": row, "picture": documents.picture(number) if room == "documents" else "",
    })  # fmt: skip


@page("privacy.handle", methods=("POST",))
def copy(request: Request, number: str) -> HttpResponse:
    """The copy a resident asked for in a granted request; making it is journalled and stands in the access log."""
    asked, now = privacy.request(request.actor, number), timezone.now()
    if asked is None or asked.kind != "copy":
        raise Http404("没有这件查阅、复制的请求，或不在您的机构办理。")
    if asked.state != "granted":
        raise Refused("wrong_state", "请先同意办理这件请求，再生成副本。", "grant the request first")
    resident = residents.standing_for(asked.resident_id)
    looked_at(request, resident.id, f"应本人请求生成档案副本 {number}")
    made = copying.of(resident, now)
    privacy.note_copy(actor=request.actor, number=number, pieces=made.pieces, sha256=made.sha256, at=now)
    headers = {"Content-Disposition": f'attachment; filename="record-{number}.zip"', "Cache-Control": "no-store"}
    return HttpResponse(made.content, content_type="application/zip", headers=headers)


def _gist(actor: Actor, ids: Sequence[int], how_far: Sharing) -> dict[str, Any]:
    """Current problems and newest values."""
    return {
        "problems": encounters.recent_diagnoses(actor, ids, how_far=how_far) if actor.may("encounters.view") else [],
        "values": results.latest_results(actor, ids, how_far=how_far) if actor.may("results.view") else [],
    }


def _hidden(actor: Actor, ids: Sequence[int], how_far: Sharing) -> dict[str, Any]:
    """How many items are there but not shown, and why; {} when everything is shown."""
    if how_far.is_wide:
        return {}
    counts = [("就诊", encounters.hidden_count(actor, ids)), ("检查检验", results.hidden_count(actor, ids)), ("文书", documents.hidden_count(actor, ids))]
    parts = [f"{name} {count} 条" for name, count in counts if count]
    return {"parts": "、".join(parts), "because": how_far.zh, "by_consent": how_far is Sharing.NO_CONSENT} if parts else {}


def _institutions(actor: Actor, ids: Sequence[int], how_far: Sharing) -> list[tuple[int, str]]:
    """The institutions that have had the resident in care, for the filter; without consent only those in reach."""
    related = residents.Resident.objects.filter(id__in=ids, relations__isnull=False)
    named = set(related.values_list("relations__institution_id", "relations__institution__short_name"))
    reach = actor.reaches("record.view")
    return sorted((pair for pair in named if how_far.is_wide or pair[0] in reach), key=lambda pair: pair[1])


def _older(request: Request, key: str) -> str:
    if not key:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return f"?{urlencode({**kept, 'before': key})}"
