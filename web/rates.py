"""How often each caller may ask: a sliding minute, kept in bounded memory.

A minute's count is the current minute's and the share of the one before that the last sixty
seconds still reach into. What other processes counted is added by `web.shared_rates`.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from models.errors import RateLimited

WINDOW_SECONDS = 60
# Callers of the last two minutes; the one unseen for longest is forgotten first.
_MAX_SUBJECTS = 50_000


@dataclass
class Count:
    """Of one caller. `own` is this process's; `shared` of it is told to the others already."""

    minute: int
    own: int = 0
    shared: int = 0
    others: int = 0
    previous: int = 0

    def move_to(self, minute: int) -> None:
        if minute != self.minute:
            self.previous = self.own + self.others if minute == self.minute + 1 else 0
            self.minute = minute
            self.own = self.shared = self.others = 0


class Rates:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, Count] = OrderedDict()
        # Counted since the others were told.
        self.changed: set[str] = set()

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, subject: str) -> Count:
        """The subject's count of this minute."""
        minute = int(self._clock() // WINDOW_SECONDS)
        count = self._counts.get(subject)
        if count is None:
            count = self._counts[subject] = Count(minute)
            if len(self._counts) > _MAX_SUBJECTS:
                forgotten, _ = self._counts.popitem(last=False)
                self.changed.discard(forgotten)
        else:
            count.move_to(minute)
            self._counts.move_to_end(subject)
        return count

    def take(self, subject: str, limit: int, weight: int = 1) -> None:
        """Counts `weight` requests, at most the limit. Raises RateLimited, counting nothing."""
        count = self.count(subject)
        elapsed = self._clock() % WINDOW_SECONDS / WINDOW_SECONDS
        current = count.own + count.others
        if current + weight + count.previous * (1 - elapsed) > limit:
            raise RateLimited(
                f"More than {limit:,} requests a minute; go on later.",
                _retry_after(current, count.previous, elapsed, limit, weight),
            )
        count.own += weight
        self.changed.add(subject)

    def give_back(self, subject: str, weight: int = 1) -> None:
        """What turned out to be another's. What the others were told already stays with them."""
        count = self.count(subject)
        count.own = max(count.shared, count.own - weight)


def _retry_after(current: int, previous: int, elapsed: float, limit: int, weight: int) -> int:
    """Seconds, at least 1, until the sliding count has room."""
    room = max(0, limit - weight)
    if current <= room and previous:
        wait = 1 - (room - current) / previous - elapsed
    else:
        wait = 1 - elapsed + max(0.0, 1 - room / current if current else 0.0)
    return max(1, math.ceil(wait * WINDOW_SECONDS))
