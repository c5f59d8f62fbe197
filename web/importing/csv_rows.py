"""CSV files: a header, and columns that are mapped to the fields of an event."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO
from zoneinfo import ZoneInfo

from models.errors import BadInput
from web.importing.local_time import read_local_time
from web.importing.row import Row
from web.json_codec import decode_json

# What columns are often called, for the fields that almost every file has.
_USUAL_NAMES = {
    "occurredAt": ("occurredat", "timestamp", "time", "datetime", "date", "createdat"),
    "inputTokens": ("inputtokens", "contexttokens", "prompttokens", "input", "tokensin"),
    "outputTokens": (
        "outputtokens",
        "generatedtokens",
        "completiontokens",
        "output",
        "tokensout",
    ),
}
_WHOLE_NUMBERS = ("durationMs",)
_JSON = ("metadata", "response")


@dataclass(frozen=True)
class Mapped:
    """Which column each field is read from, by the file's own names."""

    columns: dict[str, str]


def map_columns(
    header: list[str], chosen: Mapping[str, str], fields: list[str], constants: Mapping[str, str]
) -> Mapped:
    """The columns that were chosen, then those that bear a field's name or a usual one.

    Raises BadInput for a chosen column that the file does not have.
    """
    columns: dict[str, str] = {}
    for field, column in chosen.items():
        if column not in header:
            raise BadInput(f"There is no column {column!r}; there are: {', '.join(header)}.")
        columns[field] = column
    by_plain_name = {_plain(column): column for column in header}
    for field in fields:
        if field in columns or field in constants:
            continue
        for name in (_plain(field), *_USUAL_NAMES.get(field, ())):
            if name in by_plain_name:
                columns[field] = by_plain_name[name]
                break
    if not columns:
        raise BadInput(f"No column is known: {', '.join(header)}. Name them, as in --time COLUMN.")
    return Mapped(columns)


def open_csv(lines: TextIO) -> tuple[list[str], csv.DictReader[str]]:
    """The header and a reader of the rows behind it. Raises BadInput for an empty file."""
    first = lines.readline()
    if not first.strip():
        raise BadInput("The file has no header line.")
    delimiter = max(",;\t|", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter))
    names = [name.strip() for name in header]
    return names, csv.DictReader(lines, names, restkey="", delimiter=delimiter)


def csv_rows(
    reader: csv.DictReader[str], mapped: Mapped, constants: Mapping[str, str], zone: ZoneInfo
) -> Iterator[Row]:
    """Each row as the fields of an event; a row that cannot be read says so itself."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(reader.line_num + 1, {}, f"not CSV: {error}")
            continue
        line = reader.line_num + 1
        if "" in cells or None in cells.values():
            yield Row(line, {}, f"{_cell_count(cells)} cells, but the header has {_width(reader)}")
            continue
        try:
            yield Row(line, _content(cells, mapped, constants, zone))
        except ValueError as error:
            yield Row(line, {}, str(error))


def _content(
    cells: Mapping[str, str], mapped: Mapped, constants: Mapping[str, str], zone: ZoneInfo
) -> dict[str, object]:
    texts = dict(constants)
    for field, column in mapped.columns.items():
        cell = cells[column].strip()
        # An empty cell says nothing, so that it is not taken for a value.
        if cell:
            texts[field] = cell
    return {field: _value(field, text, zone) for field, text in texts.items()}


def _value(field: str, text: str, zone: ZoneInfo) -> object:
    if field == "occurredAt":
        return read_local_time(text, zone)
    if field in _WHOLE_NUMBERS:
        return int(text) if text.isascii() and text.lstrip("-").isdigit() else text
    if field in _JSON:
        return decode_json(text)
    return text


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _width(reader: csv.DictReader[str]) -> int:
    return len(reader.fieldnames or ())


def _cell_count(cells: Mapping[str, object]) -> int:
    further = cells.get("")
    named = sum(value is not None for name, value in cells.items() if name)
    return named + (len(further) if isinstance(further, list) else 0)
