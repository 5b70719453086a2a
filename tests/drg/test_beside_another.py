"""The benchmark beside another grouper: a stand-in with the interface of OpenDRG/DRG_Python (its module, its class, its line, its answer) that knows a few answers by heart."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drg import reference

ROOT = Path(__file__).parents[2]
HEADER = "id,gender,age,age_days,weight_g,los,discharge_type,dx,op\n"
#: The published record, two outputs of that grouper, one changed here, one without a group, and one on which the stand-in fails.
CASES = HEADER + """a,2,88,32460,,94,1,K22.301|K11.901|E11.900|I10.x05,96.0800x005
b,2,30,11000,,5,1,O82.000,74.1x01
c,2,30,11000,,5,1,J18.900,
d,2,30,11000,,5,1,I63.900|I10.x05,
e,2,30,11000,,5,1,没有的码,
f,2,30,11000,,5,1,K80.000x004,51.2300
"""
STAND_IN = '''
from collections import namedtuple

GroupResult = namedtuple("GroupResult", "Index,status,messages,mdc,adrg,drg")
KNOWN = {"a": "GZ13", "b": "OB19", "c": "ES31", "d": "FZ19", "e": "0000", "f": None}


class GroupProxy:
    def group_record(self, line):
        Index, gender, age, ageDay, weight, dept, inHospitalTime, leavingType, zdList, ssList = line.split(",")
        assert gender in "12" and int(age) >= 0 and zdList and dept == ""
        drg = KNOWN[Index]
        if drg is None:
            raise ValueError("invalid literal")
        status = "无法入组" if drg == "0000" else "分组成功"
        return GroupResult(Index, status, [], "MDC" + drg[0], drg[:3], drg)
'''


def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "benchmarks/drg.py"), *map(str, args)], capture_output=True, text=True, timeout=120, check=False)


@reference.needed
def test_the_same_cases_go_through_both_and_what_differs_is_named(tmp_path: Path) -> None:
    module = tmp_path / "checkout/drg_group/chs_drg_11"
    module.mkdir(parents=True)
    (module / "GroupProxy.py").write_text(STAND_IN, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    done = run("--in", tmp_path / "cases.csv", "--opendrg", tmp_path / "checkout", "--differences", tmp_path / "differences.csv")
    assert done.returncode == 0, done.stderr
    for said in ("the same group: 2 of 6", "no group in either: 1 of 6", "another group of the same ADRG: 1 of 6", "another ADRG: 1 of 6", "a group in ours only: 1 of 6"):
        assert said in done.stdout
    assert "| OpenDRG/DRG_Python, the sample in memory | 6 |" in done.stdout and "c: J18.900 : ours ES35, theirs ES31" in done.stdout
    with (tmp_path / "differences.csv").open(encoding="utf-8") as file:
        differ = {row["id"]: (row["ours"], row["theirs"], row["their_status"]) for row in csv.DictReader(file)}
    assert differ == {"c": ("ES35", "ES31", "分组成功"), "d": ("BR25", "FZ19", "分组成功"), "f": ("HC29", "", "ValueError: invalid literal")}


@reference.needed
@pytest.mark.parametrize(("given", "said"), [("empty", "no folder drg_group"), ("broken", "cannot be made ready: ModuleNotFoundError")])
def test_a_folder_without_the_grouper_is_refused(tmp_path: Path, given: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken/drg_group").mkdir(parents=True)
    done = run("--opendrg", tmp_path / given)
    assert done.returncode == 2 and said in done.stderr
