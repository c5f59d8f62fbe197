"""Events as CSV (RFC 4180) that a spreadsheet opens without running what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from models.event import UsageEvent
from models.money import plain
from schema.scalars import write_datetime
from web.rest.event_columns import COLUMNS, Kind

# What spreadsheets take for the start of a formula. An apostrophe makes them take it for text;
# one that is there already gets another, so that taking one away gives back what was recorded.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
# Semicolons and tabs too: where they are what a spreadsheet takes for the border of cells, what
# comes after one would be a cell of its own, and may be a formula.
_TO_QUOTE = re.compile(r'[",;\t\r\n]')


class CsvFile:
    """UTF-8 with a header. An empty cell is no value, `""` is an empty text."""

    def begin(self) -> bytes:
        return _line([column.name for column in COLUMNS]).encode()

    def write(self, events: list[UsageEvent]) -> bytes:
        return "".join(map(_row, events)).encode()

    def end(self) -> bytes:
        return b""


def _row(event: UsageEvent) -> str:
    return _line([_cell(write, read(event)) for write, read in _READERS])


def _line(cells: list[str]) -> str:
    return ",".join(cells) + "\r\n"


def _cell(write: Callable[[Any], str], value: Any) -> str:
    return "" if value is None else write(value)


def _text(value: str) -> str:
    return _quoted("'" + value if value.startswith(_FORMULA) else value)


def _quoted(value: str) -> str:
    if value and not _TO_QUOTE.search(value):
        return value
    return '"' + value.replace('"', '""') + '"'


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: _text,
    Kind.NAME: str,
    Kind.COUNT: str,
    Kind.AMOUNT: plain,
    Kind.TIME: write_datetime,
    Kind.JSON: _quoted,
}
_READERS = [(_WRITERS[column.kind], column.read) for column in COLUMNS]
