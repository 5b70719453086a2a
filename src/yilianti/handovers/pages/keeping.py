"""Pages of upkeep: backups and drills, message sources, and how loaded the machine is."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti import policybook
from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.handovers import actions, machine, queries
from yilianti.handovers.models import Chore
from yilianti.kernel.pages import Request, page
from yilianti.registry.institutions import api as institutions

BACKUPS_SHOWN, DRILLS_SHOWN = 14, 6
TABS = (("operations", "概览"), ("backups", "备份与演练"), ("sources", "消息来源"), ("load", "负荷"))


def tabs(active: str) -> list[dict[str, Any]]:
    return [{"label": label, "url": "/operations/" if name == "operations" else f"/operations/{name}/", "active": name == active} for name, label in TABS]


@page("operations.view")
def backups(request: Request) -> HttpResponse:
    """Backups and drills, and the buttons that make one now."""
    return render(request, "handovers/backups.html", _backups(request))


@page("operations.view")
def backups_state(request: Request) -> HttpResponse:
    """The fragment alone, which renews itself while something runs."""
    return render(request, "handovers/_backups.html", _backups(request))


def _backups(request: Request) -> dict[str, Any]:
    chores = Chore.objects.order_by("-ended_at")
    made, drilled = list(chores.filter(kind="backup")[:BACKUPS_SHOWN]), list(chores.filter(kind="drill")[:DRILLS_SHOWN])
    now = timezone.now()
    return {
        "tabs": tabs("backups"), "now": now, "backups": made, "drills": drilled, "last_good": next((chore for chore in made if chore.well), None),
        "archive": queries.archive(), "policy": policybook.of_this_installation("operations.backup", timezone.localdate(now)),
        "may_keep": request.actor.may(actions.KEEPING), "is_backing_up": machine.is_asked_for("backup"), "is_drilling": machine.is_asked_for("restore_drill"),
        "step": _step(), "others": list(chores.exclude(kind__in=("backup", "drill"))[:5]),
    }  # fmt: skip


def _step() -> str:
    """What the drill does now, in its own words."""
    try:
        return str(json.loads((settings.HOME / "run/drill.json").read_text(encoding="utf-8"))["step"])
    except (OSError, ValueError, KeyError):
        return ""


@page(actions.KEEPING, methods=("POST",))
def back_up(request: Request) -> HttpResponse:
    """Have the worker make a full backup now."""
    asked = actions.request(actor=request.actor, kind="backup", at=timezone.now())
    messages.success(request, "已安排备份，完成后显示在下面。" if asked else "备份已在进行，请稍候。")
    return redirect("handovers:backups")


@page(actions.KEEPING, methods=("POST",))
def drill(request: Request) -> HttpResponse:
    """Have the worker try the newest backup now."""
    asked = actions.request(actor=request.actor, kind="drill", at=timezone.now())
    messages.success(request, "已安排恢复演练：恢复到另一目录、逐表比对、完成后删除。" if asked else "演练已在进行，请稍候。")
    return redirect("handovers:backups")


@page("operations.view")
def sources(request: Request) -> HttpResponse:
    """Who of one's own institutions sends messages, and who has fallen silent; senders nobody has registered are everybody's."""
    now = timezone.now()
    policy = policybook.of_this_installation("operations.alarms", timezone.localdate(now))
    reach = request.actor.reaches("operations.view")
    found = [source for source in hl7v2.sources(now) if source.institution is None or source.institution in reach]
    names = institutions.names({source.institution for source in found if source.institution})
    rows = [(source, names.get(source.institution or 0, ""), source.is_silent(now, minutes=policy.silent_minutes, usual=policy.silent_usual)) for source in found]
    return render(request, "handovers/sources.html", {"tabs": tabs("sources"), "rows": rows, "now": now, "policy": policy, "silent": sum(row[2] for row in rows)})


@page("operations.view")
def load(request: Request) -> HttpResponse:
    """Slow statements, connections, background jobs, the largest tables, versions."""
    context = {
        "tabs": tabs("load"), "slow": machine.slow_statements(), "connections": machine.connections(), "jobs": machine.job_counts(), "failed": machine.failed_jobs(),
        "sizes": machine.table_sizes(), "versions": machine.versions(), "keys": machine.keys(), "limit": settings.SLOW_MILLISECONDS,
        "may_retry": request.actor.may(actions.PERMISSION),
    }  # fmt: skip
    return render(request, "handovers/load.html", context)


@page(actions.PERMISSION, methods=("POST",))
def retry_job(request: Request, job: int) -> HttpResponse:
    """Do a failed background job once more."""
    task = actions.retry_job(actor=request.actor, job=job, at=timezone.now())
    messages.success(request, f"已重新安排“{machine.TASKS.get(task, task)}”。")
    return redirect("handovers:load")
