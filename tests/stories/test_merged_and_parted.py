"""A hospital system merges two people by mistake and they are parted again; a message that was refused is sent again."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo import names
from tests.stories.conftest import County
from tests.stories.hospital import Hospital
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")
NAME = "闻秀岚"
CARD = names.id_card(date(1950, 3, 2), 455, "2")
FACILITY, TOWNSHIP = "YXRMYY", "YXDXWSY"


def message(kind: str, *segments: str, facility: str = FACILITY) -> str:
    now = datetime.now(CHINA)
    header = f"MSH|^~\\&|HIS|{facility}|YLT|YLT|{now:%Y%m%d%H%M%S}+0800||{kind}|S{now:%H%M%S%f}|P|2.5.1||||||UNICODE UTF-8"
    return "\r".join([header, *segments, ""])


def pid(local: str, village: str, card: str = "") -> str:
    return f"PID|1||{local}^^^^MR{card and f'~{card}^^^^NI'}||{NAME}||19500302|F|||云溪县{village}^^^^^CHN||13800007788"


def visit(local: str, village: str, number: str, department: str) -> str:
    now = datetime.now(CHINA)
    return message("ADT^A04", f"EVN|A04|{now:%Y%m%d%H%M%S}+0800", pid(local, village), f"PV1|1|O|{department}|||||||{department}|||||||||{number}")


def test_a_wrong_merge_is_undone(county_running: County, browser: Any) -> None:
    hospital = Hospital(county_running.mllp, FACILITY)
    with visitor(browser, county_running.url, "office") as office:
        with step("县医院系统登记两位同名的居民，随后误发合并消息（A40）"):
            hospital.send(visit("M8801", "青禾村1组", "MZ88001", "呼吸内科门诊"))
            hospital.send(visit("M8802", "白塔村9组", "MZ88002", "骨科门诊"))
            hospital.send(message("ADT^A40", f"EVN|A40|{datetime.now(CHINA):%Y%m%d%H%M%S}+0800", pid("M8801", "青禾村1组"), "MRG|M8802^^^^MR"))
        with step("合并期间，又以旧号发来一次就诊"):
            hospital.send(visit("M8802", "白塔村9组", "MZ88003", "康复门诊"))
        with step("转诊办看到一个名字下的三次就诊，以及合并自哪些编号"):
            kept = record_of(office)
            for department in ("呼吸内科门诊", "骨科门诊", "康复门诊"):
                office.sees(department)
            office.sees("合并而成")
            office.look("office-merged")
        with step("转诊办在居民资料中拆分，写明原因"):
            office.go(f"/residents/{kept}/")
            office.page.locator("[data-dialog^=unmerge-]").first.click()
            office.page.get_by_label("原因").locator("visible=true").fill("两位同名的居民，住址不同，经电话核实不是一人")
            office.look("office-unmerge")
            with office.page.expect_navigation():
                office.press("拆分", within=office.dialog())
            office.settle()
        with step("两人各有自己的就诊，合并期间的那一次回到它的主人"):
            office.go(f"/record/{kept}/")
            office.sees("呼吸内科门诊")
            assert office.page.get_by_text("骨科门诊").count() == office.page.get_by_text("康复门诊").count() == 0
            record_of(office, other_than=kept)
            office.sees("骨科门诊")
            office.sees("康复门诊")
            assert office.page.get_by_text("呼吸内科门诊").count() == 0
            office.look("office-parted")


def record_of(office: Visitor, other_than: str = "") -> str:
    """Opens the 360° page of the person found by name; returns the resident number."""
    office.go(f"/residents/?q={NAME}")
    links = office.page.locator("a[href^='/record/']").evaluate_all("found => found.map(a => a.getAttribute('href'))")
    path = next(link for link in links if not other_than or other_than not in link)
    office.go(path)
    return str(path.split("/")[2])


class _System(socketserver.BaseRequestHandler):
    """A hospital's system that first refuses, then takes."""

    answer = "AR"

    def handle(self) -> None:
        received = b""
        while b"\x1c\r" not in received:
            received += self.request.recv(65536)
        control = received.split(b"|")[9].decode()
        self.request.sendall(f"\x0bMSH|^~\\&|HIS|{FACILITY}|YLT|YLT|20261126||ACK|1|P|2.5.1\rMSA|{self.answer}|{control}|未开通转诊\r\x1c\r".encode())


