"""The residents of the invented county: registered with their numbers, and most of them agreeing to share their record."""

from __future__ import annotations

import random
from datetime import datetime

from demo import names
from demo.messages import Patient
from demo.places import PLACES, REGION, TOWNSHIPS, County
from yilianti.kernel.actor import Actor
from yilianti.registry.consent import api as consent
from yilianti.registry.residents import api as residents

VILLAGES = tuple(place for place in PLACES if place.kind == "village_clinic")


def settle(county: County, chance: random.Random, how_many: int, at: datetime) -> list[Patient]:
    """Register residents in the villages and townships in turn."""
    homes = [place.key for place in VILLAGES] * 2 + list(TOWNSHIPS)
    return [_register(county, chance, serial, homes[serial % len(homes)], at) for serial in range(1, how_many + 1)]


def _register(county: County, chance: random.Random, serial: int, home: str, at: datetime) -> Patient:
    who = names.person(chance, serial, at.date())
    insurance = f"YB{REGION}{serial:08d}" if chance.random() < 0.9 else ""
    place = next(place for place in PLACES if place.key == home)
    village = place.name.removesuffix("卫生室").removesuffix("卫生院")
    address = f"云溪县{village}{chance.randint(1, 8)}组{chance.randint(1, 60)}号"
    phone = f"1380000{serial:04d}"
    here = county.id(home)
    actor = Actor.system("建档", institution=here, consortium="yunxi", region=REGION)
    given = [residents.IdentifierGiven("id_card", who.id_card)]
    if insurance:
        given.append(residents.IdentifierGiven("insurance", insurance))
    told = residents.Demographics(name=who.name, sex=who.sex, born_on=who.born_on, phone=phone, address=address, home=here)
    made = residents.register(actor=actor, identifiers=given, demographics=told, at=at).resident
    if chance.random() < 0.85:
        consent.record(actor=actor, resident_id=made.id, purpose="record_sharing", basis="signed", institution_id=here, at=at)
    return Patient(who, home, made.id, made.number, insurance, phone, address, serial)
