"""Questions about access: who acts (actors), who has which account (accounts), who looked and what happened (trails)."""

from yilianti.registry.access.queries.accounts import account_named, accounts_open
from yilianti.registry.access.queries.actors import actor_for, fingerprint, signed_in
from yilianti.registry.access.queries.holders import holders, roles_of
from yilianti.registry.access.queries.integrity import faults_of_grants
from yilianti.registry.access.queries.trails import last_looks

__all__ = ["account_named", "accounts_open", "actor_for", "faults_of_grants", "fingerprint", "holders", "last_looks", "roles_of", "signed_in"]
