"""Signing, following, ending, fulfilling: what holds in the database, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.care.contract import actions, queries, rules
from yilianti.care.contract.models import Contract, Version
from yilianti.care.contract.terms import Said
from yilianti.care.contract.tests import factories
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at - timedelta(days=1))


def words(subject: str) -> list[str]:
    return list(JournalEntry.objects.filter(subject=subject).order_by("id").values_list("word", flat=True))


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda fault: fault.code == code)


def test_a_signature_makes_it_hold(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    assert (made.state, made.begins_on, made.until_on) == ("signed", timezone.localdate(at), rules.months_after(timezone.localdate(at), 12))
    assert bytes(made.confirmation.picture).startswith(b"\x89PNG") and made.tags == ["elderly", "general"]
    assert [(one.package, one.item) for one in made.obligations.order_by("package", "item")] == [("basic", "record"), ("basic", "review"), ("elderly", "yearly")]
    assert words(f"contract:{made.number}") == ["contract.proposed", "contract.signed"]
    assert list(Version.objects.filter(contract=made).order_by("version").values_list("state", flat=True)) == ["proposed", "signed"]
    assert any(ref.startswith("contracts.packages@") and ref.endswith("local/yunxi") for ref in made.policy_refs)


def test_packages_are_frozen_as_signed(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    made.refresh_from_db()
    basic = made.packages[0]
    assert (basic["code"], basic["price"], basic["public_health"], basic["fund"], basic["person"]) == ("basic", 3_000, 2_000, 1_000, 0)


def test_the_same_form_twice_is_one(scene: factories.Scene, at: datetime) -> None:
    key = uuid4()
    first, again = (actions.propose(actor=scene.village, resident=scene.resident.id, told=factories.told(scene), client_key=key, at=at) for _ in range(2))
    assert first.pk == again.pk


@pytest.mark.parametrize(("changes", "code"), [
    ({"packages": ()}, "packages_missing"), ({"packages": ("nothing",)}, "packages_missing"), ({"packages": ("hypertension",)}, "package_unfit"), ({"months": 11}, "months_beyond"), ({"months": 61}, "months_beyond"), ({"team": 0}, "unknown_team"),
])  # fmt: skip
def test_what_cannot_be_proposed(scene: factories.Scene, at: datetime, changes: dict, code: str) -> None:
    with refused(code):
        factories.proposed(scene, at, **changes)


def test_one_contract_at_a_time(scene: factories.Scene, at: datetime) -> None:
    waiting = factories.proposed(scene, at)
    with refused("changed_meanwhile"):
        factories.proposed(scene, at)
    actions.confirm(actor=scene.village, number=waiting.number, said=Said("signature", picture=factories.picture()), at=at)
    with pytest.raises(Refused, match="改签"):
        factories.proposed(scene, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=waiting.pk).update(state="proposed", signed_at=None)
        copy = Contract.objects.get(pk=waiting.pk)
        copy.pk, copy.number, copy.client_key = None, "QYX", uuid4()
        copy.save()


def test_merged_residents_are_one_person(scene: factories.Scene, at: datetime) -> None:
    other = factories.person(scene, at, name="苏庚年")
    made = factories.signed(scene, at, other)
    residents.Resident.objects.filter(pk=other.pk).update(merged_into=scene.resident)
    with refused("changed_meanwhile"):
        factories.proposed(scene, at)
    found = queries.in_force_for(scene.resident.id, timezone.localdate(at))
    assert found is not None and found.pk == made.pk
    (line,) = [one for one in queries.coverage([scene.county.clinic.id], timezone.localdate(at), scene.village.scope) if one.tag == "elderly"]
    assert (line.people, line.signed) == (1, 1)


def test_a_full_team_takes_nobody_and_waiting_ones_count(scene: factories.Scene, at: datetime) -> None:
    actions.change_team(actor=scene.township, number=scene.team.number, name="柳河一队", members={scene.township.person: "leader", scene.village.person: "village_doctor"}, limit=1, at=at)
    waiting = factories.proposed(scene, at)
    other = factories.person(scene, at, name="田半夏")
    with refused("panel_full"):
        factories.proposed(scene, at, other)
    actions.refuse(actor=scene.village, number=waiting.number, because="想再等等", at=at)
    assert factories.signed(scene, at, other).state == "signed"


def test_a_limit_above_that_of_the_place_is_refused(scene: factories.Scene, at: datetime) -> None:
    with refused("limit_beyond"):
        actions.change_team(actor=scene.township, number=scene.team.number, name="柳河一队", members={scene.township.person: "leader"}, limit=2_001, at=at)
    with refused("one_leader"):
        actions.change_team(actor=scene.township, number=scene.team.number, name="柳河一队", members={scene.township.person: "nurse"}, at=at)


def test_past_members_keep_their_days(scene: factories.Scene, at: datetime) -> None:
    later = at + timedelta(days=40)
    actions.change_team(actor=scene.township, number=scene.team.number, name="柳河二队", members={scene.township.person: "leader"}, at=later)
    assert [one.person_id for one in queries.members(scene.team, timezone.localdate(at))] == [scene.township.person, scene.village.person]
    assert [one.person_id for one in queries.members(scene.team, timezone.localdate(later))] == [scene.township.person]


def test_a_code_from_the_telephone(scene: factories.Scene, at: datetime) -> None:
    made = factories.proposed(scene, at)
    with refused("code_expired"):
        actions.confirm(actor=scene.village, number=made.number, said=Said("code", code="000000"), at=at)
    sent = actions.send_code(actor=scene.village, number=made.number, at=at)
    with refused("too_often"):
        actions.send_code(actor=scene.village, number=made.number, at=at)
    wrong = f"{(int(sent.code) + 1) % 1_000_000:06d}"
    for _ in range(4):
        with refused("code_wrong"):
            actions.confirm(actor=scene.village, number=made.number, said=Said("code", code=wrong), at=at)
    assert JournalEntry.objects.filter(word="contract.code_sent").get().facts["phone"].count("*") and sent.code not in str(JournalEntry.objects.filter(word="contract.code_sent").get().facts)
    done = actions.confirm(actor=scene.village, number=made.number, said=Said("code", code=sent.code), at=at + timedelta(minutes=9))
    sent.refresh_from_db()
    assert done.state == "signed" and sent.code == "" and done.confirmation.phone.startswith("139")


def test_a_code_ends_after_five_wrong_tries_and_after_its_minutes(scene: factories.Scene, at: datetime) -> None:
    made = factories.proposed(scene, at)
    sent = actions.send_code(actor=scene.village, number=made.number, at=at)
    wrong = f"{(int(sent.code) + 1) % 1_000_000:06d}"
    codes = []
    for _ in range(6):
        with pytest.raises(Refused) as fault:
            actions.confirm(actor=scene.village, number=made.number, said=Said("code", code=wrong), at=at)
        codes.append(fault.value.code)
    assert codes == ["code_wrong"] * 4 + ["code_spent"] * 2
    with refused("code_spent"):
        actions.confirm(actor=scene.village, number=made.number, said=Said("code", code=sent.code), at=at)
    later = at + timedelta(minutes=2)
    fresh = actions.send_code(actor=scene.village, number=made.number, at=later)
    with refused("code_expired"):
        actions.confirm(actor=scene.village, number=made.number, said=Said("code", code=fresh.code), at=later + timedelta(minutes=10))


@pytest.mark.parametrize(("said", "code"), [
    (Said("signature", picture=b""), "signature_missing"), (Said("signature", picture=b"\x89PNG\r\n\x1a\n"), "signature_missing"), (Said("paper"), "scan_missing"), (Said("paper", file_name="a.pdf", file=b"no"), "file_kind"),
    (Said("nod"), "way_missing"), (Said("signature", signer="guardian", picture=factories.picture()), "guardian_missing"), (Said("signature", picture=b"x" * 400_000), "picture_large"),
])  # fmt: skip
def test_what_is_no_confirmation(scene: factories.Scene, at: datetime, said: Said, code: str) -> None:
    made = factories.proposed(scene, at)
    with refused(code):
        actions.confirm(actor=scene.village, number=made.number, said=said, at=at)
    made.refresh_from_db()
    assert made.state == "proposed" and not made.obligations.exists()


def test_a_proposal_nobody_confirms_lapses(scene: factories.Scene, at: datetime) -> None:
    made = factories.proposed(scene, at)
    assert actions.lapse_due(at=at + timedelta(days=14)) == 0 and actions.lapse_due(at=at + timedelta(days=15)) == 1
    with refused("wrong_state"):
        actions.confirm(actor=scene.village, number=made.number, said=Said("signature", picture=factories.picture()), at=at)
    assert factories.proposed(scene, at + timedelta(days=15)).state == "proposed"


def test_confirmed_later_it_begins_later(scene: factories.Scene, at: datetime) -> None:
    made = factories.proposed(scene, at)
    later = at + timedelta(days=5)
    done = actions.confirm(actor=scene.village, number=made.number, said=Said("paper", file_name="协议.pdf", file=b"%PDF-1.4 x"), at=later)
    assert done.begins_on == timezone.localdate(later) and done.until_on == rules.months_after(done.begins_on, 12)


def test_a_renewal_waits_for_the_end_and_leaves_no_gap(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    with refused("too_early"):
        actions.renew(actor=scene.village, number=made.number, told=factories.told(scene), client_key=uuid4(), at=at)
    near = at + timedelta(days=350)
    fresh = actions.renew(actor=scene.village, number=made.number, told=factories.told(scene), client_key=uuid4(), at=near)
    assert fresh.begins_on == made.until_on and fresh.kind == "renewal"
    actions.confirm(actor=scene.village, number=fresh.number, said=Said("signature", picture=factories.picture()), at=near)
    made.refresh_from_db()
    assert made.state == "renewed"
    for day, number in ((timezone.localdate(near), made.number), (made.until_on - timedelta(days=1), made.number), (made.until_on, fresh.number)):
        found = queries.in_force_for(scene.resident.id, day)
        assert found is not None and found.number == number
    assert "contract.renewed" in words(f"contract:{made.number}")


def test_a_change_takes_over_on_the_day_of_the_yes(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    other = actions.found_team(actor=scene.township, institution=scene.county.township.id, name="柳河三队", members={scene.township.person: "leader"}, at=at)
    later = at + timedelta(days=60)
    fresh = actions.change(actor=scene.village, number=made.number, told=factories.told(scene, team=other.id), client_key=uuid4(), at=later)
    made.refresh_from_db()
    assert made.state == "signed"
    actions.confirm(actor=scene.village, number=fresh.number, said=Said("signature", picture=factories.picture()), at=later)
    made.refresh_from_db()
    day = timezone.localdate(later)
    assert (made.state, made.stopped_on) == ("changed", day)
    before, after = (queries.in_force_for(scene.resident.id, one) for one in (day - timedelta(days=1), day))
    assert before is not None and after is not None and (before.number, after.number) == (made.number, fresh.number)


def test_ending_says_why_and_on_what_evidence(scene: factories.Scene, at: datetime) -> None:
    made, day = factories.signed(scene, at), timezone.localdate(at)
    later = at + timedelta(days=30)
    asked = {"actor": scene.village, "number": made.number, "at": later}
    for reason, stopped_on, note, code in (("", day, "x", "reason_missing"), ("declined", timezone.localdate(later), " ", "evidence_missing"), ("declined", day, "电话", "stopped_on_wrong"),
                                           ("died", day - timedelta(days=1), "证明", "stopped_on_wrong"), ("died", timezone.localdate(later) + timedelta(days=1), "证明", "stopped_on_wrong")):  # fmt: skip
        with refused(code):
            actions.end(reason=reason, stopped_on=stopped_on, note=note, **asked)
    ended = actions.end(reason="died", stopped_on=day + timedelta(days=20), note="家属出示死亡证明", **asked)
    assert ended.state == "ended" and queries.in_force_for(scene.resident.id, day + timedelta(days=20)) is None and queries.in_force_for(scene.resident.id, day + timedelta(days=19)) is not None
    with refused("wrong_state"):
        actions.end(reason="other", stopped_on=day, note="再来", **asked)


def test_an_end_takes_the_earlier_cycle_with_it(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    near = at + timedelta(days=350)
    fresh = actions.renew(actor=scene.village, number=made.number, told=factories.told(scene), client_key=uuid4(), at=near)
    actions.confirm(actor=scene.village, number=fresh.number, said=Said("signature", picture=factories.picture()), at=near)
    actions.end(actor=scene.village, number=fresh.number, reason="moved", stopped_on=timezone.localdate(near), note="迁往外县，户口簿", at=near)
    made.refresh_from_db()
    assert made.state == "ended" and queries.in_force_for(scene.resident.id, timezone.localdate(near)) is None


def test_what_runs_out_expires(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    assert actions.expire_due(at=at + timedelta(days=300)) == 0
    end = at + (made.until_on - timezone.localdate(at))
    assert actions.expire_due(at=end) == 1
    fresh = actions.renew(actor=scene.village, number=made.number, told=factories.told(scene), client_key=uuid4(), at=end)
    assert fresh.former_id == made.pk


def test_who_is_elsewhere_may_do_nothing(scene: factories.Scene, at: datetime) -> None:
    made = factories.proposed(scene, at)
    with refused("unknown_contract"):
        actions.confirm(actor=scene.stranger, number=made.number, said=Said("signature", picture=factories.picture()), at=at)
    with refused("not_permitted"):
        actions.refuse(actor=scene.manager, number=made.number, because="x", at=at)
    with refused("not_permitted"):
        actions.propose(actor=scene.stranger, resident=scene.resident.id, told=factories.told(scene), client_key=uuid4(), at=at)
