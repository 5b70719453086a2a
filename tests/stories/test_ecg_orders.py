"""An ECG ordered in a hospital's own system, recorded by a cart that only writes files, read at the centre, and back in the system as ORU."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

import pytest

from tests.hl7 import messages
from tests.hl7.hospital import Hospital, pdf_of
from tests.hl7.serving import code_of, send
from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.test_ecg_centre import drawn, recording
from tests.stories.test_referral_ways import people
from tests.stories.visiting import Visitor

pytestmark = pytest.mark.browser
#: Its own in every run, for a county that is kept between runs.
RUN = time.time_ns()
PLACER = f"HIS-{RUN}"


def test_from_the_hospital_s_system_and_back(county_running: County, browser: Any) -> None:
    hospital = Hospital()
    folder = county_running.home / f"ecg_folders/ward{RUN}"
    folder.mkdir(parents=True)
    with ExitStack() as windows:
        windows.callback(hospital.stop)
        admin, doctor, reader, auditor = people(county_running, browser, windows, "admin", "department", "reader", "auditing")
        with step("管理员登记采集文件夹和接收报告的系统"):
            registered(admin, hospital.port)
        with step("医生在 HIS 开心电申请，平台登记一项检查"):
            assert code_of(send(county_running.mllp, order())[0]) == "AA"
            assert code_of(send(county_running.mllp, order())[0]) == "AA", "a repeat is the same exam"
            doctor.go(f"/diagnosis/?text={PLACER}&box=all")
            doctor.sees("胸闷一周")
            assert doctor.page.locator("main a[href*='/diagnosis/XD']").count() >= 1
            doctor.page.locator("main a[href*='/diagnosis/XD']").first.click()
            doctor.sees("医院系统申请（HL7）")
            number = doctor.page.url.rstrip("/").rsplit("/", 1)[-1]
            doctor.look()
        with step("没写编号的文件进待认领，医生认领"):
            (folder / "ECG0001.csv").write_bytes(recording())
            appears(doctor, "/ecg/files/", "ECG0001.csv")
            doctor.look("ecg-files", phone=True)
            doctor.page.get_by_role("link", name="ECG0001.csv").click()
            doctor.settle()
            doctor.page.get_by_label("或填写检查编号、申请单号").fill(PLACER)
            doctor.look("ecg-file-claim")
            doctor.press("认领")
            drawn(doctor)
        with step("文件名里有单号的自动归入；读不出的写明原因"):
            (folder / f"{PLACER}.csv").write_bytes(recording())
            (folder / "坏文件.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
            assert until(lambda: len(list(folder.glob("done/*/*.csv"))) == 2 and list(folder.glob("failed/*/*.txt")))
            admin.go("/ecg/folders/")
            admin.sees("病区心电图机")
            admin.look()
        with step("发送、诊断、签发"):
            doctor.go(f"/diagnosis/{number}/")
            if doctor.page.get_by_label("仍要发送的理由").count():
                doctor.page.get_by_label("仍要发送的理由").fill("演示记录")
            doctor.press("发送诊断")
            doctor.page.locator("#exam .pill", has_text="待诊断").first.wait_for()
            reader.go(f"/diagnosis/{number}/")
            reader.press("开始诊断")
            reader.page.get_by_label("诊断意见").fill("窦性心律")
            reader.press("提交诊断")
            reader.page.locator("#exam .pill", has_text="待审核").first.wait_for()
            auditor.go(f"/diagnosis/{number}/")
            auditor.press("审核签发")
            auditor.page.locator("#exam .pill", has_text="已报告").first.wait_for(timeout=20_000)
        with step("报告回到 HIS，PDF 与签发的一字不差，检查页写着已确认"):
            assert until(lambda: hospital.taken), "no ORU came"
            (told,) = hospital.taken
            report = doctor.page.request.get(f"{doctor.url}/diagnosis/{number}/report-1.pdf")
            assert (str(told["OBR.F2"]), str(told["OBR.F25"])) == (PLACER, "F") and pdf_of(told) == report.body()
            doctor.go(f"/diagnosis/{number}/")
            doctor.sees("对方已确认")
            doctor.look()


def registered(admin: Visitor, port: int) -> None:
    admin.go("/ecg/folders/new")
    admin.page.get_by_label("名称").fill("病区心电图机")
    admin.page.locator("#id_institution").select_option(label="县人民医院")
    admin.page.locator("#id_path").fill(f"ward{RUN}")
    admin.look()
    admin.press("保存")
    admin.sees("已保存")
    admin.go("/outbound/destinations/new")
    admin.page.locator("#id_institution").select_option(label="县人民医院")
    admin.page.locator("#id_name").fill(f"县医院 HIS {RUN}")
    admin.page.locator("#id_host").fill("127.0.0.1")
    admin.page.locator("#id_port").fill(str(port))
    admin.page.get_by_label("本机构检查的诊断报告（ORU）").check()
    admin.press("保存")
    admin.sees("已保存")


def order() -> str:
    service = f"OBR|1|{PLACER}||XDT^常规心电图^LOCAL|||||||||胸闷一周|||D001^陈^医生"
    patient = messages.pid("ZY20261126", name="云晚晴", phone="13800000077")
    return "\r".join([messages.msh("ORM^O01", f"ORM{RUN}", facility="YXRMYY"), patient, "PV1|1|I|心内科^3^12", f"ORC|NW|{PLACER}", service, ""])


def appears(person: Visitor, path: str, text: str) -> None:
    """The folder is looked into every two seconds, twice, once a file has lain still for five."""

    def there() -> bool:
        person.go(path)
        return bool(person.page.get_by_text(text).count())

    assert until(there), f"{text} did not appear at {path}"


def until(asked: Any, seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if asked():
            return True
        time.sleep(1)
    return False

