"""Copy, correction, erasure: taken with the identity seen, answered in time, what the law keeps is kept."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.security.scene import scene
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.results.tests import factories as labs
from yilianti.registry.access.models import AccessLog
from yilianti.registry.institutions.tests.parallel import together
from yilianti.registry.privacy import actions, queries
from yilianti.registry.privacy.models import SubjectRequest
from yilianti.registry.residents.models import PastParticulars, Resident

pytestmark = pytest.mark.django_db
ASKED = {"asker": "resident", "identity_seen": "居民身份证原件", "words": ""}


def test_a_request_is_due_by_the_policy_and_named_when_late(at) -> None:
    here = scene(at)
    doctor = here.actor(here.account(here.county.township, "township_doctor"))
    asked = actions.receive(actor=doctor, resident_id=here.who.id, kind="copy", at=at, **ASKED)
    assert asked.due_on == timezone.localdate(at) + timedelta(days=30)
    assert queries.overdue_requests(asked.due_on) == []
    assert queries.overdue_requests(asked.due_on + timedelta(days=1)) == [asked]


def test_identity_must_have_been_seen_and_refusal_needs_a_ground(at) -> None:
    here = scene(at)
    doctor = here.actor(here.account(here.county.township, "township_doctor"))
    with pytest.raises(Refused) as unseen:
        actions.receive(actor=doctor, resident_id=here.who.id, kind="copy", at=at, **{**ASKED, "identity_seen": " "})
    assert unseen.value.field == "identity_seen"
    asked = actions.receive(actor=doctor, resident_id=here.who.id, kind="copy", at=at, **ASKED)
    with pytest.raises(Refused) as groundless:
        actions.refuse_request(actor=doctor, number=asked.number, grounds="", at=at)
    assert groundless.value.field == "grounds"


def test_erasure_takes_contacts_away_and_keeps_what_the_law_keeps(at) -> None:
    here = scene(at)
    Resident.objects.filter(pk=here.who.pk).update(phone="13800000001", address="柳河镇上柳村")
    report = labs.filed(here.who, here.county.hospital, at)
    doctor = here.actor(here.account(here.county.township, "township_doctor"))
    asked = actions.receive(actor=doctor, resident_id=here.who.id, kind="erase", at=at, **ASKED)
    actions.grant_request(actor=doctor, number=asked.number, grounds="同意删除联系方式", at=at)
    here.who.refresh_from_db()
    assert (here.who.phone, here.who.address, here.who.name) == ("", "", "苏映荷")
    assert PastParticulars.objects.filter(resident=here.who, because__contains=asked.number).count() == 1
    assert type(report) and labs.results.timeline(here.actor(here.account(here.county.hospital, "county_department")), [here.who.id])
    assert [row["what"] for row in queries.kept_by_law(doctor, date(2026, 11, 18))[1]][:2] == ["门（急）诊病历", "住院病历"]


def test_only_a_handler_decides(at) -> None:
    here = scene(at)
    village = here.actor(here.account(here.county.township, "village_doctor"))
    asked = actions.receive(actor=village, resident_id=here.who.id, kind="copy", at=at, **ASKED)
    with pytest.raises(Refused):
        actions.grant_request(actor=village, number=asked.number, grounds="", at=at)
    assert SubjectRequest.objects.get().state == "received"


def test_the_copy_holds_everything_and_leaves_its_traces() -> None:
    at = timezone.now()
    here = scene(at)
    labs.filed(here.who, here.county.hospital, at, name="HIV抗体初筛")
    account = here.account(here.county.township, "township_doctor")
    doctor, client = here.actor(account), Client()
    client.force_login(account)
    asked = actions.receive(actor=doctor, resident_id=here.who.id, kind="copy", at=at, **ASKED)
    too_early = client.post(f"/record/copy/{asked.number}")
    assert too_early.status_code == 409
    actions.grant_request(actor=doctor, number=asked.number, grounds="", at=at)
    answer = client.post(f"/record/copy/{asked.number}")
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    told = json.loads(packed.read("record.json"))
    assert told["person"]["name"] == "苏映荷" and len(told["person"]["identifiers"][0]["value"]) == 18
    assert told["reports"][0]["name"] == "HIV抗体初筛", "one's own copy leaves nothing out"
    assert "HIV抗体初筛" in packed.read("record.html").decode()
    assert AccessLog.objects.filter(resident=here.who.id, purpose__contains=asked.number).exists()
    assert JournalEntry.objects.get(word="privacy.copied").facts["pieces"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_counters_take_one_request(at) -> None:
    here = scene(at)
    actor = here.actor(here.account(here.county.township, "township_doctor"))

    def take() -> None:
        actions.receive(actor=actor, resident_id=here.who.id, kind="copy", at=at, **ASKED)

    troubles = together([take] * 6)
    assert SubjectRequest.objects.count() == 1
    assert len(troubles) == 5 and all(isinstance(trouble, Refused) for trouble in troubles)
