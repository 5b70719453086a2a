"""The door of residents."""

from yilianti.registry.residents.access import may_view, openable, require_view, visible_to
from yilianti.registry.residents.actions import (
    add_identifier,
    amend,
    cover,
    holder_of,
    link_as_told,
    merge,
    note_relation,
    register,
    unlink_as_told,
    unmerge,
)
from yilianti.registry.residents.insured import InsuredList
from yilianti.registry.residents.links import all_ids, groups, standing_for
from yilianti.registry.residents.matching import holders_of_cards
from yilianti.registry.residents.models import Coverage, Resident
from yilianti.registry.residents.queries import (
    banner,
    by_number,
    get,
    identifiers,
    many,
    masked_identity,
    numbers_at,
    search,
    sought,
)
from yilianti.registry.residents.rules import (
    age_on,
    cannot_be_one,
    is_id_card,
    mask_id,
    mask_name,
    mask_phone,
    read_id_card,
    why_not_id_card,
)
from yilianti.registry.residents.tables import Residents
from yilianti.registry.residents.terms import Demographics, IdentifierGiven, IdentifierSystem, Sex

__all__ = [
    "Coverage", "Demographics", "IdentifierGiven", "IdentifierSystem", "InsuredList", "Resident", "Residents", "Sex",
    "add_identifier", "age_on", "all_ids", "amend", "banner", "by_number", "cannot_be_one", "cover", "get", "groups", "holder_of", "holders_of_cards", "identifiers", "is_id_card", "link_as_told",
    "many", "mask_id", "mask_name", "mask_phone",
    "masked_identity", "may_view", "merge", "note_relation", "numbers_at", "openable", "read_id_card",
    "register", "require_view", "search", "sought", "standing_for", "unlink_as_told", "unmerge", "visible_to", "why_not_id_card",
]  # fmt: skip
