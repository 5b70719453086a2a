"""Journal entries and handovers for the runner's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import timezone

from yilianti.handovers.listing import Handover
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.sealing import Sealer


def happen(word: str = "sample.happened", subject: str = "sample:1", at: datetime | None = None) -> JournalEntry:
    journal.write(word, actor=Actor.system(), at=at or timezone.now(), subject=subject)
    return JournalEntry.objects.filter(word=word, subject=subject).latest("id")


def seal(algorithm: str = "sha256") -> int:
    return Sealer(algorithm).seal(timezone.now())


class Recorder:
    """A handover that notes what it was given, and fails for entries of the subjects it is told to fail on."""

    def __init__(self, name: str = "sample_to_test", words: Iterable[str] = ("sample.happened",)) -> None:
        self.seen: list[int] = []
        self.failing: set[str] = set()
        self.handover = Handover(name, frozenset(words), self.hand_over)

    def hand_over(self, entry: JournalEntry) -> None:
        if entry.subject in self.failing:
            raise ValueError(f"cannot take {entry.subject}\nDETAIL: a name that must not be kept")
        self.seen.append(entry.id)


def following(act: Callable[[JournalEntry], None], name: str = "sample_to_test") -> Handover:
    return Handover(name, frozenset(["sample.happened"]), act)
