"""How often one address may ask a page that is open to everybody: counted in the memory of each web process."""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

_MOST_ADDRESSES = 10_000


class Pace:
    """At most `times` in `seconds` for each address; the oldest addresses are forgotten where there are too many."""

    def __init__(self, times: int, seconds: float) -> None:
        self.times, self.seconds = times, seconds
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, address: str, now: float) -> bool:
        """Count one more; `now` in seconds of a clock that only goes forward."""
        with self._lock:
            asked = self._asked.setdefault(address, deque())
            self._asked.move_to_end(address)
            while asked and asked[0] <= now - self.seconds:
                asked.popleft()
            if len(asked) >= self.times:
                return False
            asked.append(now)
            if len(self._asked) > _MOST_ADDRESSES:
                self._asked.popitem(last=False)
            return True
