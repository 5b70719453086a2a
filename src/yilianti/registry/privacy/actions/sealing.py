"""Sealing items that belong to a sensitive category, and lifting a seal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.registry.privacy import access, rules
from yilianti.registry.privacy.models import Seal
from yilianti.registry.privacy.terms import Category, Source

POLICY = "privacy.sensitive_categories"
_PUT = """INSERT INTO privacy_seal (source, item, number, category, resident_id, institution_id, policy_ref, sealed_at, because)
SELECT %(source)s, %(item)s, %(number)s, %(category)s, %(resident)s, %(institution)s, %(policy_ref)s, %(at)s, ''
WHERE NOT EXISTS (
    SELECT 1 FROM privacy_seal WHERE source = %(source)s AND item = %(item)s AND category = %(category)s)
ON CONFLICT (source, item, category) WHERE lifted_at IS NULL DO NOTHING"""


def seal(
    *, actor: Actor, source: Source, item: int, number: str, resident_id: int, institution_id: int, codes: Iterable[str], texts: Iterable[str], at: datetime
) -> tuple[str, ...]:
    """Seal an item that codes or texts put into a sensitive category, in the caller's transaction; answers the categories.

    Called by the record rooms whenever something is filed. What a person has unsealed stays so.
    """
    edition = policybook.in_force(POLICY, timezone.localdate(at), actor.scope)
    found = rules.belonging(_table(edition), codes, texts)
    for category in found:
        _put(source, item, number, category, resident_id, institution_id, edition.policy_ref, at)
    return found


def reseal(rows: Iterable[Any], put: Callable[[Actor, Any, datetime], object], at: datetime) -> int:
    """Seal again, by the policy in force where each row was made, what was filed before; returns how many were looked at."""
    count, acting = 0, dict[int, Actor]()
    for row in rows:
        place = row.institution_id
        if place not in acting:
            scope = institutions.scope_of(place, at)
            acting[place] = Actor.system(institution=place, consortium=scope.consortium, region=scope.region)
        put(acting[place], row, at)
        count += 1
    return count


@transaction.atomic
def unseal(*, actor: Actor, seal_id: int, because: str, at: datetime) -> Seal:
    """Lift a seal that was put wrongly; the reason stays with it."""
    found = Seal.objects.select_for_update().filter(id=seal_id).first()
    if found is None:
        raise Refused("unknown_seal", "没有这条敏感标记；请刷新页面。", "unknown seal")
    actor.require(access.UNSEAL, found.institution_id)
    if found.lifted_at is not None:
        raise Refused("changed_meanwhile", "这条敏感标记已被解除；请刷新页面。", "lifted already")
    if not because.strip():
        raise Refused("reason_missing", "请写明为何解除。", "say why", field="because")
    found.lifted_at, found.lifted_by, found.because = at, actor.person, because.strip()[:120]
    found.save(update_fields=["lifted_at", "lifted_by", "because"])
    _record("privacy.unsealed", actor, found.source, found.number, found.resident_id, found.institution_id, at, category=found.category, because=found.because)
    return found


@lru_cache(maxsize=16)
def _table(edition: policybook.Edition) -> tuple[Category, ...]:
    return rules.categories(edition.table.dicts()) if edition.table else ()


def _put(source: Source, item: int, number: str, category: str, resident: int, institution: int, ref: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PUT, {"source": source.value, "item": item, "number": number, "category": category, "resident": resident,
                              "institution": institution, "policy_ref": ref, "at": at})  # fmt: skip


def _record(word: str, actor: Actor, source: str, number: str, resident: int, institution: int, at: datetime, **facts: object) -> None:
    journal.write(word, actor=actor, at=at, subject=f"privacy:{source}-{number}", resident=resident, to_institution=institution, facts=dict(facts))
