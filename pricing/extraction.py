"""Reading counts out of responses by genai-prices' descriptions of where providers put them.

The descriptions are theirs, the walk is ours: it must tell a field that is not there from one that
holds something else than a count, and must not be upset by anything that JSON can hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from genai_prices.types import ArrayMatch, ExtractPath, UsageExtractor

from pricing.units import UNITS

Location = tuple[str, ...]
Count = int | Decimal
Counts = dict[str, Count]
Fields = Mapping["Field", Count | None]
JsonObject = Mapping[str, object]

_MAX_COUNT = (1 << 63) - 1
_MAX_SCALE = 24


class NotThere(LookupError):
    """A response has no usage of the kind looked for."""


class NoCount(ValueError):
    """A field that should hold a count holds something else; its name is the argument."""


class MissingCount(ValueError):
    """A count that is always reported is not there; its name is the argument."""


class Field:
    """Where a count is, from the usage object on. Equal where the place is."""

    __slots__ = ("_place", "name", "steps")

    def __init__(self, path: ExtractPath) -> None:
        self.steps: tuple[str | ArrayMatch, ...] = (path,) if isinstance(path, str) else tuple(path)
        self.name = ".".join(step if isinstance(step, str) else "*" for step in self.steps)
        self._place = repr(self.steps)

    def __hash__(self) -> int:
        return hash(self._place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and self._place == other._place

    def read(self, usage: JsonObject) -> Count | None:
        """None where there is nothing, or null. Raises NoCount."""
        value: object = usage
        for step in self.steps:
            value = self._step(step, value)
            if value is None:
                return None
        if not _is_count(value):
            raise NoCount(self.name)
        return value

    def _step(self, step: str | ArrayMatch, value: object) -> object:
        if isinstance(step, str):
            if not isinstance(value, dict):
                raise NoCount(self.name)
            return value.get(step)
        if not isinstance(value, list):
            raise NoCount(self.name)
        return next((item for item in value if _is_item(step, item)), None)


def _is_item(step: ArrayMatch, item: object) -> bool:
    word = item.get(step.field) if isinstance(item, dict) else None
    return isinstance(word, str) and step.match.is_match(word)


def _is_count(value: object) -> TypeGuard[Count]:
    if type(value) is int:
        return 0 <= value <= _MAX_COUNT
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= _MAX_COUNT:
        return False
    return int(value.as_tuple().exponent) >= -_MAX_SCALE


class Layout:
    """Where one API of a provider puts its counts.

    `envelope` is what the events of its streams wrap a whole response in. `places` are where its
    counts may be: bodies come whole, in such an event, or as no more than their usage objects.
    """

    def __init__(self, extractor: UsageExtractor, envelope: Location = ()) -> None:
        root = extractor.root
        self.flavor = extractor.api_flavor
        self.root: Location = (root,) if isinstance(root, str) else tuple(map(str, root))
        self.places = {self.root[start:] for start in range(len(self.root) + 1)}
        self.places.add((*envelope, *self.root))
        self.model_key = (
            extractor.model_path
            if isinstance(extractor.model_path, str)
            else str(extractor.model_path[-1])
        )
        # Several fields may go into one unit, and one field into several.
        self._units = tuple(
            (Field(mapping.path), mapping.dest)
            for mapping in extractor.mappings
            if mapping.dest in UNITS
        )
        self._required = {Field(each.path) for each in extractor.mappings if each.required}
        self.fields = frozenset(field for field, _ in self._units) | self._required

    def may_be_at(self, location: Location) -> bool:
        """Whether a usage object there may be this API's: what it is called in decides."""
        return not location or location[-1] == self.root[-1]

    def missing(self, counts: Fields) -> list[str]:
        """What this API always reports and is not there."""
        return sorted(field.name for field in self._required if counts[field] is None)

    def present(self, counts: Fields) -> int:
        """How many of its fields are there."""
        return sum(counts[field] is not None for field in self.fields)

    def used(self, counts: Fields) -> frozenset[Field]:
        """Its fields that say that something was used."""
        return frozenset(field for field in self.fields if counts[field])

    def units(self, counts: Fields) -> Counts:
        """The counts by unit."""
        units: Counts = {}
        for field, unit in self._units:
            count = counts[field]
            if count is not None:
                units[unit] = units.get(unit, 0) + count
        return units


@dataclass(frozen=True, slots=True)
class Extraction:
    """Counts by unit, the layout they fit, and the objects from the usage object outwards."""

    counts: Counts
    layout: Layout
    objects: tuple[JsonObject, ...]


def extract(layouts: Sequence[Layout], body: JsonObject) -> Extraction:
    """Reads the counts of a response, or of its bare usage object.

    Of the layouts that fit, the one that accounts for most of the fields counts: a provider has
    several APIs, and a body does not say which it is from. Raises NotThere, NoCount, MissingCount.
    """
    found = False
    for location in _locations(layouts):
        # The body itself is looked at only where it is nothing but a usage object.
        objects = None if found and not location else _objects(body, location)
        if objects is not None:
            found = True
            best = _best([each for each in layouts if each.may_be_at(location)], objects[0])
            if best is not None:
                layout, counts = best
                return Extraction(layout.units(counts), layout, objects)
    raise NotThere


def _locations(layouts: Sequence[Layout]) -> list[Location]:
    """Where usage may be: the most particular places first, the body itself last."""
    places = {place for each in layouts for place in each.places}
    return sorted(places, key=lambda place: (-len(place), place))


def _objects(body: JsonObject, location: Location) -> tuple[JsonObject, ...] | None:
    """The object at a place and those around it; None where there is nothing."""
    objects = [body]
    for step in location:
        inner = objects[-1].get(step)
        if not isinstance(inner, dict):
            return None
        objects.append(inner)
    return tuple(reversed(objects))


def _best(layouts: Sequence[Layout], usage: JsonObject) -> tuple[Layout, Fields] | None:
    # All fields are read, those of layouts that do not fit too: what any of them calls a count
    # must be one, lest a response with a broken count pass for one of an API without it.
    fields = {field for layout in layouts for field in layout.fields}
    counts = {field: field.read(usage) for field in fields}
    fitting = [each for each in layouts if not each.missing(counts) and each.present(counts)]
    if not fitting:
        return None
    best = max(fitting, key=lambda layout: layout.present(counts))
    for other in layouts:
        # Not a response of a lesser API, but one of a greater that is cut off: a chat without its
        # output is no embedding.
        if (missing := other.missing(counts)) and other.used(counts) > best.used(counts):
            raise MissingCount(missing[0])
    return best, counts
