"""The journal's chain: append-only against raw SQL, and a fault is named."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from yilianti.handovers.tests.factories import happen, seal
from yilianti.kernel import sealing
from yilianti.kernel.models import JournalEntry, JournalSeal

pytestmark = pytest.mark.django_db


def raw(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def tampered(statement: str) -> None:
    """As a superuser who switches the triggers off."""
    raw("SET LOCAL session_replication_role = replica", statement, "SET LOCAL session_replication_role = origin")


@pytest.fixture
def chain() -> list[JournalEntry]:
    entries = [happen(subject=f"sample:{number}") for number in range(5)]
    assert seal() == 5
    return entries


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_journalentry SET word = 'x.y'",
        "DELETE FROM kernel_journalentry",
        "TRUNCATE kernel_journalentry",
        "UPDATE kernel_journalseal SET hash = ''",
        "DELETE FROM kernel_journalseal",
        "TRUNCATE kernel_journalseal",
    ],
)
def test_raw_sql_cannot_change_or_remove(chain, statement):
    with pytest.raises(Error, match="Cannot"), transaction.atomic():
        raw(statement)
    assert sealing.verify() == (5, 0)


def test_verify_counts_what_is_not_sealed_yet(chain):
    happen()
    assert sealing.verify() == (5, 1)


@pytest.mark.parametrize("column", ["facts = '{\"a\": 1}'", "actor_name = '别人'", "at = at + interval '1 microsecond'", "resident = 7"])
def test_verify_names_a_changed_entry(chain, column):
    tampered(f"UPDATE kernel_journalentry SET {column} WHERE id = {chain[2].id}")  # noqa: S608
    with pytest.raises(sealing.Broken, match=rf"第 3 号（日志 {chain[2].id}.*sample:2）.*改动"):
        sealing.verify()


def test_verify_names_a_removed_entry(chain):
    tampered(f"DELETE FROM kernel_journalentry WHERE id = {chain[1].id}")  # noqa: S608
    with pytest.raises(sealing.Broken, match=rf"第 2 号封签对应的日志 {chain[1].id} 不存在"):
        sealing.verify()


def test_verify_names_a_removed_seal(chain):
    tampered("DELETE FROM kernel_journalseal WHERE number = 4")
    with pytest.raises(sealing.Broken, match="第 4 号封签缺失"):
        sealing.verify()


def test_verify_names_a_forged_seal(chain):
    """Whoever recomputes one hash alone breaks the next one."""
    tampered(f"UPDATE kernel_journalentry SET word = 'x.y' WHERE id = {chain[1].id}")  # noqa: S608
    first = JournalSeal.objects.get(number=1)
    forged = sealing.digest("sha256", f"{first.hash}\n2\n{sealing.canonical(JournalEntry.objects.get(id=chain[1].id))}")
    tampered(f"UPDATE kernel_journalseal SET hash = '{forged}' WHERE number = 2")  # noqa: S608
    with pytest.raises(sealing.Broken, match="第 3 号"):
        sealing.verify()


def test_sm3_and_sha256_stand_in_one_chain():
    happen()
    seal("sha256")
    happen()
    seal("sm3")
    assert list(JournalSeal.objects.order_by("number").values_list("algorithm", flat=True)) == ["sha256", "sm3"]
    assert sealing.verify() == (2, 0)


def test_sm3_is_the_one_of_the_standard():
    # GB/T 32905-2016 附录A 示例1
    assert sealing.digest("sm3", "abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(ValueError, match="md5"):
        sealing.Sealer("md5")
