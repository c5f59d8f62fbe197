"""A place in a response where a count may be, and what a count is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeGuard

from genai_prices.types import ArrayMatch, ExtractPath

Location = tuple[str, ...]
Count = int | Decimal
Counts = dict[str, Count]
Fields = Mapping["Field", Count]
JsonObject = Mapping[str, object]

_MAX_COUNT = (1 << 63) - 1
_MAX_SCALE = 24
# No response has more items; reading longer lists would keep the server busy.
_MAX_ITEMS = 10_000
# Lists of counts have one item for each modality or cache lifetime.
_MAX_DETAILS = 64


class UnreadableResponse(ValueError):
    """A response that no counts can be read from, and why."""


class NotThere(LookupError):
    """A response has no usage of the kind looked for."""


class NoCount(ValueError):
    """A field that should hold a count holds something else; its name is the argument."""


class MissingCount(ValueError):
    """A count that is always reported is not there; its name is the argument."""


class Field:
    """Where a count is, from the usage object on. There is one for each place: see `field_at`."""

    __slots__ = ("kind", "name", "steps")

    def __init__(self, steps: Sequence[str | ArrayMatch]) -> None:
        self.steps = tuple(steps)
        self.name = ".".join(step if isinstance(step, str) else "*" for step in self.steps)
        # The type of the value under the first step: a count, an object or a list.
        self.kind: type = int
        if len(self.steps) > 1:
            self.kind = dict if isinstance(self.steps[1], str) else list

    def read(self, usage: JsonObject) -> Count | None:
        """None where there is nothing, or null. Raises NoCount."""
        first = usage.get(self.steps[0]) if isinstance(self.steps[0], str) else None
        return None if first is None else self.read_within(first)

    def read_within(self, first: object) -> Count | None:
        """Like `read`, from the value under the first step on."""
        value = first
        for step in self.steps[1:]:
            value = self._step(step, value)
            if value is None:
                return None
        if is_count(value):
            return value
        if value == {}:  # Mistral's SDK writes a field that is not set so.
            return None
        raise NoCount(self.name)

    def _step(self, step: str | ArrayMatch, value: object) -> object:
        if isinstance(step, str):
            if not isinstance(value, dict):
                raise NoCount(self.name)
            return value.get(step)
        if not isinstance(value, list):
            raise NoCount(self.name)
        if len(value) > _MAX_DETAILS:
            raise UnreadableResponse(f"{self.name} has more than {_MAX_DETAILS} items.")
        return next((item for item in value if _is_item(step, item)), None)


_fields: dict[str, Field] = {}


def field_at(path: ExtractPath) -> Field:
    """The field at a place: the same whoever asks, so that fields are compared by identity."""
    steps = (path,) if isinstance(path, str) else tuple(path)
    return _fields.setdefault(repr(steps), Field(steps))


def _is_item(step: ArrayMatch, item: object) -> bool:
    word = item.get(step.field) if isinstance(item, dict) else None
    return isinstance(word, str) and step.match.is_match(word)


def is_count(value: object) -> TypeGuard[Count]:
    if type(value) is int:
        return 0 <= value <= _MAX_COUNT
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= _MAX_COUNT:
        return False
    return int(value.as_tuple().exponent) >= -_MAX_SCALE


def items_in(value: object, at_most: int = _MAX_ITEMS) -> list[object]:
    """The items of a list; none where the value is no list. Raises UnreadableResponse."""
    if not isinstance(value, list):
        return []
    if len(value) > at_most:
        raise UnreadableResponse(
            f"A list of this kind has at most {at_most} items, and here it has {len(value)}."
        )
    return value


def objects_in(value: object, at_most: int = _MAX_ITEMS) -> list[JsonObject]:
    """The objects among the items of a list. Raises UnreadableResponse."""
    return [item for item in items_in(value, at_most) if isinstance(item, dict)]


def within(value: object, *steps: str) -> object:
    """The value at a path of keys; None where there is none."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value
