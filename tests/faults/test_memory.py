"""A subscription that runs for long does not grow the process: graphql-core 3.3.1 leaks there."""

from __future__ import annotations

import gc
from typing import Any, cast

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

from resolvers.activity.announcement import Announcer
from resolvers.services import Services
from resolvers.viewer import Credential, CredentialKind
from schema.context import Context
from schema.contract import build_schema
from tests.conftest import Keys
from tests.events import make_event
from web.process import open_process

QUERY = """subscription { activity { cursor events {
    id provider model occurredAt recordedAt usage { inputTokens } cost { amount status } } } }"""
# More than a tail keeps, so that nothing that should stay is still being gathered.
WARM_UP = 8_000
UPDATES = 50_000
ALLOWED_BYTES = 10 * 2**20


def _resident_bytes() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def _without_window(services: Services) -> None:
    """An update at once for each commit, however soon it comes after the last."""
    (watch,) = services.hub._watches.values()
    watch.tail._window_seconds = 0.0


async def test_fifty_thousand_updates_leave_memory_flat(database_url: str, keys: Keys) -> None:
    """The events are announced as commits are, and each is a message of its own."""
    async with open_process(database_url, "memory://") as process:
        announcer = Announcer(process.channel)
        credential = Credential(CredentialKind.KEY, keys.read)
        stream = await build_schema().stream(
            QUERY, context_value=Context(process.services, credential)
        )
        updates = aiter(stream)
        await anext(updates)
        _without_window(process.services)
        for number in range(1, WARM_UP + UPDATES + 1):
            event = make_event(f"event-{number}", sequence=number, provider="openai", model="m")
            announcer.announce(1, [event])
            result = cast(Any, await anext(updates))
            assert [one["id"] for one in result.data["activity"]["events"]] == [event.id]
            if number == WARM_UP:
                warm = _resident_bytes()
        grown = _resident_bytes() - warm
        await stream.aclose()
        await announcer.close()
    assert grown < ALLOWED_BYTES
