"""What is done to institutions: one function per verb."""

from yilianti.registry.institutions.actions.binding import bind, close_centre, open_centre
from yilianti.registry.institutions.actions.joining import end_membership, found_consortium, open_membership
from yilianti.registry.institutions.actions.keeping import (
    add_department,
    amend,
    close,
    close_department,
    register,
    rename_department,
)
from yilianti.registry.institutions.actions.recognising import confirm, merge_into, name_facility, provisional

__all__ = [
    "add_department", "amend", "bind", "close", "close_centre", "close_department", "confirm", "end_membership", "found_consortium", "merge_into",
    "name_facility", "open_centre", "open_membership", "provisional", "register", "rename_department",
]  # fmt: skip
