"""The table of usage events, and how a row becomes an event and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.cost import CostLine, CostReason, CostStatus, ReportedCostStatus
from models.event import EventType, Outcome, SideCall, UsageEvent


def _text(nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Text, nullable=nullable))


def _count() -> Any:
    return Field(default=None, sa_column=Column(BigInteger))


def _time() -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class UsageEventRow(SQLModel, table=True):
    """Never built from input: rows come in by COPY and go out as `UsageEvent`."""

    __tablename__ = "usage_events"
    __table_args__ = (
        Index("usage_events_id", "workspace_id", "id", unique=True),
        Index("usage_events_occurred_at", "workspace_id", "occurred_at", "sequence"),
        Index(
            "usage_events_unpriced",
            "workspace_id",
            "occurred_at",
            postgresql_where=text("cost_status IN ('UNPRICED', 'PARTIAL')"),
        ),
    )

    workspace_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    sequence: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    id: str = _text(nullable=False)
    type: str = _text(nullable=False)
    customer_id: str | None = _text()
    user_id: str | None = _text()
    feature_id: str | None = _text()
    provider: str | None = _text()
    model: str | None = _text()
    input_tokens: int | None = _count()
    output_tokens: int | None = _count()
    cache_read_tokens: int | None = _count()
    cache_write_tokens: int | None = _count()
    reasoning_tokens: int | None = _count()
    input_audio_tokens: int | None = _count()
    output_audio_tokens: int | None = _count()
    images: int | None = _count()
    units: str | None = Field(default=None, sa_column=Column(JSONB))
    quantity: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    unit: str | None = _text()
    processing: str | None = _text()
    service_tier: str | None = _text()
    speed: str | None = _text()
    cost: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    cost_status: str = _text(nullable=False)
    cost_lines: str = Field(sa_column=Column(JSONB, nullable=False))
    price_id: str | None = _text()
    outcome: str = _text(nullable=False)
    error_code: str | None = _text()
    duration_ms: int | None = Field(default=None, sa_column=Column(Integer))
    occurred_at: datetime = _time()
    recorded_at: datetime = _time()
    requested_model: str | None = _text()
    region: str | None = _text()
    search_context_size: str | None = _text()
    side_calls: str | None = Field(default=None, sa_column=Column(JSONB))
    # Null: no reasons, as for nearly all events.
    cost_reasons: str | None = Field(default=None, sa_column=Column(JSONB))
    reported_cost: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    reported_cost_status: str | None = _text()
    computed_cost: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    # `json`'s own spelling would not survive jsonb, and filters want jsonb.
    metadata_: str | None = Field(default=None, sa_column=Column("metadata", JSONB))
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


EVENTS = UsageEventRow.__table__  # type: ignore[attr-defined]  # set by SQLModel at run time

FIELDS = UsageEvent.__struct_fields__
COPY_COLUMNS = (*FIELDS, "fingerprint")
# JSON comes out as text: metadata is passed on as it stands, the others are read by msgspec.
_JSON = {"units", "cost_lines", "metadata", "side_calls", "cost_reasons"}
SELECTION = tuple(
    type_coerce(EVENTS.c[name].cast(Text), Text).label(name) if name in _JSON else EVENTS.c[name]
    for name in FIELDS
)

_encode = msgspec.json.Encoder().encode
_decode_units = msgspec.json.Decoder(dict[str, Decimal]).decode
_decode_lines = msgspec.json.Decoder(tuple[CostLine, ...]).decode
_decode_side_calls = msgspec.json.Decoder(tuple[SideCall, ...]).decode
_decode_reasons = msgspec.json.Decoder(tuple[CostReason, ...]).decode


def to_copy_row(event: UsageEvent, fingerprint: bytes) -> tuple[Any, ...]:
    """An event as COPY_COLUMNS wants it."""
    row = list(msgspec.structs.astuple(event))
    row[_UNITS] = None if event.units is None else _encode(event.units).decode()
    row[_LINES] = lines_text(event)
    row[_SIDE_CALLS] = None if event.side_calls is None else _encode(event.side_calls).decode()
    row[_REASONS] = reasons_text(event)
    return (*row, fingerprint)


def lines_text(event: UsageEvent) -> str:
    """The lines of an event's cost as the table has them."""
    return _encode(event.cost_lines).decode()


def reasons_text(event: UsageEvent) -> str | None:
    """The reasons of an event's cost as the table has them; None where there are none."""
    return _encode(event.cost_reasons).decode() if event.cost_reasons else None


def from_row(row: Sequence[Any]) -> UsageEvent:
    """An event from a row of SELECTION."""
    values = dict(zip(FIELDS, row, strict=True))
    values["type"] = EventType(values["type"])
    values["outcome"] = Outcome(values["outcome"])
    values["cost_status"] = CostStatus(values["cost_status"])
    values["cost_lines"] = _decode_lines(values["cost_lines"])
    if values["reported_cost_status"] is not None:
        values["reported_cost_status"] = ReportedCostStatus(values["reported_cost_status"])
    if values["units"] is not None:
        values["units"] = _decode_units(values["units"])
    if values["side_calls"] is not None:
        values["side_calls"] = _decode_side_calls(values["side_calls"])
    reasons = values["cost_reasons"]
    values["cost_reasons"] = () if reasons is None else _decode_reasons(reasons)
    if values["occurred_at"].tzinfo is None:
        # An event of the first moment of year 1 stands as `-infinity`, which has no zone.
        values["occurred_at"] = values["occurred_at"].replace(tzinfo=UTC)
    return UsageEvent(**values)


_UNITS = FIELDS.index("units")
_LINES = FIELDS.index("cost_lines")
_SIDE_CALLS = FIELDS.index("side_calls")
_REASONS = FIELDS.index("cost_reasons")
