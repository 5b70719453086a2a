"""Residents at the edges: names as they are written, papers of every kind, newborns, people nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.tests.factories import actor, county
from yilianti.registry.residents import actions, documents, names, queries, rules
from yilianti.registry.residents.models import Identifier, Resident
from yilianti.registry.residents.terms import Demographics, IdentifierGiven

TODAY = date(2026, 11, 26)
YUNXI = Scope("yunxi", "349921")


@pytest.mark.parametrize("dot", "·•・‧∙･⋅")
def test_every_middle_dot_is_one_in_search_and_matching(dot: str) -> None:
    written = f"阿依古丽{dot}买买提"
    assert names.folded(written) == "阿依古丽买买提"
    assert names.grams(written) == names.grams("阿依古丽·买买提")
    assert names.key(written) == names.key("阿依古丽·买买提")
    assert names.likeness(written, "阿依古丽买买提") == 1.0


@pytest.mark.parametrize(
    ("name", "sought"),
    [("𠮷田生", "𠮷田"), ("𠮷田生", "𠮷"), ("张𬍛", "张𬍛"), ("㛃", "㛃"), ("欧阳　明", "欧阳明"), ("张 三", "张三"), ("马", "m"), ("麦麦提江·阿卜杜热伊木", "mmtj"),
     ("John Smith", "smith"), ("O'Neil", "neil"), ("阿卜杜克热木·麦麦提图尔荪·吾布力卡斯木", "吾布力"), ("李〇", "李〇"), ("单雄信", "sxx")],
)  # fmt: skip
def test_a_name_is_found_as_people_type_it(name: str, sought: str) -> None:
    every, any_of = names.wanted(sought)
    pieces = set(names.grams(name))
    assert (set(every) <= pieces and bool(every)) or bool(set(any_of) & pieces), (every, any_of, pieces)


def test_a_very_long_name_keeps_its_order_and_its_pieces() -> None:
    long = "阿卜杜克热木·麦麦提图尔荪·吾布力卡斯木·阿卜杜外力"
    assert len(names.key(long)) <= 96
    assert all(len(piece) <= 16 for piece in names.grams(long))


@pytest.mark.parametrize(
    ("system", "value", "holds"),
    [("foreigner_card", "911124198108030024", True), ("foreigner_card", "911124198108030025", False), ("foreigner_card", "CAN110078010101", True),
     ("passport", "E12345678", True), ("passport", "E1", False), ("hm_pass", "H12345678", True), ("hm_pass", "M1234567801", True), ("hm_pass", "X12345678", False),
     ("tw_pass", "12345678", True), ("tw_pass", "1234567", False), ("military", "军字第1234567", True), ("birth_cert", "T340000001", True), ("birth_cert", "340000001", False),
     ("id_card", "810000199408230021", True), ("insurance", "anything", True)],
)  # fmt: skip
def test_papers_hold_by_their_format_and_check(system: str, value: str, holds: bool) -> None:
    if (system, value) == ("id_card", "810000199408230021"):
        value = value[:17] + rules.check_digit(value[:17])
    assert (documents.fault(system, value, TODAY, YUNXI) == "") is holds


def test_a_line_of_a_card_reader_is_read_by_the_countys_own_formats_and_never_guessed() -> None:
    number = "34992119590314002" + rules.check_digit("34992119590314002")
    assert documents.reading(number + "\r\n", TODAY, Scope()) == {"id_card": number}
    assert documents.reading(f"苏映荷|{number}|青禾村 3 组", TODAY, YUNXI) == {"name": "苏映荷", "id_card": number, "address": "青禾村 3 组"}
    assert documents.reading("YXJK:000123456789", TODAY, YUNXI) == {"health_card": "000123456789"}
    assert documents.reading("YXJK:000123456789", TODAY, Scope()) == {}
    assert documents.reading("", TODAY, YUNXI) == {}


@pytest.fixture
def doctor(db):
    return actor(county().townships[0], "residents.view", "residents.search", "residents.register", "residents.amend")


def somebody(doctor, at, name: str = "苏映荷", sex: str = "2") -> Resident:
    told = Demographics(name, sex, date(1996, 5, 1), "13800000002", "青禾村 3 组", doctor.institution, "H001")
    return actions.register(actor=doctor, identifiers=[], demographics=told, at=at).resident


def test_twins_are_named_after_their_mother_and_stay_themselves_when_they_get_numbers(doctor, at) -> None:
    mother = somebody(doctor, at)
    then = at - timedelta(hours=3)
    one = actions.born(actor=doctor, mother_id=mother.id, at=at, delivery=actions.Delivery(then, "1", 2450, 1, 2))
    two = actions.born(actor=doctor, mother_id=mother.id, at=at, delivery=actions.Delivery(then, "2", 2380, 2, 2))
    assert (one.name, two.name, one.standing) == ("苏映荷之子1", "苏映荷之女2", "newborn")
    assert (one.kin.get().other, one.household, one.born_on) == (mother, "H001", then.date())
    with pytest.raises(Refused) as again:
        actions.born(actor=doctor, mother_id=mother.id, at=at, delivery=actions.Delivery(then, "1", 2450, 1, 2))
    assert again.value.code == "born_already"
    actions.add_identifier(actor=doctor, resident_id=one.id, given=IdentifierGiven("birth_cert", "t340000001"), at=at)
    first = f"349921{then:%Y%m%d}001"
    with pytest.raises(Refused) as wrong:
        actions.add_identifier(actor=doctor, resident_id=one.id, given=IdentifierGiven("id_card", "34992119590314002" + rules.check_digit("34992119590314002")), at=at)
    assert wrong.value.code == "contradicts_birth"
    actions.add_identifier(actor=doctor, resident_id=one.id, given=IdentifierGiven("id_card", first + rules.check_digit(first)), at=at)
    one.refresh_from_db()
    assert one.standing == ""
    again_seen = actions.register(actor=doctor, identifiers=[IdentifierGiven("birth_cert", "T340000001")], demographics=Demographics("苏小禾"), at=at)
    assert (again_seen.resident.id, again_seen.created) == (one.id, False)


@pytest.mark.parametrize("delivery", [{"place_in_order": 2}, {"weight_g": 12}, {"born_at": timedelta(hours=1)}])
def test_an_impossible_birth_is_refused_at_its_field(doctor, at, delivery) -> None:
    mother = somebody(doctor, at)
    given = {"born_at": at + delivery.pop("born_at", timedelta(hours=-1)), **delivery}
    with pytest.raises(Refused) as refused:
        actions.born(actor=doctor, mother_id=mother.id, at=at, delivery=actions.Delivery(**given))
    assert refused.value.field in ("place_in_order", "weight_g", "born_at")


def test_somebody_nobody_knows_is_later_found_to_be_somebody_and_may_be_parted_again(doctor, at) -> None:
    found = actions.discover(actor=doctor, at=at, found=actions.Found(at, "老街桥头", "男，约六十岁，灰夹克，左手旧疤", "巡警", "1"))
    assert found.name.startswith("无名氏") and found.standing == "unidentified"
    assert queries.search(doctor, "无名氏").rows[0].id == found.id
    real = somebody(doctor, at, "石老大", "1")
    system = Actor.system("转诊办")
    actions.merge(actor=system, resident_id=real.id, other_id=found.id, at=at)
    assert queries.search(doctor, "无名氏").rows == []
    actions.unmerge(actor=system, resident_id=found.id, because="认错了", at=at)
    assert queries.search(doctor, "无名氏").rows[0].id == found.id
    known = Demographics("石老二", "1", date(1960, 1, 1), "", "", found.home_id)
    assert actions.amend(actor=doctor, resident_id=found.id, version=None, demographics=known, at=at).standing == ""


def test_a_permit_is_kept_in_capitals_and_a_wrong_one_is_refused(doctor, at) -> None:
    told = Demographics("John Smith", "1", date(1981, 8, 3))
    made = actions.register(actor=doctor, identifiers=[IdentifierGiven("passport", "e1234567")], demographics=told, at=at)
    again = actions.register(actor=doctor, identifiers=[IdentifierGiven("passport", "E1234567")], demographics=told, at=at)
    assert again.resident.id == made.resident.id
    assert Identifier.objects.get().value == "E1234567"
    with pytest.raises(Refused) as refused:
        actions.register(actor=doctor, identifiers=[IdentifierGiven("hm_pass", "X1")], demographics=told, at=at)
    assert refused.value.field == "hm_pass"
