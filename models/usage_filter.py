"""Which events are meant: one filter, said once for SQL and once for events in hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, cast, exists, false, func, or_, true, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH
from sqlalchemy.types import Text

from models.cost import CostStatus, ReportedCostStatus
from models.errors import BadInput
from models.event import EventType, Outcome, UsageEvent
from models.event_table import EVENTS
from models.metadata_match import SCALARS, MetadataMatch
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
MAX_STEPS = 20


@dataclass(frozen=True)
class UsageFilter:
    """Values of one field are alternatives, fields that are given must all match.

    An empty tuple matches nothing; a None in a tuple matches events without the value.
    All that `metadata` says must be there.
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
    metadata: tuple[MetadataMatch, ...] = ()

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
        for key, value, path in self.metadata:
            if len(path) > MAX_STEPS:
                raise BadInput(f"A path has at most {MAX_STEPS} keys.", field="filter.metadata")
            if not all(map(is_text, (key, value, *path))):
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
            *(_holds_match(match) for match in self.metadata),
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
        return all(match.holds(found) for match in self.metadata)


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


def _holds_match(match: MetadataMatch) -> ColumnElement[bool]:
    """As `usage_conditions` has it, with the reasons."""
    metadata = type_coerce(EVENTS.c.metadata, JSONB)
    there = metadata[match.key]
    for step in match.path:
        there = there[step]
    kind = func.jsonb_typeof(there)
    found = func.jsonb_path_query(metadata, cast(match.jsonpath, JSONPATH)).column_valued("found")
    value = type_coerce(found, JSONB)
    return case(
        (kind.in_(SCALARS), there[()].astext == match.value),
        (
            true() if match.path else kind == "array",
            exists().where(func.jsonb_typeof(value).in_(SCALARS), value[()].astext == match.value),
        ),
        else_=false(),
    )
