"""Formats of files that are written as events come in, and never stand in memory as a whole."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Protocol

from models.errors import BadInput
from models.event import UsageEvent
from web.rest.csv_file import CsvFile
from web.rest.ndjson_file import NdjsonFile

FORMATS = ("csv", "ndjson", "parquet")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


class EventFile(Protocol):
    """Bytes that make a file when put together, in the order of the calls."""

    def begin(self) -> bytes: ...

    def write(self, events: list[UsageEvent]) -> bytes: ...

    def end(self) -> bytes: ...


def new_file(format: str) -> EventFile:
    """Raises BadInput where what writes the format is not installed."""
    match format:
        case "csv":
            return CsvFile()
        case "ndjson":
            return NdjsonFile()
        case _:
            return _new_parquet_file()


def _new_parquet_file() -> EventFile:
    if find_spec("pyarrow") is None:
        raise BadInput(
            "This server cannot write Parquet: `pip install livemeter[parquet]`, and start it "
            "again. csv and ndjson work without.",
            field="format",
        )
    # Here, since it is large and not everybody has it.
    from web.rest.parquet_file import ParquetFile

    return ParquetFile()
