"""What was in force, here, on that day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilianti.kernel.actor import Scope
from yilianti.policybook import NoPolicyInForce, PolicyError, Status
from yilianti.policybook.shelf import Shelf
from yilianti.policybook.tests.shelves import SOURCE, edition, put

CODE = "clinical.potassium"
HERE = Scope("yunxi", "349901")
DAY = date(2026, 5, 1)


def test_in_force_gives_values_source_and_reference(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01", 'low = 2.8\nhigh = 6.2\nrows = ["a", "b"]\n'))
    found = Shelf(tmp_path).book().in_force(CODE, DAY, HERE)
    assert (found["low"], found.high, found.rows) == (2.8, 6.2, ("a", "b"))
    assert found.policy_ref == "clinical.potassium@2024-01-01#national"
    assert found.source.clause == "第3项" and found.status is Status.PUBLIC_SOURCE and not found.is_local_parameter
    assert found.head.unit == "mmol/L"


def test_an_edition_cannot_be_changed(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01", "[edition.minutes]\nurgent = 5\n"))
    found = Shelf(tmp_path).book().in_force(CODE, DAY, HERE)
    with pytest.raises(AttributeError):
        found.minutes.urgent = 6
    with pytest.raises(TypeError):
        found.minutes["urgent"] = 6
    with pytest.raises(AttributeError):
        found.given = {}  # type: ignore[misc]
    assert found.minutes.urgent == 5


def test_an_edition_with_only_a_table_is_true(tmp_path: Path) -> None:
    path = put(tmp_path, "national", edition("2024-01-01", 'table = "t.csv"\n'))
    path.with_name("t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    found = Shelf(tmp_path).book().in_force(CODE, DAY, HERE)
    assert found and found.table is not None and list(found.table.dicts()) == [{"a": "1", "b": "2"}]


def test_missing_value_names_the_edition(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01"))
    with pytest.raises(AttributeError, match=r"clinical\.potassium@2024-01-01#national.*“upper”"):
        _ = Shelf(tmp_path).book().in_force(CODE, DAY, HERE).upper


def test_the_narrower_place_overrides_the_wider(tmp_path: Path) -> None:
    low = {"national": 1, "provinces/34": 2, "provinces/3499": 3, "provinces/349901": 4, "local/yunxi": 5}
    for place, value in low.items():
        put(tmp_path, place, edition("2024-01-01", f"low = {value}\n"))
    book = Shelf(tmp_path).book()
    assert book.in_force(CODE, DAY, Scope("yunxi", "349901")).low == 5
    assert book.in_force(CODE, DAY, Scope("other", "349901")).low == 4
    assert book.in_force(CODE, DAY, Scope("other", "349902")).low == 3
    assert book.in_force(CODE, DAY, Scope("", "340000")).low == 2
    assert book.in_force(CODE, DAY, Scope("", "110101")).low == 1
    assert book.in_force(CODE, DAY, Scope()).low == 1
    assert [e.low for e in book.standing(CODE, DAY, HERE).overridden] == [4, 3, 2, 1]


def test_a_six_digit_province_folder_means_the_province(tmp_path: Path) -> None:
    put(tmp_path, "provinces/340000", edition("2024-01-01", "low = 9\n"))
    assert Shelf(tmp_path).book().in_force(CODE, DAY, HERE).policy_ref.endswith("#provinces/34")


def test_a_narrower_place_that_is_silent_on_the_day_lets_the_wider_hold(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2020-01-01", "low = 1\n"))
    put(
        tmp_path,
        "local/yunxi",
        edition("2026-01-01", "low = 2\n", SOURCE + "effective_until = 2026-03-01\n"),
        edition("2026-06-01", "low = 3\n"),
        edition("2026-07-01", "repealed = true\n"),
    )
    book = Shelf(tmp_path).book()
    days = {
        date(2025, 12, 31): 1,
        date(2026, 1, 1): 2,
        date(2026, 2, 28): 2,
        date(2026, 3, 1): 1,
        date(2026, 6, 30): 3,
        date(2026, 7, 1): 1,
    }
    assert {day: book.in_force(CODE, day, HERE).low for day in days} == days


def test_nothing_in_force_is_refused_in_a_sentence(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01"))
    with pytest.raises(NoPolicyInForce) as refused:
        Shelf(tmp_path).book().in_force(CODE, date(2023, 12, 31), HERE)
    assert all(word in refused.value.zh for word in (CODE, "2023-12-31", "yunxi", "349901"))


def test_by_ref_finds_what_a_result_cited(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01", "low = 1\n"), edition("2025-01-01", "low = 2\n"))
    book = Shelf(tmp_path).book()
    assert book.by_ref("clinical.potassium@2024-01-01#national").low == 1
    with pytest.raises(KeyError, match="没有这个政策版本"):
        book.by_ref("clinical.potassium@2023-01-01#national")


def test_the_home_adds_editions_of_its_own(tmp_path: Path) -> None:
    shipped, home = tmp_path / "policies", tmp_path / "home"
    put(shipped, "local/yunxi", edition("2024-01-01", "low = 1\n"))
    put(home / "policies", "local/yunxi", edition("2026-01-01", "low = 2\n"))
    put(home / "policies", "national", edition("2026-01-01", "low = 99\n"))  # only local/ of a home is read
    book = Shelf(shipped, home).book()
    assert book.in_force(CODE, date(2025, 1, 1), HERE).low == 1
    assert book.in_force(CODE, DAY, HERE).low == 2
    with pytest.raises(NoPolicyInForce):
        book.in_force(CODE, DAY, Scope())


def test_the_same_edition_in_two_files_is_refused(tmp_path: Path) -> None:
    shipped, home = tmp_path / "policies", tmp_path / "home"
    put(shipped, "local/yunxi", edition("2024-01-01"))
    put(home / "policies", "local/yunxi", edition("2024-01-01"))
    with pytest.raises(PolicyError, match="2024-01-01 起的版本在 .* 中已有"):
        Shelf(shipped, home).book()


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8, unique=True), st.integers(-10, 2010))
def test_the_latest_begun_edition_holds(
    tmp_path_factory: pytest.TempPathFactory, starts: list[int], asked: int
) -> None:
    root = tmp_path_factory.mktemp("policies")
    origin = date(2020, 1, 1)
    put(root, "national", *(edition((origin + timedelta(n)).isoformat(), f"low = {n}\n") for n in starts))
    book, day = Shelf(root).book(), origin + timedelta(asked)
    begun = [n for n in starts if n <= asked]
    if begun:
        assert book.in_force(CODE, day, HERE).low == max(begun)
    else:
        with pytest.raises(NoPolicyInForce):
            book.in_force(CODE, day, HERE)
