"""The certificate of a referral out of the county: issued, verified, revoked."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from yilianti.care.referral import actions, ledger, rules
from yilianti.care.referral.actions.certificates import Press
from yilianti.care.referral.models import Certificate, Referral
from yilianti.care.referral.pages import certificates as pages
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.pacing import Pace
from yilianti.registry.access.models import AccessLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "files", tmp_path / "keys", lambda code: f"https://yunxi.example/verify/{code}")


@pytest.fixture(autouse=True)
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PACE", Pace(times=5, seconds=60))


def sent_out(scene: factories.Scene, at: datetime) -> Referral:
    """To a hospital outside the network, let go by a colleague."""
    place = scene.county.other_hospital
    place.connected = False
    place.save()
    made = factories.submitted(scene, at, to_institution=place.id)
    colleague = factories.actor(scene.county.township, "township_doctor", at)
    return actions.approve_out(actor=colleague, number=made.number, at=at) if made.state == "pending" else made


def issue(scene: factories.Scene, press: Press, at: datetime) -> Certificate:
    return actions.issue_certificate(actor=scene.township, number=sent_out(scene, at).number, press=press, at=at)


def test_issue_certificate_signs_what_it_says(scene: factories.Scene, press: Press, at: datetime) -> None:
    made = issue(scene, press, at)
    assert (made.valid_until - made.valid_from).days == 29 and made.policy_ref.startswith("clinical.referral.certificate@")
    assert len(made.code) == 20
    signature = PdfFileReader(io.BytesIO(bytes(made.content))).embedded_signatures[0]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[signature.signer_cert]))
    assert status.bottom_line and status.coverage.name == "ENTIRE_FILE"
    entry = JournalEntry.objects.get(word="referral.certificate_issued")
    assert entry.facts["certificate"] == made.number and "苏禾" not in str(entry.facts)


def test_issue_certificate_is_refused_where_there_is_nothing_to_certify(scene: factories.Scene, press: Press, at: datetime) -> None:
    local = factories.accepted(scene, at)
    with pytest.raises(Refused, match="不需要县外转诊证明"):
        actions.issue_certificate(actor=scene.township, number=local.number, press=press, at=at)
    place = scene.county.other_hospital
    place.connected = False
    place.save()
    waiting = factories.submitted(scene, at, to_institution=place.id, diagnosis_code="I63.900")
    assert waiting.state == "pending"
    with pytest.raises(Refused, match="待本方审批"):
        actions.issue_certificate(actor=scene.township, number=waiting.number, press=press, at=at)
    with pytest.raises(Refused):
        actions.issue_certificate(actor=scene.office, number=waiting.number, press=press, at=at)


def test_issue_certificate_once_while_one_holds(scene: factories.Scene, press: Press, at: datetime) -> None:
    made = issue(scene, press, at)
    number = made.referral.number
    with pytest.raises(Refused, match="已有一份有效的证明"):
        actions.issue_certificate(actor=scene.township, number=number, press=press, at=at)
    later = actions.issue_certificate(actor=scene.township, number=number, press=press, at=at + timedelta(days=30))
    assert later.number != made.number and later.code != made.code
    actions.revoke_certificate(actor=scene.township, certificate=later.number, because="姓名写错", at=at + timedelta(days=30))
    assert actions.issue_certificate(actor=scene.township, number=number, press=press, at=at + timedelta(days=31))


def test_revoke_certificate_needs_a_reason_and_happens_once(scene: factories.Scene, press: Press, at: datetime) -> None:
    made = issue(scene, press, at)
    with pytest.raises(Refused, match="撤销原因"):
        actions.revoke_certificate(actor=scene.township, certificate=made.number, because=" ", at=at)
    with pytest.raises(Refused):
        actions.revoke_certificate(actor=scene.office, certificate=made.number, because="不是我方", at=at)
    actions.revoke_certificate(actor=scene.township, certificate=made.number, because="患者不去了", at=at)
    with pytest.raises(Refused, match="已于"):
        actions.revoke_certificate(actor=scene.township, certificate=made.number, because="再撤一次", at=at)
    assert JournalEntry.objects.filter(word="referral.certificate_revoked").count() == 1


@pytest.mark.parametrize(("revoked", "state", "day", "expected"), [
    (False, "sent_out", 26, "valid"), (False, "concluded", 26, "valid"), (False, "sent_out", 27, "expired"), (False, "withdrawn", 1, "void"),
    (False, "declined", 27, "void"), (True, "sent_out", 1, "revoked"), (True, "withdrawn", 27, "revoked"),
])  # fmt: skip
def test_standing_is_told_by_rule_and_by_the_database_alike(
    scene: factories.Scene, press: Press, at: datetime, revoked: bool, state: str, day: int, expected: str
) -> None:
    asked = date(2026, 11, day)
    assert rules.standing(is_revoked=revoked, valid_until=date(2026, 11, 26), referral_state=state, day=asked) == expected
    made = issue(scene, press, at)
    Referral.objects.filter(pk=made.referral_id).update(state=state, due_at=None, decline_reason="no_bed" if state == "declined" else "")
    Certificate.objects.filter(pk=made.pk).update(
        valid_from=date(2026, 11, 1), valid_until=date(2026, 11, 26), revoked_at=at if revoked else None, revoked_because="错" if revoked else "")
    for standing in ("valid", "expired", "revoked", "void"):
        assert bool(ledger.certificates(scene.township, "", standing, asked).rows) == (standing == expected)


def test_pages_issue_list_download_and_revoke(scene: factories.Scene, at: datetime) -> None:
    referral = sent_out(scene, at)
    client = signed_in(scene.township)
    assert "开具证明" in client.get(f"/referrals/{referral.number}/").content.decode()
    assert client.post(f"/referrals/{referral.number}/issue_certificate").status_code == 302
    made = Certificate.objects.get()
    shown = client.get(f"/referrals/{referral.number}/").content.decode()
    assert made.number in shown and "开具证明</button>" not in shown
    paper = client.get(f"/referrals/certificates/{made.number}.pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content == bytes(made.content)
    assert AccessLog.objects.filter(purpose=f"下载转诊证明 {made.number}", resident=scene.resident.id).count() == 1
    listed = client.get("/referrals/certificates/", {"text": made.number[-6:]}).content.decode()
    assert made.number in listed and "苏禾" not in listed
    assert "没有开出的证明" in client.get("/referrals/certificates/?text=没有").content.decode()
    assert signed_in(scene.office).get(f"/referrals/certificates/{made.number}.pdf").status_code == 404
    assert client.post(f"/referrals/certificates/{made.number}/revoke", {"because": ""}, headers={"HX-Request": "true"}).status_code == 422
    assert client.post(f"/referrals/certificates/{made.number}/revoke", {"because": "写错"}).status_code == 302
    assert "撤销：写错" in client.get(f"/referrals/{referral.number}/").content.decode()


def test_verify_tells_no_more_than_whether_it_holds(scene: factories.Scene, press: Press, at: datetime) -> None:
    made = issue(scene, press, at)
    everybody = Client()
    shown = everybody.get(f"/verify/{made.code}").content.decode()
    assert all(word in shown for word in ("有效", made.number, made.institution.name, "苏**", made.receiver))
    assert not any(word in shown for word in ("苏禾", made.referral.number, "心绞痛", "I20", scene.resident.number))
    actions.revoke_certificate(actor=scene.township, certificate=made.number, because="写错", at=at)
    revoked = everybody.get(f"/verify/{made.code.upper()}").content.decode()
    assert "已撤销" in revoked and "写错" not in revoked
    missing = everybody.get("/verify/0123456789abcdef0123")
    assert missing.status_code == 404 and "查无此证明" in missing.content.decode()
    assert everybody.get("/verify/", {"code": f" {made.code[:10]} {made.code[10:]} "}).url == f"/verify/{made.code}"
    assert everybody.get("/verify/", {"code": "../login"}).status_code == 200
    assert not AccessLog.objects.exists()


def test_verify_cannot_be_asked_without_end(scene: factories.Scene) -> None:
    everybody = Client()
    answers = [everybody.get(f"/verify/{index:020x}").status_code for index in range(7)]
    assert answers == [404] * 5 + [429] * 2
    held = everybody.get("/verify/0")
    assert held["Retry-After"] == "60" and "查询太频繁" in held.content.decode()


def test_pace_counts_each_address_and_forgets_in_time() -> None:
    pace = Pace(times=2, seconds=10)
    assert [pace.allows("a", 0), pace.allows("a", 1), pace.allows("a", 2), pace.allows("b", 2)] == [True, True, False, True]
    assert [pace.allows("a", 9.9), pace.allows("a", 10), pace.allows("a", 10.5)] == [False, True, False]


def test_certificates_cost_the_same_whatever_their_number(scene: factories.Scene, press: Press, at: datetime, django_assert_num_queries: Any) -> None:
    made = issue(scene, press, at)
    Certificate.objects.bulk_create(Certificate(number=f"ZM{n}", code=f"c{n}", referral=made.referral, institution=made.institution, receiver="x", valid_from=made.valid_from,
                                                valid_until=made.valid_until, policy_ref="x", content=b"x", signer="x", issued_at=at) for n in range(30))  # fmt: skip
    with django_assert_num_queries(1):
        listed = ledger.certificates(scene.township, "", "", timezone.localdate(at))
        assert len([one.referral.resident.name + one.institution.name for one in listed.rows]) == 20 and listed.next_key
    verified = ledger.certificate_by_code(made.code)
    assert verified is not None
    for one in (listed.rows[0], ledger.certificates_of(made.referral)[0], verified):
        assert one.get_deferred_fields() == {"content"}, "no paper is deciphered to be listed"
