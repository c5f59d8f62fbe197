"""Which points of a timeline stand out; docs/analytics.md has the rule in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from models.time_range import TimeRange
from models.usage_query import Measure
from models.usage_sums import UsageSums
from resolvers.analytics.points import Interval, is_whole
from resolvers.analytics.usage_range import UsageRange

# Fewer say nothing of what is usual.
MIN_COMPARABLE = 5
# Fewer say little of how much is usual: then the deviation of all points counts too.
MANY_COMPARABLE = 10
# How many deviations above the median; 1.4826 times the MAD is one of a normal distribution.
DEVIATIONS = 6.0
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
    known = _usual_of_kinds(alike)
    of_all = _usual([value for found in alike.values() for value in found], 0.0)
    return [
        point.to <= range.now
        and (usual := known.get(kind, of_all)) is not None
        and usual.is_exceeded_by(value, MIN_EXCESS[measure])
        for point, kind, value in zip(points, kinds, values, strict=True)
    ]


def _usual_of_kinds(alike: Mapping[Hashable, Sequence[float]]) -> dict[Hashable, Usual]:
    """Of the kinds that have enough points."""
    enough = {kind: values for kind, values in alike.items() if len(values) >= MIN_COMPARABLE}
    off = [abs(value - median(values)) for values in enough.values() for value in values]
    deviation = _OF_NORMAL * median(off) if off else 0.0
    found = {}
    for kind, values in enough.items():
        usual = _usual(values, 0.0 if len(values) >= MANY_COMPARABLE else deviation)
        if usual is not None:
            found[kind] = usual
    return found


def _usual(values: Sequence[float], min_deviation: float) -> Usual | None:
    """None where there are too few values."""
    if len(values) < MIN_COMPARABLE:
        return None
    middle = median(values)
    deviation = _OF_NORMAL * median(abs(value - middle) for value in values)
    return Usual(middle, max(deviation, min_deviation))


def _kind(range: UsageRange, interval: Interval, point: TimeRange) -> Hashable:
    """Points of one kind may be compared: the same hour of the day, the same weekday."""
    match interval:
        case Interval.HOUR:
            return point.from_.astimezone(range.zone).hour
        case Interval.DAY:
            return point.from_.astimezone(range.zone).weekday()
        case _:
            return None
