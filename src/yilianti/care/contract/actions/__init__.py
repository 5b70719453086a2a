"""What is done about contracts."""

from yilianti.care.contract.actions.confirming import confirm, lapse_due, refuse, send_code
from yilianti.care.contract.actions.ending import end, expire_due, refund
from yilianti.care.contract.actions.fulfilling import correct_fulfilment, fulfil, fulfil_by_record, rate
from yilianti.care.contract.actions.proposing import change, propose, renew
from yilianti.care.contract.actions.tagging import tag, untag
from yilianti.care.contract.actions.teams import change_team, found_team

__all__ = ["change", "change_team", "confirm", "correct_fulfilment", "end", "expire_due", "found_team", "fulfil", "fulfil_by_record", "lapse_due", "propose", "rate", "refund", "refuse", "renew", "send_code",
           "tag", "untag"]  # fmt: skip
