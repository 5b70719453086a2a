"""Who may record or withdraw a resident's consent."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.registry.residents import api as residents


def may_withdraw(actor: Actor, resident_id: int) -> bool:
    """Where the permission is held and the resident is in view: a resident may withdraw wherever they are known."""
    return residents.may_view(actor, resident_id, "consent.withdraw")
