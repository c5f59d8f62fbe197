"""Usage that waits for a price: which names have none, and how much hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models.cost import CostReason, CostReasonCode, CostStatus
from models.event import EventType
from models.event_table import EVENTS
from models.usage_filter import EVERYTHING, UsageFilter

# As the partial index has it: with other words Postgres would not use it.
_WAITING = EVENTS.c.cost_status.in_([CostStatus.UNPRICED.value, CostStatus.PARTIAL.value])
_UNIT = case((EVENTS.c.type == EventType.CUSTOM.value, EVENTS.c.unit)).label("unit")
_KEY = (EVENTS.c.provider, EVENTS.c.model, _UNIT)


@dataclass(frozen=True)
class UnpricedUsage:
    """Events of one provider and model, or custom unit, whose cost is not known in full."""

    provider: str | None
    model: str | None
    unit: str | None
    events: int
    partial_events: int
    input_tokens: int
    output_tokens: int
    quantity: Decimal | None
    first_occurred_at: datetime
    last_occurred_at: datetime
    missing_units: list[str] = field(default_factory=list)
    reasons: list[CostReason] = field(default_factory=list)


@dataclass(frozen=True)
class UnpricedQuery:
    """The names with most waiting events first. The range is half-open, in UTC."""

    workspace_id: int
    limit: int
    filter: UsageFilter = EVERYTHING
    from_: datetime | None = None
    to: datetime | None = None

    def groups(self) -> Select[Any]:
        return (
            select(
                *_KEY,
                func.count(),
                func.count().filter(EVENTS.c.cost_status == CostStatus.PARTIAL.value),
                func.coalesce(func.sum(EVENTS.c.input_tokens), 0),
                func.coalesce(func.sum(EVENTS.c.output_tokens), 0),
                func.sum(EVENTS.c.quantity),
                func.min(EVENTS.c.occurred_at),
                func.max(EVENTS.c.occurred_at),
            )
            .where(*self._conditions())
            .group_by(*_KEY)
            .order_by(func.count().desc(), *_KEY)
            .limit(self.limit)
        )

    def missing_units(self) -> Select[Any]:
        """Units without an amount, by group."""
        lines = func.jsonb_array_elements(EVENTS.c.cost_lines).table_valued("value").lateral("line")
        line = lines.c.value
        unit = line.op("->>")(0).cast(Text)
        return (
            select(*_KEY, unit)
            .select_from(EVENTS.join(lines, line.op("->>")(3).is_(None)))
            .where(*self._conditions())
            .distinct()
        )

    def reasons(self) -> Select[Any]:
        """Why costs are not known in full, by group: code and subject."""
        elements = func.jsonb_array_elements(EVENTS.c.cost_reasons)
        reasons = elements.table_valued("value").lateral("reason")
        reason = reasons.c.value
        code, subject = (reason.op("->>")(place).cast(Text) for place in (0, 1))
        return (
            select(*_KEY, code, subject)
            .select_from(EVENTS.join(reasons, true()))
            .where(*self._conditions())
            .distinct()
        )

    def _conditions(self) -> Sequence[ColumnElement[bool]]:
        conditions = [EVENTS.c.workspace_id == self.workspace_id, _WAITING]
        if self.from_ is not None:
            conditions.append(EVENTS.c.occurred_at >= self.from_)
        if self.to is not None:
            conditions.append(EVENTS.c.occurred_at < self.to)
        return [*conditions, *self.filter.conditions()]


async def read_unpriced(session: AsyncSession, query: UnpricedQuery) -> list[UnpricedUsage]:
    groups = (await session.execute(query.groups())).all()
    if not groups:
        return []
    missing: dict[tuple[object, ...], list[str]] = {}
    for *key, unit in (await session.execute(query.missing_units())).all():
        missing.setdefault(tuple(key), []).append(unit)
    reasons: dict[tuple[object, ...], list[CostReason]] = {}
    for *key, code, subject in (await session.execute(query.reasons())).all():
        reasons.setdefault(tuple(key), []).append(CostReason(CostReasonCode(code), subject))
    return [
        UnpricedUsage(
            *(
                *row,
                sorted(missing.get(tuple(row[:3]), [])),
                sorted(reasons.get(tuple(row[:3]), []), key=_reason_order),
            )
        )
        for row in groups
    ]


def _reason_order(reason: CostReason) -> tuple[str, str]:
    return reason.code, reason.subject or ""
