"""Where an examination may be sent: the main centre always, a branch while the policy lets it receive."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import rules
from yilianti.care.diagnosis.terms import Modality
from yilianti.kernel.finding import Refused
from yilianti.policybook.calendar import Calendar
from yilianti.registry.access import api as access
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

BRANCHES = "clinical.diagnosis.branches"


def receiving(institution: int, modality: str, at: datetime) -> list[int]:
    """Ids of the hosts that receive now, the main centre first. A branch without a reader and an auditor of its own receives nothing."""
    day = timezone.localdate(at)
    union = institutions.consortium_of(institution, day)
    found = [centre for centre in institutions.centres_of(union, day) if centre.kind == modality] if union else []
    if not found:
        raise Refused("no_centre", f"本医共体没有登记{Modality.label(modality)}诊断中心；请管理员在“治理 → 共享中心”中登记。", "the consortium has no such centre")
    main = next((centre for centre in found if centre.main_id is None), found[0])
    branches = [centre.host_id for centre in found if centre is not main]
    return [main.host_id, *(host for host in branches if _receives(host, at))]


def _receives(host: int, at: datetime) -> bool:
    local, scope = timezone.localtime(at), institutions.scope_of(host, at)
    policy = policybook.in_force(BRANCHES, local.date(), scope)
    is_open = rules.branch_receives(policy, local.time(), Calendar(scope).is_working_day(local.date()))
    return is_open and all(access.holders(role, host, local.date()) for role in ("centre_reader", "centre_auditor"))


def physicians(centre: int, at: datetime) -> dict[int, str]:
    """Who may say something in a conference of the centre: id and name, by name."""
    held = {person for role in ("centre_reader", "centre_auditor", "centre_head") for person in access.holders(role, centre, timezone.localdate(at))}
    return dict(sorted(people.names(held).items(), key=lambda one: one[1]))


def chosen(institution: int, modality: str, wanted: int | None, at: datetime) -> int:
    """The host to send to: the one wanted where it receives now, the main centre where none is wanted."""
    hosts = receiving(institution, modality, at)
    if wanted is not None and wanted not in hosts:
        raise Refused("branch_closed", "所选的诊断中心现在不接收；请改选县级中心。", "the branch does not receive now", field="centre")
    return wanted or hosts[0]
