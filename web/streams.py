"""How many WebSockets and event streams are open, in all and by who opened them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import RateLimited
from web.held_bytes import HeldBytes
from web.limits import StreamLimits

_RETRY_SECONDS = 5
# An operation takes more than this in any case; what others ask for has less.
_FREE_BYTES = 8192
_TOO_MUCH = "The live operations by this key hold too much; complete some, or ask for less."


class Streams:
    """Counts for one process."""

    def __init__(self, limits: StreamLimits) -> None:
        self.limits = limits
        self._by_key: Counter[str] = Counter()
        self._held = HeldBytes(limits.held_bytes)
        self._open = 0

    @contextmanager
    def place(self, key: str) -> Iterator[None]:
        """A place as long as the block lasts. Raises RateLimited where there is none."""
        self.check(key)
        self._open += 1
        self._by_key[key] += 1
        try:
            yield
        finally:
            self._open -= 1
            self._by_key[key] -= 1
            if not self._by_key[key]:
                del self._by_key[key]

    @contextmanager
    def held(self, key: str, count: int) -> Iterator[None]:
        """Room for so many bytes as long as the block lasts. Raises RateLimited."""
        counted = max(0, count - _FREE_BYTES)
        if not self._held.take(key, counted):
            raise RateLimited(_TOO_MUCH, _RETRY_SECONDS)
        try:
            yield
        finally:
            self._held.give_back(key, counted)

    def check_room(self, key: str, count: int) -> None:
        """Raises RateLimited where there is none for so many bytes."""
        with self.held(key, count):
            pass

    def check(self, key: str) -> None:
        """Raises RateLimited where there is no place."""
        if self._by_key[key] >= self.limits.streams_per_key:
            raise RateLimited(
                f"There are {self.limits.streams_per_key:,} live connections by this key; "
                "close some first.",
                _RETRY_SECONDS,
            )
        if self._open >= self.limits.streams:
            raise RateLimited("The server has no place for more live connections.", _RETRY_SECONDS)
