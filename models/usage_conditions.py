"""A filter as conditions in the text of a statement, its values as arguments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from models.metadata_match import SCALARS, MetadataMatch
from models.usage_filter import UsageFilter


class Arguments:
    """Numbers the arguments of a statement; $1 is the workspace."""

    def __init__(self, workspace_id: int) -> None:
        self._values: list[Any] = [workspace_id]

    def add(self, value: Any, cast: str) -> str:
        """Where the value stands in the statement."""
        self._values.append(value)
        return f"${len(self._values)}::{cast}"

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(self._values)


def conditions(filter: UsageFilter, arguments: Arguments) -> list[str]:
    """To be joined by AND; on events, and on cubes that have the columns."""
    return [
        *(_one_of(column, values, arguments) for column, values in filter.given),
        *(_holds_match(match, arguments) for match in filter.metadata),
    ]


def search_condition(column: str, search: str, arguments: Arguments) -> str:
    """Whether the text stands anywhere in the value, whatever the case.

    A pattern that names both cases, since what ILIKE takes for the same hangs on the locale that
    the database was made with.
    """
    pattern = "".join(_either_case(character) for character in search)
    return f"{column} ~ {arguments.add(pattern, 'text')}"


def _either_case(character: str) -> str:
    cases = {character, character.lower(), character.upper()}
    if len(cases) > 1:
        return "[" + "".join(sorted(case for case in cases if len(case) == 1)) + "]"
    return character if character.isalnum() else "\\" + character


def _one_of(column: str, values: Collection[str | None], arguments: Arguments) -> str:
    given = [str(value) for value in values if value is not None]
    condition = f"{column} = ANY ({arguments.add(given, 'text[]')})"
    return f"({condition} OR {column} IS NULL)" if None in values else condition


def _holds_match(match: MetadataMatch, arguments: Arguments) -> str:
    """The usual value, a scalar without arrays on its way, is compared at a fifth of the cost."""
    steps = (arguments.add(step, "text") for step in (match.key, *match.path))
    there = " -> ".join(("metadata", *steps))
    value = arguments.add(match.value, "text")
    path = f"{arguments.add(match.jsonpath, 'text')}::jsonpath"
    kinds = ", ".join(f"'{kind}'" for kind in SCALARS)
    # By a path there may be an array before the end, which leaves nothing at the end.
    rest = "true" if match.path else f"jsonb_typeof({there}) = 'array'"
    return (
        f"CASE WHEN jsonb_typeof({there}) IN ({kinds}) THEN ({there}) #>> '{{}}' = {value}"
        f" WHEN {rest} THEN EXISTS (SELECT FROM jsonb_path_query(metadata, {path}) AS found (value)"
        f" WHERE jsonb_typeof(value) IN ({kinds}) AND value #>> '{{}}' = {value})"
        " ELSE false END"
    )
