"""Questions about access: who acts (actors), who has which account (accounts), who looked and what happened (trails)."""

from yilianti.registry.access.queries.accounts import accounts_open
from yilianti.registry.access.queries.actors import actor_for, fingerprint, signed_in

__all__ = ["accounts_open", "actor_for", "fingerprint", "signed_in"]
