"""Twenty recorders over two processes send the same ids at the same time."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.conftest import Keys
from tests.faults.caller import Caller
from tests.faults.table import ask, read_table
from tests.livemeter_server import InProcessServer, ServerProcess

RECORDERS = 20
IDS = [f"event-{number}" for number in range(300)]
_BATCH = 25


@pytest.fixture
async def callers(
    database_url: str, server_process: ServerProcess, keys: Keys
) -> AsyncIterator[list[Caller]]:
    async with InProcessServer(database_url) as server, AsyncExitStack() as stack:
        addresses: list[Callable[[], str]] = [lambda: server.url, lambda: server_process.url]
        yield [
            await stack.enter_async_context(Caller(addresses[number % 2], keys.full))
            for number in range(RECORDERS)
        ]


async def _send_all(caller: Caller, order: random.Random, **values: Any) -> None:
    """Every id once, in an order and in batches of this caller's own."""
    ids = order.sample(IDS, len(IDS))
    for start in range(0, len(ids), _BATCH):
        await caller.send(ids[start : start + _BATCH], **values)


def _statuses(callers: list[Caller]) -> Counter[str]:
    return Counter(
        status
        for caller in callers
        for batch in caller.batches
        for status in batch.statuses or [str(batch.code)]
    )


async def _send_the_same(callers: list[Caller]) -> None:
    order = random.Random(1)
    await asyncio.gather(*(_send_all(caller, order) for caller in callers))


async def _send_different(callers: list[Caller]) -> None:
    order = random.Random(2)
    await asyncio.gather(
        *(_send_all(caller, order, inputTokens=n) for n, caller in enumerate(callers))
    )


async def test_each_id_stands_once(callers: list[Caller], database_url: str) -> None:
    await _send_the_same(callers)
    table = await read_table(database_url)
    assert table.is_whole
    assert sorted(table.ids) == sorted(IDS)


async def test_each_id_is_recorded_for_one_caller_and_a_duplicate_for_the_others(
    callers: list[Caller],
) -> None:
    await _send_the_same(callers)
    others = (RECORDERS - 1) * len(IDS)
    assert _statuses(callers) == {"RECORDED": len(IDS), "DUPLICATE": others}


async def test_other_content_under_the_same_id_is_a_conflict_for_all_but_the_first(
    callers: list[Caller],
) -> None:
    await _send_different(callers)
    others = (RECORDERS - 1) * len(IDS)
    assert _statuses(callers) == {"RECORDED": len(IDS), "CONFLICT": others}


async def test_what_stands_is_the_content_of_the_caller_who_was_told_so(
    callers: list[Caller], database_url: str
) -> None:
    await _send_different(callers)
    told = {
        event_id: number
        for number, caller in enumerate(callers)
        for batch in caller.batches
        for event_id, status in zip(batch.ids, batch.statuses or (), strict=True)
        if status == "RECORDED"
    }
    rows = await ask(database_url, "SELECT id, input_tokens FROM usage_events")
    assert dict(rows) == told
