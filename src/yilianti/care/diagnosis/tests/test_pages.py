"""The pages of examinations as each post uses them."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yilianti.care.diagnosis import actions, due, queries
from yilianti.care.diagnosis.models import CriticalValue, Exam
from yilianti.care.diagnosis.pages import critical
from yilianti.care.diagnosis.tests import factories
from yilianti.care.diagnosis.tests.synthetic import Heart, record
from yilianti.kernel.actor import Actor
from yilianti.registry.access.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(now: datetime) -> factories.Scene:
    return factories.scene(now)


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account))
    return client


READING = {"statements": ["SR"], "conclusion": "窦性心律", "measure-HR": "72"}


def post(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(url, data or {}, headers={"HX-Request": "true"})


def test_order_form_registers_and_says_what_is_missing(scene: factories.Scene) -> None:
    client = signed_in(scene.doctor)
    page = client.get(f"/diagnosis/new?resident={scene.resident.number}")
    key = page.context["form"]["client_key"].value()
    given = {"resident": scene.resident.number, "client_key": str(key), "urgency": "routine", "impression": "冠心病？", "charging": "now"}
    missing = client.post("/diagnosis/new", given)
    assert missing.status_code == 422 and "请填写主诉" in missing.content.decode() and "冠心病？" in missing.content.decode()
    assert client.post("/diagnosis/new", {**given, "complaint": "胸闷"}).status_code == 302
    assert Exam.objects.get().fee_fen == 2000


def test_the_whole_way_by_pages(scene: factories.Scene, now: datetime) -> None:
    exam = factories.acquired(scene, now)
    doctor, reader, auditor = signed_in(scene.doctor), signed_in(scene.reader), signed_in(scene.auditor)
    assert "发送诊断" in doctor.get(f"/diagnosis/{exam.number}/").content.decode()
    assert reader.get(f"/diagnosis/{exam.number}/").status_code == 404
    assert post(doctor, f"/diagnosis/{exam.number}/send").status_code == 200
    assert exam.number in reader.get("/diagnosis/").content.decode()
    assert post(reader, "/diagnosis/claim_next").headers["HX-Redirect"] == f"/diagnosis/{exam.number}/"
    assert "提交诊断" in reader.get(f"/diagnosis/{exam.number}/").content.decode()
    assert post(reader, f"/diagnosis/{exam.number}/conclude", READING).status_code == 204
    assert "审核签发" not in reader.get(f"/diagnosis/{exam.number}/").content.decode()
    assert post(auditor, f"/diagnosis/{exam.number}/issue", READING).status_code == 204
    report = doctor.get(f"/diagnosis/{exam.number}/report-1.pdf")
    assert report.status_code == 200 and report.content.startswith(b"%PDF-")
    assert "窦性心律" in doctor.get(f"/diagnosis/{exam.number}/").content.decode()


def test_an_implausible_measurement_is_named(scene: factories.Scene, now: datetime) -> None:
    exam = factories.queued(scene, now)
    actions.claim(actor=scene.reader, number=exam.number, at=now)
    refused = post(signed_in(scene.reader), f"/diagnosis/{exam.number}/conclude", {**READING, "measure-QRS": "9 2"})
    assert refused.status_code == 422 and "QRS时限" in refused.content.decode()


def test_the_viewer_gets_the_samples_as_recorded(scene: factories.Scene, now: datetime) -> None:
    exam = factories.acquired(scene, now)
    body = signed_in(scene.doctor).get(f"/diagnosis/{exam.number}/tracing").content
    head, _, blocks = body.partition(b"\n")
    said = json.loads(head)
    assert [lead["name"] for lead in said["leads"]] == list(factories.recordings.LEADS) and said["rate"] == 500.0
    assert (len(head) + 1) % 4 == 0
    assert blocks[: 5000 * 2] == factories.tracing().leads[0].samples.tobytes()


def test_critical_value_by_pages(scene: factories.Scene, now: datetime) -> None:
    exam = factories.concluded(scene, now, statements=("VF",))
    one = CriticalValue.objects.get(exam=exam)
    client = signed_in(scene.doctor)
    assert "心室扑动或颤动" in client.get(f"/diagnosis/{exam.number}/").content.decode()
    assert post(client, f"/diagnosis/critical/{one.id}/acknowledge", {"read_back": "房颤"}).status_code == 422
    assert post(client, f"/diagnosis/critical/{one.id}/acknowledge", {"read_back": "心室扑动或颤动"}).status_code == 204
    assert post(client, f"/diagnosis/critical/{one.id}/resolve", {"outcome": "除颤，转县医院"}).status_code == 204
    assert "除颤，转县医院" in client.get("/diagnosis/critical/").content.decode()
    assert client.get("/diagnosis/critical/export.xlsx").status_code == 200


def test_the_second_reading_shows_nothing_of_the_first(scene: factories.Scene, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from yilianti.care.diagnosis import waiting

    monkeypatch.setattr(waiting, "is_sampled", lambda exam, at: True)
    exam = factories.issued(scene, now)
    client = signed_in(scene.head)
    page = client.get(f"/diagnosis/{exam.number}/read_again").content.decode()
    assert "checked" not in page.partition("data-statements")[2] and ">窦性心律</textarea>" not in page
    assert post(client, f"/diagnosis/{exam.number}/read_again", READING).status_code == 204


def test_nobody_signs_what_changed_since_they_opened_it(scene: factories.Scene, now: datetime) -> None:
    exam = factories.concluded(scene, now)
    slow, quick = signed_in(scene.auditor), signed_in(scene.head)
    opened = slow.get(f"/diagnosis/{exam.number}/").content.decode()
    seen = opened.partition('name="seen" value="')[2].partition('"')[0]
    assert post(quick, f"/diagnosis/{exam.number}/refer_back", {"because": "漏写 ST 段"}).status_code == 200
    actions.claim(actor=scene.reader, number=exam.number, at=now)
    actions.conclude(actor=scene.reader, number=exam.number, statements=["STE"], conclusion="ST 段抬高", measurements={}, at=now)
    late = post(slow, f"/diagnosis/{exam.number}/issue", {**READING, "seen": seen})
    assert late.status_code == 409 and "请刷新页面" in late.content.decode()
    assert Exam.objects.get(pk=exam.pk).conclusion == "ST 段抬高"


def test_a_sampled_report_is_not_shown_by_chance(scene: factories.Scene, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from yilianti.care.diagnosis import waiting

    monkeypatch.setattr(waiting, "is_sampled", lambda exam, at: True)
    exam = factories.issued(scene, now)
    client = signed_in(scene.head)
    assert "先复阅" in client.get(f"/diagnosis/{exam.number}/").content.decode()
    assert client.get(f"/diagnosis/{exam.number}/read_again").status_code == 200
    assert "窦性心律" in client.get(f"/diagnosis/{exam.number}/?seen=1").content.decode()
    assert client.get(f"/diagnosis/{exam.number}/read_again").status_code == 422, "who has seen the report is not blind"
    assert "窦性心律" in client.get(f"/diagnosis/{exam.number}/").content.decode(), "nothing left to hide"


@pytest.mark.parametrize("box", ["waiting", "all"])
def test_the_list_pages_by_key(scene: factories.Scene, now: datetime, box: str) -> None:
    from yilianti.care.diagnosis import queries

    made = {factories.queued(scene, now - timedelta(minutes=minutes % 3)).number for minutes in range(queries.PAGE + 5)}
    first = queries.worklist(scene.doctor, box, now)
    factories.queued(scene, now)  # arrives meanwhile
    second = queries.worklist(scene.doctor, box, now, after=first.next_key)
    both = [exam.number for exam in [*first.rows, *second.rows]]
    assert len(first.rows) == queries.PAGE and made <= set(both) and len(set(both)) == len(both)
    for nonsense in ("nonsense", "7~2026-13-45T00:00:00Z", "７~2026-01-01T00:00:00Z"):
        assert [exam.number for exam in queries.worklist(scene.doctor, box, now, after=nonsense).rows][: queries.PAGE - 1]


@pytest.mark.parametrize("count", [3, 12])
def test_the_list_asks_the_same_whatever_its_length(scene: factories.Scene, now: datetime, count: int, django_assert_max_num_queries: Any) -> None:
    for _ in range(count):
        factories.queued(scene, now)
    client = signed_in(scene.reader)
    client.get("/diagnosis/")
    with django_assert_max_num_queries(6):
        assert client.get("/diagnosis/").status_code == 200


def test_a_stranger_gets_nothing(scene: factories.Scene, now: datetime) -> None:
    exam = factories.issued(scene, now)
    client = signed_in(scene.stranger)
    for path in ("", "tracing", "original", "report-1.pdf"):
        assert client.get(f"/diagnosis/{exam.number}/{path}").status_code == 404
    assert post(client, f"/diagnosis/{exam.number}/amend", READING).status_code in (403, 404)


def test_the_viewer_gets_the_beats_laid_over_each_other(scene: factories.Scene, now: datetime) -> None:
    exam = factories.acquired(scene, now, recorded=record(Heart(rr=(800.0,))))
    answer = signed_in(scene.doctor).get(f"/diagnosis/{exam.number}/beats")
    said = json.loads(answer.content.partition(b"\n")[0])
    steps = {later - earlier for earlier, later in zip(said["at"], said["at"][1:], strict=False)}
    assert steps == {400} and all(said["usual"]) and len(said["leads"]) == 12
    assert {"p_on", "qrs_on", "qrs_off", "t_off"} <= set(said["waves"])
    noise = factories.acquired(scene, now)
    assert signed_in(scene.doctor).get(f"/diagnosis/{noise.number}/beats").status_code == 200


def test_samples_are_compressed_for_a_browser_that_can(scene: factories.Scene, now: datetime) -> None:
    exam = factories.acquired(scene, now, recorded=record(Heart()))
    client = signed_in(scene.doctor)
    plain = client.get(f"/diagnosis/{exam.number}/tracing").content
    packed = client.get(f"/diagnosis/{exam.number}/tracing", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip" and gzip.decompress(packed.content) == plain and len(packed.content) < len(plain) / 2


def test_any_earlier_tracing_of_the_resident_can_be_laid_beside(scene: factories.Scene, now: datetime) -> None:
    before = [factories.queued(scene, now - timedelta(days=days)) for days in (400, 30, 1)]
    factories.ordered(scene, now - timedelta(hours=1))  # nothing recorded yet
    exam = factories.queued(scene, now)
    assert [one.number for one in queries.comparable(scene.reader, exam)] == [one.number for one in reversed(before)]
    page = signed_in(scene.reader).get(f"/diagnosis/{exam.number}/").content.decode()
    assert all(f"/diagnosis/{one.number}/tracing" in page for one in before)
    assert queries.comparable(scene.stranger, exam) == []


def test_the_desk_shows_the_machine_beside_a_corrected_measurement(scene: factories.Scene, now: datetime) -> None:
    exam = factories.queued(scene, now)
    actions.claim(actor=scene.reader, number=exam.number, at=now)
    page = signed_in(scene.reader).get(f"/diagnosis/{exam.number}/").content.decode()
    assert 'data-machine="72"' in page and 'form="desk"' in page and "机器初判，须医师审核" in page


def test_the_ledger_goes_on_where_the_page_before_ended(scene: factories.Scene, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(critical, "_PAGE", 2)
    for _ in range(2):  # four critical values, two of one moment
        factories.concluded(scene, now, statements=("3AVB",), measurements={"HR": 33.0})
    client = signed_in(scene.reader)
    first = client.get("/diagnosis/critical/")
    factories.concluded(scene, now, statements=("VF",))  # found while somebody reads the first page
    second = client.get("/diagnosis/critical/" + first.context["next_url"])
    seen = [one["row"].pk for page in (first, second) for one in page.context["rows"]]
    assert len(seen) == 4 == len(set(seen)) and seen == sorted(seen, reverse=True) and second.context["next_url"] == ""
    for broken in ("x", "7", "3~", "3~2026-99-45T00:00:00Z"):
        assert client.get("/diagnosis/critical/", {"after": broken}).status_code == 200


def test_people_and_machines_of_a_centre_see_the_same(scene: factories.Scene, now: datetime) -> None:
    kept, taken_back, unsent = factories.queued(scene, now), factories.queued(scene, now), factories.acquired(scene, now)
    actions.cancel(actor=scene.doctor, number=taken_back.number, because="登记重复", at=now)
    for actor, place in ((scene.reader, scene.county.hospital), (scene.doctor, scene.county.township), (scene.stranger, scene.county.other_hospital)):
        people, machines = set(queries.visible(actor)), set(due.shown_to(place.pk))
        assert people == machines == {one for one in (kept, taken_back, unsent) if actor is scene.doctor or (actor is scene.reader and one != unsent)}


def test_the_line_of_steps_names_who_moved_the_exam_not_who_answered_a_critical_value(scene: factories.Scene, now: datetime) -> None:
    exam = factories.concluded(scene, now, statements=("STEMI",))
    told = CriticalValue.objects.get()
    doctor = signed_in(scene.doctor)
    assert "未经审核" in doctor.get(f"/diagnosis/{exam.number}/").content.decode()
    post(doctor, f"/diagnosis/critical/{told.pk}/acknowledge", {"read_back": told.key_value})
    page = doctor.get(f"/diagnosis/{exam.number}/")
    waits = next(step for step in page.context["steps"] if step["state"] == "current")
    assert waits["who"] == queries.history(exam.number)[-3].actor_name != scene.doctor.name
    again = post(doctor, f"/diagnosis/critical/{told.pk}/acknowledge", {"read_back": told.key_value})
    assert again.status_code == 409 and scene.doctor.name in again.content.decode() and "待审核" not in again.content.decode()


def test_who_has_concluded_takes_the_next_from_the_same_page(scene: factories.Scene, now: datetime) -> None:
    exam = factories.queued(scene, now)
    reader = signed_in(scene.reader)
    post(reader, f"/diagnosis/{exam.number}/claim")
    assert "/diagnosis/claim_next" not in reader.get(f"/diagnosis/{exam.number}/").content.decode(), "not while at the desk"
    post(reader, f"/diagnosis/{exam.number}/conclude", READING)
    assert "/diagnosis/claim_next" in reader.get(f"/diagnosis/{exam.number}/").content.decode()
    assert "/diagnosis/claim_next" not in signed_in(scene.doctor).get(f"/diagnosis/{exam.number}/").content.decode()


def test_what_the_auditor_wants_changed_stands_on_the_desk_until_it_is_written_anew(scene: factories.Scene, now: datetime) -> None:
    exam = factories.concluded(scene, now)
    post(signed_in(scene.auditor), f"/diagnosis/{exam.number}/refer_back", {"because": "请复核心率"})
    reader, doctor = signed_in(scene.reader), signed_in(scene.doctor)
    post(reader, f"/diagnosis/{exam.number}/claim")
    page = reader.get(f"/diagnosis/{exam.number}/")
    assert page.context["desk"] and page.content.decode().count("退回修改：请复核心率") == 1
    assert 'aria-label="诊断"' not in doctor.get(f"/diagnosis/{exam.number}/").content.decode(), "what was taken back is no diagnosis"
    post(reader, f"/diagnosis/{exam.number}/conclude", READING)
    assert "退回修改：" not in reader.get(f"/diagnosis/{exam.number}/").content.decode()


def test_who_decides_sees_the_question_and_the_opinions_beside(scene: factories.Scene, now: datetime) -> None:
    exam = factories.queued(scene, now)
    reader = signed_in(scene.reader)
    post(reader, f"/diagnosis/{exam.number}/claim")
    post(reader, f"/diagnosis/{exam.number}/convene", {"because": "房颤还是房早"})
    post(reader, f"/diagnosis/{exam.number}/opine", {"opinion": "考虑房颤"})
    page = signed_in(scene.head).get(f"/diagnosis/{exam.number}/").content.decode()
    desk = page[page.index('id="desk"') : page.index("找语句")]
    assert "提请会诊：房颤还是房早" in desk and "考虑房颤" in desk and page.count("考虑房颤") == 1


def test_a_list_is_searched_by_the_last_digits_and_as_people_are_searched(scene: factories.Scene, now: datetime) -> None:
    exam, reader = factories.queued(scene, now), signed_in(scene.reader)
    for typed, found in ((exam.number[-6:], True), (exam.number.lower(), True), ("苏", True), ("苏禾", True), ("禾", True), ("禾苏", False), ("999999", False)):
        assert (exam.number in reader.get("/diagnosis/", {"box": "all", "text": typed}).content.decode()) is found, typed
