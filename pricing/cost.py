"""What usage cost by a price: lines that do not overlap and add up, to the last digit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import reduce
from typing import NamedTuple

import msgspec

from models.cost import CostLine, CostReason, CostReasonCode, CostStatus
from models.price import Price
from pricing.arithmetic import EXACT
from pricing.cache import BoundedCache
from pricing.minimum import billed_quantities
from pricing.payer import paid_by
from pricing.rate_card import (
    CallContext,
    Charge,
    RateCard,
    UnitRate,
    call_context,
    is_dearer_than_text,
    nearest_rate,
    rate_card,
)
from pricing.split import Share, Split, split
from pricing.units import REQUESTS, UNITS, joint, wholes

__all__ = [
    "NO_PRICE",
    "NO_USAGE",
    "Cost",
    "CostLine",
    "CostStatus",
    "call_cost",
    "cost_of",
    "doubtful_cost",
    "joined_cost",
    "supplied_cost",
]

Quantities = Mapping[str, int | Decimal]
Reasons = tuple[CostReason, ...]

_MAX_PLANS = 16_384
_ZERO = Decimal(0)
_ONE = Decimal(1)
_CONTRADICTION = CostReasonCode.CONTRADICTION
_MIXED_UNITS = CostReasonCode.MIXED_UNITS
_NO_RATE = CostReasonCode.NO_RATE
NO_USAGE = CostReason(CostReasonCode.NO_USAGE)
NO_PRICE = CostReason(CostReasonCode.NO_PRICE)


class Cost(msgspec.Struct, frozen=True):
    """USD, or None where it is UNPRICED. `price` is the one applied; None where none was.

    `reasons` say why the cost is not known in full: a computed one is PRICED where there are none,
    and only there.
    """

    amount: Decimal | None
    status: CostStatus
    lines: tuple[CostLine, ...] = ()
    price: Price | None = None
    reasons: Reasons = ()


class _PartsOverWhole(Exception):
    """Counts that cannot be, which nobody checked; `unit` is the whole."""

    def __init__(self, unit: str) -> None:
        super().__init__(unit)
        self.unit = unit


class _PlannedLine(NamedTuple):
    """A share of the usage; `without_rate` is the reason where it has no rate.

    `payers` are units that pay for it where any of them was used.
    """

    share: Share
    rate: UnitRate | None
    without_rate: CostReason
    payers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How usage of these units is priced for such a call; what counts say comes later."""

    lines: tuple[_PlannedLine, ...]
    crossed: bool
    # The price's fee for each request, where it has one and requests are not counted.
    fee: UnitRate | None
    # Units that are left within their wholes, though they cost more.
    hidden: tuple[str, ...]


_plans: BoundedCache[tuple[str, CallContext, tuple[str, ...]], _Plan] = BoundedCache(_MAX_PLANS)


def supplied_cost(amount: Decimal) -> Cost:
    """The cost that a caller gave, in USD."""
    return Cost(amount, CostStatus.SUPPLIED)


def joined_cost(*parts: Cost) -> Cost:
    """The parts of one event's cost as one; the price is the first that there is."""
    lines = tuple(line for part in parts for line in part.lines)
    reasons = _once(reason for part in parts for reason in part.reasons)
    known = [part.amount for part in parts if part.amount is not None]
    if not known:
        return Cost(None, CostStatus.UNPRICED, lines, None, reasons)
    price = next((part.price for part in parts if part.price is not None), None)
    return Cost(reduce(EXACT.add, known), _status(reasons), lines, price, reasons)


def doubtful_cost(cost: Cost, reasons: Iterable[CostReason]) -> Cost:
    """The same cost with further reasons why it is not known in full."""
    all_reasons = _once((*cost.reasons, *reasons))
    status = CostStatus.UNPRICED if cost.amount is None else _status(all_reasons)
    return msgspec.structs.replace(cost, status=status, reasons=all_reasons)


def cost_of(
    price: Price | None,
    quantities: Quantities,
    *,
    processing: str | None = None,
    service_tier: str | None = None,
    speed: str | None = None,
    region: str | None = None,
    search_context_size: str | None = None,
) -> Cost:
    """What usage cost, in USD. Quantities are by unit, parts beside their wholes, as checked.

    A unit without a rate costs what the nearest unit does that contains it. One with neither has
    a line without an amount, and the cost is PARTIAL; with no amount at all it is UNPRICED. A way
    of running the call without rates of its own is at the standard ones, and PARTIAL. No
    quantities at all are UNPRICED, but where the price has rates for requests alone.
    `price` None: no price is known. The amounts of the lines add up to the cost exactly.
    """
    told = call_context(processing, service_tier, speed, region, search_context_size)
    return call_cost(price, quantities, told)


def call_cost(price: Price | None, quantities: Quantities, told: CallContext) -> Cost:
    """The same, for what is told of the call in one."""
    if price is None:
        return _unpriced(quantities, (NO_PRICE,) if quantities else (NO_USAGE,))
    card = rate_card(price)
    if not quantities and not card.is_by_request:
        return _unpriced(quantities, (NO_USAGE,))
    context, lacking = card.context(told)
    quantities = billed_quantities(price, quantities)
    plan = _plan(price, card, context, tuple(quantities))
    if plan.crossed and 0 in quantities.values():
        # Units that cross are told apart where one of them is nought.
        quantities = _without_noughts(quantities)
        plan = _plan(price, card, context, tuple(quantities))
    try:
        lines, reasons = _lines(plan, quantities)
    except _PartsOverWhole as impossible:
        return _unpriced(quantities, (CostReason(_CONTRADICTION, impossible.unit),))
    return _added_up(price, lines, (*lacking, *reasons) if lacking else reasons)


