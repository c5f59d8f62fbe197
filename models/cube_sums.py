"""What events add to the cubes, summed in Python from the events in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal, localcontext
from operator import add, attrgetter
from typing import Any

from models.cost import CostStatus
from models.cubes import COUNTS, CUBES, MEASURES, Cube, Tier
from models.event import Outcome, UsageEvent

# Sums of costs are exact in this: amounts have at most 80 digits before the point.
EXACT = Context(prec=400)

# A bucket, then the values of the cube's columns.
Key = tuple[Any, ...]
# MEASURES in their order.
Row = list[int | Decimal]
Sums = dict[Key, Row]

_COST = MEASURES.index("cost")
_UNPRICED = MEASURES.index("unpriced_events")
_ERRORS = MEASURES.index("errors")
_COUNTS = tuple(MEASURES.index(name) for name in COUNTS)
_counts_of = attrgetter(*COUNTS)
_UNKNOWN_COSTS = (CostStatus.PARTIAL, CostStatus.UNPRICED)


@dataclass(frozen=True)
class _Summed:
    """Sums that coarser ones can be added up from."""

    columns: tuple[str, ...]
    tier: Tier
    sums: Sums

    def holds(self, cube: Cube, tier: Tier) -> bool:
        finer = self.tier is Tier.QUARTER_HOUR or tier is Tier.DAY
        return finer and set(cube.columns) <= set(self.columns)


_ALL = tuple(dict.fromkeys(column for cube in CUBES for column in cube.columns))
# Users are many: what does without them is added up from far fewer rows than there are events.
_WITHOUT_USERS = tuple(column for column in _ALL if column != "user_id")
# The wide ones first: the narrow ones are added up from them.
_TABLES = sorted(
    ((cube, tier) for cube in CUBES for tier in cube.tiers),
    key=lambda table: (-len(table[0].columns), table[1] is Tier.DAY),
)


def sum_events(
    added: Iterable[UsageEvent], removed: Iterable[UsageEvent] = ()
) -> dict[tuple[Cube, Tier], Sums]:
    """What the cubes gain by the one and lose by the other, where that is anything."""
    with localcontext(EXACT):
        weighed = [*_weighed(added, 1), *_weighed(removed, -1)]
        found = [_sum(_WITHOUT_USERS, Tier.QUARTER_HOUR, weighed)]
        sums: dict[tuple[Cube, Tier], Sums] = {}
        for cube, tier in _TABLES:
            sources = [summed for summed in found if summed.holds(cube, tier)]
            if sources:
                source = min(sources, key=lambda summed: len(summed.sums))
                found.append(_add_up(cube.columns, tier, source))
            else:
                found.append(_sum(cube.columns, tier, weighed))
            sums[cube, tier] = found[-1].sums
    return {
        table: {key: row for key, row in rows.items() if any(row)} for table, rows in sums.items()
    }


def measures_of(event: UsageEvent) -> list[tuple[int, int | Decimal]]:
    """The event's own measures that are not zero, by their places in MEASURES."""
    measures: list[tuple[int, int | Decimal]] = [(0, 1)]
    for place, value in zip(_COUNTS, _counts_of(event), strict=True):
        if value:
            measures.append((place, value))
    if event.cost:
        measures.append((_COST, event.cost))
    if event.cost_status in _UNKNOWN_COSTS:
        measures.append((_UNPRICED, 1))
    if event.outcome is Outcome.ERROR:
        measures.append((_ERRORS, 1))
    return measures


# An event, its quarter of an hour, and its measures.
_Weighed = tuple[UsageEvent, datetime, list[tuple[int, int | Decimal]]]


def _weighed(events: Iterable[UsageEvent], sign: int) -> Iterable[_Weighed]:
    # Neighbours share their quarter: one object hashes once.
    quarter, ends = datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for event in events:
        if not quarter <= event.occurred_at < ends:
            quarter = Tier.QUARTER_HOUR.floor(event.occurred_at.astimezone(UTC))
            ends = quarter + Tier.QUARTER_HOUR.length
        measures = measures_of(event)
        if sign < 0:
            measures = [(place, -value) for place, value in measures]
        yield event, quarter, measures


def _sum(columns: tuple[str, ...], tier: Tier, weighed: Sequence[_Weighed]) -> _Summed:
    values = _reader(columns)
    sums: Sums = {}
    last = bucket = None
    for event, quarter, measures in weighed:
        if quarter is not last:
            last, bucket = quarter, tier.floor(quarter)
        key = (bucket, *values(event))
        row = sums.get(key)
        if row is None:
            row = sums[key] = [0] * len(MEASURES)
        for place, value in measures:
            row[place] += value
    return _Summed(columns, tier, sums)


def _add_up(columns: tuple[str, ...], tier: Tier, source: _Summed) -> _Summed:
    places = [source.columns.index(column) + 1 for column in columns]
    # One object for a bucket hashes once.
    buckets: dict[datetime, datetime] = {}
    sums: Sums = {}
    for key, row in source.sums.items():
        bucket = buckets.get(key[0])
        if bucket is None:
            bucket = buckets[key[0]] = tier.floor(key[0])
        target = (bucket, *[key[place] for place in places])
        sum_ = sums.get(target)
        sums[target] = row if sum_ is None else [*map(add, sum_, row)]
    return _Summed(columns, tier, sums)


def _reader(columns: tuple[str, ...]) -> Callable[[UsageEvent], Key]:
    """Reads some columns of an event, always as a tuple."""
    if len(columns) == 1:
        get = attrgetter(columns[0])
        return lambda event: (get(event),)
    return attrgetter(*columns) if columns else lambda _: ()
