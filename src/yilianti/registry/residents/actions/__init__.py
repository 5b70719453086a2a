"""What is done to residents: one function per verb."""

from yilianti.registry.residents.actions.appearing import Delivery, Found, born, discover
from yilianti.registry.residents.actions.belonging import cover, note_kin
from yilianti.registry.residents.actions.correcting import add_identifier, amend
from yilianti.registry.residents.actions.linking import merge, settle_different, settle_same, unmerge
from yilianti.registry.residents.actions.obeying import holder_of, link_as_told, unlink_as_told
from yilianti.registry.residents.actions.registering import Registered, register
from yilianti.registry.residents.actions.relating import note_relation
from yilianti.registry.residents.actions.taking_out import take_out
from yilianti.registry.residents.actions.texting import choose_texts

__all__ = [
    "Delivery", "Found", "Registered", "add_identifier", "amend", "born", "choose_texts", "cover", "discover", "holder_of", "link_as_told", "merge", "note_kin", "note_relation",
    "register", "settle_different", "settle_same", "take_out", "unlink_as_told", "unmerge",
]  # fmt: skip
