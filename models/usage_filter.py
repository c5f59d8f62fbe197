"""Which events are meant: one filter, said once for SQL and once for events in hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, false, func, or_, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from models.cost import CostStatus, ReportedCostStatus
from models.errors import BadInput
from models.event import EventType, Outcome, UsageEvent
from models.event_table import EVENTS
from models.reach import Reach
from models.text import is_text

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_NO_TEXT = "NUL characters and unpaired surrogates stand in no event."
# What the contract calls the fields.
SPELLING = {
    "type": "types",
    "customer_id": "customerIds",
    "user_id": "userIds",
    "feature_id": "featureIds",
    "provider": "providers",
    "model": "models",
    "outcome": "outcomes",
    "cost_status": "costStatuses",
    "requested_model": "requestedModels",
    "reported_cost_status": "reportedCostStatuses",
}
# More would be looked for in each row, and take minutes.
MAX_VALUES = 1_000
MAX_PAIRS = 20
_SCALARS = ("string", "number", "boolean")


@dataclass(frozen=True)
class UsageFilter:
    """Values of one field are alternatives, fields that are given must all match.

    An empty tuple matches nothing; a None in a tuple matches events without the value.
    `metadata` holds pairs of a key and the text of a string, number or boolean, all of which
    must be there.
    """

    type: tuple[EventType, ...] | None = None
    customer_id: tuple[str | None, ...] | None = None
    user_id: tuple[str | None, ...] | None = None
    feature_id: tuple[str | None, ...] | None = None
    provider: tuple[str | None, ...] | None = None
    model: tuple[str | None, ...] | None = None
    outcome: tuple[Outcome, ...] | None = None
    cost_status: tuple[CostStatus, ...] | None = None
    requested_model: tuple[str | None, ...] | None = None
    reported_cost_status: tuple[ReportedCostStatus, ...] | None = None
    metadata: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for name, values in self.given:
            if len(values) > MAX_VALUES:
                raise BadInput(
                    f"A list has at most {MAX_VALUES:,} values, and this has {len(values):,}.",
                    field=f"filter.{SPELLING[name]}",
                )
            if not all(value is None or is_text(value) for value in values):
                raise BadInput(_NO_TEXT, field=f"filter.{SPELLING[name]}")
        if len(self.metadata) > MAX_PAIRS:
            raise BadInput(
                f"At most {MAX_PAIRS} pairs can be given, and these are {len(self.metadata):,}.",
                field="filter.metadata",
            )
        if not all(is_text(key) and is_text(value) for key, value in self.metadata):
            raise BadInput(_NO_TEXT, field="filter.metadata")

    @cached_property
    def given(self) -> tuple[tuple[str, Collection[str | None]], ...]:
        """The columns that values are given for, with these; without metadata."""
        names = (field.name for field in fields(self) if field.name != "metadata")
        return tuple((name, value) for name in names if (value := getattr(self, name)) is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """All that an event must be asked for, but metadata."""
        return tuple(name for name, _ in self.given)

    def within(self, reach: Reach) -> UsageFilter:
        """The filter of what can be seen: one customer's events alone, where that is the reach."""
        if reach.customer_id is None:
            return self
        asked = self.customer_id
        seen = asked is None or reach.customer_id in asked
        return replace(self, customer_id=(reach.customer_id,) if seen else ())

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as conditions on `usage_events`, to be joined by AND."""
        return [
            *(_one_of(EVENTS.c[name], values) for name, values in self.given),
            *(_has_pair(key, value) for key, value in self.metadata),
        ]

    def matches(self, event: UsageEvent) -> bool:
        """Whether an event in hand passes, as the conditions would have it."""
        for name, values in self.given:
            if getattr(event, name) not in values:
                return False
        return not self.metadata or self._metadata_matches(event.metadata)

    def _metadata_matches(self, metadata: str | None) -> bool:
        if metadata is None:
            return False
        found = _decode(metadata)
        return all(_scalar_text(found.get(key)) == value for key, value in self.metadata)


EVERYTHING = UsageFilter()


def _one_of(column: ColumnElement[Any], values: Collection[str | None]) -> ColumnElement[bool]:
    if not values:
        return false()
    given = [str(value) for value in values if value is not None]
    choices: list[ColumnElement[bool]] = []
    if given:
        choices.append(column == func.any(type_coerce(given, ARRAY(Text))))
    if None in values:
        choices.append(column.is_(None))
    return or_(*choices)


def _has_pair(key: str, value: str) -> ColumnElement[bool]:
    metadata = type_coerce(EVENTS.c.metadata, JSONB)
    return and_(
        func.jsonb_typeof(metadata[key]).in_(_SCALARS),
        metadata[key].astext == value,
    )


def _scalar_text(value: object) -> str | None:
    """A JSON scalar as Postgres' `->>` writes it; None for what is no scalar."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value if value else abs(value), "f")
        case _:
            return None
