"""The contract's scalars: exact numbers, instants with an offset, JSON as it was received."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal as PythonDecimal
from decimal import InvalidOperation
from typing import Any, NewType

import msgspec
import strawberry
from graphql import GraphQLError
from graphql.language import (
    BooleanValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)
from strawberry.types.scalar import ScalarDefinition

from models.money import plain

BigInt = NewType("BigInt", int)
Decimal = NewType("Decimal", PythonDecimal)
DateTime = NewType("DateTime", datetime)
JSON = NewType("JSON", object)
Cursor = NewType("Cursor", str)

_MAX_BIGINT = (1 << 63) - 1
_WHOLE = re.compile(r"-?\d{1,19}\Z", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,4})?\Z", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII
)
# Longer than any amount or quantity that could be meant, short enough to be cheap.
_MAX_NUMBER_LENGTH = 400


def parse_bigint(value: object) -> int:
    """A whole number from an int, a whole Decimal or a string. Raises GraphQLError."""
    if isinstance(value, str) and _WHOLE.match(value):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        raise GraphQLError(f"BigInt cannot represent {_shown(value)}: not a whole number.")
    if abs(number) > _MAX_BIGINT:
        raise GraphQLError(f"BigInt cannot represent {_shown(value)}: over 2^63 - 1.")
    return number


def parse_decimal(value: object) -> PythonDecimal:
    """An exact number from an int, a Decimal or a string, never a float. Raises GraphQLError."""
    if isinstance(value, bool) or not isinstance(value, (int, PythonDecimal, str)):
        raise GraphQLError(f"Decimal cannot represent {_shown(value)}: not a number.")
    text = value if isinstance(value, str) else str(value)
    if len(text) > _MAX_NUMBER_LENGTH or not _NUMBER.match(text):
        raise GraphQLError(f"Decimal cannot represent {_shown(value)}: not a finite number.")
    try:
        return PythonDecimal(text)
    except InvalidOperation:
        raise GraphQLError(f"Decimal cannot represent {_shown(value)}: out of range.") from None


def parse_datetime(value: object) -> datetime:
    """An instant in UTC from RFC 3339 with an offset. Raises GraphQLError."""
    match = _INSTANT.match(value) if isinstance(value, str) else None
    if match is None:
        raise GraphQLError(
            f"DateTime cannot represent {_shown(value)}: write it as 2026-01-31T12:00:00Z, "
            "with an offset."
        )
    day, clock, fraction, offset = match.groups()
    # Digits below the microsecond cannot be kept.
    text = f"{day}T{clock}{(fraction or '')[:7]}{offset}"
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError(f"DateTime cannot represent {_shown(value)}: no such time.") from None


def write_datetime(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_cursor(value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"Cursor cannot represent {_shown(value)}: not a string.")
    return value


def write_json(value: object) -> object:
    """JSON text goes out as it stands, so that no number passes through a float."""
    return msgspec.Raw(value.encode()) if isinstance(value, str) else value


def read_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> object:
    """The value of a literal, its numbers exact."""
    match node:
        case IntValueNode():
            return int(node.value) if len(node.value) < _MAX_NUMBER_LENGTH else node.value
        case FloatValueNode():
            return PythonDecimal(node.value)
        case StringValueNode() | BooleanValueNode():
            return node.value
        case NullValueNode():
            return None
        case ListValueNode():
            return [read_literal(item, variables) for item in node.values]
        case ObjectValueNode():
            return {field.name.value: read_literal(field.value, variables) for field in node.fields}
        case VariableNode():
            return (variables or {}).get(node.name.value)
        case _:
            raise GraphQLError("This cannot stand here.")


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    # Errors are encoded as UTF-8, which has no unpaired surrogates.
    text = text.encode(errors="replace").decode()
    return text if len(text) <= 60 else f"{text[:57]}…"


def _scalar(name: str, description: str, parse: Any, write: Any) -> ScalarDefinition:
    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> object:
        try:
            return parse(read_literal(node, variables))
        except GraphQLError as error:
            # With its node the error can be placed in the document.
            raise GraphQLError(error.message, node) from None

    return strawberry.scalar(
        name=name,
        description=description,
        serialize=write,
        parse_value=parse,
        parse_literal=parse_literal,
    )


SCALARS: dict[object, ScalarDefinition] = {
    BigInt: _scalar(
        "BigInt",
        "A whole number that may pass 2^53, written as a string. Inputs may be strings or JSON "
        "whole numbers up to 2^63 - 1.",
        parse_bigint,
        str,
    ),
    Decimal: _scalar(
        "Decimal",
        "An exact decimal number, written as a string in plain notation. Inputs may be strings "
        "or JSON numbers; NaN and infinities are refused.",
        parse_decimal,
        plain,
    ),
    DateTime: _scalar(
        "DateTime",
        "An instant, RFC 3339 with an offset. An input without an offset is refused.",
        parse_datetime,
        write_datetime,
    ),
    JSON: _scalar("JSON", "Any JSON value.", lambda value: value, write_json),
    Cursor: _scalar(
        "Cursor",
        "An opaque position in a workspace's log: good in lists, in either order and under any "
        "filter, and to subscribe from.",
        parse_cursor,
        str,
    ),
}
