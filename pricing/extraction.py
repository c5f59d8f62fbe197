"""Reading counts out of responses by genai-prices' descriptions of where providers put them.

The descriptions are theirs, the walk is ours: it must tell a field that is not there from one that
holds something else than a count, and must not be upset by anything that JSON can hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """Where a count is, from the usage object on. There is one for each place: see `field_at`."""

    __slots__ = ("name", "steps")

    def __init__(self, steps: Sequence[str | ArrayMatch]) -> None:
        self.steps = tuple(steps)
        self.name = ".".join(step if isinstance(step, str) else "*" for step in self.steps)

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


_fields: dict[str, Field] = {}


def field_at(path: ExtractPath) -> Field:
    """The field at a place: the same whoever asks, so that fields are compared by identity."""
    steps = (path,) if isinstance(path, str) else tuple(path)
    return _fields.setdefault(repr(steps), Field(steps))


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
            (field_at(mapping.path), mapping.dest)
            for mapping in extractor.mappings
            if mapping.dest in UNITS
        )
        self._required = {field_at(each.path) for each in extractor.mappings if each.required}
        self.fields = frozenset(field for field, _ in self._units) | self._required

    def may_be_at(self, location: Location) -> bool:
        """Whether a usage object there may be this API's: what it is called in decides."""
        return not location or location[-1] == self.root[-1]

    def fits(self, counts: Fields) -> bool:
        """Whether all is there that this API always reports."""
        return all([counts[field] is not None for field in self._required])

    def missing(self, counts: Fields) -> str:
        """The first count that this API always reports and that is not there."""
        return min(field.name for field in self._required if counts[field] is None)

    def present(self, counts: Fields) -> int:
        """How many of its fields are there."""
        return sum([counts[field] is not None for field in self.fields])

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


class Interfaces:
    """The APIs of a provider. Which of them a response is from is found from what it holds."""

    def __init__(self, layouts: Iterable[Layout]) -> None:
        layouts = tuple(layouts)
        places = {place for each in layouts for place in each.places}
        # The most particular places first, the body itself last.
        self._places = [
            _Place(place, [each for each in layouts if each.may_be_at(place)])
            for place in sorted(places, key=lambda place: (-len(place), place))
        ]

    def extract(self, body: JsonObject) -> Extraction:
        """Reads the counts of a response, or of its bare usage object.

        Of the layouts that fit, the one that accounts for most of the fields counts: a body does
        not say which it is from. Raises NotThere, NoCount, MissingCount.
        """
        found = False
        for place in self._places:
            # The body itself is looked at only where it is nothing but a usage object.
            objects = None if found and not place.location else _objects(body, place.location)
            if objects is not None:
                found = True
                best = place.best(objects[0])
                if best is not None:
                    layout, counts = best
                    return Extraction(layout.units(counts), layout, objects)
        raise NotThere


class _Place:
    """Where a usage object may be, and the layouts that it may have there."""

    def __init__(self, location: Location, layouts: Sequence[Layout]) -> None:
        self.location = location
        self._layouts = layouts
        self._fields = {field for layout in layouts for field in layout.fields}

    def best(self, usage: JsonObject) -> tuple[Layout, Fields] | None:
        """The layout that accounts for most, and all counts; None where no layout fits."""
        # All fields are read, those of layouts that do not fit too: what any of them calls a
        # count must be one, lest a response with a broken count pass for one of an API without it.
        counts = {field: field.read(usage) for field in self._fields}
        fitting = [each for each in self._layouts if each.fits(counts) and each.present(counts)]
        if not fitting:
            return None
        best = max(fitting, key=lambda layout: layout.present(counts))
        used = best.used(counts)
        for other in self._layouts:
            # Not a response of a lesser API, but one of a greater that is cut off: a chat without
            # its output is no embedding.
            if used < other.fields and not other.fits(counts) and used < other.used(counts):
                raise MissingCount(other.missing(counts))
        return best, counts


def _objects(body: JsonObject, location: Location) -> tuple[JsonObject, ...] | None:
    """The object at a place and those around it; None where there is nothing."""
    objects = [body]
    for step in location:
        inner = objects[-1].get(step)
        if not isinstance(inner, dict):
            return None
        objects.append(inner)
    return tuple(reversed(objects))
