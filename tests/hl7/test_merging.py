"""A40 and its kin: one person with several numbers, and the way back when that was wrong."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.utils import timezone

from tests.hl7 import messages
from tests.hl7.serving import code_of, place_of
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters.models import Encounter
from yilianti.record.results.models import Report
from yilianti.registry.consent import api as consent
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.models import DuplicateSuspicion, Resident

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def receive(at):
    for code in ("YXXRMYY", "LHZXYY"):
        institutions.provisional(system="hl7v2", value=code, at=at)
    return lambda *texts: [code_of(answer.decode()) for answer in Receiver().receive("t", [Frame(text.encode()) for text in texts], at=at)]


def person(local: str) -> Resident:
    place = institutions.by_facility_code("hl7v2", "YXXRMYY")
    return Resident.objects.get(pk=residents.holder_of(residents.IdentifierGiven("local", f"{local}@HIS", place.id)))


def visits(local: str) -> set[str]:
    """What the record shows under this number."""
    return set(Encounter.objects.filter(resident__in=residents.all_ids(person(local).pk)).values_list("visit_number", flat=True))


def codes() -> list[str]:
    return [finding["code"] for finding in Message.objects.latest("id").findings]


def admit(local: str, visit: str, **particulars: str) -> str:
    return messages.adt("A01", visit=visit, patient=messages.pid(local, **particulars))


def test_a_merge_shows_both_histories_and_later_events_follow(receive):
    receive(admit("M1", "V1"), admit("M2", "V2"))
    assert receive(messages.merge("A40", "M1", "M2^^^HIS^MR")) == ["AA"]
    assert visits("M1") == visits("M2") == {"V1", "V2"}
    assert receive(admit("M2", "V3"), messages.oru(patient=messages.pid("M2"), visit="V3")) == ["AA", "AA"]
    assert visits("M1") == {"V1", "V2", "V3"}
    assert Report.objects.get().encounter == Encounter.objects.get(visit_number="V3")
    assert residents.standing_for(person("M2").pk) == person("M1")


def test_undoing_gives_each_event_to_its_owner_also_those_that_came_between(receive, at):
    receive(admit("M1", "V1"), admit("M2", "V2"))
    before = (len(visits("M1")), len(visits("M2")), Encounter.objects.values("resident").distinct().count())
    receive(messages.merge("A40", "M1", "M2^^^HIS^MR"), admit("M2", "V3"), admit("M1", "V4"), messages.oru(patient=messages.pid("M2"), order="L3", visit="V3"))
    assert len(visits("M1")) == 4
    residents.unmerge(actor=SYSTEM, resident_id=person("M2").pk, because="合并错了", at=at)
    assert visits("M1") == {"V1", "V4"}
    assert visits("M2") == {"V2", "V3"}
    assert Report.objects.get().resident == person("M2")
    assert before == (1, 1, 2) and Encounter.objects.values("resident").distinct().count() == 2
    receive(admit("M2", "V5"))
    assert "V5" in visits("M2") and "V5" not in visits("M1")


def test_particulars_that_come_between_stay_with_their_owner_too(receive, at):
    receive(admit("M1", "V1", phone=""), admit("M2", "V2"), messages.merge("A40", "M1", "M2^^^HIS^MR", phone=""))
    receive(messages.adt("A08", visit="V2", patient=messages.pid("M2", phone="13911112222"), at="20261122090000+0800"))
    assert (person("M1").phone, person("M2").phone) == ("", "13911112222")


def test_a37_takes_the_link_back(receive):
    receive(admit("M1", "V1"), admit("M2", "V2"), messages.merge("A40", "M1", "M2^^^HIS^MR"))
    assert receive(messages.two("A37", "M1", "M2")) == ["AA"]
    assert visits("M1") == {"V1"} and visits("M2") == {"V2"}
    receive(messages.two("A37", "M1", "M2"))
    assert "already_apart" in codes()


def test_a24_links_two(receive):
    receive(admit("M1", "V1"), admit("M2", "V2"))
    assert receive(messages.two("A24", "M2", "M1")) == ["AA"]
    assert residents.standing_for(person("M1").pk) == person("M2")


def test_a_chain_keeps_its_links_apart(receive, at):
    receive(admit("A", "VA"), admit("B", "VB"), admit("C", "VC"))
    receive(messages.merge("A40", "B", "A^^^HIS^MR"), messages.merge("A40", "C", "B^^^HIS^MR"))
    assert visits("A") == {"VA", "VB", "VC"} and residents.standing_for(person("A").pk) == person("C")
    residents.unmerge(actor=SYSTEM, resident_id=person("B").pk, because="B 与 C 不是一人", at=at)
    assert visits("C") == {"VC"} and visits("A") == visits("B") == {"VA", "VB"}


def test_merging_into_one_who_was_merged_goes_to_who_stands_for_them(receive):
    receive(admit("A", "VA"), admit("B", "VB"), admit("C", "VC"))
    receive(messages.merge("A40", "B", "A^^^HIS^MR"), messages.merge("A40", "A", "C^^^HIS^MR"))
    assert {residents.standing_for(person(n).pk) for n in "ABC"} == {person("B")}


def test_a_circle_and_a_repeat_change_nothing(receive):
    receive(admit("M1", "V1"), admit("M2", "V2"), messages.merge("A40", "M1", "M2^^^HIS^MR"))
    assert receive(messages.merge("A40", "M2", "M1^^^HIS^MR")) == ["AA"]
    assert "already_one" in codes()
    assert residents.standing_for(person("M2").pk) == person("M1")
    assert JournalEntry.objects.filter(word="residents.merged").count() == 1


@pytest.mark.parametrize(("first", "second", "prior"), [
    ({"identity": messages.id_card(serial=12)}, {"identity": messages.id_card(serial=14)}, "M2^^^HIS^MR"),
    ({}, {"name": "完全另一人"}, "M2^^^HIS^MR"),
    ({}, {"insurance": "YB0002"}, "YB0002^^^YB^SS"),
])  # fmt: skip
def test_what_speaks_against_it_is_asked_of_a_person(receive, first, second, prior):
    receive(admit("M1", "V1", **first), admit("M2", "V2", **second))
    assert receive(messages.merge("A40", "M1", prior, **first)) == ["AA"]
    assert "left_to_a_person" in codes()
    assert visits("M1") == {"V1"}
    assert DuplicateSuspicion.objects.filter(decided_at__isnull=True).count() == 1


def test_another_hospitals_number_is_not_this_ones_to_merge(receive):
    there = admit("M2", "V2").replace("YXXRMYY", "LHZXYY")
    receive(admit("M1", "V1"), there)
    receive(messages.merge("A40", "M1", "M2^^^HIS^MR"))
    assert Resident.objects.filter(merged_into__isnull=False).count() == 0, "M2 of the other hospital is another number here"
    assert "prior_unknown" in codes()


def test_an_unknown_prior_number_is_kept_so_that_what_comes_under_it_follows(receive):
    receive(admit("M1", "V1"), messages.merge("A40", "M1", "M9^^^HIS^MR"), admit("M9", "V9"))
    assert visits("M1") == {"V1", "V9"} and Resident.objects.count() == 1


def test_a47_gives_another_number_to_the_same_person(receive):
    receive(admit("OLD", "V1"), messages.merge("A47", "NEW", "OLD^^^HIS^MR"), admit("NEW", "V2"), admit("OLD", "V3"))
    assert visits("OLD") == {"V1", "V2", "V3"} and Resident.objects.count() == 1


def test_a_message_with_numbers_of_both_is_asked_after_the_undoing(receive, at):
    receive(admit("M1", "V1"), admit("M2", "V2"), messages.merge("A40", "M1", "M2^^^HIS^MR"))
    receive(admit("M1^^^HIS^MR~M2", "V3"))
    residents.unmerge(actor=SYSTEM, resident_id=person("M2").pk, because="合并错了", at=at)
    asked = DuplicateSuspicion.objects.get(decided_at__isnull=True)
    assert "hl7v2:" in asked.because and "同时带有两人的号码" in asked.because


def test_consent_and_the_access_log_follow_by_link(receive, at):
    receive(admit("M1", "V1"), admit("M2", "V2"))
    place = institutions.by_facility_code("hl7v2", "YXXRMYY")
    consent.record(actor=SYSTEM, resident_id=person("M2").pk, purpose="record_sharing", basis="signed", institution_id=place.id, at=at, until_at=None)
    assert consent.in_force(person("M1").pk, "record_sharing", at) is None
    receive(messages.merge("A40", "M1", "M2^^^HIS^MR"))
    assert consent.in_force(person("M1").pk, "record_sharing", at) is not None
    residents.unmerge(actor=SYSTEM, resident_id=person("M2").pk, because="合并错了", at=at)
    assert consent.in_force(person("M1").pk, "record_sharing", at) is None


@pytest.mark.parametrize(("spoil", "place"), [
    (lambda m: m.replace("MRG|M2^^^HIS^MR", "MRG|"), "MRG^1^1"), (lambda m: m.replace("MRG|", "ZRG|"), "MRG^1"), (lambda m: m.replace("PID|", "ZID|"), "MRG^1"),
])  # fmt: skip
def test_what_is_missing_is_named(receive, at, spoil, place):
    answer = Receiver().receive("t", [Frame(spoil(messages.merge("A40", "M1", "M2^^^HIS^MR")).encode())], at=at)[0].decode()
    assert (code_of(answer), place_of(answer)) == ("AE", place)
    assert not Resident.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_at_once_in_both_directions_have_one_winner():
    at = timezone.now()
    institutions.provisional(system="hl7v2", value="YXXRMYY", at=at)
    Receiver().receive("t", [Frame(admit("M1", "V1").encode()), Frame(admit("M2", "V2").encode())], at=at)
    begin, answers = threading.Barrier(2), []

    def send(text: str) -> None:
        begin.wait()
        answers.extend(Receiver().receive("t", [Frame(text.encode())], at=at))
        connection.close()

    pair = [threading.Thread(target=send, args=[text]) for text in (messages.merge("A40", "M1", "M2^^^HIS^MR"), messages.merge("A40", "M2", "M1^^^HIS^MR"))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(30)
    assert [code_of(answer.decode()) for answer in answers] == ["AA", "AA"]
    assert Resident.objects.filter(merged_into__isnull=False).count() == 1
    assert JournalEntry.objects.filter(word="residents.merged").count() == 1
