"""Plain inserts: the same rows as the query set writes, at once or together at the end."""

import pytest
from django.db import transaction

from yilianti.kernel import batching, journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


def write(word, at):
    journal.write(word, actor=Actor.system(), at=at, subject="test:1", facts={"名": "值", "n": 1}, policy_refs=["a@1"])


def test_a_row_is_written_as_the_query_set_would(at):
    write("test.written", at)
    entry = JournalEntry.objects.get()
    assert (entry.word, entry.facts, entry.policy_refs, entry.at) == ("test.written", {"名": "值", "n": 1}, ["a@1"], at)
    assert entry.transaction and entry.resident is None


def test_insert_now_gives_the_id(at):
    entry = JournalEntry(at=at, word="test.now", actor_name="x", subject="test:2")
    batching.insert_now(entry)
    assert JournalEntry.objects.get(id=entry.pk).word == "test.now"


def test_together_writes_at_the_end_and_in_order(at):
    with batching.together():
        for n in range(30):
            write(f"test.n{n}", at)
        assert not JournalEntry.objects.exists()
    assert list(JournalEntry.objects.order_by("id").values_list("word", flat=True)) == [f"test.n{n}" for n in range(30)]


def test_an_error_drops_what_was_in_hand(at):
    with pytest.raises(ZeroDivisionError), transaction.atomic(), batching.together():
        write("test.lost", at)
        raise ZeroDivisionError
    write("test.kept", at)
    assert list(JournalEntry.objects.values_list("word", flat=True)) == ["test.kept"]


def test_reserved_numbers_are_used_once(at):
    numbers.reserve(3)
    made = [numbers.next_number("T", at) for _ in range(6)]
    assert len(set(made)) == 6
