"""Reads that are dropped in mid-flight, as a page drops what it needs no more, beside writers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog

import schema.time_limit
from tests.conftest import Keys
from tests.faults.caller import load
from tests.faults.table import read_table
from tests.livemeter_server import InProcessServer

# Of the moments within a read at which its caller leaves, in steps of a millisecond.
LONGEST_MS = 60

# What the page itself asks for.
DOCUMENTS = Path(__file__).parents[2] / "web" / "ui" / "src" / "documents"
_USAGE: dict[str, Any] = {
    "range": {"from": "2026-10-20T00:00:00Z", "to": "2026-11-20T00:00:00Z"},
    "timeZone": "UTC",
    "interval": "DAY",
    "adoptionInterval": "DAY",
    "adoptionTop": 5,
    "measure": "COST",
    "by": "CUSTOMER",
    "isSplit": True,
    "top": 5,
    "isCost": True,
    "isTokens": True,
    "isEvents": True,
    "isErrors": True,
}
_RULE = {"name": "a", "measure": "COST", "threshold": "1000000", "window": {"minutes": 60}}
_ASKED: dict[str, dict[str, Any]] = {
    "usage": _USAGE,
    "alertPreview": {"input": _RULE, "days": 7},
}
_PATH = "/v1/events/export?startDate=2026-11-01&endDate=2026-11-30&format=ndjson"


def _requests(key: str) -> list[bytes]:
    """Each as the bytes of an HTTP request."""
    head = f"Host: localhost\r\nAuthorization: Bearer {key}\r\n"
    asked = [f"GET {_PATH} HTTP/1.1\r\n{head}\r\n".encode()]
    for name, variables in _ASKED.items():
        query = (DOCUMENTS / f"{name}.graphql").read_text()
        body = json.dumps({"query": query, "variables": variables}).encode()
        lines = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        asked.append(f"POST /graphql HTTP/1.1\r\n{head}{lines}\r\n".encode() + body)
    return asked


async def _drop(url: str, request: bytes, after_ms: int) -> None:
    address = urlsplit(url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(request)
    await writer.drain()
    await asyncio.sleep(after_ms / 1_000)
    writer.transport.abort()


async def test_reads_that_are_dropped_in_mid_flight_break_no_writer(
    server: InProcessServer, keys: Keys, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else only reads that take longer than these few are ended with their callers.
    monkeypatch.setattr(schema.time_limit, "_WATCHED_AFTER_SECONDS", 0.0)
    with structlog.testing.capture_logs() as logs:
        async with load(lambda: server.url, keys.write) as writers:
            await writers.has_recorded(100)
            for after_ms in range(LONGEST_MS):
                for request in _requests(keys.admin):
                    await _drop(server.url, request, after_ms)
            await writers.stop()
    assert writers.codes == set()
    assert [line for line in logs if line["log_level"] in ("error", "critical")] == []
    recorded = await read_table(database_url)
    assert set(recorded.ids) == set(writers.ids)
