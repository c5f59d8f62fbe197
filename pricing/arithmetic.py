"""The precision that money is reckoned with, set here and never taken from the process."""

from __future__ import annotations

from decimal import Context, DivisionByZero, InvalidOperation, Overflow

_TRAPS = [InvalidOperation, DivisionByZero, Overflow]
# Counts have at most 80 digits before the point and 24 behind it, amounts as many, and dividing
# by a number of units adds at most 31: sums and products of them are exact in this.
EXACT = Context(prec=300, traps=_TRAPS)
# For quotients that never end, as a price by the hour for seconds: genai-prices' own precision.
ROUNDED = Context(prec=28, traps=_TRAPS)


def quotients(divisor: int) -> Context:
    """The context to divide by a number in: exact where every quotient ends."""
    rest = divisor
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return EXACT if rest == 1 else ROUNDED
