"""What units cost, and when: prices as they are applied to events and kept for explanation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from models.money import plain


class PriceSource(StrEnum):
    """Where a price comes from."""

    CATALOGUE = "CATALOGUE"
    OVERRIDE = "OVERRIDE"


class Rate(msgspec.Struct, frozen=True):
    """What one unit costs: `amount` USD for `per` units.

    With `above_input_tokens` it holds for requests whose input passes that number, for all of
    their units and not just those above. With `processing`, `service_tier` or `speed` it holds
    only for calls that were run so; of several that fit, the first in its price holds.
    """

    unit: str
    amount: Decimal
    per: int
    above_input_tokens: int | None = None
    processing: str | None = None
    service_tier: str | None = None
    speed: str | None = None


class Price(msgspec.Struct, frozen=True):
    """The rates of a model, or of a custom unit where `model` is None.

    It holds in `[effective_from, effective_to)`, where None is for ever, and, where it is for a
    part of each day, from `daily_from` to `daily_to`: HH:MM in UTC, over midnight if need be.
    Make it with `new_price`, which gives the id.
    """

    id: str
    provider: str | None
    model: str | None
    source: PriceSource
    rates: tuple[Rate, ...]
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    daily_from: str | None = None
    daily_to: str | None = None


def new_price(
    provider: str | None,
    model: str | None,
    source: PriceSource,
    rates: Iterable[Rate],
    *,
    effective_from: datetime | None = None,
    effective_to: datetime | None = None,
    daily_from: str | None = None,
    daily_to: str | None = None,
) -> Price:
    """A price whose id is a hash of all it says: the same in every process, another if it changes.

    Times must be aware.
    """
    price = Price(
        "",
        provider,
        model,
        source,
        tuple(rates),
        _utc(effective_from),
        _utc(effective_to),
        daily_from,
        daily_to,
    )
    return msgspec.structs.replace(price, id=_content_id(price))


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _content_id(price: Price) -> str:
    # 5 and 5.0 are one amount, so the amounts are hashed as they are written out.
    rates = [(plain(rate.amount), *msgspec.structs.astuple(rate)[2:]) for rate in price.rates]
    units = [rate.unit for rate in price.rates]
    content = (*msgspec.structs.astuple(price)[1:4], units, rates)
    validity = msgspec.structs.astuple(price)[5:]
    return f"price_{hashlib.sha256(msgspec.json.encode((content, validity))).hexdigest()[:32]}"
