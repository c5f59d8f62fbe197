"""NDJSON files: one event a line, with the fields of UsageEventInput."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TextIO

from web.importing.row import Row
from web.json_codec import decode_json


def ndjson_rows(lines: TextIO, constants: Mapping[str, str]) -> Iterator[Row]:
    """Each line as the fields of an event; constants fill in what a line does not say."""
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            content = decode_json(text)
        except json.JSONDecodeError as error:
            yield Row(number, {}, f"not JSON: {error.msg}")
            continue
        if not isinstance(content, dict):
            yield Row(number, {}, "not a JSON object")
            continue
        yield Row(number, {**constants, **content})
