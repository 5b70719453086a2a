"""Councils decide: one vote a seat, one tally, and nobody votes who may not, whatever happens at once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.governance import actions
from yilianti.registry.governance.models import Resolution, SecretBallot, Vote
from yilianti.registry.governance.tests import factories as make
from yilianti.registry.institutions.tests.factories import AT
from yilianti.registry.institutions.tests.parallel import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make.shelf(tmp_path, monkeypatch)


def test_a_council_adopts_and_numbers_its_resolutions() -> None:
    here = make.house()
    first, second = make.adopted(here), make.adopted(here, title="第二件")
    assert (first.state, first.official_number, second.official_number) == ("adopted", "云医共体决〔2026〕1号", "云医共体决〔2026〕2号")
    assert first.tally == {"for": 5, "against": 0, "abstain": 0, "recused": 0, "entitled": 5, "present": 5, "needed": 3}
    entry = JournalEntry.objects.get(word="governance.adopted", subject=f"governance:{first.number}")
    assert entry.policy_refs == ["governance.council@2025-01-01#local/yunxi"] and entry.facts["for"] == 5


def test_too_few_in_favour_is_a_rejection() -> None:
    here = make.house()
    resolution = make.voting(here)
    make.all_vote(here, resolution, "ffaao")
    done = actions.close_vote(actor=here.office, number=resolution.number, at=AT)
    assert (done.state, done.official_number) == ("rejected", "")


def test_without_a_quorum_no_vote_opens() -> None:
    here = make.house()
    resolution = make.moved(here, make.meeting(here, present=3))
    with pytest.raises(Refused, match="须有 4 人") as refused:
        actions.put_to_vote(actor=here.office, number=resolution.number, at=AT)
    assert refused.value.findings[0].policy_ref == "governance.council@2025-01-01#local/yunxi"


def test_who_may_not_vote_does_not() -> None:
    here = make.house()
    resolution = make.moved(here, make.meeting(here, present=4))
    given = {"number": resolution.number, "choice": "for", "at": AT}
    with pytest.raises(Refused, match="表决没有开放"):
        actions.vote(actor=here.members[0], **given)
    actions.put_to_vote(actor=here.office, number=resolution.number, at=AT)
    for actor, said in ((here.office, "不是"), (here.members[4], "没有登记到会"), (here.members[5], "没有表决权")):
        with pytest.raises(Refused, match=said):
            actions.vote(actor=actor, **given)
    actions.vote(actor=here.members[0], **given)
    with pytest.raises(Refused, match="只有一票"):
        actions.record_vote(actor=here.office, seat_id=here.seats[0].id, **given)
    actions.close_vote(actor=here.office, number=resolution.number, at=AT)
    with pytest.raises(Refused, match="表决没有开放"):
        actions.vote(actor=here.members[1], **given)


def test_a_conflict_of_interest_is_recorded_and_counts_on_neither_side() -> None:
    here = make.house()
    resolution = make.voting(here)
    with pytest.raises(Refused, match="利害关系"):
        actions.vote(actor=here.members[0], number=resolution.number, choice="recused", at=AT)
    actions.vote(actor=here.members[0], number=resolution.number, choice="recused", because="本人主管该科室", at=AT)
    make.all_vote(here, resolution, ".ff")
    done = actions.close_vote(actor=here.office, number=resolution.number, at=AT)
    assert done.state == "rejected" and done.tally["needed"] == 3 and done.tally["recused"] == 1


def test_a_secret_ballot_leaves_only_counts() -> None:
    here = make.house()
    resolution = make.voting(here, ballot="secret")
    with pytest.raises(Refused, match="本人"):
        actions.record_vote(actor=here.office, number=resolution.number, seat_id=here.seats[0].id, choice="for", at=AT)
    make.all_vote(here, resolution, "fffaa")
    assert set(Vote.objects.values_list("choice", flat=True)) == {"sealed"}
    assert {entry.facts["choice"] for entry in JournalEntry.objects.filter(word="governance.voted")} == {"sealed"}
    assert {field.name for field in SecretBallot._meta.fields} == {"id", "resolution", "choice"}
    assert actions.close_vote(actor=here.office, number=resolution.number, at=AT).tally["against"] == 2


def test_the_database_itself_refuses_a_second_vote_and_any_change() -> None:
    here = make.house()
    resolution = make.voting(here)
    make.all_vote(here, resolution, "f")
    with pytest.raises(IntegrityError):
        Vote.objects.create(resolution=resolution, seat=here.seats[0], choice="against", cast_at=AT)


def test_a_later_resolution_revokes_an_earlier_one() -> None:
    here = make.house()
    first = make.adopted(here)
    second = make.adopted(here, title="废止前项", revokes=first.number)
    assert Resolution.objects.get(pk=first.pk).state == "revoked" and second.state == "adopted"
    with pytest.raises(Refused, match="不是有效的决议"):
        make.moved(here, make.meeting(here), revokes=first.number)


def test_meetings_end_after_their_votes() -> None:
    here = make.house()
    resolution = make.voting(here)
    given = {"actor": here.office, "number": resolution.meeting.number, "at": AT}
    with pytest.raises(Refused, match="还在表决"):
        actions.close_meeting(minutes="议毕。", **given)
    actions.withdraw(actor=here.office, number=resolution.number, because="再议", at=AT)
    assert actions.close_meeting(minutes="议毕。", **given).state == "closed"
    with pytest.raises(Refused, match="在下一次会议提出"):
        make.moved(here, resolution.meeting)
    with pytest.raises(Refused, match="已结束"):
        actions.open_meeting(present=[here.seats[0].id], **given)


def test_seats_belong_to_members_and_are_left_in_time() -> None:
    here = make.house()
    with pytest.raises(Refused, match="已有主任"):
        who = make.people.person("新主任")
        make.people.post(here.county.hospital, who=who)
        actions.seat(actor=here.office, council_id=here.council.id, person_id=who.id, institution_id=here.county.hospital.id, office="chair",
                     has_vote=True, from_on=date(2026, 1, 1), at=AT)  # fmt: skip
    actions.unseat(actor=here.office, seat_id=here.seats[4].id, until_on=make.TODAY, at=AT)
    with pytest.raises(Refused, match="不在任"):
        make.meeting(here)
    assert make.meeting(here, held_at=AT - timedelta(days=1)).attendances.count() == 6


def test_who_keeps_another_consortiums_papers_is_refused() -> None:
    here, other = make.house(), make.house("other")
    with pytest.raises(Refused, match="管理办公室办理"):
        actions.convene(actor=other.office, council_id=here.council.id, title="会", held_at=AT, place="", items=[], at=AT)


@pytest.mark.django_db(transaction=True)
def test_twelve_votes_of_one_seat_at_once_are_one() -> None:
    here = make.house()
    resolution = make.voting(here)
    jobs = [lambda c=c: actions.vote(actor=here.members[0], number=resolution.number, choice=c, at=AT) for c in ("for", "against", "abstain") * 4]
    troubles = together(jobs)
    assert len(troubles) == 11 and {trouble.code for trouble in troubles} == {"changed_meanwhile"}  # type: ignore[attr-defined]
    assert Vote.objects.count() == JournalEntry.objects.filter(word="governance.voted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_closings_at_once_are_one_tally_and_votes_fall_on_one_side_of_it() -> None:
    here = make.house()
    resolution = make.voting(here)
    make.all_vote(here, resolution, "fff")
    closing = [lambda: actions.close_vote(actor=here.office, number=resolution.number, at=AT)] * 8
    late = [lambda m=m: actions.vote(actor=m, number=resolution.number, choice="for", at=AT) for m in here.members[3:5]]
    troubles = together([*closing, *late])
    decided = Resolution.objects.get(pk=resolution.pk)
    assert {trouble.code for trouble in troubles} <= {"wrong_state"}  # type: ignore[attr-defined]
    assert sum("“通过”" in trouble.zh for trouble in troubles) == 7  # type: ignore[attr-defined]
    assert JournalEntry.objects.filter(word="governance.adopted").count() == 1
    assert decided.tally["for"] == Vote.objects.filter(cast_at__isnull=False).count()


@pytest.mark.django_db(transaction=True)
def test_two_resolutions_at_once_have_two_numbers() -> None:
    here = make.house()
    both = [make.voting(here), make.voting(here)]
    for resolution in both:
        make.all_vote(here, resolution, "fffff")
    assert together([lambda r=r: actions.close_vote(actor=here.office, number=r.number, at=AT) for r in both]) == []
    assert set(Resolution.objects.values_list("serial", flat=True)) == {1, 2}
