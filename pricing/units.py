"""Which units there are, and which of them contain which: genai-prices' registry in our words.

A unit is a set of dimensions (direction, modality, kind of token …). One that has all of another's
dimensions and more is a part of it: cached input tokens are input tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genai_prices.data_units import unit_data

Dimensions = frozenset[tuple[str, str]]

# The units that events have a field for, in the order in which people expect them.
TYPED_UNITS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_reasoning_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "images",
)
REQUESTS = "requests"
IMAGES = "images"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of usage. Prices of the catalogue are USD for `per` of it."""

    name: str
    price_key: str
    per: int
    dimensions: Dimensions

    @property
    def family(self) -> str:
        """What is counted: tokens, characters, durations …"""
        return dict(self.dimensions)["family"]

    @property
    def modality(self) -> str | None:
        """text, audio, image or video, where the unit is of one alone."""
        return dict(self.dimensions).get("modality")


def _registry() -> dict[str, Unit]:
    units = {
        name: Unit(name, raw["price_key"], raw["per"], frozenset(raw["dimensions"].items()))
        for name, raw in unit_data.items()
    }
    # Ours: genai-prices knows no price by the image, but overrides may.
    units[IMAGES] = Unit(IMAGES, IMAGES, 1, frozenset({("family", IMAGES)}))
    return units


UNITS: Mapping[str, Unit] = _registry()
UNIT_BY_PRICE_KEY: Mapping[str, Unit] = {unit.price_key: unit for unit in UNITS.values()}
_BY_DIMENSIONS: Mapping[Dimensions, str] = {unit.dimensions: unit.name for unit in UNITS.values()}
_WHOLES: Mapping[str, frozenset[str]] = {
    part.name: frozenset(
        whole.name for whole in UNITS.values() if whole.dimensions < part.dimensions
    )
    for part in UNITS.values()
}
_NOTHING: frozenset[str] = frozenset()
_ORDER: Mapping[str, int] = {
    name: position for position, name in enumerate(dict.fromkeys((*TYPED_UNITS, *UNITS)))
}


def wholes(name: str) -> frozenset[str]:
    """The units that contain this one; none for a custom unit."""
    return _WHOLES.get(name, _NOTHING)


def cross(one: str, other: str) -> bool:
    """Whether usage may be of both units at once, though neither contains the other."""
    a, b = UNITS.get(one), UNITS.get(other)
    if a is None or b is None or a.dimensions <= b.dimensions or b.dimensions <= a.dimensions:
        return False
    both = dict(a.dimensions)
    return all(both.get(key, value) == value for key, value in b.dimensions)


def joint(one: str, other: str) -> str | None:
    """The unit of what is of both units, where there is one."""
    return _BY_DIMENSIONS.get(UNITS[one].dimensions | UNITS[other].dimensions)


def order(name: str) -> tuple[int, str]:
    """Sorts units: those with fields, the registry's, then custom ones by name."""
    return _ORDER.get(name, len(_ORDER)), name


def depth(name: str) -> int:
    """How many dimensions a unit has: a part has more than its whole."""
    unit = UNITS.get(name)
    return 0 if unit is None else len(unit.dimensions)
