"""Who was there in which quarters of which day, and who was there first, from events in hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter

from models.cubes import QUARTERS_A_DAY, PresenceSet, Tier
from models.event import UsageEvent

Member = tuple[str | None, ...]

_NEVER = datetime.max.replace(tzinfo=UTC)


def quarter_of(moment: datetime) -> int:
    """The quarter of its UTC day that a moment lies in, from 0."""
    return moment.hour * 4 + moment.minute // 15


def quarter_bit(quarter: int) -> int:
    return 1 << (QUARTERS_A_DAY - 1 - quarter)


@lru_cache(maxsize=4096)
def quarters_text(quarters: int) -> str:
    """A set of quarters as Postgres writes bits: the first of the day first."""
    return format(quarters, f"0{QUARTERS_A_DAY}b")


def presence(
    presence_set: PresenceSet, events: Iterable[UsageEvent]
) -> dict[tuple[datetime, *Member], int]:
    """The quarters in which each member was there, by day and columns."""
    values, member = attrgetter(*presence_set.columns), attrgetter(presence_set.member)
    found: dict[tuple[datetime, *Member], int] = {}
    # Neighbours share their quarter.
    starts, ends, day, bit = _NEVER, _NEVER, _NEVER, 0
    for event in events:
        if member(event) is None:
            continue
        if not starts <= event.occurred_at < ends:
            at = event.occurred_at.astimezone(UTC)
            starts = Tier.QUARTER_HOUR.floor(at)
            ends = starts + Tier.QUARTER_HOUR.length
            day, bit = Tier.DAY.floor(at), quarter_bit(quarter_of(at))
        key = (day, *values(event))
        found[key] = found.get(key, 0) | bit
    return found


def first_uses(events: Iterable[UsageEvent]) -> dict[Member, datetime]:
    """The first time of each user and feature among the events."""
    found: dict[Member, datetime] = {}
    for event in events:
        if event.user_id is not None:
            key = (event.user_id, event.feature_id)
            found[key] = min(found.get(key, event.occurred_at), event.occurred_at)
    return found
