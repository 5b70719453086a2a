"""Registering, matching, correcting, merging; security.md §6.4."""

from __future__ import annotations

import random
from datetime import date

import pytest

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions.tests.factories import AT, SYSTEM, actor, county
from yilianti.registry.institutions.tests.parallel import together
from yilianti.registry.residents import actions, links, matching, queries
from yilianti.registry.residents.models import DuplicateSuspicion, Identifier, PastParticulars, Resident
from yilianti.registry.residents.terms import Demographics, IdentifierGiven
from yilianti.registry.residents.tests.factories import numbered, resident, valid_id

SU = Demographics(name="苏映荷", sex="2", born_on=date(1959, 3, 14))
CARD = valid_id(serial=7)


def register(*given: IdentifierGiven, told: Demographics = SU, **options: object) -> actions.Registered:
    return actions.register(actor=SYSTEM, identifiers=given, demographics=told, at=AT, **options)  # type: ignore[arg-type]


def card(value: str = CARD) -> IdentifierGiven:
    return IdentifierGiven("id_card", value)


@pytest.mark.django_db(transaction=True)
def test_register_64_times_at_once_gives_one_resident() -> None:
    made: list[actions.Registered] = []
    assert together([lambda: made.append(register(card()))] * 64) == []
    assert Resident.objects.count() == 1
    assert sum(outcome.created for outcome in made) == 1
    assert {outcome.resident.id for outcome in made} == {Resident.objects.get().id}
    assert JournalEntry.objects.filter(word="residents.registered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_register_overlapping_numbers_at_once_gives_one_resident_and_no_deadlock() -> None:
    numbers = [card(), IdentifierGiven("insurance", "YB340001"), IdentifierGiven("health_card", "HC900001"), IdentifierGiven("local", "M1", 1)]
    sets = [[numbers[0], numbers[1]], [numbers[1], numbers[0], numbers[2]], [numbers[2], numbers[0]], [numbers[3], numbers[0]], numbers, numbers[::-1]]
    draw = random.Random(5)
    jobs = [lambda given=draw.sample(given := draw.choice(sets), len(given)): register(*given) for _ in range(48)]
    assert together(jobs) == []
    assert Resident.objects.count() == 1
    assert Identifier.objects.count() == len(numbers)


@pytest.mark.django_db(transaction=True)
def test_register_different_people_at_once_keeps_them_apart() -> None:
    cards = [valid_id(serial=n) for n in range(100, 116)]
    assert together([lambda value=value: register(card(value)) for value in cards * 2]) == []
    assert Resident.objects.count() == len(cards)


@pytest.mark.django_db
def test_register_elsewhere_takes_into_care_and_leaves_one_line() -> None:
    here = county()
    register(card())
    desk = actor(here.townships[0], "residents.register")
    for _ in range(2):
        assert not actions.register(actor=desk, identifiers=[card()], demographics=SU, at=AT).created
    line = JournalEntry.objects.get(word="residents.identified")
    assert (line.actor_institution, line.facts["in_care"]) == (here.townships[0].id, True)


@pytest.mark.django_db
def test_register_reads_birth_date_and_sex_from_the_card() -> None:
    outcome = register(card(), told=Demographics(name="苏映荷"))
    assert (outcome.resident.born_on, outcome.resident.sex) == (date(1959, 3, 14), "2")
    assert [finding.code for finding in outcome.findings] == []


@pytest.mark.django_db
def test_register_says_that_particulars_contradict_the_card() -> None:
    outcome = register(card(), told=Demographics(name="苏映荷", sex="1", born_on=date(1960, 1, 1)))
    assert {finding.code for finding in outcome.findings} == {"born_on_contradicts_card", "sex_contradicts_card"}
    assert outcome.resident.born_on == date(1959, 3, 14)


@pytest.mark.django_db
def test_register_knows_15_digits_as_18() -> None:
    first = register(card("340101590314002")).resident
    assert register(card(Identifier.objects.get(resident=first).value)).resident == first
    assert len(Identifier.objects.get().value) == 18


@pytest.mark.django_db
def test_register_accepts_an_unknown_area_with_a_finding() -> None:
    outcome = register(card(valid_id(area="992201")))
    assert outcome.created and [finding.code for finding in outcome.findings] == ["unknown_area_code"]


@pytest.mark.django_db
def test_register_refuses_a_wrong_check_digit_and_names_the_field() -> None:
    wrong = CARD[:17] + ("1" if CARD[17] != "1" else "2")
    with pytest.raises(Refused) as refusal:
        register(card(wrong))
    assert refusal.value.field == "id_card" and "校验位" in refusal.value.zh
    assert not Resident.objects.exists()


@pytest.mark.django_db
def test_register_keeps_a_wrong_number_unmatched_when_told_to() -> None:
    wrong = CARD[:17] + ("1" if CARD[17] != "1" else "2")
    first = register(card(wrong), IdentifierGiven("local", "A1", 1), note_bad_id=True)
    second = register(card(wrong), IdentifierGiven("local", "A2", 1), note_bad_id=True)
    assert first.resident != second.resident
    assert first.findings[0].code == "identifier_unverified"
    assert Identifier.objects.filter(numbered(wrong), system="unverified").count() == 2


@pytest.mark.django_db
def test_register_same_local_number_of_two_issuers_means_two_people() -> None:
    one = register(IdentifierGiven("local", "0001", 1)).resident
    other = register(IdentifierGiven("local", "0001", 2), told=Demographics(name="江远", sex="1")).resident
    assert one != other
    assert register(IdentifierGiven("local", "0001", 1)).resident == one


@pytest.mark.django_db
def test_register_numbers_of_two_residents_are_not_merged_in_silence() -> None:
    by_card, by_insurance = register(card()).resident, register(IdentifierGiven("insurance", "YB1")).resident
    outcome = register(IdentifierGiven("insurance", "YB1"), card(), IdentifierGiven("local", "L1", 3))
    assert outcome.resident == by_card
    assert [finding.code for finding in outcome.findings] == ["possibly_one_person"]
    suspicion = DuplicateSuspicion.objects.get()
    assert {suspicion.first, suspicion.second} == {by_card, by_insurance}
    assert Identifier.objects.get(numbered("L1")).resident == by_card
    assert Identifier.objects.get(numbered("YB1")).resident == by_insurance


@pytest.mark.django_db
def test_register_known_local_number_with_another_card_is_another_person() -> None:
    first = register(card(), IdentifierGiven("local", "0009", 1)).resident
    outcome = register(card(valid_id(date(1971, 5, 2), "1", serial=20)), IdentifierGiven("local", "0009", 1), told=Demographics(name="江远"))
    assert outcome.created and outcome.resident != first
    assert Identifier.objects.get(numbered("0009")).resident == first
    assert DuplicateSuspicion.objects.count() == 1
    again = register(card(Identifier.objects.get(resident=outcome.resident).value), IdentifierGiven("local", "0009", 1), told=Demographics(name="江远"))
    assert again.resident == outcome.resident
    assert DuplicateSuspicion.objects.count() == 1


@pytest.mark.django_db
def test_register_same_card_with_another_name_asks_a_person() -> None:
    first = register(card()).resident
    outcome = register(card(), told=Demographics(name="江远", phone="13800000000"))
    assert outcome.resident == first and not outcome.created
    assert "particulars_do_not_fit" in [finding.code for finding in outcome.findings]
    suspicion = DuplicateSuspicion.objects.get()
    assert (suspicion.first, suspicion.second, suspicion.told["name"]) == (first, None, "江远")
    first.refresh_from_db()
    assert (first.name, first.phone) == ("苏映荷", "")


@pytest.mark.django_db
def test_register_fills_blanks_and_overwrites_nothing() -> None:
    first = register(card(), told=Demographics(name="苏映荷", phone="13800000000")).resident
    told = Demographics(name="苏映荷", phone="13900000000", address="云溪县白桥镇青石村")
    again = register(card(), told=told).resident
    assert (again.phone, again.address, again.version) == ("13800000000", "云溪县白桥镇青石村", first.version + 1)


@pytest.mark.django_db
def test_register_without_number_or_name_does_not_fail() -> None:
    first, second = register(told=Demographics()), register(told=Demographics())
    assert first.created and second.created and first.resident != second.resident


@pytest.mark.django_db
def test_register_again_writes_nothing(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    register(card(), IdentifierGiven("local", "L", 1))
    lines = JournalEntry.objects.count()
    with django_assert_max_num_queries(4):
        register(card(), IdentifierGiven("local", "L", 1))
    assert JournalEntry.objects.count() == lines


@pytest.mark.django_db
def test_register_by_a_person_brings_the_resident_into_view() -> None:
    here = county()
    clerk = actor(here.townships[0], "residents.register", "residents.view")
    known = resident(home=here.hospital)
    value = Identifier.objects.get(resident=known).value
    assert not queries.access.may_view(clerk, known.id)
    actions.register(actor=clerk, identifiers=[card(value)], demographics=SU, at=AT)
    assert queries.access.may_view(clerk, known.id)


@pytest.mark.django_db
def test_merge_and_unmerge_lose_nothing() -> None:
    one, other, third = (resident(name) for name in ("苏映荷", "苏映菏", "苏应荷"))
    actions.merge(actor=SYSTEM, resident_id=one.id, other_id=other.id, at=AT)
    actions.merge(actor=SYSTEM, resident_id=third.id, other_id=one.id, at=AT)
    assert links.all_ids(other.id) == {one.id, other.id, third.id}
    assert links.standing_for(other.id) == third
    value = Identifier.objects.get(resident=other).value
    assert register(card(value), IdentifierGiven("local", "NEW", 4)).resident == third
    assert Identifier.objects.get(numbered("NEW")).resident == other
    actions.unmerge(actor=SYSTEM, resident_id=one.id, because="两人同名", at=AT)
    assert links.all_ids(other.id) == {one.id, other.id} and links.all_ids(third.id) == {third.id}
    assert links.standing_for(other.id) == one
    words = list(JournalEntry.objects.filter(word__in=("residents.merged", "residents.unmerged")).order_by("id").values_list("word", flat=True))
    assert words == ["residents.merged", "residents.merged", "residents.unmerged"]


@pytest.mark.django_db
def test_merge_settles_the_suspicion_and_refuses_twice() -> None:
    one, other = resident("苏映荷"), resident("苏映菏")
    matching.suspect(one.id, other.id, "试", AT)
    actions.merge(actor=SYSTEM, resident_id=one.id, other_id=other.id, at=AT)
    assert DuplicateSuspicion.objects.get().decision == "merged"
    with pytest.raises(Refused):
        actions.merge(actor=SYSTEM, resident_id=one.id, other_id=other.id, at=AT)


@pytest.mark.django_db(transaction=True)
def test_merge_both_ways_at_once_makes_no_circle() -> None:
    one, other = resident("苏映荷"), resident("苏映菏")
    pairs = [(one.id, other.id), (other.id, one.id)] * 4
    troubles = together([lambda p=pair: actions.merge(actor=SYSTEM, resident_id=p[0], other_id=p[1], at=AT) for pair in pairs])
    assert len(troubles) == 7 and all(isinstance(trouble, Refused) for trouble in troubles)
    assert Resident.objects.filter(merged_into__isnull=False).count() == 1


@pytest.mark.django_db
def test_settle_different_is_not_asked_again() -> None:
    one, other = resident("苏映荷"), resident("苏映菏")
    matching.suspect(one.id, other.id, "试", AT)
    actions.settle_different(actor=SYSTEM, suspicion_id=DuplicateSuspicion.objects.get().id, at=AT)
    assert matching.suspect(other.id, one.id, "试", AT) is False
    with pytest.raises(Refused):
        actions.settle_different(actor=SYSTEM, suspicion_id=DuplicateSuspicion.objects.get().id, at=AT)


@pytest.mark.django_db
def test_amend_keeps_the_past_and_refuses_a_stale_version() -> None:
    here = county()
    known = resident(home=here.townships[0])
    clerk = actor(here.townships[0], "residents.amend")
    told = Demographics(name="苏映河", sex="2", born_on=known.born_on, phone="13800000001", home=known.home_id)
    changed = actions.amend(actor=clerk, resident_id=known.id, version=known.version, demographics=told, at=AT)
    assert (changed.name, changed.version, changed.name_key) == ("苏映河", 2, "su ying he  苏映河")
    assert PastParticulars.objects.get().particulars["name"] == "苏映荷"
    with pytest.raises(Refused) as refusal:
        actions.amend(actor=clerk, resident_id=known.id, version=1, demographics=told, at=AT)
    assert refusal.value.code == "changed_meanwhile"
    entry = JournalEntry.objects.get(word="residents.amended")
    assert "苏" not in str(entry.facts) and entry.resident == known.id


@pytest.mark.django_db
def test_amend_refuses_what_contradicts_the_card_and_who_is_out_of_reach() -> None:
    here = county()
    known = resident(home=here.townships[0])
    told = Demographics(name=known.name, sex="1", born_on=known.born_on, home=known.home_id)
    with pytest.raises(Refused) as refusal:
        actions.amend(actor=SYSTEM, resident_id=known.id, version=None, demographics=told, at=AT)
    assert refusal.value.field == "sex"
    with pytest.raises(Refused) as refusal:
        actions.amend(actor=actor(here.villages[3], "residents.amend"), resident_id=known.id, version=None, demographics=told, at=AT)
    assert refusal.value.code == "not_permitted"


@pytest.mark.django_db
def test_add_identifier_refuses_somebody_elses() -> None:
    one, other = resident("苏映荷"), resident("江远", "1")
    actions.add_identifier(actor=SYSTEM, resident_id=one.id, given=IdentifierGiven("insurance", "YB9"), at=AT)
    with pytest.raises(Refused):
        actions.add_identifier(actor=SYSTEM, resident_id=other.id, given=IdentifierGiven("insurance", " YB9 "), at=AT)
