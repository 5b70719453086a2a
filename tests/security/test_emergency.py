"""Break-glass: a reason, a timer, an automatic end, one at a time, reviewed by somebody else, closed to who could never have a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.security.scene import Scene, scene
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Sharing
from yilianti.record.results.tests import factories as results
from yilianti.registry.institutions.tests.parallel import together
from yilianti.registry.privacy import actions, queries
from yilianti.registry.privacy.models import EmergencyAccess
from yilianti.registry.residents.models import Resident
from yilianti.registry.residents.tests.factories import resident

pytestmark = pytest.mark.django_db
WORDS = "昏迷送来，急需既往用药史"


def opened(here: Scene, account: object, at: datetime | None = None) -> EmergencyAccess:
    moment = at or here.at
    return actions.open_emergency(actor=here.actor(account, moment), resident_id=here.who.id, reason="rescue", words=WORDS, at=moment)


def test_it_opens_the_whole_record_until_its_end_and_not_longer(at) -> None:
    here = scene(at)
    ward = here.account(here.county.hospital, "county_department")
    results.filed(here.who, here.county.township, at, "L1")
    assert encounters.sharing(here.actor(ward), here.who.id, at) is Sharing.NO_RELATION
    glass = opened(here, ward)
    assert encounters.sharing(here.actor(ward, at), here.who.id, at) is Sharing.EMERGENCY
    just_before, over = glass.expires_at - timedelta(seconds=1), glass.expires_at
    assert here.who.id in here.actor(ward, just_before).opened
    assert here.actor(ward, over).opened == frozenset(), "its end needs no clock job"
    assert actions.expire(actor=here.actor(ward, over), at=over) == 1
    glass.refresh_from_db()
    assert (glass.state, glass.ended_at) == ("ended", glass.expires_at)


def test_only_the_person_who_opened_it_sees_more(at) -> None:
    here = scene(at)
    ward, colleague = (here.account(here.county.hospital, "county_department") for _ in range(2))
    opened(here, ward)
    assert here.actor(colleague).opened == frozenset()


def test_ending_closes_the_record_at_once(at) -> None:
    here = scene(at)
    ward = here.account(here.county.hospital, "county_department")
    glass = opened(here, ward)
    actions.end_emergency(actor=here.actor(ward), number=glass.number, at=at + timedelta(minutes=3))
    assert here.actor(ward, at + timedelta(minutes=3)).opened == frozenset()


@pytest.mark.parametrize("words", ["", "急", "......", "aaaaaaaaaa"])
def test_without_a_reason_in_words_it_stays_closed(at, words: str) -> None:
    here = scene(at)
    ward = here.actor(here.account(here.county.hospital, "county_department"))
    with pytest.raises(Refused) as refusal:
        actions.open_emergency(actor=ward, resident_id=here.who.id, reason="rescue", words=words, at=at)
    assert refusal.value.field == "words"
    assert not EmergencyAccess.objects.exists() and not JournalEntry.objects.filter(word="privacy.emergency_opened").exists()


@pytest.mark.parametrize("role", ["administrator", "security_administrator", "auditor", "consortium_manager", "referral_office", ""])
def test_who_could_never_have_a_reason_is_told_so_word_by_word(at, role: str) -> None:
    here = scene(at)
    outsider = here.actor(here.account(here.county.hospital, role))
    with pytest.raises(Refused) as refusal:
        actions.open_emergency(actor=outsider, resident_id=here.who.id, reason="rescue", words=WORDS, at=at)
    assert refusal.value.zh == "您当前的岗位不能紧急调阅；紧急调阅只开放给临床岗位，且仅限本医联体的居民。"


def test_another_county_cannot_break_the_glass(at) -> None:
    here = scene(at)
    stranger = here.actor(here.account(here.county.other_hospital, "county_department"))
    with pytest.raises(Refused):
        actions.open_emergency(actor=stranger, resident_id=here.who.id, reason="rescue", words=WORDS, at=at)


def test_somebody_else_reviews_it_and_nobody_twice(at) -> None:
    here = scene(at)
    ward, auditor = here.account(here.county.hospital, "county_department"), here.actor(here.account(here.county.hospital, "auditor"))
    glass = opened(here, ward)
    with pytest.raises(Refused, match="调阅中"):
        actions.justify(actor=auditor, number=glass.number, words="", at=at)
    actions.end_emergency(actor=here.actor(ward), number=glass.number, at=at + timedelta(minutes=9))
    assert queries.to_review(auditor) == 1
    with pytest.raises(Refused):
        actions.justify(actor=here.actor(ward), number=glass.number, words="", at=at)
    with pytest.raises(Refused) as wordless:
        actions.question(actor=auditor, number=glass.number, words=" ", at=at)
    assert wordless.value.field == "words"
    actions.question(actor=auditor, number=glass.number, words="病历中没有抢救记录", at=at + timedelta(days=1))
    with pytest.raises(Refused):
        actions.justify(actor=auditor, number=glass.number, words="", at=at)
    assert queries.to_review(auditor) == 0


def test_a_second_emergency_follows_an_expired_one(at) -> None:
    here = scene(at)
    ward = here.account(here.county.hospital, "county_department")
    first = opened(here, ward)
    with pytest.raises(Refused, match="已经打开"):
        opened(here, ward, at + timedelta(minutes=1))
    second = opened(here, ward, first.expires_at)
    first.refresh_from_db()
    assert first.state == "ended" and second.state == "opened"


def test_what_belongs_to_a_merged_resident_opens_too(at) -> None:
    here = scene(at)
    other = resident(home=here.county.township)
    ward = here.account(here.county.hospital, "county_department")
    Resident.objects.filter(pk=other.pk).update(merged_into=here.who)
    opened(here, ward)
    assert here.actor(ward).opened == {here.who.id, other.id}


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_open_one(at) -> None:
    here = scene(at)
    actor = here.actor(here.account(here.county.hospital, "county_department"))

    def click() -> None:
        actions.open_emergency(actor=actor, resident_id=here.who.id, reason="rescue", words=WORDS, at=at)

    troubles = together([click] * 8)
    assert EmergencyAccess.objects.count() == 1
    assert len(troubles) == 7 and all(isinstance(trouble, Refused) for trouble in troubles)
    connection.close()
