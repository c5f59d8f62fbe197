"""Cubes follow the events: in the transaction that writes them, to the last digit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest

from models.cost import CostStatus
from models.cube_building import build_all, build_step
from models.cube_check import check_cubes, repair_day
from models.cube_gaps import lock_with_gaps, read_gaps
from models.cube_table import CUBE_GAPS, CUBE_TABLES, FIRST_USES, PRESENCE_TABLES
from models.cube_writing import change_cubes
from models.cubes import CUBES, MEASURES, Tier
from models.database import Database
from models.event import Outcome, UsageEvent
from models.event_log import Attempts, Draft, Standing, _copy, append
from models.event_query import read_log
from models.presence_memory import PresenceMemory
from tests.cubes import cube_differences
from tests.events import NOON, make_draft
from tests.random_usage import random_drafts

BEFORE_CUBES = (
    "DELETE FROM first_uses",
    *(f"DELETE FROM {table.name}" for table in (*CUBE_TABLES.values(), *PRESENCE_TABLES.values())),
    "UPDATE workspaces SET cubed_sequence = 0",
)


async def _append(database: Database, drafts: Sequence[Draft]) -> None:
    await append(database, 1, drafts, Attempts())


async def _rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    async with database.snapshot_as_owner() as driver:
        return [tuple(row) for row in await driver.fetch(statement)]


async def _execute(database: Database, *statements: str) -> None:
    async with database.write() as session:
        for statement in statements:
            await (await session.connection()).exec_driver_sql(statement)


async def _events(database: Database) -> list[UsageEvent]:
    async with database.read_as_owner() as session:
        return await read_log(session, 1, after=0, until=1 << 40, limit=100_000)


async def test_an_event_stands_in_the_quarter_of_an_hour_and_the_day_that_hold_it(
    database: Database,
) -> None:
    at = datetime(2026, 11, 1, 12, 44, 59, 999999, tzinfo=UTC)
    await _append(database, [make_draft("a", occurred_at=at, input_tokens=5)])
    quarters = "SELECT bucket, events, input_tokens FROM cube_totals_by_quarter_hour"
    days = "SELECT bucket, events, input_tokens FROM cube_totals_by_day"
    assert await _rows(database, quarters) == [
        (datetime(2026, 11, 1, 12, 30, tzinfo=UTC), 1, Decimal(5))
    ]
    assert await _rows(database, days) == [(datetime(2026, 11, 1, tzinfo=UTC), 1, Decimal(5))]


async def test_events_of_two_batches_add_up_in_one_row(database: Database) -> None:
    tiny, huge = Decimal("1E-24"), Decimal("1E+40")
    await _append(database, [make_draft("a", cost=tiny, cost_status=CostStatus.PRICED)])
    await _append(database, [make_draft("b", cost=huge, cost_status=CostStatus.PARTIAL)])
    rows = await _rows(database, "SELECT events, cost, unpriced_events FROM cube_totals_by_day")
    assert rows == [(2, Decimal("1" + "0" * 40 + "." + "0" * 23 + "1"), 1)]


async def test_counts_may_pass_what_a_bigint_holds(database: Database) -> None:
    largest = (1 << 63) - 1
    await _append(database, [make_draft(name, input_tokens=largest) for name in ("a", "b")])
    rows = await _rows(database, "SELECT input_tokens FROM cube_totals_by_day")
    assert rows == [(Decimal(2 * largest),)]


async def test_values_that_events_lack_are_one_group(database: Database) -> None:
    await _append(database, [make_draft("a")])
    await _append(database, [make_draft("b"), make_draft("c", customer_id="")])
    rows = await _rows(database, "SELECT customer_id, events FROM cube_customers_by_day ORDER BY 2")
    assert rows == [("", 1), (None, 2)]


async def test_duplicates_add_nothing(database: Database) -> None:
    drafts = [make_draft("a"), make_draft("a")]
    await _append(database, drafts)
    await _append(database, drafts)
    assert await _rows(database, "SELECT events FROM cube_totals_by_day") == [(1,)]


async def test_a_batch_that_fails_adds_nothing(database: Database) -> None:
    with pytest.raises(Exception, match="cost_status"):
        await _append(database, [make_draft("a"), make_draft("b", cost_status=None)])
    assert await _rows(database, "SELECT * FROM cube_totals_by_day") == []


async def test_an_event_that_comes_late_is_the_first_use(database: Database) -> None:
    earlier = datetime(2025, 1, 1, tzinfo=UTC)
    await _append(database, [make_draft("a", user_id="u")])
    await _append(database, [make_draft("b", user_id="u", occurred_at=earlier)])
    assert await _rows(database, "SELECT user_id, first_at FROM first_uses") == [("u", earlier)]


async def test_the_same_events_in_another_workspace_are_its_own(database: Database) -> None:
    await _execute(database, "INSERT INTO workspaces (name) VALUES ('other')")
    await _append(database, [make_draft("a")])
    await append(database, 2, [make_draft("a", workspace_id=2)], Attempts())
    rows = await _rows(database, "SELECT workspace_id, events FROM cube_totals_by_day ORDER BY 1")
    assert rows == [(1, 1), (2, 1)]


async def _record_at_random(database: Database, batches: int, seed: int) -> None:
    """Batches with duplicates of earlier ones, by four recorders at once; one reprices too."""
    random = Random(seed)
    sent: list[Draft] = []

    async def record(recorder: int) -> None:
        memory = PresenceMemory(max_keys=50)
        for number in range(batches // 4):
            fresh = random_drafts(random, random.randrange(1, 12), f"{recorder}-{number}")
            again = random.sample(sent, min(len(sent), random.randrange(3)))
            sent.extend(fresh)
            drafts = [*fresh, *again, *fresh[:1]]
            entries = await append(database, 1, drafts, Attempts(), memory)
            if recorder == 0:
                recorded = [e.event for e in entries if e.standing is Standing.RECORDED]
                await _reprice(database, recorded[::2], Decimal(number) / 7)

    await asyncio.gather(*(record(recorder) for recorder in range(4)))


async def test_cubes_equal_the_events_after_random_batches_by_several_recorders(
    database: Database,
) -> None:
    await _record_at_random(database, 200, seed=1)
    assert await cube_differences(database) == []


@pytest.mark.slow
async def test_cubes_equal_the_events_after_ten_thousand_random_batches(
    database: Database,
) -> None:
    await _record_at_random(database, 10_000, seed=2)
    assert await cube_differences(database) == []


async def _reprice(database: Database, events: Sequence[UsageEvent], cost: Decimal) -> None:
    after = [
        msgspec.structs.replace(event, cost=cost, cost_status=CostStatus.PRICED) for event in events
    ]
    async with database.driver() as driver, driver.transaction():
        await lock_with_gaps(driver, 1)
        await driver.execute(
            "UPDATE usage_events SET cost = $1, cost_status = 'PRICED' WHERE sequence = ANY($2)",
            cost,
            [event.sequence for event in events],
        )
        await change_cubes(driver, 1, events, after)


async def test_cubes_follow_a_change_of_costs(database: Database) -> None:
    await _append(database, random_drafts(Random(3), 200, "a"))
    await _reprice(database, (await _events(database))[50:150], Decimal("0.5"))
    assert await cube_differences(database) == []


async def _record_before_cubes(database: Database, count: int) -> None:
    """As an earlier version would have."""
    await _append(database, random_drafts(Random(4), count, "old"))
    await _execute(database, *BEFORE_CUBES)


async def test_events_from_before_the_cubes_are_built_in_steps(database: Database) -> None:
    await _record_before_cubes(database, 250)
    assert [await build_step(database, 100) for _ in range(4)] == [100, 100, 50, 0]
    assert await cube_differences(database) == []


async def test_recording_goes_on_between_the_steps(database: Database) -> None:
    await _record_before_cubes(database, 250)
    for number in range(4):
        await _append(database, random_drafts(Random(number), 20, f"new-{number}"))
        await build_step(database, 100)
    assert await cube_differences(database) == []


async def test_what_a_process_without_cubes_records_meanwhile_is_built_too(
    database: Database,
) -> None:
    await _append(database, random_drafts(Random(5), 50, "a"))
    (last,) = (await _rows(database, "SELECT last_sequence FROM workspaces"))[0]
    unknown = make_draft("unknown", sequence=last + 1)
    async with database.driver() as driver, driver.transaction():
        await _copy(driver, [unknown])
        await driver.execute("UPDATE workspaces SET last_sequence = $1", last + 1)
    await _append(database, random_drafts(Random(6), 50, "b"))
    assert await build_all(database) == 1
    assert await cube_differences(database) == []


async def test_costs_that_change_before_their_events_are_built_count_once(
    database: Database,
) -> None:
    await _record_before_cubes(database, 100)
    await build_step(database, 50)
    await _reprice(database, (await _events(database))[25:75], Decimal("0.5"))
    await build_all(database)
    assert await cube_differences(database) == []


async def test_events_that_are_not_built_yet_are_known(database: Database) -> None:
    await _record_before_cubes(database, 100)
    await build_step(database, 30)
    async with database.snapshot_as_owner() as driver:
        assert (await read_gaps(driver, 1)).events == 70


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE cube_models_by_day SET cost = cost + 0.000001 WHERE model = 'gpt-4o'",
        "DELETE FROM cube_users_by_day",
        "INSERT INTO cube_customers_by_day SELECT 1, '2020-01-01', 'x', "
        + ", ".join("1" for _ in MEASURES),
        "UPDATE presence_of_users SET quarters = ~quarters",
        "UPDATE first_uses SET first_at = first_at - interval '1 second'",
    ],
)
async def test_the_check_finds_what_differs_and_repair_makes_it_good(
    database: Database, harm: str
) -> None:
    await _append(database, random_drafts(Random(7), 100, "a"))
    await _execute(database, harm)
    found = [day async for day in check_cubes(database, 1) if day.differences]
    assert found
    for day in found:
        await repair_day(database, 1, day.day)
    assert await cube_differences(database) == []


async def test_a_difference_says_both_sides(database: Database) -> None:
    await _append(database, [make_draft("a", outcome=Outcome.ERROR)])
    await _execute(database, "UPDATE cube_features_by_day SET events = 7")
    (found,) = await cube_differences(database)
    assert (found.table, found.key) == ("cube_features_by_day", (Tier.DAY.floor(NOON), None))
    assert found.of_events is not None
    assert found.of_table is not None
    assert (found.of_events[0], found.of_table[0]) == (1, 7)


async def test_a_repair_leaves_what_is_not_built_yet_to_the_builder(database: Database) -> None:
    await _record_before_cubes(database, 100)
    await build_step(database, 50)
    await _execute(database, "DELETE FROM cube_totals_by_day")
    async for day in check_cubes(database, 1):
        if day.differences:
            await repair_day(database, 1, day.day)
    await build_all(database)
    assert await cube_differences(database) == []


async def test_the_declared_tables_are_those_of_the_migrations(database: Database) -> None:
    declared = {
        table.name: list(table.columns.keys())
        for table in (*CUBE_TABLES.values(), *PRESENCE_TABLES.values(), FIRST_USES, CUBE_GAPS)
    }
    rows = await _rows(
        database,
        "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
        " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1",
    )
    assert {name: columns for name, columns in rows if name in declared} == declared


def test_each_cube_has_its_finest_tier_first() -> None:
    for cube in CUBES:
        assert list(cube.tiers) == sorted(cube.tiers, key=lambda tier: tier.length)
