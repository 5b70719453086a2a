"""A county's own edition: what may be set, what is refused, written whole and locked, and healed after a kill at any step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yilianti.kernel.actor import Scope
from yilianti.policybook import filing, fingerprints, proposing
from yilianti.policybook.edition import Authority, Edition
from yilianti.policybook.errors import PolicyError
from yilianti.policybook.proposing import Proposal
from yilianti.policybook.shelf import Shelf

CODE, HERE = "clinical.referral.answer_limit", Scope("yunxi", "349901")
DAY = date(2026, 12, 1)
BY = Authority("云医共体决〔2026〕3号", "关于“择期”答复时限的决议\\附件", date(2026, 11, 26))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(home=tmp_path)


def base(shelf: Shelf) -> Edition:
    return shelf.refresh().in_force(CODE, DAY, HERE)


def proposal(shelf: Shelf, minutes: int = 360, day: date = DAY, **given: str) -> Proposal:
    return Proposal(CODE, "yunxi", day, proposing.changed(base(shelf), {"minutes.elective": minutes}), **given)


def enact(shelf: Shelf, offered: Proposal) -> Edition:
    assert shelf.local is not None
    return proposing.enact(shelf.local, base(shelf), offered, BY, "云溪县医共体理事会")


def test_cells_are_typed_labelled_and_limited(shelf: Shelf) -> None:
    found = {cell.key: cell for cell in proposing.cells(base(shelf))}
    cell = found["minutes.elective"]
    assert (cell.label, cell.unit, cell.now, cell.least, cell.most) == ("答复时限 · 择期", "分钟", 480, 5, 20160)
    assert cell.fault(360) == "" and "不能小于 5" in cell.fault(2) and "不能大于" in cell.fault(99999) and "类型" in cell.fault("360")


def test_another_form_is_refused(shelf: Shelf) -> None:
    assert proposing.faults(base(shelf), {"minutes": {"elective": 360}}) != []
    assert [key for key, _ in proposing.faults(base(shelf), proposal(shelf, 0).values)] == ["minutes.elective"]
    assert proposing.faults(base(shelf), proposal(shelf).values) == []


def test_the_adopted_edition_holds_from_its_day_and_names_who_allowed_it(shelf: Shelf) -> None:
    before = base(shelf)
    written = enact(shelf, proposal(shelf))
    book = shelf.refresh()
    now = book.in_force(CODE, DAY, HERE)
    assert now == written and now.minutes.elective == 360 and now.minutes.urgent == 120
    assert now.authorised_by == BY and now.is_local_parameter and now.head.limits == before.head.limits
    assert book.in_force(CODE, date(2026, 11, 30), HERE) == before, "the past stays as it was"
    assert shelf.local is not None
    assert fingerprints.read(shelf.local / fingerprints.LOCK).prints[now.policy_ref] == now.fingerprint


def test_once_more_changes_nothing_and_another_on_that_day_is_refused(shelf: Shelf) -> None:
    enact(shelf, proposal(shelf))
    assert shelf.local is not None
    files = {path: path.read_bytes() for path in shelf.local.rglob("*") if path.is_file()}
    enact(shelf, proposal(shelf))
    assert files == {path: path.read_bytes() for path in shelf.local.rglob("*") if path.is_file()}
    with pytest.raises(filing.DayTaken):
        enact(shelf, proposal(shelf, 300))
    second = enact(shelf, proposal(shelf, 300, date(2026, 12, 24), corrects=f"{CODE}@2026-12-01#local/yunxi"))
    book = shelf.refresh()
    assert book.corrected_by(book.by_ref(f"{CODE}@2026-12-01#local/yunxi")) == second


@pytest.mark.parametrize("killed_at", ["fingerprints.add", "filing._replace"])
def test_a_kill_between_the_steps_heals(shelf: Shelf, killed_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, _, name = killed_at.partition(".")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr({"fingerprints": fingerprints, "filing": filing}[module], name, dies)
        with pytest.raises(KeyboardInterrupt):
            enact(shelf, proposal(shelf))
    shelf.refresh()
    enact(shelf, proposal(shelf))
    assert shelf.refresh().in_force(CODE, DAY, HERE).minutes.elective == 360
    assert shelf.locks()[1][0].prints


def test_a_book_that_would_not_hold_is_refused_beforehand(shelf: Shelf) -> None:
    assert shelf.local is not None
    wrong = proposal(shelf, corrects=f"{CODE}@2019-01-01#local/yunxi")
    with pytest.raises(PolicyError, match="核对所更正的版本"):
        proposing.check(shelf.book(), shelf.local, base(shelf), wrong)
    proposing.check(shelf.book(), shelf.local, base(shelf), proposal(shelf))
    assert not shelf.local.exists(), "a question writes nothing"
