"""A usage event as it stands in its workspace's log."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from models.cost import CostLine, CostStatus


class EventType(StrEnum):
    TOKEN_USAGE = "TOKEN_USAGE"
    IMAGE_GENERATION = "IMAGE_GENERATION"
    CUSTOM = "CUSTOM"


class Outcome(StrEnum):
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"


class UsageEvent(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One call to a model, or one custom event: a row of `usage_events`, field by field.

    A count is None where it was not reported; input counts include cached tokens, output
    counts include reasoning. `units` holds what was reported beyond the named counts.
    `cost` is USD, None where no price was known. `metadata` is JSON text as it was received.
    """

    workspace_id: int
    sequence: int
    id: str
    type: EventType
    customer_id: str | None
    user_id: str | None
    feature_id: str | None
    provider: str | None
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    input_audio_tokens: int | None
    output_audio_tokens: int | None
    images: int | None
    units: dict[str, Decimal] | None
    quantity: Decimal | None
    unit: str | None
    processing: str | None
    service_tier: str | None
    speed: str | None
    cost: Decimal | None
    cost_status: CostStatus
    cost_lines: tuple[CostLine, ...]
    price_id: str | None
    outcome: Outcome
    error_code: str | None
    duration_ms: int | None
    occurred_at: datetime
    recorded_at: datetime
    metadata: str | None
