"""The outbox: each delivery is taken up by one, in order, until its outcome is written."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.alert_delivery import DeliveryKind, DeliveryState, enqueue
from models.alert_destination import find_destination, mark_deleted
from models.alert_outbox import (
    CLAIM,
    DEAD_ARE_KEPT,
    SENT_ARE_KEPT,
    Claimed,
    Report,
    claim,
    give_up_all,
    mark_dead,
    mark_sent,
    prune,
    put_off,
    send_again,
    workspaces_waiting,
)
from models.database import Database
from tests.alerts import MESSAGE, NOW, add_destination, deliveries, put

SECOND = timedelta(seconds=1)


@pytest.fixture
async def destination(database: Database) -> str:
    return await add_destination(database, "https://example.com/hook")


async def _claim(database: Database, now: datetime = NOW, limit: int = 10) -> list[Claimed]:
    return await claim(database, 1, now, limit=limit, busy=())


async def test_what_is_put_in_can_be_taken_up_once(database: Database, destination: str) -> None:
    (delivery,) = await put(database, destination)
    assert [one.id for one in await _claim(database)] == [delivery]
    assert await _claim(database) == []


async def test_what_is_rolled_back_is_not_in_it(database: Database, destination: str) -> None:
    async with database.driver() as driver:
        transaction = driver.transaction()
        await transaction.start()
        await enqueue(driver, 1, [destination], "key", DeliveryKind.OPENED, MESSAGE, NOW)
        await transaction.rollback()
    assert await deliveries(database) == []


async def test_a_claim_that_ended_is_taken_over(database: Database, destination: str) -> None:
    (delivery,) = await put(database, destination)
    await _claim(database)
    assert await _claim(database, NOW + CLAIM - SECOND) == []
    (taken,) = await _claim(database, NOW + CLAIM)
    assert (taken.id, taken.attempts) == (delivery, 2)


async def test_who_lost_a_claim_has_no_word_in_it(database: Database, destination: str) -> None:
    await put(database, destination)
    (lost,) = await _claim(database)
    (taken,) = await _claim(database, NOW + CLAIM)
    await mark_dead(database, lost, NOW + CLAIM, Report("too late"))
    await mark_sent(database, taken, NOW + CLAIM, Report())
    assert [one.state for one in await deliveries(database)] == [DeliveryState.SENT]


async def test_of_one_order_the_next_waits_for_the_one_before(
    database: Database, destination: str
) -> None:
    first, second = [(await put(database, destination, key="a"))[0] for _ in range(2)]
    (taken,) = await _claim(database)
    assert taken.id == first
    await put_off(database, taken, NOW + 60 * SECOND, Report("500"))
    assert await _claim(database, NOW + SECOND) == []
    (taken,) = await _claim(database, NOW + 60 * SECOND)
    assert taken.id == first
    await mark_sent(database, taken, NOW + 60 * SECOND, Report())
    assert [one.id for one in await _claim(database, NOW + 60 * SECOND)] == [second]


async def test_what_was_given_up_holds_nothing_up(database: Database, destination: str) -> None:
    _, second = [(await put(database, destination, key="a"))[0] for _ in range(2)]
    (taken,) = await _claim(database)
    await mark_dead(database, taken, NOW, Report("410"))
    assert [one.id for one in await _claim(database)] == [second]


async def test_another_order_does_not_wait(database: Database, destination: str) -> None:
    await put(database, destination, key="a")
    (taken,) = await _claim(database)
    await put_off(database, taken, NOW + 60 * SECOND, Report("500"))
    (other,) = await put(database, destination, key="b")
    assert [one.id for one in await _claim(database)] == [other]


async def test_a_destination_is_given_one_at_a_time(database: Database, destination: str) -> None:
    for key in "abc":
        await put(database, destination, key=key)
    assert len(await _claim(database)) == 1


async def test_busy_destinations_are_left_alone(database: Database, destination: str) -> None:
    other = await add_destination(database, "https://example.com/other")
    await put(database, destination, other)
    taken = await claim(database, 1, NOW, limit=10, busy=[destination])
    assert [one.destination_id for one in taken] == [other]


async def test_no_more_are_taken_up_than_asked_for(database: Database) -> None:
    for number in range(3):
        await put(database, await add_destination(database, f"https://example.com/{number}"))
    assert len(await _claim(database, limit=2)) == 2


async def test_two_at_once_take_up_different_ones(database: Database) -> None:
    for number in range(20):
        await put(database, await add_destination(database, f"https://example.com/{number}"))
    found = await asyncio.gather(*(_claim(database, limit=20) for _ in range(4)))
    ids = [one.id for taken in found for one in taken]
    assert len(ids) == len(set(ids))


async def test_a_workspace_takes_up_its_own(database: Database, destination: str) -> None:
    await put(database, destination)
    assert await claim(database, 2, NOW, limit=10, busy=()) == []
    assert await workspaces_waiting(database, NOW) == [1]


async def test_a_destination_that_was_deleted_gets_nothing_new(
    database: Database, destination: str
) -> None:
    async with database.write() as session:
        await mark_deleted(session, 1, destination, NOW)
    assert await put(database, destination) == []


async def test_with_a_destination_what_waits_for_it_is_given_up(
    database: Database, destination: str
) -> None:
    await put(database, destination)
    async with database.write() as session:
        await mark_deleted(session, 1, destination, NOW)
        await give_up_all(session, 1, destination, NOW)
    (delivery,) = await deliveries(database)
    assert delivery.state is DeliveryState.DEAD
    assert delivery.last_error == "The destination was deleted."
    assert not await send_again(database, 1, delivery.id, NOW)


async def test_a_deleted_destination_keeps_no_secret(database: Database, destination: str) -> None:
    async with database.write() as session:
        await mark_deleted(session, 1, destination, NOW)
        assert await find_destination(session, 1, destination) is None
    async with database.snapshot_as_owner() as driver:
        dump = await driver.fetchval("SELECT string_agg(d::text, '') FROM alert_destinations d")
    assert "whsec_" not in dump


async def test_what_was_sent_is_forgotten_after_a_month(
    database: Database, destination: str
) -> None:
    await put(database, destination, key="a")
    await mark_sent(database, (await _claim(database))[0], NOW, Report())
    assert await prune(database, NOW + SENT_ARE_KEPT) == 0
    assert await prune(database, NOW + SENT_ARE_KEPT + SECOND) == 1


async def test_what_was_given_up_is_forgotten_after_three(
    database: Database, destination: str
) -> None:
    await put(database, destination, key="a")
    await mark_dead(database, (await _claim(database))[0], NOW, Report("500"))
    assert await prune(database, NOW + SENT_ARE_KEPT + SECOND) == 0
    assert await prune(database, NOW + DEAD_ARE_KEPT + SECOND) == 1


async def test_what_waits_is_never_forgotten(database: Database, destination: str) -> None:
    await put(database, destination)
    assert await prune(database, NOW + timedelta(days=1_000)) == 0


async def test_a_message_that_cannot_be_read_keeps_no_other_waiting(
    database: Database, destination: str
) -> None:
    other = await add_destination(database, "https://example.com/other")
    (bad,) = await put(database, destination, key="bad")
    (good,) = await put(database, other, key="good")
    async with database.driver() as driver:
        await driver.execute("UPDATE alert_deliveries SET message = '[]' WHERE id = $1", bad)
    assert [one.id for one in await _claim(database)] == [good]
    async with database.driver() as driver:
        state = "SELECT state FROM alert_deliveries WHERE id = $1"
        assert await driver.fetchval(state, bad) == DeliveryState.DEAD
    assert [one.id for one in await deliveries(database)] == [good]
