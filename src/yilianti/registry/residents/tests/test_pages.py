"""The pages of residents: found as one types, shown to whom they concern, every look noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.institutions.tests.factories import AT, SYSTEM, actor, county
from yilianti.registry.residents import actions, matching, queries
from yilianti.registry.residents.models import DuplicateSuspicion, Identifier, Resident
from yilianti.registry.residents.tests.factories import resident, valid_id

pytestmark = pytest.mark.django_db
ALL = ("residents.view", "residents.search", "residents.register", "residents.amend", "consent.record", "consent.withdraw")


def test_search_by_two_characters_initials_and_numbers() -> None:
    here = county()
    clerk = actor(here.townships[0], *ALL)
    su = resident("苏映荷", home=here.townships[0], phone="13800000001", local=(here.townships[0], "ML-0077"))
    resident("江远", "1", home=here.townships[0])
    card = Identifier.objects.get(resident=su, system="id_card").value
    for sought in ("映荷", "苏映荷", "苏", "syh", "SY", "su", "su ying", "suyinghe", card, card.lower(), "13800000001", "ML-0077", su.number):
        page = text(visit(clerk, f"/residents/?q={sought}", htmx=True))
        assert "苏映荷" in page, sought
        assert "江远" not in page, sought
    assert card not in page and f"{card[:4]}**********{card[-4:]}" in page
    assert "没有找到" in text(visit(clerk, "/residents/?q=不存在"))


def test_search_shows_strangers_without_a_way_in() -> None:
    here = county()
    resident("苏映荷", home=here.townships[1])
    seen = actor(here.townships[0], *ALL)
    seen = replace(seen, reach={**seen.reach, "institutions.view": frozenset(place.id for place in here.everyone)})
    page = text(visit(seen, "/residents/?q=映荷"))
    assert "苏映荷" in page and "非本机构居民" in page and "/residents/JM" not in page


def test_search_by_name_ends_at_the_consortium() -> None:
    here, elsewhere = county(), county("shiqiao")
    stranger = resident("苏映荷", home=elsewhere.townships[0], phone="13800000009")
    clerk = actor(here.townships[0], *ALL)
    assert "苏映荷" not in text(visit(clerk, "/residents/?q=映荷"))
    card = Identifier.objects.get(resident=stranger, system="id_card").value
    for number in (card, "13800000009", stranger.number):
        page = text(visit(clerk, f"/residents/?q={number}"))
        assert "苏**" in page and "苏映荷" not in page and "白桥" not in page, number


def test_search_is_in_pinyin_order_and_goes_on_by_key() -> None:
    here = county()
    for name in ("单云", "曾云", "安云", "任云", "区云"):
        resident(name, home=here.hospital)
    first = queries.search(SYSTEM, "云", limit=2)
    second = queries.search(SYSTEM, "云", limit=2, after=first.next_key)
    third = queries.search(SYSTEM, "云", limit=2, after=second.next_key)
    assert [row.name for row in [*first.rows, *second.rows, *third.rows]] == ["安云", "区云", "任云", "单云", "曾云"]
    assert third.next_key == ""


def test_search_takes_a_constant_number_of_statements(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    here = county()
    clerk = actor(here.hospital, *ALL)
    for size in (1, 9, 90):
        for _ in range(size):
            resident("苏映荷", home=here.hospital)
        with django_assert_num_queries(3):
            assert queries.search(clerk, "映荷").rows


def test_search_finds_merged_residents_as_who_stands_for_them() -> None:
    here = county()
    one, other = resident("苏映荷", home=here.hospital), resident("江远", "1", home=here.hospital)
    card = Identifier.objects.get(resident=other).value
    actions.merge(actor=SYSTEM, resident_id=one.id, other_id=other.id, at=AT)
    assert [row.id for row in queries.search(SYSTEM, card).rows] == [one.id]
    assert queries.search(SYSTEM, "江远").rows == []


def test_detail_is_noted_masked_and_only_for_whom_it_concerns() -> None:
    here = county()
    su = resident(home=here.townships[0], phone="13800001234")
    card = Identifier.objects.get(resident=su).value
    seen = visit(actor(here.townships[0], *ALL), f"/residents/{su.number}/")
    assert seen.status_code == 200 and seen.looks == [(su.id, "查看居民资料")]
    assert card not in text(seen) and "13800001234" not in text(seen) and "知情同意" in text(seen)
    assert visit(actor(here.townships[1], *ALL), f"/residents/{su.number}/").status_code == 403
    assert visit(actor(here.townships[0], "residents.search"), f"/residents/{su.number}/").status_code == 403
    actions.note_relation(su.id, here.townships[1].id, AT)
    assert visit(actor(here.townships[1], *ALL), f"/residents/{su.number}/").status_code == 200


def test_reveal_is_noted() -> None:
    here = county()
    su = resident(home=here.townships[0])
    shown = visit(actor(here.townships[0], *ALL), f"/residents/{su.number}/reveal", {}, htmx=True)
    assert Identifier.objects.get(resident=su).value in text(shown)
    assert shown.looks == [(su.id, "显示完整证件号码与电话")]


def test_register_form_names_the_field() -> None:
    here = county()
    clerk = actor(here.townships[0], *ALL)
    wrong = visit(clerk, "/residents/new", {"name": "苏映荷", "id_card": "349901195903140021", "sex": "0"})
    assert wrong.status_code == 422 and "校验位不符" in text(wrong)
    card = valid_id()
    contradicting = visit(clerk, "/residents/new", {"name": "苏映荷", "id_card": card, "sex": "1"})
    assert contradicting.status_code == 422 and "与身份证号不一致" in text(contradicting)
    assert not Resident.objects.exists()


def test_register_creates_once_and_recognises() -> None:
    here = county()
    clerk = actor(here.townships[0], *ALL)
    data = {"name": "苏映荷", "id_card": valid_id(), "sex": "0", "home": str(here.townships[0].id), "local": "B-1"}
    first, second = visit(clerk, "/residents/new", data), visit(clerk, "/residents/new", data)
    assert first.status_code == second.status_code == 302
    assert Resident.objects.count() == 1 and "已在册" in second.said[0]
    assert Identifier.objects.get(system="local").issuer == here.townships[0].id


def test_card_fragment_reads_the_number() -> None:
    here = county()
    clerk = actor(here.townships[0], *ALL)
    page = text(visit(clerk, "/residents/new/card", {"id_card": valid_id(date(1959, 3, 14), "2")}, htmx=True))
    assert "校验通过" in page and 'value="1959-03-14"' in page
    assert "校验位不符" in text(visit(clerk, "/residents/new/card", {"id_card": "349901195903140020"}, htmx=True))


def test_amend_page_refuses_a_stale_form() -> None:
    here = county()
    clerk = actor(here.townships[0], *ALL)
    su = resident(home=here.townships[0])
    data = {"name": "苏映河", "sex": "2", "born_on": "1959-03-14", "home": str(here.townships[0].id), "because": "登记有误", "version": "1"}
    assert visit(clerk, f"/residents/{su.number}/amend", data).status_code == 302
    stale = visit(clerk, f"/residents/{su.number}/amend", {**data, "name": "苏映何"})
    assert stale.status_code == 422 and "已被他人更正" in text(stale)
    assert "登记有误" in text(visit(clerk, f"/residents/{su.number}/"))


def test_duplicates_are_compared_and_decided() -> None:
    here = county()
    office = actor(here.hospital, "residents.link", reach=here.everyone)
    one, other = resident("苏映荷", home=here.townships[0]), resident("苏映菏", home=here.townships[1])
    matching.suspect(one.id, other.id, "一次登记的号码分属两位居民", AT)
    asked = DuplicateSuspicion.objects.get()
    listed = visit(office, "/residents/duplicates/")
    assert "苏映荷" in text(listed) and {look[0] for look in listed.looks} == {one.id, other.id}
    assert "不同" in text(visit(office, f"/residents/duplicates/{asked.id}/"))
    assert visit(actor(here.hospital, *ALL), "/residents/duplicates/").status_code == 403
    assert visit(office, f"/residents/duplicates/{asked.id}/merge", {"keep": other.number}).status_code == 302
    one.refresh_from_db()
    assert one.merged_into == other
    late = visit(office, f"/residents/duplicates/{asked.id}/different", {}, htmx=True)
    assert late.status_code == 409 and "已由他人处理" in text(late)
    assert visit(office, f"/residents/{one.number}/unmerge", {"because": "核对有误"}).status_code == 302
    one.refresh_from_db()
    assert one.merged_into is None


def test_duplicates_elsewhere_are_not_ours_to_see_or_decide() -> None:
    here, elsewhere = county(), county("shiqiao")
    office = actor(here.hospital, "residents.link", reach=here.everyone)
    one, other = resident("苏映荷", home=elsewhere.townships[0]), resident("苏映菏", home=elsewhere.townships[1])
    matching.suspect(one.id, other.id, "一次登记的号码分属两位居民", AT)
    asked = DuplicateSuspicion.objects.get()
    assert "苏映荷" not in text(visit(office, "/residents/duplicates/"))
    for step in ("", "merge", "different", "same"):
        assert visit(office, f"/residents/duplicates/{asked.id}/{step}", {} if step else None).status_code == 404
    with pytest.raises(Refused):
        actions.merge(actor=office, resident_id=one.id, other_id=other.id, at=AT)
    with pytest.raises(Refused):
        actions.settle_different(actor=office, suspicion_id=asked.id, at=AT)
    actions.merge(actor=SYSTEM, resident_id=one.id, other_id=other.id, at=AT)
    with pytest.raises(Refused):
        actions.unmerge(actor=office, resident_id=other.id, because="核对有误", at=AT)


def test_question_of_particulars_is_shown() -> None:
    here = county()
    su = resident(home=here.townships[0])
    card = Identifier.objects.get(resident=su).value
    machine = actor(here.townships[1], "residents.register")
    told = actions.registering.Demographics(name="江远")
    actions.register(actor=machine, identifiers=[actions.registering.IdentifierGiven("id_card", card)], demographics=told, at=AT)
    asked = DuplicateSuspicion.objects.get()
    page = text(visit(actor(here.hospital, "residents.link", reach=here.everyone), f"/residents/duplicates/{asked.id}/"))
    assert "江远" in page and "资料属于本人" in page
    assert visit(actor(here.hospital, "residents.link", reach=here.everyone), f"/residents/duplicates/{asked.id}/same", {}).status_code == 302


def test_scripts_in_names_are_shown_as_text() -> None:
    here = county()
    clerk = actor(here.townships[0], *ALL)
    su = resident("<script>alert(1)</script>", home=here.townships[0])
    for path in ("/residents/?q=script", f"/residents/{su.number}/", f"/residents/{su.number}/amend"):
        assert "<script>alert" not in text(visit(clerk, path))
