"""Pages in English: whole sentences, patterns with gaps, attributes; what people entered stays as it is."""

from __future__ import annotations

import pytest
from django.test import Client

from yilianti.config.english.catalogue import Catalogue, catalogue
from yilianti.config.english.pages import COOKIE, in_english

PAIRS = {"转诊": "Referrals", "已提交": "Submitted", "共 {} 项": "{} items in all", "{}处于“{}”，不能“{}”": "{0} is {1}: {2} is not possible", "接收": "accept",
         "转诊单": "Referral", "找居民": "Find a resident", "{}前": "{} ago", "{} 起": "from {}", "，至 {} 前": ", until {}", "2 天": "two days",
         "可从{}进行。{}": "possible from {}. {}"}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("转诊", "Referrals"), (" 转诊\n", " Referrals\n"), ("共 12 项", "12 items in all"), ("转诊单处于“已提交”，不能“接收”", "Referral is Submitted: accept is not possible"),
        ("欧阳·买买提", "欧阳·买买提"), ("12 / 80", "12 / 80"), ("", ""), ("2026-11-26 转诊，张三", "2026-11-26 Referrals, 张三"),
    ],
)
def test_a_text(said: str, expected: str) -> None:
    assert Catalogue(PAIRS).english(said) == expected


def test_braces_in_a_gap_are_only_text() -> None:
    assert Catalogue(PAIRS).english("共 {0} {x} 项") == "{0} {x} items in all"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yilianti.config.english.pages.catalogue", lambda one=Catalogue(PAIRS): one)


@pytest.mark.usefixtures("few")
def test_a_page_is_translated_where_people_read_it() -> None:
    page = '<html lang="zh-Hans"><p title="找居民">转诊 &amp; 张三</p><textarea>转诊</textarea><script>let a = "转诊";</script><input value="转诊"><input type="submit" value="转诊"><a href="/转诊">接收</a>'
    told = in_english(page)
    assert told == ('<html lang="en"><p title="Find a resident">Referrals &amp; 张三</p><textarea>转诊</textarea><script>let a = "转诊";</script>'
                    '<input value="转诊"><input type="submit" value="Referrals"><a href="/转诊">accept</a>')  # fmt: skip


def test_markup_neither_of_the_catalogue_nor_of_a_gap_gets_out_of_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = Catalogue({"转诊": "<script>alert(1)</script>", "共 {} 项": "{} in all"})
    monkeypatch.setattr("yilianti.config.english.pages.catalogue", lambda: evil)
    assert in_english("<p>转诊</p>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert in_english('<p title="转诊">共 &lt;b onclick=""&gt; 项</p>') == '<p title="&lt;script&gt;alert(1)&lt;/script&gt;">&lt;b onclick=""&gt; in all</p>'


@pytest.mark.django_db
def test_the_switch_is_kept_in_the_browser_and_leads_back() -> None:
    client = Client()
    answer = client.post("/language/", {"language": "en", "next": "/login/?next=/inbox/"})
    assert answer["Location"] == "/login/?next=/inbox/" and client.cookies[COOKIE].value == "en"
    page = client.get("/login/").content.decode()
    assert '<html lang="en">' in page and catalogue().english("登录") in page
    assert client.post("/language/", {"language": "zh", "next": "//elsewhere.example/"})["Location"] == "/"
    assert '<html lang="zh-Hans">' in client.get("/login/").content.decode()


@pytest.mark.django_db
def test_the_length_told_is_that_of_the_english_page() -> None:
    client = Client()
    client.cookies["yilianti_language"] = "en"
    answer = client.get("/login/")
    assert "Sign in" in answer.content.decode() and int(answer.headers["Content-Length"]) == len(answer.content)


def test_names_of_a_policy_table_are_known_in_both_languages() -> None:
    english = catalogue().english
    assert english("急性ST段抬高型心肌梗死") == "Acute ST-elevation myocardial infarction" and english("窦性心律") == "Sinus rhythm"
    assert english("窦性心律\n急性ST段抬高型心肌梗死") == "Sinus rhythm Acute ST-elevation myocardial infarction"
