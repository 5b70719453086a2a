"""The door of institutions."""

from yilianti.registry.institutions.actions import (
    add_department,
    amend,
    bind,
    close,
    close_department,
    confirm,
    end_membership,
    found_consortium,
    merge_into,
    name_facility,
    open_centre,
    open_membership,
    provisional,
    register,
)
from yilianti.registry.institutions.consortia import (
    Span,
    centres_of,
    consortia_of,
    consortia_with,
    consortium,
    in_region,
    member_ids,
    spans_of,
    tree_of,
)
from yilianti.registry.institutions.models import Consortium, Department, Institution
from yilianti.registry.institutions.places import Place, places
from yilianti.registry.institutions.queries import (
    active,
    by_facility_code,
    called,
    chain,
    consortia,
    consortium_of,
    departments,
    get,
    lead_of,
    led_by,
    many,
    members,
    names,
    outside_destinations,
    receivers_for,
    scope_of,
)
from yilianti.registry.institutions.tables import Departments, Institutions, found_by_code
from yilianti.registry.institutions.terms import (
    CentreKind,
    ConsortiumModel,
    Kind,
    Level,
    MemberRole,
    Particulars,
    Standing,
)

__all__ = [
    "CentreKind", "Consortium", "ConsortiumModel", "Department", "Departments", "Institution", "Institutions", "Kind", "Level",
    "MemberRole", "Particulars", "Place", "Span", "Standing", "active", "add_department", "amend", "bind",
    "by_facility_code", "called", "centres_of", "chain", "close", "close_department", "confirm", "consortia", "consortia_of", "consortia_with", "consortium", "consortium_of",
    "departments", "end_membership", "found_by_code", "found_consortium", "get", "in_region", "lead_of", "led_by", "many", "member_ids", "members", "merge_into",
    "name_facility", "names", "open_centre", "open_membership", "outside_destinations", "places", "provisional", "receivers_for", "register", "scope_of", "spans_of",
    "tree_of",
]  # fmt: skip
