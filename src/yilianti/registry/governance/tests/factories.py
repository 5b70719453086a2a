"""A council of the small county: chair and member of the hospital, one of each township, one village doctor, a secretary without a vote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.policybook import proposing
from yilianti.registry.governance import actions
from yilianti.registry.governance.models import Council, Meeting, Resolution, Seat
from yilianti.registry.governance.terms import Edition, Motion
from yilianti.registry.institutions.tests.factories import AT, County, county
from yilianti.registry.institutions.tests.factories import actor as somebody
from yilianti.registry.people.tests import factories as people

LIMIT = "clinical.referral.answer_limit"
TODAY = AT.date()


@dataclass(frozen=True)
class House:
    """Everything a council needs; `seats` with a vote first, `members` the actors who hold them."""

    county: County
    office: Actor
    council: Council
    seats: tuple[Seat, ...]
    members: tuple[Actor, ...]


def house(code: str = "yunxi") -> House:
    here = county(code)
    office = somebody(here.hospital, "governance.view", "governance.manage", "governance.vote", "governance.stamp", reach=here.everyone,
                      person=people.person("管理员", "administrative").id)  # fmt: skip
    council = actions.found_council(actor=office, consortium=code, kind="committee", name="医共体管理委员会", founded_on=date(2025, 1, 1), at=AT)
    sent = [(here.hospital, "chair"), (here.hospital, "member"), *((t, "member") for t in here.townships), (here.villages[0], "member"), (here.hospital, "secretary")]
    seats, members = [], []
    for number, (place, title) in enumerate(sent):
        person = people.person(f"委员{number}")
        people.post(place, "委员", who=person)
        seats.append(actions.seat(actor=office, council_id=council.id, person_id=person.id, institution_id=place.id, office=title,
                                  has_vote=title != "secretary", from_on=date(2025, 1, 1), at=AT))  # fmt: skip
        members.append(somebody(place, "governance.view", "governance.vote", name=person.name, person=person.id))
    return House(here, office, council, tuple(seats), tuple(members))


def meeting(here: House, *, opened: bool = True, present: int = 6, held_at: datetime = AT) -> Meeting:
    """A meeting today, in session unless told otherwise."""
    made = actions.convene(actor=here.office, council_id=here.council.id, title="第三次会议", held_at=held_at, place="三楼会议室", items=["答复时限"], at=AT)
    return actions.open_meeting(actor=here.office, number=made.number, present=[s.id for s in here.seats[:present]], at=AT) if opened else made


def edition(minutes: int = 360, day: date = TODAY, code: str = LIMIT, **given: Any) -> Edition:
    """Elective referrals are to be answered within so many minutes."""
    base = policybook.current().in_force(code, day, SCOPE)
    return Edition(code, day.isoformat(), proposing.changed(base, {"minutes.elective": minutes}), **given)


def moved(here: House, at_meeting: Meeting, *, carried: Edition | None = None, **given: Any) -> Resolution:
    told = {"title": "关于调整择期转诊答复时限的决议", "text": "择期转诊的答复时限调整为 6 小时。", "matter": "policy", **given}
    return actions.propose(actor=here.office, number=at_meeting.number, motion=Motion(edition=carried, **told), at=AT)


def voting(here: House, **given: Any) -> Resolution:
    return actions.put_to_vote(actor=here.office, number=moved(here, meeting(here), **given).number, at=AT)


def all_vote(here: House, resolution: Resolution, choices: str) -> None:
    """One letter a member: f for, a against, o abstain, . silent."""
    words = {"f": "for", "a": "against", "o": "abstain"}
    for member, letter in zip(here.members, choices, strict=False):
        if letter in words:
            actions.vote(actor=member, number=resolution.number, choice=words[letter], at=AT)


def adopted(here: House, *, at: datetime = AT + timedelta(hours=1), **given: Any) -> Resolution:
    resolution = voting(here, **given)
    all_vote(here, resolution, "fffff")
    return actions.close_vote(actor=here.office, number=resolution.number, at=at)


@dataclass(frozen=True)
class _Scope:
    consortium: str = "yunxi"
    region: str = "349901"


SCOPE = _Scope()


def shelf(home: Path, patch: pytest.MonkeyPatch) -> None:
    """For one test, the policy book of an installation that lives in `home`."""
    patch.setattr(policybook, "_shelf", None)
    policybook.open_at(home)
