"""Questions about access: who acts (actors), who has which account (accounts), who looked and what happened (trails)."""

from yilianti.registry.access.queries.actors import actor_for, actor_of, fingerprint, signed_in

__all__ = ["actor_for", "actor_of", "fingerprint", "signed_in"]
