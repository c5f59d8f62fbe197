"""A workspace's own prices: set and ended, dated, and never changed but for their end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

import msgspec

from models.audit import AuditAction, note
from models.database import Database
from models.errors import BadInput, Conflict, NotFound
from models.money import MAX_DIGITS, MAX_SCALE, is_storable
from models.override_table import add_override, end_override, new_override_id, read_overrides
from models.price import KeptPrice, Price, PriceSource, Rate
from models.price_query import read_prices
from models.text import is_text
from models.workspace import change_prices, lock_workspace
from pricing.units import UNITS

MAX_RATES = 100
MAX_NAME = 256
_MAX_PER = 10**12
_MAX_COUNT = (1 << 63) - 1


@dataclass(frozen=True)
class PriceInput:
    """A price to be set: of a model, or of a custom unit where provider and model are None."""

    provider: str | None
    model: str | None
    rates: tuple[Rate, ...]
    effective_from: datetime | None = None
    effective_to: datetime | None = None


async def set_price(
    database: Database, workspace_id: int, given: PriceInput, *, by: str
) -> KeptPrice:
    """Set a price; from its start on it ends one that is open.

    Raises BadInput with the field, and Conflict, naming the price that it would overlap.
    """
    async with database.write() as session:
        await lock_workspace(session, workspace_id)
        # Under the lock: what was recorded before is before, by the clock too.
        now = datetime.now(UTC)
        price = _checked(given, now)
        kept = KeptPrice(price, now, by)
        for other in _rivals(price, await read_overrides(session, workspace_id)):
            if _ends_by(other, price):
                assert price.effective_from is not None
                await end_override(session, workspace_id, other.id, price.effective_from, now, by)
            elif _overlap(other, price):
                raise Conflict(_overlapping(other), field="input.effectiveFrom")
        await add_override(session, workspace_id, kept)
        await note(session, workspace_id, by, AuditAction.PRICE_SET, price.id)
        await change_prices(session, workspace_id)
    return kept


async def end_price(
    database: Database, workspace_id: int, price_id: str, at: datetime | None, *, by: str
) -> KeptPrice:
    """End an own price at a moment, now where none is given; at its own start, it is void.

    Raises NotFound, BadInput, and Conflict where it ends before that moment already.
    """
    async with database.write() as session:
        await lock_workspace(session, workspace_id)
        now = datetime.now(UTC)
        known = await read_prices(session, workspace_id, [price_id] if is_text(price_id) else [])
        if price_id not in known:
            raise NotFound(f"There is no price {price_id[:64]!a} here.", field="id")
        price = known[price_id].price
        if price.source is PriceSource.CATALOGUE:
            raise BadInput(
                "This is a price of the catalogue; only prices that were set here can be ended. "
                "Set one for the model to replace it.",
                field="id",
            )
        end = _end(price, at, now)
        await end_override(session, workspace_id, price_id, end, now, by)
        await note(session, workspace_id, by, AuditAction.PRICE_ENDED, price_id)
        await change_prices(session, workspace_id)
    ended = msgspec.structs.replace(price, effective_to=end)
    return msgspec.structs.replace(known[price_id], price=ended, ended_at=now, ended_by=by)


def _end(price: Price, at: datetime | None, now: datetime) -> datetime:
    start = price.effective_from
    assert start is not None
    # One that is still to come, ended now, is void.
    end = max(now, start) if at is None else at
    if end < start:
        raise BadInput(
            f"The price begins at {start.isoformat()}: end it then, which makes it void, or later.",
            field="at",
        )
    if price.effective_to is not None and price.effective_to <= end:
        raise Conflict(f"This price has ended at {price.effective_to.isoformat()}.", field="at")
    return end


def _rivals(price: Price, others: Iterable[KeptPrice]) -> list[Price]:
    """Own prices of the same model or custom unit, void ones aside."""
    return [
        other.price
        for other in others
        if _subject(other.price) == _subject(price)
        and other.price.effective_from != other.price.effective_to
    ]


def _subject(price: Price) -> tuple[str, str, str | None]:
    return (price.provider or "").lower(), (price.model or "").lower(), price.unit


def _ends_by(other: Price, price: Price) -> bool:
    """Whether an open price ends where the later one begins."""
    assert other.effective_from is not None
    assert price.effective_from is not None
    return other.effective_to is None and other.effective_from < price.effective_from


def _overlap(one: Price, other: Price) -> bool:
    starts = (one.effective_from, other.effective_from)
    assert starts[0] is not None
    assert starts[1] is not None
    return (one.effective_to is None or starts[1] < one.effective_to) and (
        other.effective_to is None or starts[0] < other.effective_to
    )


def _overlapping(other: Price) -> str:
    assert other.effective_from is not None
    until = "on" if other.effective_to is None else f"to {other.effective_to.isoformat()}"
    return (
        f"Price {other.id} holds from {other.effective_from.isoformat()} {until}, which overlaps. "
        "End it first, or choose other dates."
    )


def _checked(given: PriceInput, now: datetime) -> Price:
    if (given.provider is None) != (given.model is None):
        missing = "model" if given.model is None else "provider"
        raise BadInput(
            "A model's price has a provider and a model, a custom unit's has neither.",
            field=f"input.{missing}",
        )
    provider, model = _name(given.provider, "provider"), _name(given.model, "model")
    _check_rates(given.rates, of_model=model is not None)
    start = given.effective_from or now
    if given.effective_to is not None and given.effective_to <= start:
        raise BadInput("The price would end before it begins.", field="input.effectiveTo")
    return Price(
        new_override_id(),
        provider,
        model,
        PriceSource.OVERRIDE,
        given.rates,
        start,
        given.effective_to,
    )


def _name(value: str | None, field: str) -> str | None:
    if value is None:
        return None
    _check_name(value, f"input.{field}")
    return value.strip()


def _check_name(value: str, field: str) -> None:
    if not value.strip() or len(value) > MAX_NAME or not is_text(value):
        raise BadInput(f"A name has 1 to {MAX_NAME} characters of text.", field=field)


def _check_rates(rates: tuple[Rate, ...], *, of_model: bool) -> None:
    if not 0 < len(rates) <= MAX_RATES:
        raise BadInput(f"A price has 1 to {MAX_RATES} rates.", field="input.rates")
    if not of_model and len(rates) > 1:
        raise BadInput("The price of a custom unit has one rate.", field="input.rates")
    seen: set[tuple[str, int | None]] = set()
    for index, rate in enumerate(rates):
        field = f"input.rates[{index}]"
        _check_rate(rate, field, of_model=of_model)
        if (rate.unit, rate.above_input_tokens) in seen:
            raise BadInput(f"{rate.unit} has this rate twice.", field=f"{field}.unit")
        seen.add((rate.unit, rate.above_input_tokens))
    for index, rate in enumerate(rates):
        if (rate.unit, None) not in seen:
            raise BadInput(
                f"{rate.unit} needs a rate without aboveInputTokens too, for smaller requests.",
                field=f"input.rates[{index}].aboveInputTokens",
            )


def _check_rate(rate: Rate, field: str, *, of_model: bool) -> None:
    _check_name(rate.unit, f"{field}.unit")
    if of_model and rate.unit not in UNITS:
        close = get_close_matches(rate.unit[:64], UNITS, n=1)
        hint = f"did you mean {close[0]}?" if close else "units are named as in genai-prices."
        raise BadInput(f"There is no unit {rate.unit[:64]!a}: {hint}", field=f"{field}.unit")
    if rate.amount < 0 or not is_storable(rate.amount):
        raise BadInput(
            f"An amount is a number from 0 up, of at most {MAX_DIGITS} digits and {MAX_SCALE} "
            "of them behind the point.",
            field=f"{field}.amount",
        )
    if not 0 < rate.per <= _MAX_PER:
        raise BadInput("per is a number of units from 1 up.", field=f"{field}.per")
    above = rate.above_input_tokens
    if above is not None and (not of_model or not 0 < above <= _MAX_COUNT):
        raise BadInput(
            "aboveInputTokens is a number of tokens from 1 up, in a model's price.",
            field=f"{field}.aboveInputTokens",
        )
