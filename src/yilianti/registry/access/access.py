"""Who may act on accounts and grants: whoever may grant in an institution where the person works or is given a role."""

from __future__ import annotations

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access.models import Account, Grant

GRANT = "access.grant"

_POSTS = "SELECT institution_id FROM people_post WHERE person_id = %s ORDER BY until_on IS NULL DESC, id"


def require_over_person(actor: Actor, person: int) -> None:
    """Refuse unless the actor may grant in one of the institutions where the person has or had a post."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, [person])
        where = {row[0] for row in cursor.fetchall()}
    if not actor.is_system and not where & actor.reaches(GRANT):
        raise Refused("not_permitted", "此人不在您管理的机构任职；请所在机构的管理员办理。", "not an account of your institutions")


def accounts_visible_to(actor: Actor) -> QuerySet[Account]:
    """Accounts of people who work, or hold a role, in the institutions the actor administers."""
    if actor.is_system:
        return Account.objects.all()
    reach = actor.reaches(GRANT)
    held = Grant.objects.filter(Q(post__institution__in=reach) | Q(institution__in=reach), post__person=OuterRef("person"))
    return Account.objects.filter(Q(person__posts__institution__in=reach) | Exists(held)).distinct()
