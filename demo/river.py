"""Time in the invented county: what happens in order, and the journal that is sealed and handed over as it would be."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from django.conf import settings

from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.handovers import following, listing
from yilianti.handovers.following import Follower
from yilianti.handovers.models import Cursor
from yilianti.kernel.sealing import Sealer

#: A story yields the moment at which it goes on, and is given that moment.
Story = Generator[datetime, datetime, None]
_LIMIT = 1000
TICK = timedelta(minutes=25)


@dataclass
class River:
    """The journal's runner, played by hand, and the listener of the hospitals' messages."""

    sealer: Sealer = field(default_factory=lambda: Sealer(settings.JOURNAL_HASH))
    follower: Follower = field(default_factory=lambda: Follower(listing.handed()))
    clock: list[listing.Timed] = field(default_factory=listing.ticking)
    receiver: Receiver = field(default_factory=Receiver)
    is_behind: bool = False
    ticked_at: datetime | None = None

    def flow(self, at: datetime) -> None:
        """Seal what was written and hand it over until nothing moves; now and then the clock ticks."""
        self._settle(at)
        if self.ticked_at is None or at - self.ticked_at >= TICK:
            self.ticked_at = at
            if sum([timed.tick(at) for timed in self.clock]):
                self._settle(at)

    def pass_by(self, texts: Iterable[str], at: datetime) -> None:
        """Messages of ordinary days, which concern no referral: sealed, but not handed over one by one."""
        self._receive(texts, at)
        self.is_behind = True

    def catch_up(self, at: datetime) -> None:
        """Before an act that will be handed over: leave the ordinary days behind."""
        if self.is_behind:
            self._seal(at)
            head = following.last_seal()
            Cursor.objects.update(sealed_number=head, moved_at=at)
            self.follower.cursors = dict.fromkeys(self.follower.cursors, head)
            self.is_behind = False

    def receive(self, texts: Iterable[str], at: datetime) -> list[bytes]:
        """Messages as one sender's batch, whose handovers `flow` runs."""
        self.catch_up(at)
        return self._receive(texts, at)

    def _receive(self, texts: Iterable[str], at: datetime) -> list[bytes]:
        return self.receiver.receive("10.0.0.8:40000", [Frame(text.encode()) for text in texts], at=at)

    def _settle(self, at: datetime) -> None:
        self._seal(at)
        while self.follower.advance(at):
            self._seal(at)

    def _seal(self, at: datetime) -> None:
        while self.sealer.seal(at, _LIMIT) == _LIMIT:
            pass


def live(stories: Iterable[Story], until: datetime) -> None:
    """Let every story go on in the order of time; what would be later than `until` does not happen."""
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []
    for story in stories:
        _wait(waiting, next(order), story, None)
    while waiting and waiting[0][0] <= until:
        at, _, story = heapq.heappop(waiting)
        _wait(waiting, next(order), story, at)


def _wait(waiting: list[tuple[datetime, int, Story]], place: int, story: Story, at: datetime | None) -> None:
    try:
        heapq.heappush(waiting, (next(story) if at is None else story.send(at), place, story))
    except StopIteration:
        return
