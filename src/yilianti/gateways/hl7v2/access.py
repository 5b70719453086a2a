"""Who sees inbound messages, and who may replay them or map codes."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor


def visible_to(actor: Actor) -> Q:
    """Messages of the institutions within reach; those of no known institution for whoever may view any."""
    if actor.is_system:
        return Q()
    reach = actor.reaches("hl7v2.view")
    return Q(institution__in=reach) | Q(institution__isnull=True) if reach else Q(pk__in=())


def may_replay(actor: Actor, institution: int | None) -> bool:
    return actor.may("hl7v2.replay", institution)


def may_map(actor: Actor, institution: int | None) -> bool:
    return actor.may("hl7v2.map", institution)


def may_reveal(actor: Actor, institution: int | None) -> bool:
    """Whether persons and findings are shown: to posts that may read that institution's record."""
    return actor.is_system or (institution is not None and actor.may("record.view", institution))
