"""Residents for tests of any room; their numbers carry an area code that belongs to nobody."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.db.models import Q

from yilianti.kernel.crypto.encryption import found_by
from yilianti.registry.institutions.models import Institution
from yilianti.registry.institutions.tests.factories import AT, SYSTEM
from yilianti.registry.residents import api as residents
from yilianti.registry.residents import rules
from yilianti.registry.residents.models import Identifier, Resident

_serial = count(1)


def valid_id(born_on: date = date(1959, 3, 14), sex: str = "2", area: str = "349901", serial: int | None = None) -> str:
    """An 18-character identity number with a right check digit; another one each time unless `serial` (0–499) is given."""
    given = next(_serial) % 500 if serial is None else serial
    order = given * 2 + (1 if sex == "1" else 0)
    first_17 = f"{area[:6]}{born_on:%Y%m%d}{order:03d}"
    return first_17 + rules.check_digit(first_17)


def resident(
    name: str = "苏映荷", sex: str = "2", born_on: date = date(1959, 3, 14), *, home: Institution | None = None, id_card: str = "", phone: str = "",
    local: tuple[Institution, str] | None = None,
) -> Resident:
    """A registered resident with an identity card number, and a local number if told."""
    given = [residents.IdentifierGiven("id_card", id_card or valid_id(born_on, sex))]
    if local:
        given.append(residents.IdentifierGiven("local", local[1], local[0].id))
    told = residents.Demographics(name=name, sex=sex, born_on=born_on, phone=phone, home=home.id if home else None)
    return residents.register(actor=SYSTEM, identifiers=given, demographics=told, at=AT).resident


def numbered(value: str) -> Q:
    """Condition on Identifier: the one of this value, which the database itself cannot read."""
    return found_by(Identifier, "value", [value])
