"""What an event cost: an amount, how much of it is known, why not all, and its lines."""

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
    REPORTED = "REPORTED"


class CostLine(msgspec.Struct, frozen=True, array_like=True):
    """One unit's share of a cost. `unit_price` is USD for one unit, `amount` USD; None: unknown.

    `model` names the model that used the unit where it is not the event's own.
    """

    unit: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
    model: str | None = None


class ReportedCostStatus(StrEnum):
    """How our cost compares with what the provider or gateway says it charged."""

    AGREES = "AGREES"
    # By more than 1 %.
    DIFFERS = "DIFFERS"
    # Our cost is not known.
    NOT_COMPARED = "NOT_COMPARED"


class CostReasonCode(StrEnum):
    """Why a cost is not known in full."""

    # No counts, no units and no quantity were reported.
    NO_USAGE = "NO_USAGE"
    # No price is known for the model or the custom unit. The subject is another model that ran
    # within the call, where that one is meant.
    NO_PRICE = "NO_PRICE"
    # The price has no rate for the unit. The subject is the unit.
    NO_RATE = "NO_RATE"
    # The price has no rate for how the call was run. The subject is the word, e.g. `flex`.
    NO_CONTEXT_RATE = "NO_CONTEXT_RATE"
    # Units cross, and nobody reported how far. The subject is the unit that holds both.
    MIXED_UNITS = "MIXED_UNITS"
    # The response contradicts itself. The subject is the field that does not fit the others.
    CONTRADICTION = "CONTRADICTION"
    # The response tells of something that is billed, at a fee that is not known. The subject
    # names it.
    UNKNOWN_FEE = "UNKNOWN_FEE"


class CostReason(msgspec.Struct, frozen=True, array_like=True):
    """One reason; its subject is a unit, a field of the response or a word of the call."""

    code: CostReasonCode
    subject: str | None = None

    @property
    def message(self) -> str:
        """The reason as a sentence."""
        if self.code is CostReasonCode.NO_PRICE and self.subject is not None:
            return f"No price is known for {self.subject}."
        return _MESSAGES[self.code].format(self.subject)

    @property
    def is_evidence(self) -> bool:
        """Whether the usage itself is in doubt: no price can mend that."""
        return self.code in (CostReasonCode.CONTRADICTION, CostReasonCode.UNKNOWN_FEE)


_MESSAGES = {
    CostReasonCode.NO_USAGE: "No usage was reported.",
    CostReasonCode.NO_PRICE: "No price is known.",
    CostReasonCode.NO_RATE: "The price has no rate for {}.",
    CostReasonCode.NO_CONTEXT_RATE: "The price has no rate for calls run as {}.",
    CostReasonCode.MIXED_UNITS: "It is not known which parts of {} are of which kind.",
    CostReasonCode.CONTRADICTION: "{} contradicts the rest of the response.",
    CostReasonCode.UNKNOWN_FEE: "The response tells of {}, at a fee that is not known.",
}
