"""Usage of other models within a call: taken out of the call's own, and priced by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

import msgspec

from models.cost import CostReason, CostReasonCode
from models.event import SideCall
from models.price import Price
from pricing.arithmetic import EXACT
from pricing.cost import NO_PRICE, Cost, call_cost
from pricing.rate_card import CallContext
from pricing.units import wholes

Quantities = Mapping[str, int | Decimal]


@dataclass(frozen=True, slots=True)
class OwnQuantities:
    """What a call's own model used: nothing but noughts where side calls used all.

    `reasons` name units of which the side calls have more than the whole call.
    """

    quantities: Quantities
    reasons: tuple[CostReason, ...]


def own_quantities(quantities: Quantities, side_calls: Sequence[SideCall]) -> OwnQuantities:
    """What is left of a call's counts without those of its side calls.

    A unit of which more was used at the side than in all cannot be: neither it nor its parts are
    known of the call's own model.
    """
    own = dict(quantities)
    with localcontext(EXACT):
        for side in side_calls:
            for unit, quantity in side.units.items():
                if unit in own:
                    own[unit] -= quantity
    impossible = {unit for unit, quantity in own.items() if quantity < 0}
    known = {
        unit: quantity for unit, quantity in own.items() if not ({unit} | wholes(unit)) & impossible
    }
    reasons = tuple(CostReason(CostReasonCode.CONTRADICTION, unit) for unit in sorted(impossible))
    return OwnQuantities(known, reasons)


def side_cost(price: Price | None, side: SideCall, context: CallContext) -> Cost:
    """What a side call cost; its lines name its model, as does the reason where it has no price."""
    cost = call_cost(price, side.units, context)
    lines = tuple(msgspec.structs.replace(line, model=side.model) for line in cost.lines)
    reasons = tuple(
        msgspec.structs.replace(reason, subject=side.model) if reason == NO_PRICE else reason
        for reason in cost.reasons
    )
    return msgspec.structs.replace(cost, lines=lines, reasons=reasons)
