"""Alert rules: what is watched, and what counts as worth telling."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Never

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    RowMapping,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from models.alert_problem import NotEvaluated
from models.errors import Conflict, LivemeterError
from models.usage_filter import UsageFilter


class AlertMeasure(StrEnum):
    COST = "COST"
    EVENTS = "EVENTS"
    TOTAL_TOKENS = "TOTAL_TOKENS"
    ERRORS = "ERRORS"
    ERROR_RATE = "ERROR_RATE"
    UNPRICED_SHARE = "UNPRICED_SHARE"


class AlertCondition(StrEnum):
    THRESHOLD = "THRESHOLD"
    RISE = "RISE"
    SPIKE = "SPIKE"
    NO_DATA = "NO_DATA"


class AlertPeriod(StrEnum):
    """A part of the calendar, as a window that begins anew."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True)
class AlertRule:
    """`per` is a column of events whose values are watched each for itself.

    The window is either of `window_minutes` that move with the clock, or a `period` of the
    calendar of `time_zone`. `threshold` is USD, a count or a share of 1 for THRESHOLD, a factor
    for RISE, a number of deviations for SPIKE, and None for NO_DATA. A RISE or a SPIKE of less
    than `minimum` is none, nor is a share of fewer than `minimum_events`. What fired before
    `watches_since` was about something else than the rule is about now.
    """

    workspace_id: int
    id: str
    name: str
    is_enabled: bool
    measure: AlertMeasure
    filter: UsageFilter
    per: str | None
    window_minutes: int | None
    period: AlertPeriod | None
    time_zone: str
    condition: AlertCondition
    threshold: Decimal | None
    minimum: Decimal
    minimum_events: int
    destination_ids: tuple[str, ...]
    created_by: str
    created_at: datetime
    updated_at: datetime
    watches_since: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True)
class UnreadableRule:
    """A rule whose content this version cannot read, and the error that says so.

    It can be paused, deleted and replaced. The other fields of an `AlertRule` raise Conflict.
    """

    workspace_id: int
    id: str
    name: str
    is_enabled: bool
    created_by: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    error: NotEvaluated

    def __getattr__(self, name: str) -> Never:
        if name in _FIELDS:
            raise Conflict(f"The rule was found, but its {name} cannot be read.")
        raise AttributeError(name)


ALERT_RULES = Table(
    "alert_rules",
    SQLModel.metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("measure", Text, nullable=False),
    Column("filter", JSONB, nullable=False),
    Column("per", Text),
    Column("window_minutes", Integer),
    Column("period", Text),
    Column("time_zone", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("threshold", Numeric),
    Column("minimum", Numeric, nullable=False),
    Column("minimum_events", Integer, nullable=False),
    Column("destination_ids", ARRAY(Text), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("watches_since", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
)
_FIELDS = tuple(field.name for field in fields(AlertRule))
_ALWAYS_READABLE = tuple(
    field.name for field in fields(UnreadableRule) if field.name in set(_FIELDS)
)
_FILTER_FIELDS = tuple(field.name for field in fields(UsageFilter))


def new_rule_id() -> str:
    return "rule_" + secrets.token_hex(8)


def filter_values(filter: UsageFilter) -> dict[str, Any]:
    """A filter as JSON: the fields that are given."""
    given = {name: getattr(filter, name) for name in _FILTER_FIELDS}
    # Without an empty path: as it was written before there were paths.
    given["metadata"] = tuple(
        tuple(match) if match.path else match[:2] for match in filter.metadata
    )
    return {name: value for name, value in given.items() if value not in (None, ())} | {
        # An empty list matches nothing, and is not the same as none.
        name: []
        for name, value in given.items()
        if value == () and name != "metadata"
    }


async def read_rules(
    session: AsyncSession, workspace_id: int, *, ids: Sequence[str] | None = None
) -> list[AlertRule]:
    """Those that are not deleted, the oldest first; by ids, deleted ones too.

    Rules that this version cannot read are left out.
    """
    return (await read_all_rules(session, workspace_id, ids=ids)).rules


@dataclass(frozen=True)
class KeptRules:
    """Rules as they are kept: those that this version can read, and the others."""

    rules: list[AlertRule]
    unreadable: list[UnreadableRule]


async def read_all_rules(
    session: AsyncSession, workspace_id: int, *, ids: Sequence[str] | None = None
) -> KeptRules:
    """As `read_rules`, with the rules that cannot be read."""
    statement = select(ALERT_RULES).where(ALERT_RULES.c.workspace_id == workspace_id)
    if ids is None:
        statement = statement.where(ALERT_RULES.c.deleted_at.is_(None))
    else:
        statement = statement.where(ALERT_RULES.c.id == func.any(list(ids)))
    rows = await session.execute(statement.order_by(ALERT_RULES.c.created_at, ALERT_RULES.c.id))
    found = KeptRules([], [])
    for row in rows.mappings():
        try:
            found.rules.append(_rule(row))
        except (ValueError, TypeError, LivemeterError) as error:
            # msgspec's and enums' errors are ValueErrors; a filter refuses some values itself.
            kept = {name: row[name] for name in _ALWAYS_READABLE}
            reason = NotEvaluated(
                "It cannot be read: another version kept it, or it was changed by hand."
            )
            reason.__cause__ = error
            found.unreadable.append(UnreadableRule(**kept, error=reason))
    return found


async def insert_rule(session: AsyncSession, rule: AlertRule) -> None:
    await session.execute(insert(ALERT_RULES).values(_values(rule)))


async def update_rule(session: AsyncSession, rule: AlertRule) -> None:
    await session.execute(
        update(ALERT_RULES)
        .where(ALERT_RULES.c.workspace_id == rule.workspace_id, ALERT_RULES.c.id == rule.id)
        .values(_values(rule))
    )


async def update_rule_state(session: AsyncSession, rule: AlertRule | UnreadableRule) -> None:
    """Write whether it is enabled or deleted, and leave what it watches as it is kept."""
    await session.execute(
        update(ALERT_RULES)
        .where(ALERT_RULES.c.workspace_id == rule.workspace_id, ALERT_RULES.c.id == rule.id)
        .values(is_enabled=rule.is_enabled, deleted_at=rule.deleted_at, updated_at=rule.updated_at)
    )


def _values(rule: AlertRule) -> dict[str, Any]:
    values = {name: getattr(rule, name) for name in _FIELDS}
    return values | {
        "filter": filter_values(rule.filter),
        "destination_ids": list(rule.destination_ids),
    }


def _rule(row: RowMapping) -> AlertRule:
    values: dict[str, Any] = {name: row[name] for name in _FIELDS}
    period = values["period"]
    return AlertRule(
        **values
        | {
            "measure": AlertMeasure(values["measure"]),
            "condition": AlertCondition(values["condition"]),
            "period": None if period is None else AlertPeriod(period),
            "filter": msgspec.convert(values["filter"], UsageFilter),
            "destination_ids": tuple(values["destination_ids"]),
        }
    )
