"""Questions about access: who is the actor of this session, and what may they do where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from yilianti import policybook
from yilianti.kernel import prepared
from yilianti.kernel.actor import Actor
from yilianti.registry.access import reach
from yilianti.registry.access.limits import session_limits
from yilianti.registry.access.sessions import Claim, is_idle
from yilianti.registry.access.terms import HeldPost, SignedIn

# One round trip: the account, its person, the posts held today with their grants in force, and the tree's version.
_SIGNED_IN = """
SELECT a.username, a.password, a.is_demo, a.must_change_password, a.password_changed_at, p.id, p.name,
       t.id, t.name, t.department_id, t.institution_id, i.short_name, g.role, g.institution_id,
       (SELECT version FROM access_treeversion),
       ARRAY(SELECT m.id FROM privacy_emergencyaccess e,
             LATERAL (SELECT e.resident_id AS id UNION SELECT r.id FROM residents_resident r WHERE r.merged_into_id = e.resident_id) m
             WHERE e.person_id = p.id AND e.institution_id = t.institution_id AND e.state = 'opened' AND e.expires_at > %(at)s)
FROM access_account a
JOIN people_person p ON p.id = a.person_id AND p.is_active
JOIN people_post t ON t.person_id = p.id AND t.from_on <= %(day)s AND (t.until_on IS NULL OR t.until_on > %(day)s)
JOIN institutions_institution i ON i.id = t.institution_id
LEFT JOIN access_grant g ON g.post_id = t.id AND g.from_on <= %(day)s AND (g.until_on IS NULL OR g.until_on > %(day)s)
WHERE a.id = %(account)s AND a.is_active ORDER BY t.id, g.id"""


def signed_in(claim: Claim, at: datetime, *, demo_mode: bool = True) -> SignedIn | None:
    """What the database says now of a session's claim; one query, nothing remembered but the expanded tree."""
    day = timezone.localdate(at)
    with prepared.cursor() as cursor:
        cursor.execute(_SIGNED_IN, {"account": claim.account, "day": day, "at": at})
        rows = cursor.fetchall()
    if not rows:
        return None
    username, password, is_demo, must_change, changed_at = rows[0][:5]
    if (is_demo and not demo_mode) or not constant_time_compare(claim.fingerprint, fingerprint(password)):
        return None
    chosen = _post(rows, claim.post)
    actor = _actor(claim.account, [row for row in rows if row[7] == chosen], day)
    limits = session_limits(day, actor.scope)
    if is_idle(claim, at, limits.idle_minutes):
        return None
    stale = changed_at is not None and not is_demo and at - changed_at > timedelta(days=limits.password_change_days)
    return SignedIn(actor, username, _held(rows, chosen), must_change or stale)


def actor_for(account: int, at: datetime, *, post: int | None = None) -> Actor | None:
    """The actor an account is now, in one of its posts (the first by default), without any session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM access_account WHERE id = %s", [account])
        row = cursor.fetchone()
    found = signed_in(Claim(account, fingerprint(row[0]), post, None), at) if row else None
    return found.actor if found else None


def fingerprint(password: str) -> str:
    """What Django keeps in a session for a password: a changed password ends every other session."""
    return salted_hmac("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash", password, algorithm="sha256").hexdigest()


def _post(rows: list[tuple[Any, ...]], wanted: int | None) -> int:
    """The post chosen, if still held; else the first that carries a role, else the first."""
    held = [row[7] for row in rows]
    if wanted in held:
        return int(wanted)  # type: ignore[arg-type]
    return int(next((row[7] for row in rows if row[12]), held[0]))


def _actor(account: int, rows: list[tuple[Any, ...]], day: date) -> Actor:
    person, name, _, _, department, institution, place = rows[0][5:12]
    version = rows[0][14] or 0
    grants = tuple((row[12], row[13]) for row in rows if row[12])
    scope = reach.tree(version, day).scope(institution)
    table = policybook.in_force("access.roles", day, scope)
    return Actor(
        name=name,
        person=person,
        account=account,
        institution=institution,
        institution_name=place,
        department=department,
        roles=tuple(dict.fromkeys(role for role, _ in grants)),
        reach=reach.reach_of(version, day, grants, table),
        consortium=scope.consortium,
        region=scope.region,
        opened=frozenset(rows[0][15]),
    )


def _held(rows: Iterable[tuple[Any, ...]], chosen: int) -> tuple[HeldPost, ...]:
    labels = {row[7]: f"{row[11]} · {row[8]}" for row in rows}
    return tuple(HeldPost(post, label, post == chosen) for post, label in labels.items())
