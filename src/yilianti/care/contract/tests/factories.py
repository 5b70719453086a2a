"""A village with a team above it, residents old enough to belong to a group, and contracts in any state, for tests of this room and of others."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from PIL import Image, ImageDraw

from yilianti.care.contract import actions
from yilianti.care.contract.models import Contract, Team
from yilianti.care.contract.terms import Said, Told
from yilianti.kernel.actor import Actor
from yilianti.registry.access import api as access
from yilianti.registry.access.models import Account
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.residents import api as residents


@dataclass(frozen=True)
class Scene:
    """A village doctor and a township doctor with a team, an elderly resident of the village, and somebody from another county."""

    county: staff.County
    village: Actor
    township: Actor
    manager: Actor
    stranger: Actor
    team: Team
    resident: residents.Resident


def actor(place: Any, role: str, at: datetime) -> Actor:
    made = access.actor_for(staff.staff(place, role).id, at)
    assert made is not None
    return made


def signed_in(actor: Actor) -> Client:
    """Through the login page."""
    client = Client()
    username = Account.objects.get(pk=actor.account).username
    assert client.post("/login/", {"username": username, "password": staff.PASSWORD}).status_code == 302
    return client


def person(scene_or_actor: Any, at: datetime, name: str = "苏庚年", born_on: date | None = date(1950, 3, 1), home: int | None = None, sex: str = "1", phone: str = "13900001234") -> residents.Resident:
    who = scene_or_actor.village if isinstance(scene_or_actor, Scene) else scene_or_actor
    told = residents.Demographics(name=name, sex=sex, born_on=born_on, phone=phone, address="", home=home or who.institution)
    return residents.register(actor=who, at=at, identifiers=[], demographics=told).resident


def scene(at: datetime) -> Scene:
    county = staff.county()
    village, township = actor(county.clinic, "village_doctor", at), actor(county.township, "township_doctor", at)
    made = actions.found_team(actor=township, institution=county.township.id, name="柳河一队", members={township.person: "leader", village.person: "village_doctor"}, at=at)  # type: ignore[dict-item]
    return Scene(county, village, township, actor(county.hospital, "consortium_manager", at), actor(county.other_clinic, "village_doctor", at), made, person(village, at))


def told(scene: Scene, **changes: Any) -> Told:
    return Told(**({"team": scene.team.id, "packages": ("basic", "elderly"), "months": 12} | changes))


def proposed(scene: Scene, at: datetime, resident: residents.Resident | None = None, **changes: Any) -> Contract:
    return actions.propose(actor=scene.village, resident=(resident or scene.resident).id, told=told(scene, **changes), client_key=uuid4(), at=at)


def picture() -> bytes:
    """A PNG with a stroke in it, as the pad makes it."""
    image = Image.new("RGBA", (300, 120))
    ImageDraw.Draw(image).line([(20, 90), (90, 20), (160, 90), (280, 30)], fill=(20, 20, 20, 255), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def signed(scene: Scene, at: datetime, resident: residents.Resident | None = None, **changes: Any) -> Contract:
    made = proposed(scene, at, resident, **changes)
    return actions.confirm(actor=scene.village, number=made.number, said=Said("signature", picture=picture()), at=at)
