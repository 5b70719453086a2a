"""Who may act on accounts and grants: whoever may grant in an institution where the person works or is given a role."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access.models import Grant
from yilianti.registry.people import api as people

GRANT = "access.grant"
VIEW_LOG = "access.view_log"
VIEW_JOURNAL = "journal.view"


def subject_of(person: int) -> str:
    """The journal's subject of everything about one person's account and grants."""
    return f"access:{person}"


def require_over_person(actor: Actor, person: int) -> None:
    """Refuse unless the actor may grant in one of the institutions where the person has or had a post."""
    if actor.is_system:
        return
    if not people.Post.objects.filter(person=person, institution__in=actor.reaches(GRANT)).exists():
        raise Refused("not_permitted", "此人不在您管理的机构任职；请所在机构的安全管理员办理。", "not an account of your institutions")


def require_over_employer(actor: Actor, person: int, day: date) -> None:
    """Refuse unless the actor may grant where the person has worked longest of all posts going on.

    Whoever gives a password could sign in with it, and so into every post: a second post here is not enough.
    """
    require_over_person(actor, person)
    held = people.Post.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), person=person)
    first = held.order_by("id").values_list("institution", flat=True).first()  # as registered: from_on may be dated back
    if first is not None and not actor.may(GRANT, first):
        raise Refused("not_permitted", "此人的账号由其任职最早的机构管理；请那里的安全管理员办理。", "employed elsewhere")


def visible_to(actor: Actor) -> Q:
    """Condition on Account: people who work, or hold a role, in the institutions the actor administers."""
    if actor.is_system:
        return Q()
    reach = actor.reaches(GRANT)
    works = people.Post.objects.filter(person=OuterRef("person"), institution__in=reach)
    holds = Grant.objects.filter(post__person=OuterRef("person"), institution__in=reach)
    return Q(Exists(works)) | Q(Exists(holds))
