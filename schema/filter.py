"""Inputs that say which events are meant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar, overload

import strawberry

from models.metadata_match import MetadataMatch as Match
from models.time_range import TimeRange
from models.usage_filter import EVERYTHING
from models.usage_filter import UsageFilter as Filter
from resolvers.analytics.usage_range import UsageRange, usage_range
from resolvers.time_range import chosen_range, time_zone
from schema.enums import CostStatus, EventType, Outcome, RangePreset, ReportedCostStatus
from schema.scalars import DateTime

T = TypeVar("T")


@strawberry.input(
    description="A value that must stand in an event's metadata. Where an array stands on the way "
    "or at the end, one of its items is enough."
)
class MetadataMatch:
    key: str = strawberry.field(description="A key of the metadata, as it is: dots belong to it.")
    value: str = strawberry.field(description="The text of a string, number or boolean.")
    path: list[str] | None = strawberry.field(
        default=None, description="Keys of nested objects, from `key` on; at most 20."
    )


@strawberry.input(
    description="Values in one list are alternatives; lists that are given must all match. An "
    "empty list matches nothing; a null in a list matches events without the value."
)
class UsageFilter:
    types: list[EventType] | None = None
    customer_ids: list[str | None] | None = None
    user_ids: list[str | None] | None = None
    feature_ids: list[str | None] | None = None
    providers: list[str | None] | None = None
    models: list[str | None] | None = None
    outcomes: list[Outcome] | None = None
    cost_statuses: list[CostStatus] | None = None
    requested_models: list[str | None] | None = strawberry.field(
        default=None,
        description="The callers' own names for models, where responses named others.",
    )
    reported_cost_statuses: list[ReportedCostStatus] | None = None
    metadata: list[MetadataMatch] | None = strawberry.field(
        default=None, description="All given pairs must be in the event's metadata."
    )


@strawberry.input(
    description="Either a preset, or `from` and `to` (half-open: `from` is in, `to` is out)."
)
class RangeInput:
    preset: RangePreset | None = None
    from_: DateTime | None = strawberry.field(name="from", default=None)
    to: DateTime | None = None


def read_filter(given: UsageFilter | None) -> Filter:
    """Raises BadInput for strings that no event can hold, and for too many."""
    if given is None:
        return EVERYTHING
    return Filter(
        type=_tuple(given.types),
        customer_id=_tuple(given.customer_ids),
        user_id=_tuple(given.user_ids),
        feature_id=_tuple(given.feature_ids),
        provider=_tuple(given.providers),
        model=_tuple(given.models),
        outcome=_tuple(given.outcomes),
        cost_status=_tuple(given.cost_statuses),
        requested_model=_tuple(given.requested_models),
        reported_cost_status=_tuple(given.reported_cost_statuses),
        metadata=tuple(
            Match(each.key, each.value, tuple(each.path or ())) for each in given.metadata or ()
        ),
    )


@overload
def read_range(given: RangeInput, zone_name: str) -> TimeRange: ...


@overload
def read_range(given: RangeInput | None, zone_name: str) -> TimeRange | None: ...


def read_range(given: RangeInput | None, zone_name: str) -> TimeRange | None:
    """Raises BadInput for an unknown time zone and for a range that is none."""
    zone = time_zone(zone_name)
    if given is None:
        return None
    return chosen_range(given.preset, given.from_, given.to, zone, datetime.now(UTC))


def read_usage_range(given: RangeInput, zone_name: str) -> UsageRange:
    """Raises BadInput also for a range of more than ten years."""
    return usage_range(given.preset, given.from_, given.to, time_zone(zone_name), datetime.now(UTC))


def _tuple(values: list[T] | None) -> tuple[T, ...] | None:
    return None if values is None else tuple(dict.fromkeys(values))
