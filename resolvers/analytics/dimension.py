"""What usage can be grouped by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from models.event import EventType
from models.usage_filter import UsageFilter
from models.usage_query import GroupValues


class Dimension(StrEnum):
    TYPE = "TYPE"
    CUSTOMER = "CUSTOMER"
    USER = "USER"
    FEATURE = "FEATURE"
    PROVIDER = "PROVIDER"
    MODEL = "MODEL"

    @property
    def column(self) -> str:
        return _COLUMNS[self]


_COLUMNS = {
    Dimension.TYPE: "type",
    Dimension.CUSTOMER: "customer_id",
    Dimension.USER: "user_id",
    Dimension.FEATURE: "feature_id",
    Dimension.PROVIDER: "provider",
    Dimension.MODEL: "model",
}


def dimension_of(column: str) -> Dimension:
    return next(dimension for dimension, known in _COLUMNS.items() if known == column)


@dataclass(frozen=True)
class GroupKey:
    """The values of the dimensions that were asked for; None for the others."""

    type: EventType | None = None
    customer_id: str | None = None
    user_id: str | None = None
    feature_id: str | None = None
    provider: str | None = None
    model: str | None = None


def group_key(columns: tuple[str, ...], values: GroupValues) -> GroupKey:
    given = dict(zip(columns, values, strict=True))
    type = given.pop("type", None)
    return GroupKey(type=None if type is None else EventType(type), **given)


def narrowed(
    filter: UsageFilter, columns: tuple[str, ...], groups: list[GroupValues]
) -> UsageFilter:
    """The filter, and no other values of the columns than the groups have.

    Of several columns each is narrowed for itself, so that more groups than these may pass.
    """
    values = zip(columns, zip(*groups, strict=True), strict=True)
    return replace(filter, **{column: tuple(dict.fromkeys(found)) for column, found in values})
