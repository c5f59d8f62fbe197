"""How reported units, parts beside their wholes, come apart into shares that do not overlap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from pricing.units import cross, depth, joint, order, wholes


@dataclass(frozen=True, slots=True)
class Share:
    """What is left of a unit after its parts: its count, less those of `minus`, plus `plus`."""

    unit: str
    minus: tuple[str, ...]
    plus: tuple[str, ...]

    def of(self, quantities: Mapping[str, int | Decimal]) -> int | Decimal:
        """How much of it there is; below nought where parts are over their whole."""
        left = quantities[self.unit]
        for name in self.minus:
            left -= quantities[name]
        for name in self.plus:
            left += quantities[name]
        return left


@dataclass(frozen=True, slots=True)
class Split:
    """Shares that add up to the wholes.

    `mixed` are units whose share holds parts with rates of their own that cannot be told apart.
    `crossed` says that units had to be left out, since nobody reported how far they overlap.
    """

    shares: tuple[Share, ...]
    mixed: frozenset[str]
    crossed: bool


def split(names: Iterable[str], rated: Collection[str]) -> Split:
    """Takes reported units apart; `rated` are those with a rate of their own.

    Cached tokens and text tokens cross: a token may be both. Where the count of cached text is
    reported they can be told apart. Where it is not, one of them is left within its whole: one
    without a rate, which changes no cost. Where both have rates the cost of the whole is unknown.
    """
    kept = set(names)
    mixed: set[str] = set()
    crossed = False
    while pair := _overlap(kept):
        crossed = True
        keep, drop = sorted(pair, key=lambda name: (name not in rated, order(name)))
        mixing = drop in rated
        shared = (wholes(keep) & wholes(drop) & kept) if mixing else (wholes(drop) & kept)
        if not shared:
            kept.discard(drop)
            mixed.add(keep)
        elif mixing:
            kept -= {name for name in kept if {keep, drop} & {name, *wholes(name)}}
            mixed.add(max(shared, key=depth))
        else:
            kept.discard(drop)
    return Split(_shares(kept), frozenset(mixed & kept), crossed)


def _overlap(names: Collection[str]) -> tuple[str, str] | None:
    """Two units whose overlap is not reported."""
    for one, other in combinations(sorted(names, key=order), 2):
        if cross(one, other) and joint(one, other) not in names:
            return one, other
    return None


def _shares(names: Collection[str]) -> tuple[Share, ...]:
    """Each unit's remainder as a sum over reported counts (inclusion and exclusion)."""
    sums: dict[str, dict[str, int]] = {}
    for name in sorted(names, key=lambda name: (-depth(name), order(name))):
        remainder = {name: 1}
        for part, taken in sums.items():
            if name in wholes(part):
                for counted, times in taken.items():
                    remainder[counted] = remainder.get(counted, 0) - times
        sums[name] = remainder
    return tuple(_share(name, sums[name]) for name in sorted(names, key=order))


def _share(name: str, remainder: dict[str, int]) -> Share:
    minus: list[str] = []
    plus: list[str] = []
    for counted, times in remainder.items():
        if counted != name:
            (minus if times < 0 else plus).extend([counted] * abs(times))
    return Share(name, tuple(minus), tuple(plus))
