"""Searching a code table: by Chinese, by code, by initials; quickly."""

from __future__ import annotations

import time

import pytest

from yilianti.policybook import initials
from yilianti.policybook.catalogues import Catalogue, Diagnosis


def rows(*pairs: tuple[str, str] | tuple[str, str, str]) -> list[Diagnosis]:
    found = []
    for code, name, *also in pairs:
        names = (name, *also[0].split("、")) if also else (name,)
        found.append(Diagnosis(code, name, "、".join(initials.of(text) for text in names), also[0] if also else ""))
    return found


SMALL = Catalogue(
    rows(
        ("I10.x00x002", "高血压"),
        ("I10.x03", "高血压1级"),
        ("I11.901", "高血压性心脏病"),
        ("I15.900", "继发性高血压"),
        ("E11.900", "2型糖尿病"),
        ("J44.900", "慢性阻塞性肺病", "慢阻肺、COPD"),
        ("J96.900x003", "Ⅱ型呼吸衰竭"),
        ("I63.900", "脑梗死"),
    )
)


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("高血压", ["I10.x00x002", "I10.x03", "I11.901", "I15.900"]),
        ("血压", ["I10.x00x002", "I10.x03", "I15.900", "I11.901"]),
        ("gxy", ["I10.x00x002", "I10.x03", "I11.901", "I15.900"]),
        ("GXY", ["I10.x00x002", "I10.x03", "I11.901", "I15.900"]),
        ("xy", ["I10.x00x002", "I10.x03", "I15.900", "I11.901"]),
        ("i10", ["I10.x00x002", "I10.x03"]),
        ("I10.x03", ["I10.x03"]),
        ("2xtnb", ["E11.900"]),
        ("tnb", ["E11.900"]),
        ("慢阻肺", ["J44.900"]),
        ("mzf", ["J44.900"]),
        ("copd", ["J44.900"]),
        ("II型", ["J96.900x003"]),
        ("２型", ["E11.900"]),
        (" 高 血 压 ", ["I10.x00x002", "I10.x03", "I11.901", "I15.900"]),
        ("没有", []),
        ("", []),
        ("\n", []),
    ],
)
def test_search_ranks_exact_prefix_then_anywhere(asked: str, codes: list[str]) -> None:
    assert [row.code for row in SMALL.search(asked)] == codes


def test_search_keeps_to_the_limit() -> None:
    assert [row.code for row in SMALL.search("高血压", 2)] == ["I10.x00x002", "I10.x03"]
    assert SMALL.search("高血压", 0) == []


def test_get_takes_either_case() -> None:
    assert SMALL.get("i10.X00X002 ") == SMALL.get("I10.x00x002") is not None
    assert SMALL.get("I10") is None


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("脑卒中", "ncz"), ("颈椎病", "jzb"), ("牙龈炎", "yyy"), ("马尾神经损伤", "mwsjss"), ("重症肌无力", "zzjwl"), ("肠粘连", "czl"),
        ("心脏传导阻滞", "xzcdzz"), ("房内传导阻滞", "fncdzz"), ("生长发育迟缓", "szfych"), ("β-地中海贫血", "dzhpx"), ("弹响指", "txz"),
        ("便秘", "bm"), ("咯血", "kx"), ("会厌炎", "hyy"), ("Ⅱ度烧伤", "iidss"), ("新型冠状病毒感染", "xxgzbdgr"), ("泌尿道感染", "mndgr"),
    ],
)  # fmt: skip
def test_initials_use_the_medical_reading(name: str, spelled: str) -> None:
    assert initials.of(name) == spelled


def test_search_of_thirty_three_thousand_rows_is_quick() -> None:
    parts = "急慢性亚型原继发单双侧左右上下前后心肝脾肺肾脑胃肠骨皮眼耳鼻咽喉炎症瘤癌伤折血管神经"
    many = Catalogue(
        [
            Diagnosis(f"A{n % 100:02}.{n:05}", name, initials_of(n))
            for n in range(33_000)
            if (name := "".join(parts[(n * step) % len(parts)] for step in (1, 7, 11, 13, 17, 19)) + str(n))
        ]
    )
    slowest = 0.0
    for asked in ("炎", "心肝", "a", "A05", "zzzzzz", "没有这个病", "慢性", "1"):
        started = time.process_time()
        for _ in range(5):
            many.search(asked, 20)
        slowest = max(slowest, (time.process_time() - started) / 5)
    assert slowest < 0.005, f"the slowest search took {slowest * 1000:.1f} ms"


def initials_of(n: int) -> str:
    return "".join("abcdefghjklmn"[(n * step) % 13] for step in (1, 3, 5, 7)) + str(n)


def test_search_ranks_exact_initials_before_longer_ones() -> None:
    table = Catalogue([Diagnosis("C22.000", "肝细胞癌", "gxba"), Diagnosis("I25.103", "冠状动脉粥样硬化性心脏病", "gzdmzyyhxxzb、gxb", "冠心病")])
    assert [row.code for row in table.search("gxb")] == ["I25.103", "C22.000"]
