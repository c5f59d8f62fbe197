"""Finds the API that a response is from, and reads its counts.

The descriptions of APIs come from genai-prices. The reading is our own: a missing field must differ
from a field that holds no count, and no JSON may cause an unexpected error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from pricing.cache import BoundedCache
from pricing.responses.field import (
    Count,
    Counts,
    Field,
    Fields,
    JsonObject,
    Location,
    MissingCount,
    NotThere,
)
from pricing.responses.layout import Layout

_MAX_CHOSEN = 1024
_USAGE = ("usage",)


@dataclass(frozen=True, slots=True)
class Extraction:
    """Counts by unit, the layout they fit, and the objects from the usage object outwards."""

    counts: Counts
    layout: Layout
    objects: tuple[JsonObject, ...]


class Interfaces:
    """The APIs of a provider. Which of them a response is from is found from what it holds."""

    def __init__(self, layouts: Iterable[Layout]) -> None:
        self.layouts = tuple(layouts)
        places = {place for each in self.layouts for place in each.places}
        # The most particular places first, the body itself last. `usage` goes before other names:
        # the end of a Bedrock stream repeats its counts with less detail.
        self._places = [
            _Place(place, [each for each in self.layouts if each.may_be_at(place)])
            for place in sorted(places, key=lambda place: (-len(place), place != _USAGE, place))
        ]

    def extract(self, body: JsonObject) -> Extraction:
        """Reads the counts of a response, or of its bare usage object.

        Of the layouts that fit, the one that accounts for most of the fields counts: a body does
        not say which it is from. Raises NotThere, NoCount, MissingCount.
        """
        found = False
        missing: str | None = None
        for place in self._places:
            # The body itself is looked at only where it is nothing but a usage object.
            location = place.location
            if (location and location[0] not in body) or (found and not location):
                continue
            objects = _objects(body, location)
            if objects is not None:
                found = True
                best, lacking = place.best(objects[0])
                if best is not None:
                    layout, counts = best
                    return Extraction(layout.units(counts), layout, objects)
                missing = missing or lacking
        if missing is not None:
            raise MissingCount(missing)
        raise NotThere


class _Place:
    """Where a usage object may be, and the layouts that it may have there."""

    def __init__(self, location: Location, layouts: Sequence[Layout]) -> None:
        self.location = location
        self._layouts = layouts
        self._chosen: BoundedCache[tuple[object, ...], Layout] = BoundedCache(_MAX_CHOSEN)
        # Only what a usage object holds is read: by its key, and by the kind of its value.
        self._fields: dict[object, dict[type, list[Field]]] = {}
        for field in dict.fromkeys(field for layout in layouts for field in layout.fields):
            by_kind = self._fields.setdefault(field.steps[0], {})
            by_kind.setdefault(field.kind, []).append(field)

    def best(self, usage: JsonObject) -> tuple[tuple[Layout, Fields] | None, str | None]:
        """The layout that accounts for most, and all counts.

        Where no layout fits, None and the count that the nearest one lacks, if one is near.
        """
        # All fields are read, those of layouts that do not fit too: what any of them calls a
        # count must be one, lest a response with a broken count pass for one of an API without it.
        counts = self._counts(usage)
        if not counts:
            return None, None
        key = (*counts, *map(bool, counts.values()))
        best = self._chosen.get(key) or self._choose(key, counts)
        return (None, self._nearest_missing(counts)) if best is None else ((best, counts), None)

    def _choose(self, key: tuple[object, ...], counts: Fields) -> Layout | None:
        """The choice depends on which fields are there and which are zero, so it is cached."""
        best: Layout | None = None
        most = (0, 0)
        for layout in self._layouts:
            if layout.fits(counts) and (present := layout.present(counts)) > most:
                best, most = layout, present
        if best is None:
            return None
        self._check_whole(best, counts)
        return self._chosen.put(key, best)

    def _counts(self, usage: JsonObject) -> dict[Field, Count]:
        counts: dict[Field, Count] = {}
        for key, value in usage.items():
            by_kind = self._fields.get(key)
            if by_kind is None or value is None:
                continue
            kind = type(value) if type(value) in (dict, list) else int
            # Some APIs have an object where others have a count: the type tells them apart.
            for field in by_kind.get(kind) or chain.from_iterable(by_kind.values()):
                count = field.read_within(value)
                if count is not None:
                    counts[field] = count
        return counts

    def _check_whole(self, best: Layout, counts: Fields) -> None:
        used = best.used(counts)
        for other in self._layouts:
            # Not a response of a lesser API, but one of a greater that is cut off: a chat without
            # its output is no embedding.
            if used < other.fields and not other.fits(counts) and used < other.used(counts):
                raise MissingCount(other.missing(counts))

    def _nearest_missing(self, counts: Fields) -> str | None:
        near = [each for each in self._layouts if each.required & counts.keys()]
        if not near:
            return None
        return max(near, key=lambda layout: layout.present(counts)).missing(counts)


def _objects(body: JsonObject, location: Location) -> tuple[JsonObject, ...] | None:
    """The object at a place and those around it; None where there is nothing."""
    objects = [body]
    for step in location:
        inner = objects[-1].get(step)
        if not isinstance(inner, dict):
            return None
        objects.append(inner)
    return tuple(reversed(objects))
