"""What usage cost by a price: lines that do not overlap and add up, to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import reduce

import msgspec

from models.cost import CostLine, CostStatus
from models.price import Price
from pricing.arithmetic import EXACT
from pricing.cache import BoundedCache
from pricing.minimum import billed_quantities
from pricing.rate_card import NO_RATES, CallContext, UnitRate, nearest_rate, rate_card
from pricing.split import Share, split
from pricing.units import IMAGES, REQUESTS, UNITS, joint, wholes

__all__ = ["Cost", "CostLine", "CostStatus", "cost_of", "joined_cost", "supplied_cost"]

Quantities = Mapping[str, int | Decimal]

_MAX_PLANS = 16_384
_ZERO = Decimal(0)
_ONE = Decimal(1)


class Cost(msgspec.Struct, frozen=True):
    """USD, or None where it is UNPRICED. `price` is the one applied; None where none was."""

    amount: Decimal | None
    status: CostStatus
    lines: tuple[CostLine, ...] = ()
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How usage of these units is priced for such a call; what counts say comes later."""

    lines: tuple[tuple[Share, UnitRate | None], ...]
    crossed: bool
    # The price's fee for each request, where it has one and requests are not counted.
    fee: UnitRate | None
    # Tokens that pay for the images, where they have a rate and images have none.
    image_tokens: tuple[str, ...]


_plans: BoundedCache[tuple[str, CallContext, tuple[str, ...]], _Plan] = BoundedCache(_MAX_PLANS)


def supplied_cost(amount: Decimal) -> Cost:
    """The cost that a caller gave, in USD."""
    return Cost(amount, CostStatus.SUPPLIED)


def joined_cost(first: Cost, second: Cost) -> Cost:
    """Two parts of one event's cost as one; the price is the first's, or else the second's."""
    lines = (*first.lines, *second.lines)
    price = first.price or second.price
    known = [part.amount for part in (first, second) if part.amount is not None]
    if not known:
        return Cost(None, CostStatus.UNPRICED, lines)
    is_whole = first.status is second.status is CostStatus.PRICED
    status = CostStatus.PRICED if is_whole else CostStatus.PARTIAL
    return Cost(reduce(EXACT.add, known), status, lines, price)


def cost_of(
    price: Price | None,
    quantities: Quantities,
    *,
    processing: str | None = None,
    service_tier: str | None = None,
    speed: str | None = None,
) -> Cost:
    """What usage cost, in USD. Quantities are by unit, parts beside their wholes, as checked.

    A unit without a rate costs what the nearest unit does that contains it. One with neither has
    a line without an amount, and the cost is PARTIAL; with no amount at all it is UNPRICED.
    `price` None: no price is known. The amounts of the lines add up to the cost exactly.
    """
    card = NO_RATES if price is None else rate_card(price)
    context = card.context(processing, service_tier, speed)
    if price is not None:
        quantities = billed_quantities(price, quantities)
    plan = _plan(price, context, tuple(quantities))
    if plan.crossed and 0 in quantities.values():
        # Units that cross are told apart where one of them is nought.
        quantities = _without_noughts(quantities)
        plan = _plan(price, context, tuple(quantities))
    lines = _lines(plan, quantities)
    if lines is None:
        return Cost(None, CostStatus.UNPRICED, _wholes_unpriced(quantities))
    return _added_up(price, tuple(lines))


def _lines(plan: _Plan, quantities: Quantities) -> list[CostLine] | None:
    """None where parts are over their whole: what nobody checked cannot be priced."""
    for quantity in quantities.values():
        if type(quantity) is not int:
            with localcontext(EXACT):
                return _exact_lines(plan, quantities)
    # Whole numbers are exact in any context.
    return _exact_lines(plan, quantities)


def _exact_lines(plan: _Plan, quantities: Quantities) -> list[CostLine] | None:
    input_tokens = quantities.get("input_tokens", 0)
    lines: list[CostLine] = []
    for share, rate in plan.lines:
        quantity = share.of(quantities)
        if not quantity:
            continue
        if quantity < 0:
            return None
        if share.unit == IMAGES and any(quantities[unit] for unit in plan.image_tokens):
            continue
        lines.append(_line(share.unit, Decimal(quantity), rate, input_tokens))
    if plan.fee is not None:
        lines.append(_line(REQUESTS, _ONE, plan.fee, input_tokens))
    return lines


def _line(
    unit: str, quantity: Decimal, rate: UnitRate | None, input_tokens: int | Decimal
) -> CostLine:
    charge = None if rate is None else rate.charge(input_tokens)
    if charge is None:
        return CostLine(unit, quantity, None, None)
    return CostLine(unit, quantity, charge.unit_price, charge.of(quantity))


def _added_up(price: Price | None, lines: tuple[CostLine, ...]) -> Cost:
    total = _ZERO
    priced = 0
    for line in lines:
        if line.amount is not None:
            total = EXACT.add(total, line.amount)
            priced += 1
    if price is None or (lines and not priced):
        return Cost(None, CostStatus.UNPRICED, lines)
    status = CostStatus.PRICED if priced == len(lines) else CostStatus.PARTIAL
    return Cost(total, status, lines, price)


def _wholes_unpriced(quantities: Quantities) -> tuple[CostLine, ...]:
    return tuple(
        CostLine(unit, Decimal(quantity), None, None)
        for unit, quantity in quantities.items()
        if quantity and not wholes(unit) & quantities.keys()
    )


def _without_noughts(quantities: Quantities) -> Quantities:
    """Without counts of 0, but for those that say how far two others overlap."""
    used = [unit for unit, quantity in quantities.items() if quantity and unit in UNITS]
    overlaps = {joint(one, other) for one in used for other in used}
    return {unit: quantity for unit, quantity in quantities.items() if quantity or unit in overlaps}


def _plan(price: Price | None, context: CallContext, names: tuple[str, ...]) -> _Plan:
    key = ("" if price is None else price.id, context, names)
    return _plans.get(key) or _plans.put(key, _new_plan(price, context, names))


def _new_plan(price: Price | None, context: CallContext, names: tuple[str, ...]) -> _Plan:
    rates = {} if price is None else rate_card(price).rates(context)
    parted = split(names, rates.keys())
    lines = tuple(
        (share, None if share.unit in parted.mixed else nearest_rate(share.unit, rates))
        for share in parted.shares
    )
    implied = price is not None and price.model is not None and REQUESTS not in names
    return _Plan(
        lines,
        parted.crossed,
        rates.get(REQUESTS) if implied else None,
        () if IMAGES in rates else _image_tokens(names, rates),
    )


def _image_tokens(names: tuple[str, ...], rates: Mapping[str, UnitRate]) -> tuple[str, ...]:
    return tuple(
        name
        for name in names
        if name in UNITS
        and UNITS[name].family == "tokens"
        and UNITS[name].modality == "image"
        and nearest_rate(name, rates) is not None
    )