def _lines(plan: _Plan, quantities: Quantities) -> tuple[list[CostLine], Sequence[CostReason]]:
    """The lines, and why they may not be all. Raises _PartsOverWhole."""
    for quantity in quantities.values():
        if type(quantity) is not int:
            with localcontext(EXACT):
                return _exact_lines(plan, quantities)
    # Whole numbers are exact in any context.
    return _exact_lines(plan, quantities)


def _exact_lines(
    plan: _Plan, quantities: Quantities
) -> tuple[list[CostLine], Sequence[CostReason]]:
    input_tokens = quantities.get("input_tokens", 0)
    lines: list[CostLine] = []
    reasons: list[CostReason] = []
    for share, rate, without_rate, payers in plan.lines:
        quantity = share.of(quantities)
        if not quantity:
            continue
        if quantity < 0:
            raise _PartsOverWhole(share.unit)
        if payers and any(quantities[unit] for unit in payers):
            continue
        charge = None if rate is None else rate.charge(input_tokens)
        lines.append(_line(share.unit, Decimal(quantity), charge))
        if charge is None:
            reasons.append(without_rate)
        elif charge.reason is not None:
            reasons.append(charge.reason)
    if plan.fee is not None:
        lines.append(_line(REQUESTS, _ONE, plan.fee.charge(input_tokens)))
    if plan.hidden:
        reasons += [CostReason(_NO_RATE, unit) for unit in plan.hidden if quantities[unit]]
    return lines, reasons


def _line(unit: str, quantity: Decimal, charge: Charge | None) -> CostLine:
    if charge is None:
        return CostLine(unit, quantity, None, None)
    return CostLine(unit, quantity, charge.unit_price, charge.of(quantity))


def _added_up(price: Price, lines: Sequence[CostLine], reasons: Sequence[CostReason]) -> Cost:
    total = _ZERO
    priced = 0
    for line in lines:
        if line.amount is not None:
            total = EXACT.add(total, line.amount)
            priced += 1
    if not lines or not reasons:
        # What costs nothing does so however the call was run.
        return Cost(total, CostStatus.PRICED, tuple(lines), price)
    if not priced:
        return Cost(None, CostStatus.UNPRICED, tuple(lines), None, _once(reasons))
    return Cost(total, CostStatus.PARTIAL, tuple(lines), price, _once(reasons))


def _unpriced(quantities: Quantities, reasons: Reasons) -> Cost:
    """With a line for each whole that was counted."""
    lines = tuple(
        CostLine(unit, Decimal(quantity), None, None)
        for unit, quantity in quantities.items()
        if quantity and not wholes(unit) & quantities.keys()
    )
    return Cost(None, CostStatus.UNPRICED, lines, None, reasons)


def _status(reasons: Reasons) -> CostStatus:
    """Of a cost whose amount is known."""
    return CostStatus.PARTIAL if reasons else CostStatus.PRICED


def _once(reasons: Iterable[CostReason]) -> Reasons:
    return tuple(dict.fromkeys(reasons))


def _without_noughts(quantities: Quantities) -> Quantities:
    """Without counts of 0, but for those that say how far two others overlap."""
    used = [unit for unit, quantity in quantities.items() if quantity and unit in UNITS]
    overlaps = {joint(one, other) for one in used for other in used}
    return {unit: quantity for unit, quantity in quantities.items() if quantity or unit in overlaps}


def _plan(price: Price, card: RateCard, context: CallContext, names: tuple[str, ...]) -> _Plan:
    key = (price.id, context, names)
    return _plans.get(key) or _plans.put(key, _new_plan(price, card, context, names))


def _new_plan(price: Price, card: RateCard, context: CallContext, names: tuple[str, ...]) -> _Plan:
    rates = card.rates(context)
    parted = split(names, rates.keys())
    lines = tuple(
        _PlannedLine(
            share, *_rate(share.unit, parted, rates, card), paid_by(share.unit, names, rates)
        )
        for share in parted.shares
    )
    return _Plan(
        lines,
        parted.crossed,
        rates.get(REQUESTS) if price.model is not None and REQUESTS not in names else None,
        () if parted.mixed else tuple(_hidden(names, parted, rates, card)),
    )


def _rate(
    unit: str, parted: Split, rates: Mapping[str, UnitRate], card: RateCard
) -> tuple[UnitRate | None, CostReason]:
    if unit in parted.mixed:
        return None, CostReason(_MIXED_UNITS, unit)
    rate = nearest_rate(unit, rates, for_any_input=card.for_any_input)
    return rate, CostReason(_NO_RATE, unit)


def _hidden(
    names: Iterable[str], parted: Split, rates: Mapping[str, UnitRate], card: RateCard
) -> Iterator[str]:
    """Units without a share of their own that cost more than the wholes they are left in."""
    shares = {share.unit for share in parted.shares}
    for name in names:
        is_left = name not in shares and name not in rates
        if is_left and is_dearer_than_text(name, card.for_any_input):
            yield name
