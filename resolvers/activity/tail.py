"""The end of one workspace's log, as this process knows it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice

from models.cursor import Position
from models.event import UsageEvent

# Some seconds of a busy workspace. Who is further behind reads from Postgres.
KEPT_EVENTS = 5_000
# Events that come this close to each other travel in one update.
WINDOW_SECONDS = 0.02


class Tail:
    """The latest events of a log, without a gap, up to `position`.

    Subscribers keep their own place and ask for what lies after it, so a slow one costs
    nothing but its own reading. Equal subscriptions that are awake at the same time are given
    the same events: the place where one execution could serve them all.
    """

    def __init__(
        self, position: Position, repriced: int = 0, *, window_seconds: float = WINDOW_SECONDS
    ) -> None:
        self.position = position
        # How often the costs of earlier events were changed.
        self.repriced = repriced
        self._window_seconds = window_seconds
        self._events: deque[UsageEvent] = deque(maxlen=KEPT_EVENTS)
        self._news = asyncio.Event()
        self._last_wake = float("-inf")
        self._wake_is_due = False
        self.closed = False

    def extend(self, events: Sequence[UsageEvent]) -> bool:
        """Take events in the order of the log; those that are known already are left out.

        Returns False, and takes nothing, where events before them are missing.
        """
        known = self.position.sequence
        if not events or events[-1].sequence <= known:
            return True
        if events[0].sequence > known + 1:
            return False
        self._events.extend(events[max(0, known + 1 - events[0].sequence) :])
        self._move(Position(events[-1].sequence, events[-1].occurred_at))
        return True

    def jump(self, position: Position) -> None:
        """Move over a gap that is too long to be worth reading here."""
        if position.sequence > self.position.sequence:
            self._events.clear()
            self._move(position)

    def since(self, sequence: int, limit: int) -> list[UsageEvent] | None:
        """The first events after a sequence; None where they are not kept here any more."""
        behind = self.position.sequence - sequence
        if behind > len(self._events):
            return None
        start = len(self._events) - behind
        return list(islice(self._events, start, start + limit))

    def note_repricing(self, repriced: int) -> None:
        """Costs were changed, for the so manieth time; what is known already is left out."""
        if repriced > self.repriced:
            self.repriced = repriced
            # They hold what events cost before: who is behind reads from Postgres.
            self._events.clear()
            self._wake_soon()

    async def beyond(self, sequence: int, repriced: int) -> bool:
        """Wait for something after a sequence, or a repricing. False: the hub is closing."""
        while self.position.sequence <= sequence and self.repriced <= repriced and not self.closed:
            await self._news.wait()
        return not self.closed

    def close(self) -> None:
        self.closed = True
        self._wake()

    def _move(self, position: Position) -> None:
        self.position = position
        self._wake_soon()

    def _wake_soon(self) -> None:
        if self._wake_is_due:
            return
        loop = asyncio.get_running_loop()
        pause = self._last_wake + self._window_seconds - loop.time()
        if pause <= 0:
            self._wake()
        else:
            self._wake_is_due = True
            loop.call_later(pause, self._wake)

    def _wake(self) -> None:
        self._wake_is_due = False
        self._last_wake = asyncio.get_running_loop().time()
        self._news.set()
        self._news = asyncio.Event()
