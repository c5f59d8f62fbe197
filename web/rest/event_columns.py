"""The columns that files with columns have, the same in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import Any

import msgspec

from models.event import UsageEvent
from schema.event import event_cursor
from web.rest.event_line import cost_lines, cost_reasons, side_calls, units


class Kind(Enum):
    """TEXT is the callers' own, NAME is ours; JSON is text that starts with a bracket."""

    TEXT = auto()
    NAME = auto()
    COUNT = auto()
    AMOUNT = auto()
    TIME = auto()
    JSON = auto()


@dataclass(frozen=True)
class Column:
    """`read` gives str, int, Decimal, datetime or, where there is no value, None."""

    name: str
    kind: Kind
    read: Callable[[UsageEvent], Any]


def _column(name: str, kind: Kind, attribute: str) -> Column:
    return Column(name, kind, attrgetter(attribute))


def _json(read: Callable[[UsageEvent], Any]) -> Callable[[UsageEvent], str]:
    return lambda event: msgspec.json.encode(read(event)).decode()


COLUMNS = (
    Column("cursor", Kind.NAME, event_cursor),
    _column("id", Kind.TEXT, "id"),
    _column("type", Kind.NAME, "type"),
    _column("customerId", Kind.TEXT, "customer_id"),
    _column("userId", Kind.TEXT, "user_id"),
    _column("featureId", Kind.TEXT, "feature_id"),
    _column("provider", Kind.TEXT, "provider"),
    _column("model", Kind.TEXT, "model"),
    _column("inputTokens", Kind.COUNT, "input_tokens"),
    _column("outputTokens", Kind.COUNT, "output_tokens"),
    _column("cacheReadTokens", Kind.COUNT, "cache_read_tokens"),
    _column("cacheWriteTokens", Kind.COUNT, "cache_write_tokens"),
    _column("reasoningTokens", Kind.COUNT, "reasoning_tokens"),
    _column("inputAudioTokens", Kind.COUNT, "input_audio_tokens"),
    _column("outputAudioTokens", Kind.COUNT, "output_audio_tokens"),
    _column("images", Kind.COUNT, "images"),
    Column("units", Kind.JSON, _json(units)),
    _column("quantity", Kind.AMOUNT, "quantity"),
    _column("unit", Kind.TEXT, "unit"),
    _column("processing", Kind.TEXT, "processing"),
    _column("serviceTier", Kind.TEXT, "service_tier"),
    _column("speed", Kind.TEXT, "speed"),
    _column("costUsd", Kind.AMOUNT, "cost"),
    _column("costStatus", Kind.NAME, "cost_status"),
    Column("costLines", Kind.JSON, _json(cost_lines)),
    _column("priceId", Kind.NAME, "price_id"),
    _column("outcome", Kind.NAME, "outcome"),
    _column("errorCode", Kind.TEXT, "error_code"),
    _column("durationMs", Kind.COUNT, "duration_ms"),
    _column("occurredAt", Kind.TIME, "occurred_at"),
    _column("recordedAt", Kind.TIME, "recorded_at"),
    _column("metadata", Kind.JSON, "metadata"),
    _column("requestedModel", Kind.TEXT, "requested_model"),
    _column("region", Kind.TEXT, "region"),
    _column("searchContextSize", Kind.TEXT, "search_context_size"),
    Column("sideCalls", Kind.JSON, _json(side_calls)),
    Column("costReasons", Kind.JSON, _json(cost_reasons)),
    _column("reportedCostUsd", Kind.AMOUNT, "reported_cost"),
    _column("reportedCostStatus", Kind.NAME, "reported_cost_status"),
    _column("computedCostUsd", Kind.AMOUNT, "computed_cost"),
)
