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


@dataclass(frozen=True)
class Comparable:
    """A point as it is compared: with those of its kind, if it is over and nothing clipped it."""

    kind: Hashable
    is_over: bool
    is_whole: bool


def comparable(
    range: UsageRange, interval: Interval, points: Sequence[TimeRange]
) -> list[Comparable]:
    """Once for all series of a timeline, since looking at the calendar takes longest."""
    return [
        Comparable(
            _kind(range, interval, point),
            point.to <= range.now,
            is_whole(point, interval, range.zone),
        )
        for point in points
    ]


def find_spikes(
    points: Sequence[Comparable], sums: Sequence[UsageSums], measure: Measure
) -> list[bool]:
    """Of each point whether it stands out from those of the same hour or weekday.

    Where too few are like it, all of the points are compared. Points that are not over yet are
    no spikes and are not compared with, nor are points that the range's ends have clipped.
    """
    values = [float(measure.of(of_point)) for of_point in sums]
    alike: dict[Hashable, list[float]] = defaultdict(list)
    for point, value in zip(points, values, strict=True):
        if point.is_over and point.is_whole:
            alike[point.kind].append(value)
    usual = _usual_of_kinds(alike)
    of_all = _usual([value for found in alike.values() for value in found], 0.0)
    excess = _usual_excess(alike, usual, of_all)
    return [
        point.is_over
        and (of_kind := usual.get(point.kind, of_all)) is not None
        and of_kind.is_exceeded_by(value, MIN_EXCESS[measure])
        and (excess is None or excess.is_exceeded_by(value - of_kind.median, 0.0))
        for point, value in zip(points, values, strict=True)
    ]


def _usual_excess(
    alike: Mapping[Hashable, Sequence[float]],
    usual: Mapping[Hashable, Usual],
    of_all: Usual | None,
) -> Usual | None:
    """By how much points lie above the median of their kind, where enough of them do.

    What is used now and then is mostly not used: by the medians alone every use would stand out.
    """
    found = [
        value - of_kind.median
        for kind, values in alike.items()
        if (of_kind := usual.get(kind, of_all)) is not None
        for value in values
        if value > of_kind.median
    ]
    return _usual(found, 0.0)


def _usual_of_kinds(alike: Mapping[Hashable, Sequence[float]]) -> dict[Hashable, Usual]:
    """Of the kinds that have enough points."""
    enough = {kind: values for kind, values in alike.items() if len(values) >= MIN_COMPARABLE}
    off: list[float] = []
    for values in enough.values():
        middle = median(values)
        off += (abs(value - middle) for value in values)
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
