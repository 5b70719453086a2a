"""The pages for who comes without name or number, and for cards laid on a reader."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions.tests import factories
from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.residents import actions, rules
from yilianti.registry.residents.models import Resident
from yilianti.registry.residents.terms import Demographics, IdentifierGiven

CARD = "34992119960501002" + rules.check_digit("34992119960501002")
DOCTOR = ("residents.view", "residents.search", "residents.register", "residents.amend")


@pytest.fixture
def county(db) -> factories.County:
    return factories.county()


@pytest.fixture
def doctor(county) -> Actor:
    return factories.actor(county.townships[0], *DOCTOR)


@pytest.fixture
def mother(county, doctor) -> Resident:
    told = Demographics("苏映荷", "2", date(1996, 5, 1), home=county.townships[0].pk)
    return actions.register(actor=doctor, identifiers=[IdentifierGiven("id_card", CARD)], demographics=told, at=timezone.now()).resident


def test_a_newborn_is_entered_under_its_mother_and_the_look_is_logged(doctor, mother) -> None:
    url = f"/residents/{mother.number}/newborn"
    assert "登记新生儿" in text(visit(doctor, f"/residents/{mother.number}/"))
    assert visit(doctor, url).status_code == 200
    born_at = timezone.localtime() - timedelta(hours=2)
    answer = visit(doctor, url, {"born_at": f"{born_at:%Y-%m-%dT%H:%M}", "sex": "1", "weight_g": "3200", "of_how_many": "1", "place_in_order": "1"})
    child = Resident.objects.get(standing="newborn")
    assert answer.headers["Location"] == f"/residents/{child.number}/"
    page = text(visit(doctor, answer.headers["Location"]))
    assert "苏映荷之子" in page and "3200 克" in page and mother.number in page
    assert answer.looks == [(mother.pk, "登记新生儿")]
    wrong = visit(doctor, url, {"born_at": f"{born_at:%Y-%m-%dT%H:%M}", "sex": "1", "of_how_many": "1", "place_in_order": "2"})
    assert wrong.status_code == 422


def test_somebody_unknown_is_entered_with_what_can_be_seen(doctor) -> None:
    assert visit(doctor, "/residents/unknown").status_code == 200
    assert visit(doctor, "/residents/unknown", {"found_at": "2026-01-01T08:00", "found_where": "桥头", "sex": "1", "features": ""}).status_code == 422
    answer = visit(doctor, "/residents/unknown", {"found_at": "2026-01-01T08:00", "found_where": "桥头", "sex": "1", "features": "约六十岁，灰夹克"})
    page = text(visit(doctor, answer.headers["Location"]))
    assert "无名氏" in page and "灰夹克" in page and "身份不明" in page


def test_the_office_says_who_the_unknown_person_is(doctor, county, mother) -> None:
    visit(doctor, "/residents/unknown", {"found_at": "2026-01-01T08:00", "found_where": "桥头", "sex": "2", "features": "约三十岁"})
    unknown = Resident.objects.get(standing="unidentified")
    office = factories.actor(county.hospital, "residents.link", "residents.view", reach=county.everyone)
    assert visit(office, f"/residents/{unknown.number}/identify", {"real": "JM1"}).status_code == 422
    answer = visit(office, f"/residents/{unknown.number}/identify", {"real": mother.number})
    assert answer.status_code == 302
    unknown.refresh_from_db()
    assert unknown.merged_into == mother


def test_a_known_card_opens_the_person_and_for_a_referral_the_form(doctor, mother) -> None:
    assert visit(doctor, "/residents/read", {"line": CARD + "\n"}).headers["Location"] == f"/residents/{mother.number}/"
    assert visit(doctor, "/residents/read", {"line": CARD, "then": "referral"}).headers["Location"] == f"/referrals/new?resident={mother.number}"


def test_an_unknown_card_fills_the_form_and_a_strange_one_is_not_guessed(doctor) -> None:
    first = "34992119900101001"
    page = text(visit(doctor, "/residents/read", {"line": first + rules.check_digit(first), "then": "referral"}))
    assert 'value="1990-01-01"' in page
    assert 'action="/residents/new?then=referral"' in page
    assert visit(doctor, "/residents/read", {"line": "XX:12345678"}).headers["Location"] == "/residents/"
    assert visit(doctor, "/residents/read", {"line": first + "z"}).headers["Location"] == "/residents/"


def test_other_papers_are_taken_at_the_desk(doctor) -> None:
    told = {"name": "John Smith", "sex": "1", "born_on": "1981-08-03", "home": "", "paper": "passport", "paper_number": "e1234567"}
    assert visit(doctor, "/residents/new", {**told, "paper": ""}).status_code == 422
    assert visit(doctor, "/residents/new", told).status_code == 302
    assert Resident.objects.get(name="John Smith").identifiers.get().system == "passport"


def test_a_list_taken_out_is_journalled_and_every_look_noted(doctor, mother) -> None:
    taker = factories.actor(mother.home, *DOCTOR, "residents.export")
    answer = visit(taker, "/residents/export", {"q": "苏映荷"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert (sheet.cell(2, 2).value, sheet.cell(2, 4).is_date) == ("苏映荷", True)
    assert CARD not in str([cell.value for cell in sheet[2]])
    assert answer.looks == [(mother.pk, "导出居民名单")]
    assert JournalEntry.objects.get(word="residents.exported").facts == {"rows": 1}
    assert visit(doctor, "/residents/export", {"q": "苏"}).status_code == 403


def test_the_list_taken_out_is_the_one_on_the_screen(mother) -> None:
    taker = factories.actor(mother.home, *DOCTOR, "residents.export")
    typed = text(visit(taker, "/residents/?q=syh", htmx=True))
    assert 'id="export-text" value="syh" hx-swap-oob="true"' in typed
    assert 'hx-swap-oob="true"' not in text(visit(taker, "/residents/?q=syh"))


def test_a_birth_in_another_century_is_the_wrong_mother_or_the_wrong_year(doctor, mother) -> None:
    for born_at in ("1900-11-26T05:00", "2000-01-01T05:00"):
        answer = visit(doctor, f"/residents/{mother.number}/newborn", {"born_at": born_at, "sex": "1", "of_how_many": "1", "place_in_order": "1"})
        assert answer.status_code == 422 and "按母亲的出生日期" in text(answer)


def test_the_unknown_were_not_found_centuries_ago(doctor) -> None:
    answer = visit(doctor, "/residents/unknown", {"found_at": "1800-01-01T08:00", "found_where": "桥头", "sex": "1", "features": "约六十岁"})
    assert answer.status_code == 422 and "发现时间的年份不合理" in text(answer)


def test_a_number_is_no_name(doctor) -> None:
    answer = visit(doctor, "/residents/new", {"name": "13800000025", "born_on": "1980-01-01"})
    assert answer.status_code == 422 and "姓名里没有文字" in text(answer)


def test_nobody_found_for_a_referral_leads_on_to_the_form_of_that_referral(doctor) -> None:
    shown = visit(doctor, "/residents/?q=查无此人&then=referral").content.decode()
    assert shown.count("/residents/new?then=referral") == 2
    assert "evil" not in visit(doctor, "/residents/?q=查无此人&then=evil").content.decode().split("empty")[-1]
