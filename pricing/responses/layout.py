"""Where one API of a provider puts its counts, by genai-prices' description of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from genai_prices.types import UsageExtractor

from pricing.responses.field import Counts, Field, Fields, JsonObject, Location, field_at
from pricing.units import UNITS, wholes


@dataclass(frozen=True, slots=True)
class Further:
    """Another name of a part, read where the layout's own fields do not report the part.

    `whole` is set where APIs that use this name leave the part out of its whole: the count is
    added to it.
    """

    field: Field
    unit: str
    whole: str | None = None


class Layout:
    """Where one API of a provider puts its counts.

    `places` are where its counts may be: bodies come whole, or, where `is_bare`, as no more than
    their usage objects. `family` names the shape that this API shares with others, `further` are
    names that other APIs of the family use for parts.
    """

    def __init__(
        self,
        extractor: UsageExtractor,
        family: str = "",
        further: Iterable[Further] = (),
        is_bare: bool = True,
    ) -> None:
        root = extractor.root
        self.flavor = extractor.api_flavor
        self.family = family
        self.root: Location = (root,) if isinstance(root, str) else tuple(map(str, root))
        bare = len(self.root) + (1 if is_bare else 0)
        self.places = {self.root[start:] for start in range(bare)}
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
        own = frozenset(field for field, _ in self._units)
        self._own = own
        self._further = tuple(each for each in further if each.field not in own)
        self.required = frozenset(
            field_at(each.path) for each in extractor.mappings if each.required
        )
        self.fields = own | self.required | {each.field for each in self._further}
        self.apart = _counted_apart(self._units)

    def may_be_at(self, location: Location) -> bool:
        """Whether a usage object there may be this API's: what it is called in decides."""
        return location in self.places if not location else location[-1] == self.root[-1]

    def fits(self, counts: Fields) -> bool:
        """Whether all is there that this API always reports."""
        return self.required <= counts.keys()

    def missing(self, counts: Fields) -> str:
        """The first count that this API always reports and that is not there."""
        return min(field.name for field in self.required if field not in counts)

    def present(self, counts: Fields) -> tuple[int, int]:
        """How many of its fields are there, and how many of those are its own."""
        return len(self.fields & counts.keys()), len(self._own & counts.keys())

    def used(self, counts: Fields) -> frozenset[Field]:
        """Its fields that say that something was used."""
        return frozenset(field for field in self.fields if counts.get(field))

    def units(self, counts: Fields) -> Counts:
        """The counts by unit."""
        units: Counts = {}
        for field, unit in self._units:
            count = counts.get(field)
            if count is not None:
                units[unit] = units.get(unit, 0) + count
        for further in self._further:
            count = counts.get(further.field)
            if count is not None and not units.get(further.unit):
                units[further.unit] = count
                if further.whole is not None:
                    units[further.whole] = units.get(further.whole, 0) + count
        return units

    def read(self, usage: JsonObject) -> Counts | None:
        """The counts of another usage object of this API; None where a required one is missing.

        Raises NoCount.
        """
        counts = _read(usage, self.fields)
        return self.units(counts) if self.fits(counts) else None

    def first_name(self, unit: str) -> str:
        """The name of the first field that goes into a unit."""
        return next((field.name for field, of in self._units if of == unit), unit)

    def name(self, unit: str, usage: JsonObject) -> str:
        """The name of the field that reports a unit in this usage object."""
        named = (*self._units, *((each.field, each.unit) for each in self._further))
        names = (field.name for field, of in named if of == unit and field.read(usage))
        return next(names, unit).partition(".*")[0]


def _counted_apart(units: Iterable[tuple[Field, str]]) -> frozenset[str]:
    """Parts whose field also goes into their whole: the API reports them beside the whole."""
    by_field: dict[Field, set[str]] = {}
    for field, unit in units:
        by_field.setdefault(field, set()).add(unit)
    return frozenset(
        unit for together in by_field.values() for unit in together if wholes(unit) & together
    )


def _read(usage: JsonObject, fields: Iterable[Field]) -> Fields:
    found = ((field, field.read(usage)) for field in fields)
    return {field: count for field, count in found if count is not None}
