"""Sensitive items: sealed at filing, kept from others, opened by separate consent or in an emergency, unsealed with a reason."""

from __future__ import annotations

import pytest

from tests.security.scene import scene
from yilianti.kernel.finding import Refused
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Diagnosis, EncounterContent
from yilianti.record.encounters.tests import factories as visits
from yilianti.record.results import api as results
from yilianti.record.results import queries as reports
from yilianti.record.results.tests import factories as labs
from yilianti.registry.consent.tests.factories import given
from yilianti.registry.privacy import actions
from yilianti.registry.privacy.models import Seal
from yilianti.registry.privacy.terms import Source

pytestmark = pytest.mark.django_db


def filed_hiv(here, place, at):
    return labs.filed(here.who, place, at, "H1", name="HIV抗体确证试验")


def titles(actor, here, at) -> list[str]:
    how_far = encounters.sharing(actor, here.who.id, at)
    return [row.title for row in results.timeline(actor, [here.who.id], how_far=how_far)]


def test_a_sensitive_report_is_sealed_when_filed(at) -> None:
    here = scene(at)
    report = filed_hiv(here, here.county.hospital, at)
    labs.filed(here.who, here.county.hospital, at, "L2", name="血常规")
    assert list(Seal.objects.values_list("source", "item", "category")) == [("report", report.id, "hiv")]


def test_general_consent_does_not_open_it_but_separate_consent_does(at) -> None:
    here = scene(at)
    filed_hiv(here, here.county.hospital, at)
    labs.filed(here.who, here.county.hospital, at, "L2", name="血常规")
    doctor = here.actor(here.account(here.county.township, "township_doctor"))
    given(here.who, here.county.township, "record_sharing")
    assert titles(doctor, here, at) == ["血常规"]
    given(here.who, here.county.township, "sensitive_sharing")
    assert sorted(titles(doctor, here, at)) == ["HIV抗体确证试验", "血常规"]


def test_whoever_made_it_sees_it_with_the_second_permission_only(at) -> None:
    here = scene(at)
    report = filed_hiv(here, here.county.hospital, at)
    ward, office = (here.actor(here.account(here.county.hospital, role)) for role in ("county_department", "referral_office"))
    assert reports.one(ward, report.number, at) is not None
    assert reports.one(office, report.number, at) is None, "the first permission alone does not open it"


def test_nothing_tells_that_something_is_sealed(at) -> None:
    here = scene(at)
    filed_hiv(here, here.county.hospital, at)
    doctor = here.actor(here.account(here.county.township, "township_doctor"))
    assert results.hidden_count(doctor, [here.who.id]) == 0


def test_an_emergency_opens_it(at) -> None:
    here = scene(at)
    filed_hiv(here, here.county.hospital, at)
    account = here.account(here.county.township, "village_doctor")
    actions.open_emergency(actor=here.actor(account), resident_id=here.who.id, reason="rescue", words="昏迷送来急需病史", at=at)
    assert titles(here.actor(account), here, at) == ["HIV抗体确证试验"]


def test_a_report_of_a_sealed_visit_is_sealed_with_it(at) -> None:
    here = scene(at)
    visit = visits.opened(here.who, here.county.hospital, at, "F1", content=EncounterContent(diagnoses=(Diagnosis("抑郁发作", "F32.900"),)))
    report = labs.filed(here.who, here.county.hospital, at, "L3", encounter_id=visit.id, name="肝功能")
    office = here.actor(here.account(here.county.hospital, "referral_office"))
    assert reports.one(office, report.number, at) is None
    assert encounters.line(office, visit.number, at) is None


def test_records_filed_before_the_policy_named_them_are_sealed_by_command(at) -> None:
    here = scene(at)
    filed_hiv(here, here.county.hospital, at)
    Seal.objects.all().delete()
    assert results.reseal(at=at) == 1 and Seal.objects.standing().count() == 1
    assert results.reseal(at=at) == 1 and Seal.objects.count() == 1, "once more changes nothing"


def test_unsealing_needs_a_reason_and_lasts(at) -> None:
    here = scene(at)
    report = filed_hiv(here, here.county.hospital, at)
    ward = here.actor(here.account(here.county.hospital, "county_department"))
    office = here.actor(here.account(here.county.hospital, "referral_office"))
    seal = Seal.objects.get()
    with pytest.raises(Refused) as wordless:
        actions.unseal(actor=ward, seal_id=seal.id, because=" ", at=at)
    assert wordless.value.field == "because"
    with pytest.raises(Refused):
        actions.unseal(actor=office, seal_id=seal.id, because="误标", at=at)
    actions.unseal(actor=ward, seal_id=seal.id, because="误标，项目名有误", at=at)
    assert reports.one(office, report.number, at) is not None
    actions.seal(actor=ward, source=Source.REPORT, item=report.id, number=report.number, resident_id=here.who.id,
                 institution_id=here.county.hospital.id, codes=(), texts=["HIV"], at=at)  # fmt: skip
    assert not Seal.objects.standing().exists(), "what a person has unsealed is not sealed again by a repeat"
