"""What rules about criteria are asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from yilianti.kernel.terms import Term


class Against(Term):
    """What spoke against a referral that was sent all the same."""

    IN_OWN_CATALOGUE = "in_own_catalogue", "本级应诊治的病种，没有上转指征", "a disease of this level, no indication to go up"
    RECEIVER_LACKS = "receiver_lacks", "接收方没有登记接诊这个诊断", "the receiver has registered no service for the diagnosis"


@dataclass(frozen=True)
class Entry:
    """A line of a disease catalogue that names the diagnosis."""

    name: str
    list: str
    source: str
    policy_ref: str


@dataclass(frozen=True)
class Situation:
    """What is known of a patient when rules are asked; a value that is not known is not there."""

    codes: tuple[str, ...]
    from_level: str
    to_level: str
    values: Mapping[str, Decimal] = field(default_factory=dict)
    signs: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    #: codes of criteria and lists which the county has checked against the original
    confirmed: frozenset[str] = frozenset()
    own_entry: Entry | None = None
    #: whether any service of the receiver treats the diagnosis; None where it has registered none
    receiver_treats: bool | None = None

    def label(self, fact: str) -> str:
        return self.labels.get(fact, fact)
