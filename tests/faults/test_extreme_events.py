"""Whatever is accepted is read: by every reader, at every limit, without harm to its neighbours."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.command import livemeter
from tests.conftest import Keys
from tests.extreme_events import MOST, Input, corners, events
from tests.extreme_readers import Readers, make_rules
from tests.livemeter_server import InProcessServer
from web.limits import Limits, RateLimits

EXAMPLES = 4
MANY_EXAMPLES = 150
EVENTS_AT_ONCE = 25
TRIES = 200
_numbers = itertools.count()


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[InProcessServer]:
    """One that anybody may ask however often, and that takes events of any time."""
    rates = RateLimits(per_key=1_000_000, per_address=1_000_000)
    limits = Limits(rates=rates, earliest_event=datetime.min.replace(tzinfo=UTC))
    async with InProcessServer(database_url, limits=limits) as server:
        yield server


@pytest.fixture
async def readers(server: InProcessServer, keys: Keys) -> AsyncIterator[Readers]:
    """With alert rules of each measure, condition and kind of key."""
    async with Readers(server.url, keys.admin) as readers:
        await make_rules(readers.client)
        yield readers


async def test_two_huge_counts_in_one_event_leave_the_alerts_of_others_as_they_are(
    readers: Readers,
) -> None:
    huge = {"provider": "openai", "model": "gpt-4o-mini", "inputTokens": str(MOST)}
    assert await readers.record([huge | {"outputTokens": "1"}]) == ["RECORDED"]
    await _expect_an_alert(readers)
    await readers.ask_all()


async def test_an_event_at_each_limit_is_read_by_every_reader(
    readers: Readers, database_url: str
) -> None:
    outcomes = await readers.record(list(corners(datetime.now(UTC))))
    assert outcomes.count("RECORDED") > 0.9 * len(outcomes)
    await readers.ask_all(every_choice=True)
    await _expect_an_alert(readers)
    checked = await livemeter("check", database_url=database_url)
    assert (checked.status, checked.errors) == (0, "")
    assert " 0 rows differ" in checked.output


async def test_events_at_limits_are_read_by_every_reader(
    readers: Readers, database_url: str
) -> None:
    await _ask_of_generated(readers, EXAMPLES)
    checked = await livemeter("check", database_url=database_url)
    assert (checked.status, checked.errors) == (0, "")


@pytest.mark.slow
async def test_however_many_events_at_limits_are_read_by_every_reader(
    readers: Readers, database_url: str
) -> None:
    await _ask_of_generated(readers, MANY_EXAMPLES)
    checked = await livemeter("check", database_url=database_url)
    assert (checked.status, checked.errors) == (0, "")


async def _ask_of_generated(readers: Readers, examples: int) -> None:
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples == EXAMPLES,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.lists(events(datetime.now(UTC)), min_size=1, max_size=EVENTS_AT_ONCE))
    def check(found: list[Input]) -> None:
        asyncio.run_coroutine_threadsafe(_ask_of(readers, found), loop).result()

    await asyncio.to_thread(check)


async def _ask_of(readers: Readers, found: Sequence[Input]) -> None:
    await readers.record(found)
    await readers.ask_all()
    await _expect_an_alert(readers)


async def _expect_an_alert(readers: Readers) -> None:
    """That a customer whom nobody has seen yet fires at once, by an event like any other."""
    customer = f"neighbour-{next(_numbers)}"
    event = {"type": "CUSTOM", "cost": "1000", "customerId": customer, "id": customer}
    assert await readers.record([event]) == ["RECORDED"]
    for _ in range(TRIES):
        if customer in await readers.keys_that_fire():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no alert of {customer}")
