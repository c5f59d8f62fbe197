"""How many WebSockets and event streams are open, in all and by who opened them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import RateLimited
from web.limits import StreamLimits

_RETRY_SECONDS = 5


class Streams:
    """Counts for one process."""

    def __init__(self, limits: StreamLimits) -> None:
        self.limits = limits
        self._by_key: Counter[str] = Counter()
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
