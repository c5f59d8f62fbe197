"""What an event's metadata must hold: a value by its key, or by a path into nested objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

# Kinds of JSON whose text is compared; nulls, objects and arrays match nothing.
SCALARS = ("string", "number", "boolean")


class MetadataMatch(NamedTuple):
    """`value` is the text of a string, number or boolean, as Postgres' `->>` writes it.

    It stands by `key`, or where the keys of `path` lead from there. Keys are taken as they are,
    dots and all. Where an array stands on the way or at the end, one of its items is enough; an
    array in an array is not looked into.
    """

    key: str
    value: str
    path: tuple[str, ...] = ()

    @property
    def jsonpath(self) -> str:
        """All that stands there, for `jsonb_path_query`: lax, so that it looks into arrays."""
        steps = (json.dumps(step, ensure_ascii=False) for step in (self.key, *self.path))
        return f"lax $.{'.'.join(steps)}[*]"

    def holds(self, metadata: Mapping[str, Any]) -> bool:
        """As `jsonpath` and the comparison in SQL would have it; numbers are int or Decimal."""
        found: list[Any] = [metadata]
        for step in (self.key, *self.path):
            objects = (item for item in _items(found) if isinstance(item, dict))
            found = [item[step] for item in objects if step in item]
        return any(_text(item) == self.value for item in _items(found))


def _items(values: Iterable[Any]) -> Iterable[Any]:
    """Arrays replaced by their items."""
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


def _text(value: object) -> str | None:
    """A JSON scalar as Postgres' `->>` writes it; None for what is no scalar."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value if value else abs(value), "f")
        case _:
            return None
