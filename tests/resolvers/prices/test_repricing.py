"""Earlier events cost what the prices of now say, with what they cost before kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from models.cost import CostStatus
from models.database import Database
from models.event import UsageEvent
from models.event_log import Attempts, append
from models.event_query import read_log
from models.price import Rate
from models.reach import Reach
from models.usage_filter import EVERYTHING, UsageFilter
from resolvers.activity.announcement import Announcer
from resolvers.activity.channel import Channel
from resolvers.activity.feed import activity
from resolvers.activity.hub import Hub
from resolvers.prices.overrides import PriceInput, set_price
from resolvers.prices.price_books import PriceBooks
from resolvers.prices.repricing import Repricer, Repricing
from resolvers.time_range import TimeRange
from tests.cubes import cube_differences
from tests.events import NOON, make_draft

DAY = TimeRange(NOON, NOON + timedelta(days=1))


@dataclass
class Log:
    """A log of events without a price, one a minute, and ways to price them."""

    database: Database
    announced: list[tuple[int, int]]

    def repricer(self, **values: Any) -> Repricer:
        books = PriceBooks(self.database)
        return Repricer(self.database, books, lambda *said: self.announced.append(said), **values)

    async def append(self, count: int, **values: Any) -> None:
        common = {"provider": "in-house", "model": "tiny", "input_tokens": 10, **values}
        drafts = [
            make_draft(f"event-{n}", **{"occurred_at": NOON + timedelta(minutes=n), **common})
            for n in range(count)
        ]
        await append(self.database, 1, drafts, Attempts())

    async def set_price(self, amount: int, model: str = "tiny") -> None:
        rates = (Rate("input_tokens", Decimal(amount), 1),)
        price = PriceInput("in-house", model, rates, effective_from=DAY.from_)
        await set_price(self.database, 1, price, by="test")

    async def reprice(self, filter: UsageFilter = EVERYTHING, **values: Any) -> Repricing:
        return await self.repricer(**values).reprice(1, DAY, filter, dry_run=False, by="me")

    async def preview(self, filter: UsageFilter = EVERYTHING, **values: Any) -> Repricing:
        return await self.repricer(**values).reprice(1, DAY, filter, dry_run=True, by="me")

    async def events(self) -> list[UsageEvent]:
        async with self.database.read_as_owner() as session:
            return await read_log(session, 1, after=0, until=1 << 40, limit=10_000)

    async def costs(self) -> list[Decimal | None]:
        return [event.cost for event in await self.events()]

    async def rows(self, statement: str) -> list[Any]:
        async with self.database.read_as_owner() as session:
            return list((await session.execute(text(statement))).all())


@pytest.fixture
def log(database: Database) -> Log:
    return Log(database, [])


async def test_a_dry_run_says_what_would_change_by_model(log: Log) -> None:
    await log.append(3)
    await log.set_price(2)
    found = await log.preview()
    assert (found.complete, found.events, found.changed) == (True, 3, 3)
    (group,) = found.groups
    assert (group.model, group.changed, group.cost_before, group.cost_after) == ("tiny", 3, 0, 60)


async def test_a_dry_run_changes_nothing(log: Log) -> None:
    await log.append(3)
    await log.set_price(2)
    await log.preview()
    assert await log.costs() == [None, None, None]


async def test_repricing_changes_cost_status_lines_and_price(log: Log) -> None:
    await log.append(1)
    await log.set_price(2)
    await log.reprice()
    (event,) = await log.events()
    assert (event.cost, event.cost_status) == (20, CostStatus.PRICED)
    assert [line.amount for line in event.cost_lines] == [20]
    assert event.price_id is not None


async def test_what_the_dry_run_said_is_what_is_done(log: Log) -> None:
    await log.append(7)
    await log.set_price(3)
    said, done = await log.preview(), await log.reprice()
    assert (said.changed, said.cost_before, said.cost_after) == (
        done.changed,
        done.cost_before,
        done.cost_after,
    )


async def test_what_costs_the_same_is_not_changed(log: Log) -> None:
    await log.append(3)
    await log.set_price(2)
    await log.reprice()
    again = await log.reprice()
    assert (again.complete, again.events, again.changed, again.groups) == (True, 3, 0, [])


async def test_costs_that_were_supplied_are_left_alone(log: Log) -> None:
    await log.append(1, cost=Decimal(7), cost_status=CostStatus.SUPPLIED)
    await log.set_price(2)
    assert (await log.reprice()).events == 0
    assert await log.costs() == [7]


async def test_only_events_of_the_range_change(log: Log) -> None:
    await log.append(1, occurred_at=DAY.to)
    await log.set_price(2)
    await log.reprice()
    assert await log.costs() == [None]


async def test_only_events_that_pass_the_filter_change(log: Log) -> None:
    await log.append(1, customer_id="acme")
    await log.set_price(2)
    await log.reprice(UsageFilter(customer_id=("globex",)))
    assert await log.costs() == [None]


async def test_what_an_event_cost_before_is_kept_with_who_asked(log: Log) -> None:
    await log.append(1)
    for amount in (2, 3):
        async with log.database.write() as session:
            await (await session.connection()).exec_driver_sql("DELETE FROM price_overrides")
        await log.set_price(amount)
        await log.reprice()
    kept = await log.rows(
        "SELECT cost, cost_status, requested_by FROM earlier_costs "
        "JOIN repricings ON repricings.id = repricing_id ORDER BY requested_at"
    )
    assert [tuple(row) for row in kept] == [(None, "UNPRICED", "me"), (20, "PRICED", "me")]


async def test_steps_are_bounded_and_leave_no_event_out(log: Log) -> None:
    await log.append(25)
    await log.set_price(2)
    done = await log.reprice(step=4)
    assert (done.complete, done.changed, len(log.announced)) == (True, 25, 7)
    assert set(await log.costs()) == {20}


async def test_events_at_one_moment_are_all_repriced(log: Log) -> None:
    await log.append(10, occurred_at=NOON)
    await log.set_price(2)
    assert (await log.reprice(step=3)).changed == 10


async def test_when_time_is_up_it_says_so_and_goes_on_where_it_was(log: Log) -> None:
    await log.append(10)
    await log.set_price(2)
    seen = [await log.reprice(step=3, time_limit_seconds=0) for _ in range(4)]
    assert [(done.complete, done.events) for done in seen] == [
        (False, 3),
        (False, 3),
        (False, 3),
        (True, 1),
    ]
    assert set(await log.costs()) == {20}


async def test_after_a_change_of_prices_it_starts_over(log: Log) -> None:
    await log.append(6)
    await log.set_price(2)
    await log.reprice(step=3, time_limit_seconds=0)
    async with log.database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("DELETE FROM price_overrides")
    await log.set_price(5)
    done = await log.reprice(step=3)
    assert (done.events, done.changed) == (6, 6)
    assert set(await log.costs()) == {50}


async def test_cubes_follow(log: Log) -> None:
    await log.append(25, customer_id="acme")
    await log.set_price(2)
    await log.reprice(step=4)
    assert await cube_differences(log.database) == []


async def test_recording_goes_on_meanwhile_and_nothing_is_lost(log: Log) -> None:
    await log.append(200)
    await log.set_price(2)

    async def record() -> None:
        for n in range(20):
            draft = make_draft(f"new-{n}", occurred_at=DAY.to, cost=Decimal(1))
            await append(log.database, 1, [draft], Attempts())

    done, _ = await asyncio.gather(log.reprice(step=10), record())
    assert done.changed == 200
    assert [event.sequence for event in await log.events()] == list(range(1, 221))


@pytest.mark.parametrize("announced", [True, False])
async def test_open_feeds_are_told_even_where_the_message_is_lost(
    log: Log, announced: bool
) -> None:
    channel = Channel("memory://")
    await channel.connect()
    hub = Hub(log.database, channel, beat_seconds=0.05 if not announced else 60)
    await hub.start()
    announcer = Announcer(channel)
    await log.append(1)
    feed = await activity(hub, log.database, Reach(1))
    assert (await anext(feed)).repriced is False
    await log.set_price(2)
    announce = announcer.announce_repricing if announced else (lambda *_: None)
    await Repricer(log.database, PriceBooks(log.database), announce).change(
        1, DAY, EVERYTHING, by="me"
    )
    update = await anext(feed)
    assert (update.repriced, update.events) == (True, [])
    await feed.aclose()
    await announcer.close()
    await hub.close()
    await channel.disconnect()


async def test_a_feed_that_resumes_after_a_repricing_gets_the_new_costs(log: Log) -> None:
    """The process has the events in memory, as they were recorded."""
    channel = Channel("memory://")
    await channel.connect()
    hub = Hub(log.database, channel, beat_seconds=60)
    await hub.start()
    announcer = Announcer(channel)
    watching = await activity(hub, log.database, Reach(1))
    start = (await anext(watching)).position
    await log.append(3)
    announcer.announce(1, await log.events())
    assert len((await anext(watching)).events) == 3
    await log.set_price(2)
    books = PriceBooks(log.database)
    repricer = Repricer(log.database, books, announcer.announce_repricing)
    await repricer.change(1, DAY, EVERYTHING, by="me")
    assert (await anext(watching)).repriced
    resumed = await activity(hub, log.database, Reach(1), after=start)
    await anext(resumed)
    assert [event.cost for event in (await anext(resumed)).events] == [20, 20, 20]
    await resumed.aclose()
    await watching.aclose()
    await announcer.close()
    await hub.close()
    await channel.disconnect()


async def test_an_event_recorded_after_a_repricing_is_told_without_it(log: Log) -> None:
    """A feed that was opened after a repricing is not told of it."""
    channel = Channel("memory://")
    await channel.connect()
    hub = Hub(log.database, channel, beat_seconds=0.05)
    await hub.start()
    await log.append(1)
    await log.set_price(2)
    await log.reprice()
    feed = await activity(hub, log.database, Reach(1))
    await anext(feed)
    await append(log.database, 1, [make_draft("new")], Attempts())
    update = await anext(feed)
    assert (update.repriced, [event.id for event in update.events]) == (False, ["new"])
    await feed.aclose()
    await hub.close()
    await channel.disconnect()
