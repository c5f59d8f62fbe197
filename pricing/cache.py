"""A memory that cannot grow: what callers send decides its keys."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """Keeps the `limit` entries that were put in last. Reading costs one look into a dict."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: dict[K, V] = {}
        self._lock = Lock()
        self.get = self._entries.get

    def put(self, key: K, value: V) -> V:
        """Returns the value; the oldest entry goes where there is no room."""
        with self._lock:
            if len(self._entries) >= self._limit:
                self._entries.pop(next(iter(self._entries)))
            self._entries[key] = value
        return value

    def __len__(self) -> int:
        return len(self._entries)
