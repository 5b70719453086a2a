"""The door of institutions."""

from yilianti.registry.institutions.actions import (
    add_department,
    amend,
    close,
    close_department,
    confirm,
    end_membership,
    found_consortium,
    merge_into,
    name_facility,
    open_membership,
    provisional,
    register,
)
from yilianti.registry.institutions.models import Consortium, Department, Institution
from yilianti.registry.institutions.places import Place, places
from yilianti.registry.institutions.queries import (
    active,
    branch_ids,
    by_facility_code,
    chain,
    consortia,
    consortium_of,
    departments,
    get,
    lead_of,
    many,
    members,
    names,
    own_ids,
    receivers_for,
    scope_of,
)
from yilianti.registry.institutions.tables import Departments, Institutions, found_by_code
from yilianti.registry.institutions.terms import ConsortiumModel, Kind, Level, MemberRole, Particulars, Standing

__all__ = [
    "Consortium", "ConsortiumModel", "Department", "Departments", "Institution", "Institutions", "Kind", "Level", "MemberRole", "Particulars", "Place", "Standing",
    "active", "add_department", "amend", "branch_ids", "by_facility_code", "chain", "close", "close_department", "confirm",
    "consortia", "consortium_of", "departments", "end_membership", "found_by_code", "found_consortium", "get", "lead_of", "many", "members",
    "merge_into", "name_facility", "names", "open_membership", "own_ids", "places", "provisional", "receivers_for", "register", "scope_of",
]  # fmt: skip
