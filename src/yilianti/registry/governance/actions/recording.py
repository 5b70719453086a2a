"""One journal line about governance, and the scope whose policies rule it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.finding import Refused
from yilianti.policybook import Edition
from yilianti.registry.governance import access
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium


def scope_of(consortium: Consortium) -> Scope:
    return Scope(consortium.code, consortium.region)


def rules_of(consortium: Consortium, at: datetime) -> Edition:
    """How this consortium's councils decide, as in force that day."""
    return policybook.in_force("governance.council", timezone.localdate(at), scope_of(consortium))


def kept_by(actor: Actor, code: str, at: datetime) -> Consortium:
    """The consortium whose papers the actor keeps; Refused otherwise."""
    found = institutions.consortium(code)
    if found is None:
        raise Refused("unknown_consortium", "没有这个医联体；请重新选择。", "no such consortium", field="consortium")
    access.require_manage(actor, found, timezone.localdate(at))
    return found


def told(subject: str) -> str:
    """Who decided what about a subject last, and when, for the person who came second."""
    last = next(reversed(journal.history(subject)), None)
    return f"（{last.actor_name}已于 {timezone.localtime(last.at):%m月%d日 %H:%M:%S} 办理。）" if last else ""


def record(word: str, *, actor: Actor, at: datetime, subject: str, consortium: Consortium, facts: Mapping[str, Any], policy_refs: Sequence[str] = ()) -> None:
    """`facts` name people by their numbers only."""
    lead = institutions.lead_of(consortium.code, timezone.localdate(at))
    journal.write(word, actor=actor, at=at, subject=f"governance:{subject}", to_institution=lead.id if lead else None,
                  facts={"consortium": consortium.code, **facts}, policy_refs=policy_refs)  # fmt: skip
