"""What somebody should look at before prices change so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal

from models.money import plain
from pricing.rate_card import CallContext, RateCard, calls_of, nearest_rate
from pricing.schedule import Part, Rates, Schedule

# What a price, or the number of models, may change by.
MAX_FACTOR = 10
MAX_LOST_SHARE = Decimal("0.1")
_MAX_TOLD = 3

# A unit, how the call was run, and past how many input tokens.
_Use = tuple[str, CallContext, int | None]


def loss(lost: int, known: int) -> list[str]:
    """Suspicious is a loss of more than a tenth of the models that have a price."""
    return [f"{lost} of {known} models are gone"] if lost > known * MAX_LOST_SHARE else []


def moves(known: Schedule, joined: Schedule, learnt_at: datetime) -> list[str]:
    """How a model's rates would move too far, whenever that is: in the past, now or to come.

    Suspicious is what a unit costs more than 10 times as much or as little, to and from nothing
    included, and a unit that has a rate no more. A tier that is new is compared with what such
    requests cost before.
    """
    moments = sorted({learnt_at, *known.starts, *joined.starts})
    found = [
        move
        for moment in (None, *moments)
        for before, after in _side_by_side(known.day(moment), joined.day(moment))
        for move in _moves(before, after)
    ]
    return list(dict.fromkeys(found))


def has_price(schedule: Schedule, moment: datetime) -> bool:
    return any(rates for _, rates in schedule.day(moment))


def told(reasons: Sequence[str]) -> str:
    """The first few reasons in one sentence."""
    more = len(reasons) - _MAX_TOLD
    return "; ".join(reasons[:_MAX_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _side_by_side(before: Sequence[Part], after: Sequence[Part]) -> Iterator[tuple[Rates, Rates]]:
    """The rates of both days at each time of the day at which one of them changes."""
    for clock in {hours[0] if hours else time() for hours, _ in (*before, *after)}:
        yield _at(before, clock), _at(after, clock)


def _at(parts: Sequence[Part], clock: time) -> Rates:
    return next(rates for hours, rates in parts if hours is None or _within(hours, clock))


def _within(hours: tuple[time, time], clock: time) -> bool:
    start, end = hours
    return start <= clock < end if start < end else clock >= start or clock < end


def _moves(before: Rates, after: Rates) -> Iterator[str]:
    if before == after or not before or not after:
        return
    old, new = RateCard(before), RateCard(after)
    for use in dict.fromkeys((*_uses(before), *_uses(after))):
        was, is_ = _cost(old, use), _cost(new, use)
        if was is None:
            continue
        if is_ is None:
            yield f"{use[0]} from {plain(was)} USD for one to no rate"
        elif max(was, is_) > MAX_FACTOR * min(was, is_):
            yield f"{use[0]} from {plain(was)} to {plain(is_)} USD for one"


def _uses(rates: Rates) -> Iterator[_Use]:
    for rate in rates:
        yield rate.unit, calls_of(rate), rate.above_input_tokens


def _cost(card: RateCard, use: _Use) -> Decimal | None:
    """USD for one; None where there is no rate."""
    unit, context, above = use
    rate = nearest_rate(unit, card.rates(context))
    charge = None if rate is None else rate.charge(0 if above is None else above + 1)
    return None if charge is None else charge.unit_price
