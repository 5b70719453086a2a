"""An empty county gets its first three administrators, once, and shows them what comes next."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from yilianti.desks.first_day import founding
from yilianti.desks.first_day.founding import Charter
from yilianti.kernel.finding import Refused
from yilianti.registry.access.models import Account, Grant
from yilianti.registry.access.tests import factories
from yilianti.registry.institutions.models import Consortium, Institution

NAMES = {"administrator": "柳志桥", "security_administrator": "安可信", "auditor": "秋立衡"}
CHARTER = Charter("yunxi", "云溪县医共体", "county_community", "349921", "YX0001", "云溪县人民医院", NAMES)


@pytest.mark.django_db
def test_three_persons_with_three_roles_and_passing_passwords(at: Any) -> None:
    told = founding.found(CHARTER, at=at)
    assert [(one.username, one.person) for one in told] == [("admin", "柳志桥"), ("security", "安可信"), ("auditor", "秋立衡")]
    assert {grant.role for grant in Grant.objects.all()} == set(NAMES)
    for one in told:
        account = Account.objects.get(username=one.username)
        assert account.check_password(one.password)
        assert account.must_change_password
    with pytest.raises(Refused) as again:
        founding.found(replace(CHARTER, code="other"), at=at)
    assert again.value.code == "founded_already"


@pytest.mark.django_db
def test_one_person_is_not_two_administrators(at: Any) -> None:
    with pytest.raises(Refused) as refused:
        founding.found(replace(CHARTER, names={**NAMES, "auditor": "柳志桥"}), at=at)
    assert refused.value.code == "must_stay_apart"
    assert not Consortium.objects.exists()


@pytest.mark.django_db
def test_a_first_password_leads_to_the_page_that_changes_it_but_polls_stay_silent(at: Any) -> None:
    founding.found(CHARTER, at=at)
    client = Client()
    client.force_login(Account.objects.get(username="admin"))
    assert client.get("/").headers["Location"] == "/password/"
    assert client.get("/inbox/badge").status_code == 204


@pytest.mark.django_db
def test_the_desk_says_what_comes_next(at: Any, django_assert_max_num_queries: Any) -> None:
    founding.found(CHARTER, at=at)
    Account.objects.update(must_change_password=False)
    factories.factor(Account.objects.get(username="admin"))
    client = Client()
    client.force_login(Account.objects.get(username="admin"))
    with django_assert_max_num_queries(16):
        page = client.get("/").content.decode()
    assert "第一天" in page
    assert "接下来" in page
    assert 'button-primary" href="/imports/kinds/institutions/"' in page


@pytest.mark.django_db(transaction=True)
def test_two_founders_at_once_make_one_county(at: Any) -> None:
    outcomes: list[str] = []

    def run(code: str) -> None:
        try:
            founding.found(replace(CHARTER, code=code, hospital_code=code), at=at)
            outcomes.append("founded")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[code]) for code in ("aa", "bb")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["founded", "founded_already"]
    assert Institution.objects.count() == 1
