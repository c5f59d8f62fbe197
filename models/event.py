"""A usage event as it stands in its workspace's log."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from models.cost import CostLine, CostReason, CostStatus, ReportedCostStatus


class EventType(StrEnum):
    TOKEN_USAGE = "TOKEN_USAGE"
    IMAGE_GENERATION = "IMAGE_GENERATION"
    CUSTOM = "CUSTOM"


class Outcome(StrEnum):
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"


class SideCall(msgspec.Struct, frozen=True, array_like=True):
    """Usage of another model within an event's call, priced at that model's own price.

    An advisor, say, or the models behind a router. `units` are by genai-prices' names, parts
    beside their wholes. The event's own counts include them.
    """

    model: str
    units: dict[str, Decimal]


class UsageEvent(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One call to a model, or one custom event: a row of `usage_events`, field by field.

    A count is None where it was not reported; input counts include cached tokens, output
    counts include reasoning. `units` holds what was reported beyond the named counts.
    `cost` is USD, None where no price was known. `metadata` is JSON text as it was received.

    `model` is the one that served the call; `requested_model` is the caller's own name for it,
    where the response named another. `region` and `search_context_size` say how the call was run,
    where prices depend on it. `cost_reasons` say why the cost is not known in full.
    `reported_cost` is what the provider or gateway says it charged, in USD, and
    `reported_cost_status` how that compares. Where the reported cost counts, `computed_cost` keeps
    what the price book says.
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
    # The fields below came later. They have defaults, and stand last, since processes of an older
    # version may send events without them over the channel.
    requested_model: str | None = None
    region: str | None = None
    search_context_size: str | None = None
    side_calls: tuple[SideCall, ...] | None = None
    cost_reasons: tuple[CostReason, ...] = ()
    reported_cost: Decimal | None = None
    reported_cost_status: ReportedCostStatus | None = None
    computed_cost: Decimal | None = None

    @property
    def cost_beside_reported(self) -> Decimal | None:
        """Our own cost, to be shown beside the reported one; USD, None where it is not known."""
        return self.computed_cost if self.cost_status is CostStatus.REPORTED else self.cost
