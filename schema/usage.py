"""Analytics as the contract shows them."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models import time_range
from resolvers.analytics import adoption as adoption_resolvers
from resolvers.analytics import breakdown as breakdown_resolvers
from resolvers.analytics import timeline as timeline_resolvers
from resolvers.analytics import usage as usage_resolvers
from schema.access import READ
from schema.enums import Dimension, EventType, Interval, Measure
from schema.event import UsageCounts
from schema.scalars import BigInt, DateTime, Decimal


@strawberry.type(description="Half-open: `from` is in, `to` is out.")
class TimeRange:
    from_: DateTime = strawberry.field(name="from")
    to: DateTime
    time_zone: str


@strawberry.type(description="What some events add up to.")
class UsageTotals:
    events: BigInt
    cost: Decimal = strawberry.field(description="USD, of what could be priced.")
    unpriced_events: BigInt = strawberry.field(
        description="Events whose cost is not known in full (PARTIAL or UNPRICED)."
    )
    errors: BigInt
    # All are read as they stand: resolvers of their own would double what an answer costs.
    usage: UsageCounts
    coverage: float = strawberry.field(
        description="Share of events whose cost is known in full, 0 to 1; 1 where there are no "
        "events."
    )
    error_rate: float = strawberry.field(
        description="Errors over events, 0 to 1; 0 where there are no events."
    )


@strawberry.type(
    description="The values of the dimensions that were asked for; the others are null, and so is "
    "a value that events do not have."
)
class GroupKey:
    type: EventType | None
    customer_id: str | None
    user_id: str | None
    feature_id: str | None
    provider: str | None
    model: str | None


@strawberry.type(description="One hour, day, week or month, clipped to the range.")
class TimelinePoint:
    start: DateTime
    end: DateTime
    totals: UsageTotals
    previous: UsageTotals | None = strawberry.field(
        description="The point at the same place in the range before; null where that range has "
        "no such place. Clipped points need not add up to the range's `previous`."
    )
    is_spike: bool = strawberry.field(
        description="Whether the point stands out from comparable points; never so for the point "
        "that is not over yet."
    )


@strawberry.type(
    description="One value of a dimension over time; `key` is null in the series of everything."
)
class TimelineSeries:
    key: GroupKey | None
    is_other: bool = strawberry.field(description="The sum of all that did not make the top.")
    totals: UsageTotals = strawberry.field(description="The whole range, in this series.")
    points: list[TimelinePoint]


@strawberry.type(description="Usage that the dimensions' values have in common.")
class UsageGroup:
    key: GroupKey
    is_other: bool = strawberry.field(
        description="The sum of all that did not make the top, in this range or in the one before."
    )
    totals: UsageTotals
    previous: UsageTotals
    cost_share: float = strawberry.field(
        description="This group's part of the whole range's cost, 0 to 1; 0 where that cost is 0."
    )


@strawberry.type(description="How many used a feature in one hour, day, week or month.")
class AdoptionPoint:
    start: DateTime
    end: DateTime
    users: BigInt
    customers: BigInt
    new_users: BigInt = strawberry.field(
        description="Users of the point whose first event ever with this feature, whatever the "
        "filter, lies in it. An event that comes in late moves it."
    )


@strawberry.type(description="How a feature was used over time.")
class FeatureAdoption:
    feature_id: str | None
    users: BigInt = strawberry.field(description="Different users in the whole range.")
    customers: BigInt = strawberry.field(description="Different customers in the whole range.")
    new_users: BigInt = strawberry.field(
        description="Users whose first event ever with this feature, whatever the filter, lies in "
        "the range."
    )
    points: list[AdoptionPoint]


@strawberry.type(description="A range of the events that pass a filter.")
class Usage:
    @strawberry.field
    def range(parent: Parent[usage_resolvers.Usage]) -> TimeRange:
        return shown_range(parent, parent.range.range)

    @strawberry.field
    def previous_range(parent: Parent[usage_resolvers.Usage]) -> TimeRange:
        return shown_range(parent, parent.range.previous)

    @strawberry.field
    async def totals(parent: Parent[usage_resolvers.Usage]) -> UsageTotals:
        return cast(UsageTotals, await usage_resolvers.read_totals(parent))

    @strawberry.field(description="The range before.")
    async def previous(parent: Parent[usage_resolvers.Usage]) -> UsageTotals:
        return cast(UsageTotals, await usage_resolvers.read_previous(parent))

    @strawberry.field(
        description="Points cover the whole range without gaps; calendar intervals are those of "
        "the range's time zone, across changes of clock too."
    )
    async def timeline(
        parent: Parent[usage_resolvers.Usage],
        interval: Interval,
        by: Dimension | None = None,
        top: int = 5,
        measure: Measure = Measure.COST,
    ) -> list[TimelineSeries]:
        series = await timeline_resolvers.read_timeline(parent, interval, by, top, measure)
        return cast(list[TimelineSeries], series)

    @strawberry.field(
        description="The top groups by the measure, and the rest in one group that says so, where "
        "there is a rest."
    )
    async def breakdown(
        parent: Parent[usage_resolvers.Usage],
        by: list[Dimension],
        top: int = 20,
        measure: Measure = Measure.COST,
    ) -> list[UsageGroup]:
        groups = await breakdown_resolvers.read_breakdown(parent, by, top, measure)
        return cast(list[UsageGroup], groups)

    @strawberry.field(
        description="How many different users and customers used each feature, over time; the "
        "features with the most users first. Not for customers' tokens.",
        extensions=[READ],
    )
    async def adoption(
        parent: Parent[usage_resolvers.Usage], interval: Interval, top: int = 20
    ) -> list[FeatureAdoption]:
        features = await adoption_resolvers.read_adoption(parent, interval, top)
        return cast(list[FeatureAdoption], features)


def shown_range(usage: usage_resolvers.Usage, range: time_range.TimeRange) -> TimeRange:
    return TimeRange(
        from_=DateTime(range.from_), to=DateTime(range.to), time_zone=usage.range.zone.key
    )
