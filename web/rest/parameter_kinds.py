"""Kinds of parameters: lists of values, choices, days and instants, zones, whole numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from graphql import GraphQLError

from models.errors import BadInput
from models.text import is_text
from models.usage_filter import MAX_VALUES
from resolvers.time_range import time_zone
from schema.scalars import parse_datetime
from web.rest.parameter import Parameter

E = TypeVar("E", bound=StrEnum)
Texts = tuple[str | None, ...]

_ITEM = re.compile(r'"((?:[^"]|"")*)"|([^",][^,]*)')
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
# A plus sign that was not escaped in an address arrives as a space.
_LOST_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:\d\d)\Z", re.ASCII)


def texts(name: str, description: str, example: list[str] | None = None) -> Parameter[Texts]:
    """Alternatives, with commas between; None is events without the value."""
    schema = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
    return Parameter(name, description, schema, _read_texts, is_list=True, example=example)


def choices(name: str, description: str, enum: type[E]) -> Parameter[tuple[E, ...]]:
    """Alternatives of an enum, with commas between."""
    names = [choice.value for choice in enum]

    def read(text: str) -> tuple[E, ...]:
        return tuple(enum(_one_of(part, names)) for part in text.split(","))

    items = {"type": "string", "enum": names}
    schema = {"type": "array", "items": items, "minItems": 1}
    return Parameter(name, description, schema, read, is_list=True)


def choice(
    name: str,
    description: str,
    names: Iterable[str],
    *,
    is_required: bool = False,
    example: str | None = None,
) -> Parameter[str]:
    known = list(names)
    schema: dict[str, Any] = {"type": "string", "enum": known}
    return Parameter(
        name,
        description,
        schema,
        lambda text: _one_of(text, known),
        is_required=is_required,
        example=example,
    )


def day_or_instant(name: str, description: str, example: str) -> Parameter[date]:
    """A datetime (which is a date to Python) where an instant was given."""
    schema = {"anyOf": [{"type": "string", "format": form} for form in ("date", "date-time")]}
    return Parameter(name, description, schema, _read_day_or_instant, example=example)


def zone(name: str, description: str) -> Parameter[ZoneInfo]:
    def read(text: str) -> ZoneInfo:
        try:
            return time_zone(text)
        except BadInput as error:
            raise ValueError(error.message) from None

    schema = {"type": "string", "default": "UTC"}
    return Parameter(name, description, schema, read, example="Europe/Berlin")


def whole_number(name: str, description: str, maximum: int) -> Parameter[int]:
    """From 1 on."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
        if not 1 <= number <= maximum:
            raise ValueError(f"{text[:40]!r} is no whole number from 1 to {maximum:,}.")
        return number

    schema = {"type": "integer", "minimum": 1, "maximum": maximum}
    return Parameter(name, description, schema, read)


def _read_texts(text: str) -> Texts:
    values = tuple(_split(text))
    if len(values) > MAX_VALUES:
        raise ValueError(f"at most {MAX_VALUES:,} values can be given.")
    if not all(value is None or is_text(value) for value in values):
        raise ValueError("NUL characters stand in no event.")
    return values


def _split(text: str) -> Iterable[str | None]:
    """Items with commas between; one in double quotes stands as it is, as in CSV."""
    place = 0
    while True:
        match = _ITEM.match(text, place)
        if match is None or (match.end() < len(text) and text[match.end()] != ","):
            raise ValueError(
                "write values with commas between them, in double quotes those that have commas "
                'or quotes; events without a value are null, an empty text is "".'
            )
        quoted, bare = match.groups()
        if quoted is not None:
            yield quoted.replace('""', '"')
        else:
            yield None if bare == "null" else bare
        if match.end() == len(text):
            return
        place = match.end() + 1


def _one_of(text: str, names: list[str]) -> str:
    if text not in names:
        raise ValueError(f"{text[:40]!r} is not one of {', '.join(names)}.")
    return text


def _read_day_or_instant(text: str) -> date:
    try:
        if _DAY.match(text):
            return date.fromisoformat(text)
        return parse_datetime(_LOST_PLUS.sub(r"\1+\2", text))
    except (ValueError, GraphQLError):
        raise ValueError(
            f"{text[:40]!r} is neither a day such as 2026-01-31 nor an instant with an offset "
            "such as 2026-01-31T12:00:00Z."
        ) from None
