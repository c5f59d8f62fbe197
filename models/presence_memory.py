"""What this process has seen committed of who was there: it need not be looked up again.

Only what brings nothing new is left out, so that forgetting is always safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from models.cubes import Tier
from models.event import UsageEvent

# Some 30 MB at the most.
MAX_KEYS = 50_000

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class _Seen:
    """Of one workspace: the earliest event of each key, in two generations, and the log's head."""

    last_sequence: int = 0
    young: dict[tuple[Any, ...], datetime] = field(default_factory=dict)
    old: dict[tuple[Any, ...], datetime] = field(default_factory=dict)

    def holds(self, key: tuple[Any, ...], at: datetime) -> bool:
        earliest = self.young.get(key) or self.old.get(key)
        return earliest is not None and earliest <= at


class PresenceMemory:
    """One for a recorder."""

    def __init__(self, *, max_keys: int = MAX_KEYS) -> None:
        self._max_keys = max_keys
        self._keys = 0
        self._seen: dict[int, _Seen] = {}

    def news(
        self, workspace_id: int, last_sequence: int, events: Sequence[UsageEvent]
    ) -> list[UsageEvent]:
        """The events that may say something new of who was there, or was there first.

        `last_sequence` is of the log before them: where it has gone back since what was seen,
        another log was put in its place.
        """
        seen = self._seen.get(workspace_id)
        if seen is None or last_sequence < seen.last_sequence:
            self._seen.pop(workspace_id, None)
            return list(events)
        return [event for event, key in _keyed(events) if not seen.holds(key, event.occurred_at)]

    def note(self, workspace_id: int, last_sequence: int, events: Sequence[UsageEvent]) -> None:
        """Events that are committed now."""
        seen = self._seen.setdefault(workspace_id, _Seen())
        seen.last_sequence = last_sequence
        for event, key in _keyed(events):
            if not seen.holds(key, event.occurred_at):
                self._keys += key not in seen.young
                seen.young[key] = event.occurred_at
        if self._keys > self._max_keys:
            self._forget_old()

    def _forget_old(self) -> None:
        for seen in self._seen.values():
            seen.old, seen.young = seen.young, {}
        self._keys = 0


def _keyed(events: Iterable[UsageEvent]) -> Iterable[tuple[UsageEvent, tuple[Any, ...]]]:
    """Events with what the sets tell apart: the quarter of an hour, and their columns."""
    starts = ends = _NEVER
    for event in events:
        if not starts <= event.occurred_at < ends:
            starts = Tier.QUARTER_HOUR.floor(event.occurred_at.astimezone(UTC))
            ends = starts + Tier.QUARTER_HOUR.length
        yield event, (starts, event.user_id, event.feature_id, event.customer_id)
