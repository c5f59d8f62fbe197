"""The demo's sender: it goes on whatever passes, and what it begins with is there once."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

import web.demo_traffic
from models.database import Database
from models.errors import Unavailable
from resolvers.services import Services
from web.demo_rules import RULES
from web.demo_traffic import DemoTraffic

PASSING = [
    Unavailable("Postgres is away."),
    ConnectionResetError("cut"),
    # What a writer got from a connection that a cancelled read had left behind.
    asyncpg.ReadOnlySQLTransactionError("cannot execute in a read-only transaction"),
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.demo_traffic, "LONGEST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(web.demo_traffic, "EVENTS_PER_SECOND", 1_000.0)
    monkeypatch.setattr(web.demo_traffic, "HISTORY_EVENTS", 100)


async def _comes_to(database: Database, count: int, table: str) -> int:
    """Waits for at least so many rows; returns how many there are."""
    async with asyncio.timeout(20):
        while True:
            async with database.driver() as driver:
                found = int(await driver.fetchval(f"SELECT count(*) FROM {table}"))
            if found >= count:
                return found
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("error", PASSING, ids=repr)
async def test_traffic_goes_on_after_what_passes(
    services: Services, database: Database, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, fails = services.recorder.record, [error, error]

    async def record_later(*asked: Any) -> Any:
        if fails:
            raise fails.pop()
        return await record(*asked)

    monkeypatch.setattr(services.recorder, "record", record_later)
    traffic = DemoTraffic(services, 1, with_history=False)
    traffic.start()
    await _comes_to(database, 1, "usage_events")
    await traffic.close()


async def test_the_weeks_before_are_recorded_once_though_their_answer_was_lost(
    services: Services, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_events, fails = web.demo_traffic.record_events, [ConnectionResetError("cut")]

    async def answer_later(*asked: Any) -> Any:
        done = await record_events(*asked)
        if fails:
            raise fails.pop()
        return done

    monkeypatch.setattr(web.demo_traffic, "record_events", answer_later)
    traffic = DemoTraffic(services, 1, with_history=True)
    traffic.start()
    await _comes_to(database, len(RULES), "alert_rules")
    await traffic.close()
    count = await _comes_to(database, 1, "usage_events WHERE id LIKE 'history-%'")
    assert count == 100 + web.demo_traffic.RUNAWAY_EVENTS


async def test_a_rule_that_fails_is_made_later_and_the_others_once(
    services: Services, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_rule, fails = web.demo_traffic.create_rule, [Unavailable("away")]

    async def create_later(*asked: Any, **named: Any) -> Any:
        if asked[2] is RULES[2] and fails:
            raise fails.pop()
        return await create_rule(*asked, **named)

    monkeypatch.setattr(web.demo_traffic, "create_rule", create_later)
    traffic = DemoTraffic(services, 1, with_history=True)
    traffic.start()
    await _comes_to(database, 100 + web.demo_traffic.RUNAWAY_EVENTS + 1, "usage_events")
    await traffic.close()
    assert await _comes_to(database, 1, "alert_rules") == len(RULES)
