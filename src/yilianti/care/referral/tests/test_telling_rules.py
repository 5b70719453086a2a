"""What a patient is told of which step, in which words, when: case by case, with the words that are shipped."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from yilianti import policybook
from yilianti.care.referral.rules import telling
from yilianti.care.referral.rules.telling import Barred, Matter, Place
from yilianti.care.referral.terms import JOURNAL
from yilianti.kernel.actor import Scope
from yilianti.policybook.calendar import CHINA

AT = datetime(2026, 11, 26, 15, 30, tzinfo=CHINA)
MORNING = datetime(2026, 11, 27, 8, tzinfo=CHINA)
VISIT = datetime(2026, 11, 27, 9, 30, tzinfo=CHINA)


@pytest.fixture
def wording() -> Any:
    return policybook.in_force("clinical.referral.patient_messages", date(2026, 11, 26), Scope())


def matter(**changes: Any) -> Matter:
    given: dict[str, Any] = {
        "number": "ZZ20261126-0007", "sender": Place("青溪镇卫生院", "0899-2210017"), "receiver": Place("云溪县人民医院", "0899-2200120", "心内科", "门诊楼三楼"),
        "proposed": "云溪县中医院", "visit_at": VISIT, "preparation": "",
    }  # fmt: skip
    return Matter(**(given | changes))


@pytest.mark.parametrize(
    ("word", "home", "sent", "booked", "step"),
    [
        ("submitted", False, True, True, "submitted"),
        ("approved", False, True, True, "submitted"),
        ("converted", False, True, True, "submitted"),
        ("submitted", True, True, True, "offered_home"),
        ("accepted", False, True, True, "accepted"),
        ("accepted", True, True, True, "coming_home"),
        ("redirected", False, True, True, "redirected"),
        ("redirect_proposed", False, True, True, "redirect_proposed"),
        ("declined", False, True, True, "declined"),
        ("declined", True, True, True, "declined"),
        ("sent_back", False, True, True, "papers_asked"),
        ("appointment_noted", False, True, True, "appointment_set"),
        ("appointment_noted", False, True, False, "appointment_cancelled"),
        ("advised", False, True, True, "advised"),
        ("adopted", False, True, True, "adopted"),
        ("lapsed", False, True, True, "lapsed"),
        ("withdrawn", False, True, True, "withdrawn"),
        ("withdrawn", False, False, True, ""),  # a draft thrown away, or one nobody has approved yet
        ("sent_out", False, True, True, "sent_out"),
        ("drafted", False, False, True, ""),
        ("approval_asked", False, False, True, ""),
        ("assigned", False, True, True, ""),
        ("arrived", False, True, True, ""),
        ("discharged", False, True, True, ""),
        ("said", False, True, True, ""),
        ("reminded", False, True, True, ""),
        ("outcome_noted", False, True, True, ""),
    ],
)
def test_which_words_speak(word: str, home: bool, sent: bool, booked: bool, step: str) -> None:
    assert telling.step_of(f"referral.{word}", goes_home=home, was_sent=sent, is_booked=booked) == step


def test_every_word_that_speaks_is_journalled_and_every_step_has_words(wording: Any) -> None:
    assert set(telling.STEPS) <= set(JOURNAL)
    steps = {telling.step_of(word, goes_home=home, was_sent=True, is_booked=booked) for word in telling.STEPS for home in (False, True) for booked in (False, True)}
    assert steps == set(wording.texts)


@pytest.mark.parametrize(
    ("step", "then", "now", "visit_at", "overtaken"),
    [
        ("submitted", "submitted", "submitted", None, False),
        ("submitted", "submitted", "assigned", None, False),
        ("submitted", "submitted", "accepted", None, True),
        ("accepted", "accepted", "accepted", VISIT, False),
        ("accepted", "accepted", "withdrawn", VISIT, True),
        ("accepted", "accepted", "accepted", AT, True),  # the moment is past
        ("accepted", "accepted", "accepted", AT + timedelta(minutes=1), False),
        ("coming_home", "accepted", "accepted", None, True),
        ("appointment_cancelled", "accepted", "accepted", AT - timedelta(days=1), False),
        ("redirect_proposed", "rerouting", "submitted", None, True),
    ],
)
def test_what_has_been_overtaken_is_not_said(step: str, then: str, now: str, visit_at: datetime | None, overtaken: bool) -> None:
    assert telling.is_overtaken(step, state_then=then, state_now=now, visit_at=visit_at, at=AT) is overtaken


@pytest.mark.parametrize(
    ("phone", "refuses", "why"),
    [("13800000001", False, None), ("19900000001", False, None), ("13800000001", True, Barred.REFUSED), ("", False, Barred.NO_PHONE),
     ("0899-2210017", False, Barred.NO_PHONE), ("12800000001", False, Barred.NO_PHONE), ("138000000011", False, Barred.NO_PHONE), ("", True, Barred.REFUSED)],
)  # fmt: skip
def test_who_cannot_be_sent_a_message(phone: str, refuses: bool, why: Barred | None) -> None:
    assert telling.barred(phone, refuses=refuses) is why


NIGHT = datetime(2026, 11, 26, 23, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("at", "quiet_until", "urgent", "visit_at", "from_"),
    [
        (AT, AT, False, VISIT, AT),
        (NIGHT, MORNING, False, None, MORNING),
        (NIGHT, MORNING, True, None, NIGHT),  # emergency or green channel
        (NIGHT, MORNING, False, MORNING + timedelta(minutes=180), NIGHT),  # the morning would be too late
        (NIGHT, MORNING, False, MORNING + timedelta(minutes=181), MORNING),
        (NIGHT, MORNING, False, NIGHT - timedelta(hours=1), MORNING),
    ],
)
def test_the_night_is_quiet(at: datetime, quiet_until: datetime, urgent: bool, visit_at: datetime | None, from_: datetime) -> None:
    assert telling.sent_from(at, quiet_until, cannot_wait=urgent, visit_at=visit_at, before_visit=180) == from_


@pytest.mark.parametrize(
    ("step", "parts"),
    [
        ("submitted", ["青溪镇卫生院已为您申请转往云溪县人民医院", "致电0899-2210017"]),
        ("accepted", ["11月27日（周五）上午9:30", "到云溪县人民医院心内科（门诊楼三楼）", "带好身份证、社保卡", "致电0899-2200120"]),
        ("offered_home", ["云溪县人民医院", "出院后继续照看"]),
        ("coming_home", ["上午9:30", "出院小结"]),
        ("redirected", ["改往云溪县人民医院"]),
        ("redirect_proposed", ["改去云溪县中医院", "由您决定"]),
        ("declined", ["不能接收", "青溪镇卫生院"]),
        ("papers_asked", ["补充材料"]),
        ("appointment_set", ["11月27日（周五）上午9:30", "以这次为准", "致电0899-2200120"]),
        ("appointment_cancelled", ["已取消", "先不要前往"]),
        ("advised", ["不一定要前往"]),
        ("adopted", ["不用前往"]),
        ("lapsed", ["这次转诊已关闭", "青溪镇卫生院重新办理"]),
        ("withdrawn", ["已撤回", "请不要前往"]),
        ("sent_out", ["挂号安排", "把结果告诉青溪镇卫生院"]),
    ],
)
def test_what_is_said(step: str, parts: list[str], wording: Any) -> None:
    said = telling.words(step, matter(), wording)
    assert [part for part in parts if part not in said] == [] and said.startswith("您好") and "ZZ20261126-0007" in said
    assert len(said) <= 200 and "{" not in said and not re.search(r"。。|、。|，。|。，", said)


@pytest.mark.parametrize("department", ["精神科", "感染性疾病科", "肿瘤内科", "皮肤性病科", "生殖医学中心"])
def test_a_department_that_tells_the_illness_is_not_named(department: str, wording: Any) -> None:
    said = telling.words("accepted", matter(receiver=Place("云溪县人民医院", "", department, "二号楼")), wording)
    assert department not in said and "二号楼" not in said and "云溪县人民医院服务台" in said and "有疑问请联系云溪县人民医院" in said


@pytest.mark.parametrize(
    ("preparation", "said"),
    [("空腹，带以往胶片。", "空腹，带以往胶片。单号"), ("", "检查资料。单号"), ("肿瘤标志物空腹抽血", "检查资料。单号"), ("长" * 61, "检查资料。单号"), ("长" * 60, "长。单号"), ("空腹\n停药一天", "空腹；停药一天。单号"),
     ("请带身份证、医保卡和既往检查资料。抽血者空腹。", "检查资料。抽血者空腹。单号")],
)  # fmt: skip
def test_how_to_prepare_is_said_where_it_is_short_and_tells_nothing(preparation: str, said: str, wording: Any) -> None:
    assert said in telling.words("accepted", matter(preparation=preparation), wording)


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(0, 5, "上午0:05"), (8, 0, "上午8:00"), (12, 0, "下午12:00"), (14, 30, "下午2:30"), (18, 0, "晚上6:00"), (23, 59, "晚上11:59")]
)
def test_a_moment_as_people_say_it(hour: int, minute: int, said: str) -> None:
    assert telling.spoken(datetime(2026, 11, 27, hour, minute, tzinfo=CHINA)) == f"11月27日（周五）{said}"