@contextmanager
def listening() -> Iterator[int]:
    served = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _System)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served.server_address[1]
    served.shutdown()
    served.server_close()


def test_a_refused_message_is_sent_again_and_an_appointment_is_shown(county_running: County, browser: Any) -> None:
    now = datetime.now(CHINA)
    with listening() as port, visitor(browser, county_running.url, "admin") as admin, visitor(browser, county_running.url, "office") as office:
        with step("管理员登记县医院系统为外发目的地"):
            add_destination(admin, port)
        with step("乡镇系统发来电子转诊（REF^I12），平台以转诊单号应答"):
            answer = Hospital(county_running.mllp, TOWNSHIP).send(message(
                "REF^I12^REF_I12", f"RF1|P|A|MED||O|REF{now:%H%M%S}||||further_examination", "PRD|RT|云溪县人民医院|||||YXRMYY^FI", pid("LH8801", "青禾村1组", CARD),
                "DG1|1||I20.900^心绞痛^ICD10|||W", "NTE|1||活动后胸闷两周，加重三天，请进一步检查。", "CON|1|||||||||W|A", facility=TOWNSHIP,
            ))  # fmt: skip
            number = answer.split("RF1|")[1].split("|")[10].split("^")[0]
        with step("县医院系统拒收，消息停下；接口开通后重发成功"):
            admin.go("/outbound/?state=parked")
            waited(admin, "REF^I12")
            admin.look("admin-outbound", phone=True)
            admin.page.locator("#outbound-list a", has_text="REF^I12").first.click()
            admin.settle()
            admin.look("admin-outgoing")
            _System.answer = "AA"
            admin.press("重发")
            admin.sees("对方已确认", seconds=20)
        with step("转诊办接收；县医院系统发来预约，转诊单上可见"):
            accept(office, number, now)
            start = now + timedelta(days=2)
            Hospital(county_running.mllp, FACILITY).send(message(
                "SIU^S12", f"SCH|{number}|YY{now:%H%M%S}||||ROUTINE|转诊", f"TQ1|1||||||{start:%Y%m%d}093000+0800", pid("M8890", "青禾村1组", CARD),
                "RGS|1|A", "AIP|1|A|D9^石^明川", "PV1|1|O||||||||心内科门诊",
            ))  # fmt: skip
            for _ in range(10):
                office.go(f"/referrals/{number}/")
                if office.page.get_by_text("院方系统预约").count():
                    break
                time.sleep(1)
            office.sees("心内科门诊 · 石明川")
            office.look("office-appointment")


def accept(office: Visitor, number: str, now: datetime) -> None:
    office.go(f"/referrals/{number}/")
    office.press("接收")
    form = office.dialog()
    form.get_by_label("预约到院时间").fill(f"{now + timedelta(days=1):%Y-%m-%d}T09:00")
    form.get_by_role("button", name="接收", exact=True).click()
    office.sees_state("已接收")


def waited(admin: Visitor, text: str) -> None:
    for _ in range(20):
        if admin.page.locator("#outbound-list", has_text=text).count():
            return
        time.sleep(1)
        admin.page.reload()
        admin.settle()
    admin.sees(text)


def add_destination(admin: Visitor, port: int) -> None:
    admin.go("/outbound/destinations/new")
    admin.page.locator("[name=institution]").select_option(label="县人民医院")
    admin.page.locator("[name=name]").fill("县医院 HIS")
    admin.page.locator("[name=host]").fill("127.0.0.1")
    admin.page.locator("[name=port]").fill(str(port))
    admin.page.locator("[name=wants][value=referral_to_us]").check()
    admin.look("admin-destination")
    admin.press("保存")
    admin.sees("已保存")
