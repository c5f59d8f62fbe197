"""Counts as they are reported, checked at the door: what cannot be is refused, never clipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from difflib import get_close_matches
from itertools import combinations

from models.money import MAX_DIGITS, is_storable
from pricing.arithmetic import EXACT
from pricing.cache import BoundedCache
from pricing.split import Share, split
from pricing.units import UNITS, cross, joint, order, wholes

Quantities = Mapping[str, int | Decimal]

INVALID_COUNT = "INVALID_COUNT"
PART_OVER_WHOLE = "PART_OVER_WHOLE"
PART_WITHOUT_WHOLE = "PART_WITHOUT_WHOLE"
UNKNOWN_UNIT = "UNKNOWN_UNIT"

_MAX_COUNT = 10**MAX_DIGITS
_MAX_PLANS = 4096


class InvalidUsage(ValueError):
    """Counts that cannot be. `unit` is the one to blame, `code` a stable word for programs.

    `parts` are all to blame, where it takes several to be over their whole.
    """

    def __init__(self, code: str, unit: str, message: str, parts: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.unit = unit
        self.message = message
        self.parts = parts or (unit,)


@dataclass(frozen=True, slots=True)
class _Checks:
    """What must hold of counts of these units."""

    # Parts whose wholes are not reported, with one such whole.
    orphans: tuple[tuple[str, str], ...]
    # Remainders that must not be negative.
    remainders: tuple[Share, ...]
    crossed: bool


_plans: BoundedCache[tuple[str, ...], _Checks] = BoundedCache(_MAX_PLANS)


def check_quantities(quantities: Quantities) -> None:
    """Checks counts by genai-prices' unit names (and `images`): parts stand beside their wholes.

    Raises InvalidUsage: UNKNOWN_UNIT; INVALID_COUNT for what is no number from 0 up of at most
    40 digits; PART_OVER_WHOLE; PART_WITHOUT_WHOLE for a part whose whole is not reported, as
    genai-prices does: input tokens include the cached ones, so there must be some.
    """
    whole_numbers = True
    for unit, quantity in quantities.items():
        if type(quantity) is not int:
            whole_numbers = False
            _check_decimal(unit, quantity)
        elif not 0 <= quantity < _MAX_COUNT:
            raise _invalid_count(unit)
    names = tuple(quantities)
    checks = _checks(names)
    if whole_numbers:
        _check(quantities, checks)
    else:
        with localcontext(EXACT):
            _check(quantities, checks)


def _checks(names: tuple[str, ...]) -> _Checks:
    return _plans.get(names) or _plans.put(names, _plan(names))


def _check_decimal(unit: str, quantity: object) -> None:
    if not isinstance(quantity, Decimal) or not is_storable(quantity) or quantity < 0:
        raise _invalid_count(unit)


def _invalid_count(unit: str) -> InvalidUsage:
    return InvalidUsage(
        INVALID_COUNT,
        unit,
        f"{_shown(unit)} must be a number from 0 up, of at most {MAX_DIGITS} digits.",
    )


def _check(quantities: Quantities, checks: _Checks) -> None:
    for part, whole in checks.orphans:
        if quantities[part]:
            raise InvalidUsage(
                PART_WITHOUT_WHOLE,
                part,
                f"{part} is a part of {whole}, which is not reported: report {whole} too, "
                f"with {part} included.",
            )
    for share in checks.remainders:
        left = quantities[share.unit]
        for name in share.minus:
            left -= quantities[name]
        for name in share.plus:
            left += quantities[name]
        if left < 0:
            raise _over(quantities, share)
    if checks.crossed and 0 in quantities.values():
        # Without the zeros fewer units cross, and more can be checked.
        reported = {unit: quantity for unit, quantity in quantities.items() if quantity}
        _check(reported, _checks(tuple(reported)))


def _over(quantities: Quantities, share: Share) -> InvalidUsage:
    whole = quantities[share.unit]
    for part in share.minus:
        if quantities[part] > whole:
            return InvalidUsage(
                PART_OVER_WHOLE,
                part,
                f"{part} ({quantities[part]}) is over {share.unit} ({whole}), which includes it.",
            )
    return InvalidUsage(
        PART_OVER_WHOLE,
        share.minus[0],
        f"{', '.join(share.minus)} together are over {share.unit} ({whole}), which includes them.",
        share.minus,
    )


def _plan(names: tuple[str, ...]) -> _Checks:
    for name in names:
        if name not in UNITS:
            raise InvalidUsage(UNKNOWN_UNIT, name, _unknown_unit(name))
    orphans = [
        (name, min(missing, key=order)) for name in names if (missing := wholes(name) - set(names))
    ]
    parted = split(names, ())
    remainders = tuple(_crossing(names)) if parted.crossed else parted.shares
    return _Checks(
        tuple(orphans), tuple(share for share in remainders if share.minus), parted.crossed
    )


def _crossing(names: tuple[str, ...]) -> Iterator[Share]:
    """What must hold where some overlap is not reported: less than all, but always true."""
    for whole in names:
        parts = sorted((name for name in names if whole in wholes(name)), key=order)
        for part in parts:
            yield Share(whole, (part,), ())
        for apart in _apart(whole, parts):
            yield Share(whole, apart, ())
        for one, other in combinations(parts, 2):
            if cross(one, other) and (both := joint(one, other)) in names and both is not None:
                yield Share(whole, (one, other), (both,))


def _apart(whole: str, parts: list[str]) -> Iterator[tuple[str, ...]]:
    """Parts that differ from the whole, and from each other, in one and the same dimension."""
    apart: dict[str, list[str]] = {}
    for part in parts:
        added = UNITS[part].dimensions - UNITS[whole].dimensions
        if len(added) == 1:
            apart.setdefault(next(iter(added))[0], []).append(part)
    return (tuple(group) for group in apart.values() if len(group) > 1)


def _unknown_unit(name: str) -> str:
    close = get_close_matches(name[:64], UNITS, n=1)
    hint = f"did you mean {close[0]}?" if close else "units are named as in genai-prices."
    return f"There is no unit {_shown(name)}: {hint}"


def _shown(name: str) -> str:
    return name if name in UNITS else ascii(name[:64])
