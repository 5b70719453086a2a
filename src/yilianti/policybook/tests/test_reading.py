"""Faulty policy files: each is named, with the key and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from yilianti.policybook import PolicyError
from yilianti.policybook.shelf import Shelf
from yilianti.policybook.tests.shelves import SOURCE, edition, put

FAULTS = {
    "not toml": (lambda text: text + "\nlow = = 3", "不是有效的 TOML"),
    "no title": (lambda text: text.replace('title = "血钾危急值"\n', ""), "“title”：缺少此栏"),
    "no review": (lambda text: text.replace("next_review = 2027-12-31\n", ""), "“next_review”"),
    "review as text": (lambda text: text.replace("2027-12-31", '"2027-12-31"'), "应为日期"),
    "wrong code": (
        lambda text: text.replace("clinical.potassium", "clinical.sodium"),
        "按所在目录应为“clinical.potassium”",
    ),
    "unknown status": (lambda text: text.replace("authored_by", 'status = "national"\nauthored_by', 1), "不认识"),
    "no edition": (lambda text: text.split("[[edition]]")[0], "至少要有一个"),
    "no start": (lambda text: text.replace("effective_from = 2024-01-01\n", ""), "缺少生效日期"),
    "start as moment": (lambda text: text.replace("2024-01-01", "2024-01-01T00:00:00"), "应为日期"),
    "no source": (lambda text: text.replace(SOURCE, ""), "缺少文件名或条款"),
    "source without clause": (lambda text: text.replace(', clause = "第3项"', ""), "缺少文件名或条款"),
    "source in other words": (lambda text: text.replace("clause", "page"), "应写成"),
    "until before from": (
        lambda text: text.replace(SOURCE, SOURCE + "effective_until = 2024-01-01\n"),
        "不晚于生效日期",
    ),
    "no values": (lambda text: text.replace("low = 2.8\n", ""), "应有值或 table"),
    "repealed with values": (lambda text: text + "repealed = true\n", "应有值或 table"),
    "reserved name": (lambda text: text + "title = 3\n", "重名"),
    "table absent": (lambda text: text + 'table = "t.csv"\n', "找不到 t.csv"),
    "table elsewhere": (lambda text: text + 'table = "../t.csv"\n', "同一目录下的 CSV"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named(tmp_path: Path, fault: str) -> None:
    spoil, sentence = FAULTS[fault]
    path = put(tmp_path, "national", edition("2024-01-01"))
    Shelf(tmp_path).book()
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        Shelf(tmp_path).book()
    assert sentence in error.value.zh and "potassium.toml" in error.value.zh


def test_overlapping_editions_are_refused(tmp_path: Path) -> None:
    put(
        tmp_path,
        "national",
        edition("2024-01-01", source=SOURCE + "effective_until = 2025-06-01\n"),
        edition("2025-01-01"),
    )
    with pytest.raises(PolicyError, match="重叠"):
        Shelf(tmp_path).book()


def test_a_local_parameter_needs_no_source(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01", source=""), status="local_parameter")
    assert next(iter(Shelf(tmp_path).book())).is_local_parameter


def test_a_ragged_table_names_its_row(tmp_path: Path) -> None:
    path = put(tmp_path, "national", edition("2024-01-01", 'table = "t.csv"\n'))
    path.with_name("t.csv").write_text("a,b\n1,2\n3\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"t\.csv.*第 3 行.*有 1 格，应有 2 格"):
        Shelf(tmp_path).book()


@pytest.mark.parametrize("place", ["elsewhere", "provinces/3", "provinces/anhui", "local/Yun Xi"])
def test_a_file_in_no_known_place_is_refused(tmp_path: Path, place: str) -> None:
    put(tmp_path, place, edition("2024-01-01"))
    with pytest.raises(PolicyError, match="不在 national/"):
        Shelf(tmp_path).book()


def test_a_correction_must_name_an_earlier_edition(tmp_path: Path) -> None:
    ref = "clinical.potassium@2024-01-01#national"
    put(tmp_path, "national", edition("2024-01-01"), edition("2025-01-01", f'low = 2\ncorrects = "{ref}"\n'))
    book = Shelf(tmp_path).book()
    wrong = book.by_ref(ref)
    corrected = book.corrected_by(wrong)
    assert corrected is not None and corrected.low == 2
    put(
        tmp_path,
        "national",
        edition("2024-01-01"),
        edition("2025-01-01", 'low = 2\ncorrects = "x@2024-01-01#national"\n'),
    )
    with pytest.raises(PolicyError, match="没有版本"):
        Shelf(tmp_path).book()
    put(
        tmp_path,
        "national",
        edition("2024-01-01", f'low = 1\ncorrects = "{ref[:-17]}@2025-01-01#national"\n'),
        edition("2025-01-01"),
    )
    with pytest.raises(PolicyError):
        Shelf(tmp_path).book()
