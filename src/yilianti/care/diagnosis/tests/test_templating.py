"""Report templates, and decisions in the head's place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import Delegation, ReportTemplate
from yilianti.care.diagnosis.tests import factories
from yilianti.care.diagnosis.tests.test_pages import post, signed_in
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(now: datetime) -> factories.Scene:
    return factories.scene(now)


def test_keep_template_is_ones_own_or_of_the_centre(scene: factories.Scene) -> None:
    reader, head, stranger = signed_in(scene.reader), signed_in(scene.head), signed_in(scene.stranger)
    given = {"template": "正常", "statements": ["SR"], "conclusion": "窦性心律，正常心电图"}
    assert "data-template=\"SR\"" in post(reader, "/diagnosis/templates/keep", given).content.decode()
    post(reader, "/diagnosis/templates/keep", {**given, "conclusion": "正常心电图"})
    assert ReportTemplate.objects.get().conclusion == "正常心电图", "the same name again"
    assert "正常" not in head.get("/diagnosis/templates/").content.decode().partition("<div class=\"row\">")[0], "of one physician alone"
    assert post(reader, "/diagnosis/templates/keep", {**given, "shared": "1"}).status_code == 403
    post(head, "/diagnosis/templates/keep", {**given, "template": "早搏", "shared": "1"})
    assert "早搏" in reader.get("/diagnosis/templates/").content.decode() and "早搏" not in stranger.get("/diagnosis/templates/").content.decode()
    shared = ReportTemplate.objects.get(name="早搏")
    assert post(reader, f"/diagnosis/templates/{shared.pk}/drop").status_code == 422, "the head's to drop"
    assert post(stranger, f"/diagnosis/templates/{shared.pk}/drop").status_code == 404
    assert post(reader, "/diagnosis/templates/keep", {**given, "template": " "}).status_code == 422
    post(head, f"/diagnosis/templates/{shared.pk}/drop")
    assert list(ReportTemplate.objects.values_list("name", flat=True)) == ["正常"]


def conferring(scene: factories.Scene, at: datetime) -> str:
    exam = factories.concluded(scene, at)
    actions.convene(actor=scene.reader, number=exam.number, because="看不准", at=at)
    actions.opine(actor=scene.auditor, number=exam.number, opinion="考虑心房扑动", at=at)
    return exam.number


def test_decide_in_the_heads_place_only_within_the_period(scene: factories.Scene, now: datetime) -> None:
    number = conferring(scene, now)
    said = {"statements": ["AFLT"], "conclusion": "心房扑动", "measurements": {}, "draw": lambda exam: factories.PDF}
    with pytest.raises(Refused) as refusal:
        actions.decide(actor=scene.auditor, number=number, at=now, **said)
    assert refusal.value.code == "not_permitted"
    actions.delegate(actor=scene.head, person=scene.auditor.person or 0, from_at=now + timedelta(hours=1), until_at=now + timedelta(hours=9), at=now)
    for at in (now, now + timedelta(hours=9)):
        with pytest.raises(Refused):
            actions.decide(actor=scene.auditor, number=number, at=at, **said)
    actions.decide(actor=scene.auditor, number=number, at=now + timedelta(hours=1), **said)
    facts = JournalEntry.objects.get(word="diagnosis.issued").facts
    assert facts["delegation"] == Delegation.objects.get().pk and scene.head.name in facts["because"]


def test_delegate_is_recorded_and_ended(scene: factories.Scene, now: datetime) -> None:
    client = signed_in(scene.head)
    given = {"person": str(scene.auditor.person), "from_at": f"{timezone.localtime(now):%Y-%m-%dT%H:%M}", "until_at": f"{timezone.localtime(now) + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    assert post(client, "/diagnosis/delegations/", {**given, "person": str(scene.reader.person)}).status_code == 422, "an auditor only"
    assert post(client, "/diagnosis/delegations/", {**given, "until_at": given["from_at"]}).status_code == 422
    assert post(client, "/diagnosis/delegations/", given).status_code == 204
    page = client.get("/diagnosis/delegations/").content.decode()
    assert "生效中" in page and scene.auditor.name in page
    number = conferring(scene, now)
    assert "会诊定论并签发" in signed_in(scene.auditor).get(f"/diagnosis/{number}/").content.decode()
    delegation = Delegation.objects.get()
    assert client.post(f"/diagnosis/delegations/{delegation.pk}/end").status_code == 302
    assert "会诊定论并签发" not in signed_in(scene.auditor).get(f"/diagnosis/{number}/").content.decode()
    assert client.post(f"/diagnosis/delegations/{delegation.pk}/end").status_code == 409
    assert signed_in(scene.auditor).get("/diagnosis/delegations/").status_code == 403
