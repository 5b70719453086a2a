"""A resolution puts a local edition in force: refused when it is moved, written once when it is adopted, healed after a kill."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.policybook import filing, fingerprints, proposing
from yilianti.policybook.shelf import Shelf
from yilianti.registry.governance import actions
from yilianti.registry.governance.models import Resolution
from yilianti.registry.governance.terms import Edition
from yilianti.registry.governance.tests import factories as make
from yilianti.registry.institutions.tests.factories import AT, SYSTEM

pytestmark = pytest.mark.django_db
NEXT_MONTH = date(2026, 12, 18)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make.shelf(tmp_path, monkeypatch)
    return tmp_path


def in_force(day: date = make.TODAY) -> policybook.Edition:
    return policybook.in_force(make.LIMIT, day, make.SCOPE)


def enact(resolution: Resolution) -> Resolution:
    return actions.enact(actor=SYSTEM, number=resolution.number, at=AT)


def test_adopted_it_holds_at_once_in_every_process(home: Path) -> None:
    here = make.house()
    other_process = Shelf(home=home)
    assert other_process.book().in_force(make.LIMIT, make.TODAY, make.SCOPE).minutes.elective == 480
    resolution = make.adopted(here, carried=make.edition(360))
    assert in_force().minutes.elective == 480, "not before it is enacted"
    done = enact(resolution)
    edition = in_force()
    assert edition.minutes.elective == 360 and edition.policy_ref == done.policy_ref
    assert (edition.authorised_by.number, edition.authorised_by.adopted_on) == ("云医共体决〔2026〕1号", make.TODAY)
    assert other_process.refresh().in_force(make.LIMIT, make.TODAY, make.SCOPE) == edition
    assert enact(resolution).enacted_at == done.enacted_at
    assert list(edition.minutes) == ["emergency", "urgent", "elective"], "in the order in which people read them"
    assert "收紧到 8 小时" not in edition.head.why


def test_a_future_edition_waits_for_its_day_and_is_locked_already(home: Path) -> None:
    enact(make.adopted(make.house(), carried=make.edition(360, NEXT_MONTH)))
    assert (in_force().minutes.elective, in_force(NEXT_MONTH).minutes.elective) == (480, 360)
    assert in_force(NEXT_MONTH).policy_ref in fingerprints.read(home / "policies/local/editions.lock").prints


def test_decided_later_than_meant_it_holds_from_the_day_of_the_decision() -> None:
    resolution = make.adopted(make.house(), carried=make.edition(360), at=AT + timedelta(days=2))
    assert resolution.policy_ref == "clinical.referral.answer_limit@2026-11-20#local/yunxi"
    enact(resolution)
    assert (in_force(date(2026, 11, 19)).minutes.elective, in_force(date(2026, 11, 20)).minutes.elective) == (480, 360)


@pytest.mark.parametrize(("values", "field"), [({"minutes.elective": 2}, "minutes.elective"), ({"minutes.urgent": "120"}, "minutes.urgent")])
def test_what_the_form_refuses_is_refused_when_it_is_moved(values: dict, field: str) -> None:
    here = make.house()
    base = in_force()
    carried = Edition(make.LIMIT, "2026-11-18", proposing.changed(base, values))
    with pytest.raises(Refused) as refused:
        make.moved(here, make.meeting(here), carried=carried)
    assert refused.value.field == field and not Resolution.objects.exists()


@pytest.mark.parametrize(("carried", "said"), [
    (lambda: make.edition(360, date(2026, 11, 17)), "不能早于会议日期"),
    (lambda: make.edition(480), "值与当日适用的版本相同"),
    (lambda: make.edition(360, corrects="clinical.referral.answer_limit@2020-01-01#local/yunxi"), "核对所更正的版本"),
    (lambda: Edition("access.roles", "2026-11-18", {}), "是一张表"),
    (lambda: Edition("no.such.policy", "2026-11-18", {}), "没有这项政策"),
    (lambda: Edition(make.LIMIT, "2026-11-18", {"minutes": {"elective": 5}}), "栏目与现行版本不同"),
])  # fmt: skip
def test_what_cannot_hold_is_refused_when_it_is_moved(carried, said: str) -> None:
    here = make.house()
    with pytest.raises(Refused, match=said):
        make.moved(here, make.meeting(here), carried=carried())


def test_a_council_keeps_rules_by_which_it_can_decide() -> None:
    here = make.house()
    base = policybook.in_force("governance.council", make.TODAY, make.SCOPE)
    for key, value in (("quorum", "3/2"), ("quorum", "半数"), ("number_form", "决议"), ("majorities.policy", "most")):
        values = proposing.changed(base, {key: value})
        with pytest.raises(Refused) as refused:
            make.moved(here, make.meeting(here), carried=Edition("governance.council", "2026-11-18", values))
        assert refused.value.field == key


def test_a_correction_names_what_was_wrong() -> None:
    here = make.house()
    wrong = enact(make.adopted(here, carried=make.edition(360)))
    enact(make.adopted(here, carried=make.edition(300, NEXT_MONTH, corrects=wrong.policy_ref)))
    book = policybook.current()
    assert book.corrected_by(book.by_ref(wrong.policy_ref)).minutes.elective == 300


def test_an_edition_that_stands_is_ratified_without_writing(home: Path) -> None:
    base = in_force()
    carried = Edition(make.LIMIT, base.effective_from.isoformat(), base.given.plain())
    here = make.house()
    done = enact(make.adopted(here, carried=carried))
    assert done.policy_ref == base.policy_ref and done.enacted_at is not None
    assert not (home / "policies").exists()
    with pytest.raises(Refused, match="已由 云医共体决〔2026〕1号 授权"):
        make.moved(here, make.meeting(here), carried=carried)


def test_of_two_motions_from_one_edition_only_one_may_win() -> None:
    here = make.house()
    first, second = (make.voting(here, carried=make.edition(minutes)) for minutes in (360, 300))
    for resolution in (first, second):
        make.all_vote(here, resolution, "fffff")
    won = actions.close_vote(actor=here.office, number=first.number, at=AT)
    with pytest.raises(Refused, match="正在入册"):
        actions.close_vote(actor=here.office, number=second.number, at=AT)
    enact(won)
    with pytest.raises(Refused, match="提出之后现行版本已变"):
        actions.close_vote(actor=here.office, number=second.number, at=AT)
    assert actions.withdraw(actor=here.office, number=second.number, because="版本已变", at=AT).state == "withdrawn"


@pytest.mark.parametrize("step", [(filing, "_replace"), (fingerprints, "add"), (Resolution, "save")])
def test_a_kill_between_adoption_and_file_heals(step: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    resolution = make.adopted(make.house(), carried=make.edition(360))

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(*step, dies)
        with pytest.raises(KeyboardInterrupt):
            enact(resolution)
    assert Resolution.objects.get(pk=resolution.pk).enacted_at is None
    assert enact(resolution).enacted_at is not None and in_force().minutes.elective == 360
    assert [lock.prints for lock, _ in policybook._in_use().locks()][1].keys() == {resolution.policy_ref}
