"""The door of claims."""

from yilianti.settlement.claims.actions import charge, correct, file, open_claim, regroup, reprice, withdraw
from yilianti.settlement.claims.models import Charge, Claim
from yilianti.settlement.claims.tables.charges import Charges
from yilianti.settlement.claims.tables.settlements import Settlements
from yilianti.settlement.claims.terms import Billed, Category, Filed, State, Told

__all__ = ["Billed", "Category", "Charge", "Charges", "Claim", "Filed", "Settlements", "State", "Told", "charge", "correct", "file", "open_claim", "regroup", "reprice", "withdraw"]
