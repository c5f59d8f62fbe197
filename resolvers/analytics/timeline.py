"""Usage over time: of everything, or of a dimension's top values and the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from models.time_range import TimeRange
from models.usage_query import GroupValues, Measure, RankQuery
from models.usage_sums import NOTHING, UsageSums, add_sums
from resolvers.analytics.dimension import Dimension, GroupKey, group_key, narrowed
from resolvers.analytics.points import Interval, cut
from resolvers.analytics.spikes import Comparable, comparable, find_spikes
from resolvers.analytics.usage import Usage, check_series, check_top
from resolvers.analytics.usage_range import UsageRange
from resolvers.analytics.usage_reader import Sums


@dataclass(frozen=True)
class TimelinePoint:
    """`previous` is of the point at the same place in the range before; None: there is none."""

    start: datetime
    end: datetime
    totals: UsageSums
    previous: UsageSums | None
    is_spike: bool


@dataclass(frozen=True)
class TimelineSeries:
    """`key` is None in the series of everything, and says nothing in that of the rest."""

    key: GroupKey | None
    is_other: bool
    totals: UsageSums
    points: list[TimelinePoint]


@dataclass(frozen=True)
class Points:
    """The points of a range, and of the one before."""

    range: UsageRange
    interval: Interval
    now: tuple[TimeRange, ...]
    before: tuple[TimeRange, ...]

    @property
    def all(self) -> tuple[TimeRange, ...]:
        return self.now + self.before

    @cached_property
    def comparable(self) -> list[Comparable]:
        return comparable(self.range, self.interval, self.all)


async def read_timeline(
    usage: Usage, interval: Interval, by: Dimension | None, top: int, measure: Measure
) -> list[TimelineSeries]:
    """Raises BadInput for such a top, and for too many points."""
    check_top(top)
    points = Points(
        usage.range,
        interval,
        cut(usage.range.range, interval, usage.range.zone),
        cut(usage.range.previous, interval, usage.range.zone),
    )
    if by is not None:
        check_series(top, len(points.now))
    async with usage.reader.open():
        whole = await _whole(usage, points)
        if by is None:
            return [_series(None, False, points, whole, measure)]
        return await _by_dimension(usage, points, whole, by, top, measure)


async def _whole(usage: Usage, points: Points) -> list[UsageSums]:
    found = await usage.sums(points.all)
    return [found.get((place, ()), NOTHING) for place in range(len(points.all))]


async def _by_dimension(
    usage: Usage,
    points: Points,
    whole: list[UsageSums],
    by: Dimension,
    top: int,
    measure: Measure,
) -> list[TimelineSeries]:
    columns = (by.column,)
    keys = await usage.ranking(
        RankQuery(usage.workspace_id, usage.range.range, columns, measure, top, usage.filter)
    )
    filter = narrowed(usage.filter, columns, keys) if keys else None
    found = await usage.sums(points.all, columns, filter) if keys else {}
    # In a thread, since many series of many points take a while, and others are to be answered.
    return await asyncio.to_thread(_all_series, points, whole, columns, keys, found, measure)


def _all_series(
    points: Points,
    whole: list[UsageSums],
    columns: tuple[str, ...],
    keys: list[GroupValues],
    found: Sums,
    measure: Measure,
) -> list[TimelineSeries]:
    sums = [[found.get((place, key), NOTHING) for place in range(len(whole))] for key in keys]
    series = [
        _series(group_key(columns, key), False, points, of_key, measure)
        for key, of_key in zip(keys, sums, strict=True)
    ]
    rest = [all_ - add_sums(parts) for all_, *parts in zip(whole, *sums, strict=True)]
    if any(of_point.events for of_point in rest):
        series.append(_series(GroupKey(), True, points, rest, measure))
    return series


def _series(
    key: GroupKey | None,
    is_other: bool,
    points: Points,
    sums: Sequence[UsageSums],
    measure: Measure,
) -> TimelineSeries:
    count = len(points.now)
    now, before = sums[:count], sums[count:]
    spikes = find_spikes(points.comparable, sums, measure)
    return TimelineSeries(
        key,
        is_other,
        add_sums(now),
        [
            TimelinePoint(
                *points.now[place],
                now[place],
                before[place] if place < len(before) else None,
                spikes[place],
            )
            for place in range(count)
        ],
    )
