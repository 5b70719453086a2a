"""Councils and the inbox: members are told and asked, what was asked is done once it is decided; an adopted edition is written by delivery."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from yilianti import policybook
from yilianti.handovers import governance_to_inbox, resolution_to_policies
from yilianti.handovers.timed import expiring_documents
from yilianti.kernel.models import JournalEntry
from yilianti.registry.governance import actions
from yilianti.registry.governance.tests import factories as make
from yilianti.registry.governance.tests.test_documents import in_force
from yilianti.registry.inbox.models import Item
from yilianti.registry.institutions.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make.shelf(tmp_path, monkeypatch)


def deliver() -> None:
    for entry in JournalEntry.objects.filter(word__in=governance_to_inbox.WORDS).order_by("id"):
        governance_to_inbox.hand_over(entry)


def test_members_are_told_asked_and_relieved() -> None:
    here = make.house()
    resolution = make.voting(here)
    deliver()
    assert Item.objects.filter(kind="notice", title__contains="第三次会议").count() == 6
    asked = Item.objects.filter(kind="task", subject=f"governance:{resolution.number}")
    assert {item.person_id for item in asked} == {member.person for member in here.members[:5]} and asked[0].link == f"/governance/resolutions/{resolution.number}/"
    make.all_vote(here, resolution, "fffff")
    actions.close_vote(actor=here.office, number=resolution.number, at=AT)
    deliver()
    assert not asked.filter(done_at__isnull=True).exists() and Item.objects.count() == 11, "told once, however often it is delivered"


def test_the_office_is_told_of_what_expires() -> None:
    here = make.house()
    in_force(here, effective_until=make.TODAY + timedelta(days=30))
    assert expiring_documents.tick(AT) == 1
    deliver()
    assert Item.objects.get(role="consortium_manager").title == "影像诊断合作协议将于 2026-12-18 到期"


def test_delivery_writes_the_edition_and_once_more_changes_nothing() -> None:
    here = make.house()
    resolution = make.adopted(here, carried=make.edition(360))
    entry = JournalEntry.objects.get(word=resolution_to_policies.WORD)
    for _ in range(2):
        resolution_to_policies.hand_over(entry)
    assert policybook.in_force(make.LIMIT, make.TODAY, make.SCOPE).policy_ref == resolution.policy_ref
    assert JournalEntry.objects.filter(word="governance.edition_enacted").count() == 1


def test_no_page_writes_a_policy_but_by_a_resolution() -> None:
    source = Path(policybook.__file__).parents[1]
    writers = {path.relative_to(source).as_posix() for path in source.rglob("*.py") if "tests" not in path.parts and "filing.add(" in path.read_text(encoding="utf-8")}
    enacting = {path.relative_to(source).as_posix() for path in source.rglob("*.py") if "tests" not in path.parts and "proposing.enact(" in path.read_text(encoding="utf-8")}
    assert writers == {"policybook/importing.py", "policybook/proposing.py"} and enacting == {"registry/governance/editions.py"}
