"""Following the journal: each handover's cursor, and the entries between it and the last seal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from yilianti.handovers import delivering
from yilianti.handovers.listing import Handover
from yilianti.handovers.models import Cursor, Delivery, Waiting
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.sealing import last_seal

WINDOW = 2000  # seal numbers looked at in one step
BATCH = 200  # entries held in memory in one step

_READ = """SELECT s.number, e.* FROM kernel_journalseal s JOIN kernel_journalentry e ON e.id = s.entry_id
           WHERE s.number > %s AND s.number <= %s AND e.word = ANY(%s) ORDER BY s.number LIMIT %s"""


@dataclass(frozen=True)
class Pass:
    """What one step read: entries with a word somebody wants, in seal order, and how far that is."""

    entries: list[JournalEntry]
    upto: int


class Follower:
    """All handovers with their cursors, kept in memory while this runner leads and stored as they move."""

    def __init__(self, handovers: Iterable[Handover], is_stopping: Callable[[], bool] = lambda: False) -> None:
        self.handovers = {handover.name: handover for handover in handovers}
        self.is_stopping = is_stopping
        self.cursors = self._load()

    def _load(self) -> dict[str, int]:
        known = dict(Cursor.objects.values_list("handover", "sealed_number"))
        fresh = [handover for name, handover in self.handovers.items() if name not in known]
        for handover in fresh:
            start = last_seal() if handover.from_now else 0
            Cursor.objects.bulk_create([Cursor(handover=handover.name, sealed_number=start)], ignore_conflicts=True)
            known[handover.name] = start
        return {name: known[name] for name in self.handovers}

    def advance(self, at: datetime) -> bool:
        """One bounded step of every handover that is behind; True when there was anything to look at."""
        head = last_seal()
        together: defaultdict[int, list[Handover]] = defaultdict(list)
        for name, cursor in self.cursors.items():
            if cursor < head:
                together[cursor].append(self.handovers[name])
        for cursor, group in together.items():
            self._step(group, cursor, head, at)
        return bool(together)

    def lag(self) -> int:
        """Sealed entries that the slowest handover has not looked at."""
        return last_seal() - min(self.cursors.values(), default=last_seal())

    def retry(self, at: datetime) -> int:
        """Try every waiting entry whose time has come, and what stands behind it; returns how many got through."""
        through = 0
        tried = True
        while tried and not self.is_stopping():
            tried = False
            for row in delivering.due(self.handovers, at):
                if delivering.try_again(self.handovers[row.handover], row, at):
                    through, tried = through + 1, True
        return through

    def _step(self, group: list[Handover], cursor: int, head: int, at: datetime) -> None:
        """Entries between the cursor and (at most) the head, to each handover of a group that has read equally far."""
        words = sorted(frozenset().union(*(handover.words for handover in group)))
        read = _read(words, cursor, min(head, cursor + WINDOW))
        for handover in group:
            wanted = [entry for entry in read.entries if entry.word in handover.words]
            if not self._hand(handover, wanted, at):
                return
        names = [handover.name for handover in group]
        Cursor.objects.filter(handover__in=names).update(sealed_number=read.upto, moved_at=at)
        self.cursors.update(dict.fromkeys(names, read.upto))

    def _hand(self, handover: Handover, entries: list[JournalEntry], at: datetime) -> bool:
        """In order; an entry whose subject waits goes behind. False when asked to stop in the middle."""
        if not entries:
            return True
        handled, waiting = _handled(handover, entries), _waiting(handover, entries)
        for entry in entries:
            if self.is_stopping():
                return False
            if entry.id in handled:
                continue
            if entry.subject in waiting:
                delivering.queue_behind(handover, entry, at)
            elif not delivering.deliver(handover, entry, at):
                waiting.add(entry.subject)
        return True


def _handled(handover: Handover, entries: list[JournalEntry]) -> set[int]:
    """Ids among these that were delivered, wait, or were dismissed, before this runner was stopped."""
    ids = [entry.id for entry in entries]
    delivered = Delivery.objects.filter(handover=handover.name, entry__in=ids).values_list("entry", flat=True)
    return {*delivered, *Waiting.objects.filter(handover=handover.name, entry__in=ids).values_list("entry", flat=True)}


def _waiting(handover: Handover, entries: list[JournalEntry]) -> set[str]:
    """Subjects among these that have a queue (one that has just emptied does no harm: what is put there is due at once)."""
    subjects = {entry.subject for entry in entries}
    return set(delivering.open_rows().filter(handover=handover.name, subject__in=subjects).values_list("subject", flat=True))


def _read(words: list[str], after: int, upto: int) -> Pass:
    entries = list(JournalEntry.objects.raw(_READ, [after, upto, words, BATCH]))
    return Pass(entries, _number(entries[-1]) if len(entries) == BATCH else upto)


def _number(entry: JournalEntry) -> int:
    """The seal number that the reading query put beside the entry."""
    return int(vars(entry)["number"])
