"""What the tests of all clients send and look at."""

from __future__ import annotations

from typing import Any

from tests.clients.node import NodeScript

ACTIVITY = (
    "subscription($after: Cursor) { activity(after: $after) { cursor repriced events { id } } }"
)


async def next_ids(script: NodeScript) -> list[str]:
    """The ids of the events in the next update, which may be empty."""
    return _ids(await script.says_until("next"))


async def ids_until(script: NodeScript, last: str) -> list[str]:
    """The ids of all events in the updates up to the one with an event."""
    ids: list[str] = []
    while last not in ids:
        ids += await next_ids(script)
    return ids


def _ids(result: dict[str, Any]) -> list[str]:
    assert "errors" not in result, result
    return [event["id"] for event in result["data"]["activity"]["events"]]
