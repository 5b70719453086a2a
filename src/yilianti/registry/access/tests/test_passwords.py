"""Password rules as policy: length, kinds, owner's words, known and common ones, history, age."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access import rules
from yilianti.registry.access.actions import passwords
from yilianti.registry.access.models import PastPassword
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]
LIMITS = {"min_length": 10, "classes": 3, "phrase_length": 20, "known": ["Known-word-1"]}


@pytest.fixture
def county() -> factories.County:
    return factories.county()


@pytest.fixture
def zhang(county):
    account = factories.staff(county.township, "township_doctor", "zhangsan", called="沈知秋")
    account.person.phone = "13800001234"
    account.person.save()
    return account


@pytest.mark.parametrize(
    ("new", "codes"),
    [("Ab1-efgh", ["too_short"]), ("abcdefghij", ["too_plain"]), ("Abcdefghij", ["too_plain"]), ("Abcdefghi1", []), ("abcdefgh-1", []),
     ("this is a phrase of words", []), ("Known-word-1", ["known"]), ("xZhangsan-77", ["tells_owner"]), ("a1", ["too_short", "too_plain"])],
)  # fmt: skip
def test_rules_of_a_password(new, codes):
    found = rules.faults_of_password(new, rules.Owner(("zhangsan", "li")), LIMITS)
    assert [finding.code for finding in found] == codes


def change(account, new, at, old=factories.PASSWORD):
    return passwords.change_password(actor=actor_for(account.pk, at), old=old, new=new, at=at)


@pytest.mark.parametrize(
    ("new", "told"),
    [("Shenzhiqiu-77", "姓名拼音"), ("x-zhangsan-X1", "账号"), ("T-13800001234", "电话"), ("Liuheweishengyuan1", "机构"),
     ("柳河卫生院-Ab1xyz", "机构"), ("Yunxi-2026-demo", "公开过"), ("1qaz2wsx3edc", "3 类"), ("P@ssw0rd", "10 位")],
)  # fmt: skip
def test_weak_passwords_are_refused_with_the_reason(zhang, at, new, told):
    with pytest.raises(Refused, match=told) as refusal:
        change(zhang, new, at)
    assert refusal.value.field == "new_password1"


def test_common_passwords_are_refused_though_they_keep_the_rules(zhang, at):
    from django.contrib.auth.password_validation import CommonPasswordValidator

    # Those of Django's 20,000 that are long enough to need no kinds of characters.
    common = [word for word in CommonPasswordValidator().passwords if len(word) >= 20]
    for word in common[:3]:
        with pytest.raises(Refused, match="太常见"):
            change(zhang, word, at)
    assert common


def test_the_last_five_are_not_taken_again(zhang, at):
    used = [factories.PASSWORD, *(f"Quite-other-{number}" for number in range(5))]
    for number, new in enumerate(used[1:], 1):
        change(zhang, new, at + timedelta(days=2 * number), old=used[number - 1])
    later = at + timedelta(days=20)
    for again in used[1:]:
        with pytest.raises(Refused, match="最近 5 次"):
            change(zhang, again, later, old=used[-1])
    assert PastPassword.objects.count() == 5, "no more hashes are kept than are asked"
    assert JournalEntry.objects.filter(word="access.password_changed").count() == 5


def test_not_twice_within_a_day_except_when_it_is_due(zhang, at):
    change(zhang, "Quite-other-1", at)
    with pytest.raises(Refused, match="之后才能再换"):
        change(zhang, "Quite-other-2", at + timedelta(hours=23), old="Quite-other-1")
    zhang.refresh_from_db()
    zhang.must_change_password = True
    zhang.save()
    change(zhang, "Quite-other-2", at + timedelta(hours=23), old="Quite-other-1")


def sign_in(client, password=factories.PASSWORD):
    return client.post("/login/", {"username": "zhangsan", "password": password}, follow=False)


def test_expiry_is_told_before_and_asked_for_after(zhang, client):
    now = timezone.now()
    for days, is_told, is_forced in ((75, False, False), (77, True, False), (89, True, False), (90, False, True)):
        zhang.password_changed_at = now - timedelta(days=days)
        zhang.save()
        sign_in(client)
        shown = client.get("/password/")
        assert ("天到期" in shown.content.decode()) is is_told, days
        assert shown.context["forced"] is is_forced, days


def test_a_printed_password_opens_only_the_page_that_changes_it(zhang, client, settings):
    settings.DEMO_MODE = False
    sign_in(client)
    assert client.get("/sessions/")["Location"] == "/password/"
    assert JournalEntry.objects.filter(word="access.password_demanded").count() == 1


def test_guessing_the_current_password_locks(zhang, client):
    sign_in(client)
    given = {"old_password": "no", "new_password1": "Quite-other-1", "new_password2": "Quite-other-1"}
    answers = [client.post("/password/", given).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert client.post("/password/", {**given, "old_password": factories.PASSWORD}).status_code in (422, 429)
