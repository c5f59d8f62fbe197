"""What units cost, and when: prices as they are applied to events and kept for explanation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from models.money import plain

# Of a rate's terms, those that were there first: per, above_input_tokens, processing,
# service_tier and speed.
_FIRST_TERMS = 5


class PriceSource(StrEnum):
    """Where a price comes from."""

    CATALOGUE = "CATALOGUE"
    OVERRIDE = "OVERRIDE"


class Rate(msgspec.Struct, frozen=True):
    """What one unit costs: `amount` USD for `per` units.

    With `above_input_tokens` it holds for requests whose input passes that number, for all of
    their units and not just those above. With `processing`, `service_tier`, `speed`, `region` or
    `search_context_size` it holds only for calls that were run so; of several that fit, the first
    in its price holds.
    """

    unit: str
    amount: Decimal
    per: int
    above_input_tokens: int | None = None
    processing: str | None = None
    service_tier: str | None = None
    speed: str | None = None
    # The fields below came later: prices that were kept before lack them.
    region: str | None = None
    search_context_size: str | None = None


class Price(msgspec.Struct, frozen=True):
    """The rates of a model, or of one custom unit where `model` is None.

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

    @property
    def unit(self) -> str | None:
        """The custom unit that is priced; None for a model's price."""
        return self.rates[0].unit if self.model is None and self.rates else None

    def holds(self, moment: datetime) -> bool:
        """Whether an aware moment lies in `[effective_from, effective_to)`, hours aside."""
        return (self.effective_from is None or self.effective_from <= moment) and (
            self.effective_to is None or moment < self.effective_to
        )


class KeptPrice(msgspec.Struct, frozen=True):
    """A price, when it was learnt or set, and who set and ended it; None for the catalogue's."""

    price: Price
    recorded_at: datetime
    recorded_by: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None


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
    """A price whose id is a hash of what it says: the same in every process, another if it changes.

    Its end is not in the hash: that a later price ends it makes it no other price. Times must be
    aware.
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
    rates = [(plain(rate.amount), *_terms(rate)) for rate in price.rates]
    units = [rate.unit for rate in price.rates]
    content = (*msgspec.structs.astuple(price)[1:4], units, rates)
    validity = (price.effective_from, price.daily_from, price.daily_to)
    return f"price_{hashlib.sha256(msgspec.json.encode((content, validity))).hexdigest()[:32]}"


def _terms(rate: Rate) -> tuple[object, ...]:
    """What a rate says beside its unit and amount.

    Fields that came later count only where they are set: prices that were kept keep their ids.
    """
    terms = msgspec.structs.astuple(rate)[2:]
    later = terms[_FIRST_TERMS:]
    return terms if any(later) else terms[:_FIRST_TERMS]
