"""The door of family-doctor contracts."""

from yilianti.care.contract.actions import expire_due, fulfil_by_record, lapse_due, tag, untag
from yilianti.care.contract.queries import in_force_for
from yilianti.care.contract.telling import outline, text_of_code

__all__ = ["expire_due", "fulfil_by_record", "in_force_for", "lapse_due", "outline", "tag", "text_of_code", "untag"]
