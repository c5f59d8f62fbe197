"""A usage event as its caller sent it, before defaults, extraction and pricing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

import msgspec

from models.event import EventType, Outcome
from models.money import plain


class UnitCount(msgspec.Struct, frozen=True, array_like=True):
    """How much of one unit."""

    unit: str
    quantity: Decimal


class EventInput(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The contract's UsageEventInput; None and absent are the same. Times are in UTC."""

    id: str | None = None
    type: EventType = EventType.TOKEN_USAGE
    customer_id: str | None = None
    user_id: str | None = None
    feature_id: str | None = None
    provider: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    images: int | None = None
    units: tuple[UnitCount, ...] | None = None
    response: object = None
    quantity: Decimal | None = None
    unit: str | None = None
    processing: str | None = None
    service_tier: str | None = None
    speed: str | None = None
    cost: Decimal | None = None
    outcome: Outcome = Outcome.SUCCESS
    error_code: str | None = None
    duration_ms: int | None = None
    occurred_at: datetime | None = None
    metadata: object = None
    region: str | None = None
    search_context_size: str | None = None
    reported_cost: Decimal | None = None


# The form that is hashed must never change: an event sent again after an upgrade is the same
# event. A field added later does not change it, since what is absent is left out.
_hashed_form = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode


def fingerprint(event: EventInput) -> bytes:
    """16 bytes that tell whether two events under one id say the same.

    Raises UnicodeEncodeError for unpaired surrogates, which have no bytes.
    """
    return blake2b(_hashed_form(_without_spelling(event)), digest_size=16).digest()


def _without_spelling(event: EventInput) -> EventInput:
    """Leave out the id, and write numbers in one way: 1.0 and 1.00 are the same amount."""
    if event.cost is None and event.quantity is None and event.units is None:
        return msgspec.structs.replace(event, id=None)
    return msgspec.structs.replace(
        event,
        id=None,
        cost=_one_spelling(event.cost),
        quantity=_one_spelling(event.quantity),
        units=event.units
        and tuple(UnitCount(count.unit, Decimal(plain(count.quantity))) for count in event.units),
    )


def _one_spelling(number: Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(plain(number))
