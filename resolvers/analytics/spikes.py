"""Which points of a timeline stand out; docs/analytics.md has the rule in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import median

from models.time_range import TimeRange
from models.usage_query import Measure
from models.usage_sums import UsageSums
from resolvers.analytics.points import Interval, is_whole
from resolvers.analytics.usage_range import UsageRange

# Fewer say nothing of what is usual.
MIN_COMPARABLE = 5
# How many deviations above the median; 1.4826 times the MAD is one of a normal distribution.
DEVIATIONS = 5.0
_OF_NORMAL = 1.4826
# And how much of the median: what is usually steady may wobble.
MIN_PART = 0.5
# And how much at all, in the measure's unit: of small numbers any is large.
MIN_EXCESS = {
    Measure.COST: 1.0,
    Measure.EVENTS: 20.0,
    Measure.TOTAL_TOKENS: 10_000.0,
    Measure.INPUT_TOKENS: 10_000.0,
    Measure.OUTPUT_TOKENS: 10_000.0,
    Measure.ERRORS: 5.0,
}


@dataclass(frozen=True)
class Usual:
    """What comparable points are like."""

    median: float
    deviation: float

    def is_exceeded_by(self, value: float, min_excess: float) -> bool:
        excess = value - self.median
        return (
            excess >= min_excess
            and excess > DEVIATIONS * self.deviation
            and excess > MIN_PART * self.median
        )


def usual(values: Sequence[float]) -> Usual | None:
    """None where there are too few values."""
    if len(values) < MIN_COMPARABLE:
        return None
    middle = median(values)
    return Usual(middle, _OF_NORMAL * median(abs(value - middle) for value in values))


def find_spikes(
    range: UsageRange,
    interval: Interval,
    points: Sequence[TimeRange],
    sums: Sequence[UsageSums],
    measure: Measure,
) -> list[bool]:
    """Of each point whether it stands out from those of the same hour or weekday.

    Where too few are like it, all of the points are compared. Points that are not over yet are
    no spikes and are not compared with, nor are points that the range's ends have clipped.
    """
    values = [float(measure.of(of_point)) for of_point in sums]
    kinds = [_kind(range, interval, point) for point in points]
    alike: dict[Hashable, list[float]] = defaultdict(list)
    for point, kind, value in zip(points, kinds, values, strict=True):
        if point.to <= range.now and is_whole(point, interval, range.zone):
            alike[kind].append(value)
    of_all = usual([value for of_kind in alike.values() for value in of_kind])
    of_kind = {kind: usual(found) or of_all for kind, found in alike.items()}
    return [
        point.to <= range.now
        and (known := of_kind.get(kind, of_all)) is not None
        and known.is_exceeded_by(value, MIN_EXCESS[measure])
        for point, kind, value in zip(points, kinds, values, strict=True)
    ]


def _kind(range: UsageRange, interval: Interval, point: TimeRange) -> Hashable:
    """Points of one kind may be compared: the same hour of the day, the same weekday."""
    match interval:
        case Interval.HOUR:
            return point.from_.astimezone(range.zone).hour
        case Interval.DAY:
            return point.from_.astimezone(range.zone).weekday()
        case _:
            return None
