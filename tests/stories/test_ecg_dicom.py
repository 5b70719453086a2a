"""A DICOM cart in a village: it pulls its list, stores the shared 12-lead ECG, and gets the signed report back."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.dicom import serving
from tests.dicom.test_returning import KEYS, STEP, found, keys
from tests.ecg import samples
from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.test_ecg_centre import drawn, ordered
from tests.stories.test_ecg_orders import until
from tests.stories.test_referral_ways import people
from tests.stories.visiting import Visitor
from yilianti.gateways.dicom.numbering import accession_of

pytestmark = [pytest.mark.browser, serving.dcmtk, samples.needed]
CART = "YX_QH_ECG"


def test_a_cart_that_speaks_dicom(county_running: County, browser: Any, tmp_path: Path) -> None:
    port = county_running.dicom
    with ExitStack() as windows:
        village, reader, auditor = people(county_running, browser, windows, "village", "reader", "auditing")
        with step("村医登记检查，心电图机查工作列表就能选到"):
            number = ordered(village)
            assert serving.run("echoscu", port, title=CART).code == 0
            (line,) = [one for one in found(tmp_path / "list", port, *KEYS, f"{STEP}.Modality=ECG", title=CART) if one.AccessionNumber == accession_of(number)]
        with step("采集后机器自己发来，波形归到这项检查"):
            (tmp_path / "cart").mkdir()
            told = {"AccessionNumber": line.AccessionNumber, "PatientName": line.PatientName, "PatientID": line.PatientID, "StudyInstanceUID": line.StudyInstanceUID}
            sent = serving.rewritten(tmp_path / "cart", **told, SpecificCharacterSet="ISO_IR 192")
            assert serving.run("storescu", port, sent, title=CART).code == 0
            assert until(lambda: arrived(village, number)), "the tracing did not join its exam"
            drawn(village)
            village.look("ecg-dicom-arrived")
        with step("核对质量后发送；诊断、审核、签发"):
            if village.page.get_by_label("仍要发送的理由").count():
                village.page.get_by_label("仍要发送的理由").fill("患者不能配合重采")
            village.press("发送诊断")
            village.page.locator("#exam .pill", has_text="待诊断").first.wait_for()
            reader.go(f"/diagnosis/{number}/")
            reader.press("开始诊断")
            drawn(reader, ".reading")
            reader.page.get_by_label("诊断意见").fill("窦性心律")
            reader.press("提交诊断")
            reader.page.locator("#exam .pill", has_text="待审核").first.wait_for()
            auditor.go(f"/diagnosis/{number}/")
            auditor.press("审核签发")
            auditor.page.locator("#exam .pill", has_text="已报告").first.wait_for(timeout=20_000)
        with step("打印的报告与机器取回的是同一份；取回的波形一字不差"):
            village.go(f"/diagnosis/{number}/")
            report = village.page.request.get(f"{village.url}/diagnosis/{number}/report-1.pdf").body()
            (tmp_path / "back").mkdir()
            asked = keys("QueryRetrieveLevel=STUDY", f"StudyInstanceUID={line.StudyInstanceUID}")
            assert serving.run("getscu", port, "-S", "+B", "-od", tmp_path / "back", *asked, title=CART).code == 0
            back = [pydicom.dcmread(path) for path in (tmp_path / "back").iterdir()]
            (paper,) = [one for one in back if "EncapsulatedDocument" in one]
            assert paper.EncapsulatedDocument[: paper.get("EncapsulatedDocumentLength", len(report))].rstrip(b"\0") == report.rstrip(b"\0")
            (wave,) = [one for one in back if "WaveformSequence" in one]
            assert wave.SOPInstanceUID == pydicom.dcmread(sent).SOPInstanceUID
            assert wave.WaveformSequence[0].WaveformData == pydicom.dcmread(sent).WaveformSequence[0].WaveformData
            for path in (tmp_path / "back").iterdir():
                judged(path, own=pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID == paper.SOPInstanceUID)


def arrived(doctor: Visitor, number: str) -> bool:
    doctor.go(f"/diagnosis/{number}/")
    return bool(doctor.page.locator("[data-island=ecg-viewer]").count())


def judged(path: Path, *, own: bool) -> None:
    """dciodvfy finds no error in what we wrote; of a cart's own bytes it may think what it likes."""
    if own and shutil.which("dciodvfy"):
        said = subprocess.run(["dciodvfy", path], capture_output=True, text=True, errors="replace", check=False)
        assert "Error" not in said.stdout + said.stderr, said.stderr
