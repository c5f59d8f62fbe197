"""How exact numbers are kept and written: Decimal only, bounded in length, never by a float."""

from __future__ import annotations

from decimal import Decimal

MAX_DIGITS = 40
MAX_SCALE = 24


def is_storable(number: Decimal) -> bool:
    """Whether a number is finite and short enough to keep and to write out in full."""
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    return len(digits) <= MAX_DIGITS and -MAX_SCALE <= int(exponent) <= MAX_DIGITS


def plain(number: Decimal) -> str:
    """A number in plain notation: never `1E-7`, never `-0`, no zeros at the end."""
    if not number:
        return "0"
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written
