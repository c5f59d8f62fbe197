"""What an event cost: an amount, how much of it is known, and the lines it adds up from."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec


class CostStatus(StrEnum):
    """How much of a cost is known; the contract gives the meanings."""

    PRICED = "PRICED"
    PARTIAL = "PARTIAL"
    UNPRICED = "UNPRICED"
    SUPPLIED = "SUPPLIED"


class CostLine(msgspec.Struct, frozen=True, array_like=True):
    """One unit's share of a cost. `unit_price` is USD for one unit, `amount` USD; None: unknown."""

    unit: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
