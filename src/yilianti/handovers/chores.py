"""Upkeep the clock asks for: which backup or drill is due, and running its command beside the worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from yilianti import policybook
from yilianti.handovers import retention
from yilianti.handovers.models import Chore

HALF_A_DAY = timedelta(hours=12)
LONGEST_SECONDS = 6 * 3600


def backup_due(at: datetime) -> bool:
    """In the hour of the policy, once a night; at any hour when the last good one is older than the policy bears."""
    policy = policybook.of_this_installation("operations.backup", timezone.localdate(at))
    last = last_well("backup")
    if last is None:
        return timezone.localtime(at).hour == policy.full_hour
    age = at - last.ended_at
    return age > timedelta(hours=policy.stale_hours) or (age > HALF_A_DAY and timezone.localtime(at).hour == policy.full_hour)


def drill_due(at: datetime) -> bool:
    """When the policy's days have passed since the last one that ran, in its hour; never before there is a backup."""
    policy = policybook.of_this_installation("operations.backup", timezone.localdate(at))
    if not policy.drill_every_days or last_well("backup") is None or timezone.localtime(at).hour != policy.drill_hour:
        return False
    last = Chore.objects.filter(kind="drill").order_by("-ended_at").first()
    return last is None or at - last.ended_at >= timedelta(days=policy.drill_every_days) - HALF_A_DAY


def clear_out(at: datetime) -> Chore | None:
    """Retention by policy, and a note of what went; None when nothing did."""
    gone = {kind: count for kind, count in retention.clear(at).items() if count}
    if not gone:
        return None
    return Chore.objects.create(kind="retention", started_at=at, ended_at=at, well=True, said=f"清理 {sum(gone.values())} 行", detail=gone)


def last_well(kind: str) -> Chore | None:
    """The newest one of that kind that went well."""
    return Chore.objects.filter(kind=kind, well=True).order_by("-ended_at").first()


def command(*words: str) -> int:
    """./yilianti <words> as a process of its own, told which database is meant by the home alone; its lines go to our log."""
    environ = dict(os.environ)
    if _is_embedded():
        environ.pop("DATABASE_URL", None)
    ended = subprocess.run([sys.executable, "-m", "yilianti.cli", *words], env=environ, timeout=LONGEST_SECONDS)  # noqa: S603  our own program
    return ended.returncode


def _is_embedded() -> bool:
    try:
        return bool(json.loads((settings.HOME / "run/database.json").read_text(encoding="utf-8"))["source"] == "embedded")
    except (OSError, ValueError, KeyError):
        return False
