"""What callers make the server hold in memory: bounded in all, and for each by a share."""

from __future__ import annotations

from collections import Counter

# So four callers have to come together before a fifth is refused.
_SHARES = 4


class HeldBytes:
    """Counts for one process. A caller may hold a quarter of `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._share = most // _SHARES
        self._held = 0
        self._by_caller: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._held

    def has_room(self, caller: str, count: int) -> bool:
        """Who asks for nothing always has it."""
        of_caller = self._by_caller.get(caller, 0) + count
        return not count or (of_caller <= self._share and self._held + count <= self._most)

    def take(self, caller: str, count: int) -> bool:
        """Whether there was room; where there was none, nothing is counted."""
        if not self.has_room(caller, count):
            return False
        if count:
            self._held += count
            self._by_caller[caller] += count
        return True

    def give_back(self, caller: str, count: int) -> None:
        self._held -= count
        self._by_caller[caller] -= count
        if self._by_caller[caller] <= 0:
            del self._by_caller[caller]
