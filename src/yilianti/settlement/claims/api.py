"""The door of claims."""

from yilianti.settlement.claims.actions import (
    charge,
    close_waiting,
    correct,
    file,
    open_claim,
    regroup,
    reprice,
    reprice_people,
    withdraw,
)
from yilianti.settlement.claims.models import Charge, Claim
from yilianti.settlement.claims.offering import Offered
from yilianti.settlement.claims.offering import offered as benefits_offered
from yilianti.settlement.claims.portable import portable
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.supposing import Supposed, supposed
from yilianti.settlement.claims.supposing import check as check_benefits
from yilianti.settlement.claims.tables.charges import Charges
from yilianti.settlement.claims.tables.settlements import Settlements
from yilianti.settlement.claims.terms import Billed, Category, Filed, State, Told

__all__ = ["Billed", "Category", "Charge", "Charges", "Claim", "Filed", "Kind", "Offered", "Settlements", "State", "Supposed", "Told", "benefits_offered", "charge", "check_benefits", "close_waiting", "correct", "file", "open_claim", "portable", "regroup", "reprice", "reprice_people", "supposed", "withdraw"]
