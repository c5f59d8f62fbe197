"""Events as NDJSON: one object a line."""

from __future__ import annotations

from models.event import UsageEvent
from web.rest.event_line import encode_lines


class NdjsonFile:
    def begin(self) -> bytes:
        return b""

    def write(self, events: list[UsageEvent]) -> bytes:
        return encode_lines(events)

    def end(self) -> bytes:
        return b""
