"""Features and customers whose cost stands out against their own past; docs/insights.md has the
rule in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from statistics import median
from zoneinfo import ZoneInfo

from models.time_range import TimeRange
from models.usage_query import Measure, RankQuery
from models.usage_sums import NOTHING, UsageSums, add_sums
from pricing.arithmetic import EXACT
from resolvers.analytics.dimension import Dimension, GroupKey, group_key, narrowed
from resolvers.analytics.points import Interval, cut
from resolvers.analytics.usage_range import UsageRange
from resolvers.insights.insight import (
    Insight,
    InsightAmount,
    InsightKind,
    InsightNumber,
    count,
    usd,
)
from resolvers.insights.question import Question
from resolvers.local_time import local_day, start_of_day

# Those with the most cost in the range; others are not looked at.
MAX_GROUPS = 50
MAX_DAYS = 92
# The past has as many days as the range, but no fewer than these.
MIN_DAYS_BEFORE = 28
# Of days with usage whose cost is known in full; fewer say nothing of what is usual.
MIN_COMPARED = 7
# How many deviations above the median; 1.4826 times the MAD is one of a normal distribution.
DEVIATIONS = 6
_OF_NORMAL = Decimal("1.4826")
# What is steady may wobble: a deviation is at least this part of the median.
_MIN_DEVIATION = Decimal("0.1")
# How much a day must pass the median, and the costliest past day of the same weekday.
_MIN_RATIO = Decimal("1.5")
# USD a day.
MIN_EXCESS = Decimal(1)
_PLACES = Decimal("0.01")

KINDS = {
    Dimension.FEATURE: InsightKind.UNUSUAL_FEATURE,
    Dimension.CUSTOMER: InsightKind.UNUSUAL_CUSTOMER,
}
_FORMULA = (
    "excess = the sum, over the days that stand out, of the day's cost - median. A day stands out "
    f"where (cost - median) / deviation is over {DEVIATIONS}, its cost is over 1.5 x the median "
    "and over 1.5 x that of the costliest past day of the same weekday, and it passes the median "
    "by 1 USD or more. Median and deviation (1.4826 x the median distance from the median, and at "
    "least a tenth of the median) are of the past days that have usage, all of it with a known "
    "cost"
)
_ASSUMPTION = (
    f"The past is as many days as the range has, and no fewer than {MIN_DAYS_BEFORE}; where fewer "
    f"than {MIN_COMPARED} of them can be compared nothing is said. Of a range of more than "
    f"{MAX_DAYS} days the last {MAX_DAYS} are looked at. Of a day in the range the known cost "
    "counts. That usage is unusual does not say that it is wrong."
)


@dataclass(frozen=True)
class Days:
    """The days of a range that are looked at, the first and the last clipped, and those before."""

    range: TimeRange
    before: TimeRange
    now: tuple[TimeRange, ...]
    past: tuple[TimeRange, ...]
    zone: ZoneInfo

    @classmethod
    def of(cls, range: UsageRange) -> Days:
        """Days that are to come are left out."""
        zone = range.zone
        tomorrow = start_of_day(local_day(range.now, zone) + timedelta(days=1), zone)
        end = max(min(range.range.to, tomorrow), range.range.from_)
        last = local_day(end - timedelta(microseconds=1), zone)
        first = start_of_day(last - timedelta(days=MAX_DAYS - 1), zone)
        looked_at = TimeRange(max(range.range.from_, first), end)
        now = cut(looked_at, Interval.DAY, zone)
        day = local_day(looked_at.from_, zone)
        count = max(len(now), MIN_DAYS_BEFORE)
        before = TimeRange(start_of_day(day - timedelta(days=count), zone), start_of_day(day, zone))
        return cls(looked_at, before, now, cut(before, Interval.DAY, zone), zone)

    def weekday(self, point: TimeRange) -> int:
        return local_day(point.from_, self.zone).weekday()


@dataclass(frozen=True)
class Unusual:
    """Days (local) that stand out, and what is usual; costs are USD."""

    median: Decimal
    deviation: Decimal
    compared_days: int
    days: tuple[tuple[date, Decimal], ...]

    @property
    def excess(self) -> Decimal:
        with localcontext(EXACT):
            return sum((cost - self.median for _, cost in self.days), Decimal(0))

    @property
    def highest(self) -> tuple[date, Decimal]:
        return max(self.days, key=lambda day: day[1])

    @property
    def score(self) -> Decimal:
        """Of the highest day, rounded to two places."""
        with localcontext(EXACT):
            return ((self.highest[1] - self.median) / self.deviation).quantize(_PLACES)


@dataclass(frozen=True)
class DailyUsage:
    """One feature's or customer's sums by day."""

    key: GroupKey
    now: tuple[UsageSums, ...]
    past: tuple[UsageSums, ...]


async def read_daily(question: Question, days: Days, by: Dimension) -> list[DailyUsage]:
    """Those with the most cost in these days: at most 50, by two statements."""
    usage, columns = question.usage, (by.column,)
    if not days.now:
        return []
    keys = await usage.ranking(
        RankQuery(
            usage.workspace_id,
            days.range,
            columns,
            Measure.COST,
            MAX_GROUPS,
            usage.filter,
            with_null=False,
        )
    )
    if not keys:
        return []
    found = await usage.sums(
        (*days.now, *days.past), columns, narrowed(usage.filter, columns, keys)
    )
    split = len(days.now)
    daily = []
    for key in keys:
        sums = tuple(found.get((place, key), NOTHING) for place in range(split + len(days.past)))
        daily.append(DailyUsage(group_key(columns, key), sums[:split], sums[split:]))
    return daily


def find_unusual(days: Days, daily: DailyUsage) -> Unusual | None:
    """None where no day stands out, or where the past says too little."""
    past = [
        (days.weekday(point), sums.cost)
        for point, sums in zip(days.past, daily.past, strict=True)
        if sums.events and not sums.unpriced_events
    ]
    if len(past) < MIN_COMPARED:
        return None
    with localcontext(EXACT):
        costs = [cost for _, cost in past]
        middle = median(costs)
        deviation = max(
            _OF_NORMAL * median(abs(cost - middle) for cost in costs), _MIN_DEVIATION * middle
        )
        if middle <= 0:
            return None
        highest: dict[int, Decimal] = defaultdict(Decimal)
        for weekday, cost in past:
            highest[weekday] = max(highest[weekday], cost)
        outstanding = tuple(
            (local_day(point.from_, days.zone), sums.cost)
            for point, sums in zip(days.now, daily.now, strict=True)
            if sums.cost - middle > DEVIATIONS * deviation
            and sums.cost - middle >= MIN_EXCESS
            and sums.cost > _MIN_RATIO * max(middle, highest[days.weekday(point)])
        )
    return Unusual(middle, deviation, len(past), outstanding) if outstanding else None


def unusual_usage(
    question: Question, days: Days, by: Dimension, groups: Sequence[DailyUsage]
) -> Iterator[Insight]:
    for daily in groups:
        found = find_unusual(days, daily)
        if found is None:
            continue
        value = getattr(daily.key, by.column)
        filter = replace(question.usage.filter, **{by.column: (value,)})
        yield Insight(
            KINDS[by],
            f"{by.value.capitalize()} {value} cost more than usual on {_days(len(found.days))}.",
            found.excess,
            InsightAmount.EXCESS,
            daily.key,
            tuple(_numbers(found, daily)),
            _FORMULA,
            _ASSUMPTION,
            question.proof.of_days(filter, days.range, days.before),
        )


def _numbers(found: Unusual, daily: DailyUsage) -> Iterator[InsightNumber]:
    unknown = add_sums((*daily.now, *daily.past)).unpriced_events
    yield count("days that stand out", len(found.days), "days")
    yield usd(f"highest day ({found.highest[0].isoformat()})", found.highest[1])
    yield usd("median of past days", found.median)
    yield usd("deviation", found.deviation)
    yield InsightNumber("highest score", found.score, "deviations")
    yield count("past days compared", found.compared_days, "days")
    yield count("past days", len(daily.past), "days")
    yield count("events of unknown cost", unknown, "events")


def _days(count: int) -> str:
    return "one day" if count == 1 else f"{count} days"
