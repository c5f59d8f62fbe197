"""A filter that is kept, as it is shown again: field by field what `UsageFilter` takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import strawberry

from models.usage_filter import UsageFilter
from schema.enums import CostStatus, EventType, Outcome, ReportedCostStatus

T = TypeVar("T")


@strawberry.type(description="A value that must stand in an event's metadata.")
class MetadataPair:
    key: str
    value: str
    path: list[str] = strawberry.field(description="Keys of nested objects, from `key` on.")


@strawberry.type(
    description="A filter as it was given: see UsageFilter. A null list lets everything pass.",
)
class KeptFilter:
    types: list[EventType] | None
    customer_ids: list[str | None] | None
    user_ids: list[str | None] | None
    feature_ids: list[str | None] | None
    providers: list[str | None] | None
    models: list[str | None] | None
    outcomes: list[Outcome] | None
    cost_statuses: list[CostStatus] | None
    requested_models: list[str | None] | None
    reported_cost_statuses: list[ReportedCostStatus] | None
    metadata: list[MetadataPair]


def kept_filter(filter: UsageFilter) -> KeptFilter:
    return KeptFilter(
        types=_list(filter.type),
        customer_ids=_list(filter.customer_id),
        user_ids=_list(filter.user_id),
        feature_ids=_list(filter.feature_id),
        providers=_list(filter.provider),
        models=_list(filter.model),
        outcomes=_list(filter.outcome),
        cost_statuses=_list(filter.cost_status),
        requested_models=_list(filter.requested_model),
        reported_cost_statuses=_list(filter.reported_cost_status),
        metadata=[
            MetadataPair(key=key, value=value, path=list(path))
            for key, value, path in filter.metadata
        ],
    )


def _list(values: Sequence[T] | None) -> list[T] | None:
    return None if values is None else list(values)
