"""What the usage of a range adds up to, in the shape that the REST API has."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from models.money import plain
from models.usage_query import Measure
from models.usage_sums import UsageSums
from resolvers.analytics.breakdown import UsageGroup, read_breakdown
from resolvers.analytics.dimension import Dimension
from resolvers.analytics.points import Interval
from resolvers.analytics.timeline import TimelinePoint, read_timeline
from resolvers.analytics.usage import MAX_TOP, Usage, read_totals
from resolvers.local_time import local_day
from schema.scalars import write_datetime

Count = Annotated[str, Meta(pattern="^[0-9]+$", description="A whole number, exact.")]
Usd = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]+(\.[0-9]+)?$",
        description="USD of what could be priced, exact, in plain notation.",
    ),
]
Unpriced = Annotated[
    str, Meta(pattern="^[0-9]+$", description="Events whose cost is not known in full.")
]
Instant = Annotated[
    str, Meta(description="RFC 3339, in UTC.", extra_json_schema={"format": "date-time"})
]


class Range(Struct, rename="camel"):
    """Half-open: `from` is in, `to` is out."""

    from_: Instant
    to: Instant
    time_zone: str


class Summary(Struct, rename="camel"):
    """The whole range."""

    total_events: Count
    total_input_tokens: Count
    total_output_tokens: Count
    total_cost_usd: Usd
    unpriced_events: Unpriced


class Group(Struct, rename="camel"):
    """Usage that has one value in common; those that cost most come first."""

    key: Annotated[str | None, Meta(description="The value; null for events without one.")]
    is_other: Annotated[bool, Meta(description="The sum of all that are not listed.")]
    events: Count
    input_tokens: Count
    output_tokens: Count
    cost_usd: Usd
    unpriced_events: Unpriced


class Point(Struct, rename="camel"):
    """One day, week or month, clipped to the range."""

    key: Annotated[
        str,
        Meta(description="The local day it starts on.", extra_json_schema={"format": "date"}),
    ]
    start: Instant
    end: Instant
    events: Count
    input_tokens: Count
    output_tokens: Count
    cost_usd: Usd
    unpriced_events: Unpriced


class UsageReport(Struct, rename="camel"):
    """The parts of each list add up to the summary."""

    range: Range
    summary: Summary
    by_feature: list[Group]
    by_provider: list[Group]
    by_event_type: list[Group]
    timeline: Annotated[list[Point], Meta(description="The whole range, without gaps.")]


class UsageAnswer(Struct):
    data: UsageReport


async def read_report(usage: Usage, interval: Interval) -> UsageReport:
    """All from one snapshot. Raises BadInput for too many points."""
    async with usage.reader.open():
        totals = await read_totals(usage)
        (everything,) = await read_timeline(usage, interval, None, 1, Measure.COST)
        return UsageReport(
            range=_range(usage),
            summary=_summary(totals),
            by_feature=await _groups(usage, Dimension.FEATURE),
            by_provider=await _groups(usage, Dimension.PROVIDER),
            by_event_type=await _groups(usage, Dimension.TYPE),
            timeline=[_point(usage, point) for point in everything.points],
        )


async def _groups(usage: Usage, by: Dimension) -> list[Group]:
    groups = await read_breakdown(usage, [by], MAX_TOP, Measure.COST)
    # The rest may have been used in the range before alone.
    return [_group(by, group) for group in groups if group.totals.events]


def _group(by: Dimension, group: UsageGroup) -> Group:
    return Group(getattr(group.key, by.column), group.is_other, *_sums(group.totals))


def _point(usage: Usage, point: TimelinePoint) -> Point:
    day = local_day(point.start, usage.range.zone).isoformat()
    return Point(day, write_datetime(point.start), write_datetime(point.end), *_sums(point.totals))


def _range(usage: Usage) -> Range:
    from_, to = usage.range.range
    return Range(write_datetime(from_), write_datetime(to), usage.range.zone.key)


def _summary(sums: UsageSums) -> Summary:
    return Summary(*_sums(sums))


def _sums(sums: UsageSums) -> tuple[str, str, str, str, str]:
    """Events, input tokens, output tokens, USD, events that are not priced in full."""
    return (
        str(sums.events),
        str(sums.input_tokens),
        str(sums.output_tokens),
        plain(sums.cost),
        str(sums.unpriced_events),
    )
