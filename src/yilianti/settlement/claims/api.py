"""The door of claims."""

from yilianti.settlement.claims.actions import charge, file, open_claim, regroup, reprice, withdraw
from yilianti.settlement.claims.models import Charge, Claim
from yilianti.settlement.claims.terms import Billed, Category, Filed, State, Told

__all__ = ["Billed", "Category", "Charge", "Claim", "Filed", "State", "Told", "charge", "file", "open_claim", "regroup", "reprice", "withdraw"]
