"""Questions about access: who is the actor of this session, and what may they do where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from yilianti import policybook
from yilianti.kernel import prepared
from yilianti.kernel.actor import Actor
from yilianti.registry.access import limits, reach, rules, seals
from yilianti.registry.access.sessions import Claim, is_over
from yilianti.registry.access.terms import HeldPost, SignedIn

# One round trip: the account, its second factor and this login, its person, the posts held today with their grants in force, and the
# tree's version. The columns are the fields of _Row.
_SIGNED_IN = """
SELECT a.username, a.password, a.is_demo, a.must_change_password, a.password_changed_at, f.confirmed_at, l.began_at, l.seen_at,
       p.id, p.name, t.id, t.name, t.department_id, t.institution_id, i.short_name,
       g.id, g.role, g.institution_id, g.from_on, g.until_on, g.granted_by, g.seal, (SELECT version FROM access_treeversion),
       ARRAY(SELECT m.id FROM privacy_emergencyaccess e,
             LATERAL (SELECT e.resident_id AS id UNION SELECT r.id FROM residents_resident r WHERE r.merged_into_id = e.resident_id) m
             WHERE e.person_id = p.id AND e.institution_id = t.institution_id AND e.state = 'opened' AND e.expires_at > %(at)s)
FROM access_account a
JOIN people_person p ON p.id = a.person_id AND p.is_active
JOIN people_post t ON t.person_id = p.id AND t.from_on <= %(day)s AND (t.until_on IS NULL OR t.until_on > %(day)s)
JOIN institutions_institution i ON i.id = t.institution_id
LEFT JOIN access_secondfactor f ON f.account_id = a.id
LEFT JOIN access_login l ON l.id = %(login)s AND l.account_id = a.id AND l.ended_at IS NULL
LEFT JOIN access_grant g ON g.post_id = t.id AND g.from_on <= %(day)s AND (g.until_on IS NULL OR g.until_on > %(day)s)
WHERE a.id = %(account)s AND a.is_active ORDER BY t.id, g.id"""


class _Row(NamedTuple):
    """One post, or one grant of a post, of the person who signed in."""

    username: str
    password: str
    is_demo: bool
    must_change: bool
    changed_at: datetime | None
    confirmed_at: datetime | None
    began_at: datetime | None
    seen_at: datetime | None
    person: int
    name: str
    post: int
    post_name: str
    department: int | None
    institution: int
    place: str
    grant: int | None
    role: str | None
    over: int | None
    from_on: date | None
    until_on: date | None
    granted_by: int | None
    seal: str | None
    version: int | None
    opened: list[int]

    @property
    def is_granted(self) -> bool:
        """A role that one of our actions gave: the seal over the row holds."""
        return self.role is not None and seals.row_holds(
            self.post, self.role, self.over or 0, self.from_on or date.min, self.until_on, self.granted_by, self.seal or ""
        )


def signed_in(claim: Claim, at: datetime, *, demo_mode: bool = True) -> SignedIn | None:
    """What the database says now of a session's claim; one query, nothing remembered but the expanded tree."""
    day = timezone.localdate(at)
    rows = _rows(claim.account, claim.login, at)
    if not rows:
        return None
    first, granted = rows[0], [row for row in rows if row.is_granted]
    if (first.is_demo and not demo_mode) or not constant_time_compare(claim.fingerprint, fingerprint(first.password)):
        return None
    if first.began_at is None or first.seen_at is None:  # ended, or begun by another door than ours
        return None
    chosen = _post(rows, granted, claim.post)
    actor = _actor(claim.account, chosen, rows, granted, day)
    session = limits.session_limits(day, actor.scope)
    if is_over(first.began_at, first.seen_at, at, idle_minutes=session.idle_minutes, longest_hours=session.longest_hours):
        return None
    return SignedIn(
        actor=actor,
        username=first.username,
        posts=_held(rows, chosen),
        must_change_password=first.must_change or _is_stale(first, at, day, actor),
        must_set_up_factor=_owes_factor(first, granted, day, actor),
        login=claim.login or 0,
        seen_at=first.seen_at,
        broken_grants=tuple(row.grant for row in rows if row.grant and not row.is_granted),
    )


def actor_for(account: int, at: datetime, *, post: int | None = None) -> Actor | None:
    """The actor an account is now, in one of its posts (the first by default), without any session."""
    day = timezone.localdate(at)
    rows = _rows(account, None, at)
    granted = [row for row in rows if row.is_granted]
    return _actor(account, _post(rows, granted, post), rows, granted, day) if rows else None


def fingerprint(password: str) -> str:
    """What Django keeps in a session for a password: a changed password ends every other session."""
    return salted_hmac("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash", password, algorithm="sha256").hexdigest()


def _rows(account: int, login: int | None, at: datetime) -> list[_Row]:
    with prepared.cursor() as cursor:
        cursor.execute(_SIGNED_IN, {"account": account, "login": login, "day": timezone.localdate(at), "at": at})
        return [_Row(*row) for row in cursor.fetchall()]


def _is_stale(first: _Row, at: datetime, day: date, actor: Actor) -> bool:
    """A demo account's password stays: everybody reads it on the login page."""
    left = rules.days_left(first.changed_at, limits.password_limits(day, actor.scope).change_days, at)
    return not first.is_demo and left is not None and left <= 0


def _owes_factor(first: _Row, granted: list[_Row], day: date, actor: Actor) -> bool:
    """Of any post, not only the chosen one: who switches posts does not sign in again."""
    if first.is_demo or first.confirmed_at is not None:
        return False
    return limits.must_have_factor((row.role for row in granted if row.role), day, actor.scope)


def _post(rows: list[_Row], granted: list[_Row], wanted: int | None) -> int:
    """The post chosen, if still held; else the first that carries a role, else the first."""
    if any(row.post == wanted for row in rows):
        return int(wanted or 0)
    return (granted or rows)[0].post


def _actor(account: int, post: int, rows: list[_Row], granted: list[_Row], day: date) -> Actor:
    here = next(row for row in rows if row.post == post)
    version = here.version or 0
    grants = tuple((row.role or "", row.over or 0) for row in granted if row.post == post)
    scope = reach.tree(version, day).scope(here.institution)
    table = policybook.in_force("access.roles", day, scope)
    return Actor(
        name=here.name,
        person=here.person,
        account=account,
        institution=here.institution,
        institution_name=here.place,
        department=here.department,
        roles=tuple(dict.fromkeys(role for role, _ in grants)),
        reach=reach.reach_of(version, day, grants, table),
        consortium=scope.consortium,
        region=scope.region,
        opened=frozenset(here.opened),
    )


def _held(rows: Iterable[_Row], chosen: int) -> tuple[HeldPost, ...]:
    labels = {row.post: f"{row.place} · {row.post_name}" for row in rows}
    return tuple(HeldPost(post, label, post == chosen) for post, label in labels.items())
