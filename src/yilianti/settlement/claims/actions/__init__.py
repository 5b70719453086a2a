"""What is done to claims."""

from yilianti.settlement.claims.actions.charging import charge
from yilianti.settlement.claims.actions.correcting import correct
from yilianti.settlement.claims.actions.filing import file
from yilianti.settlement.claims.actions.opening import close_waiting, open_claim
from yilianti.settlement.claims.actions.reckoning import regroup, reprice, reprice_people
from yilianti.settlement.claims.actions.withdrawing import withdraw

__all__ = ["charge", "close_waiting", "correct", "file", "open_claim", "regroup", "reprice", "reprice_people", "withdraw"]
