"""Who sees a member of staff: whoever's reach covers one of their posts; the registrar also those without a post."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from yilianti.kernel.actor import Actor
from yilianti.registry.people.models import Post


def visible_to(actor: Actor) -> Q:
    """Condition on Person."""
    if actor.is_system:
        return Q()
    posts = Post.objects.filter(person=OuterRef("pk"))
    seen = Exists(posts.filter(institution__in=actor.reaches("people.view")))
    return Q(seen) | ~Q(Exists(posts)) if actor.may("people.manage") else Q(seen)
