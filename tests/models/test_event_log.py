"""The sequence log: numbers without gaps, ids once, all or nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.cost import (
    CostLine,
    CostReason,
    CostReasonCode,
    CostStatus,
    ReportedCostStatus,
)
from models.cursor import Position
from models.database import Database
from models.event import EventType, Outcome, SideCall
from models.event_log import _KNOWN, Attempts, Draft, Standing, append
from models.event_query import read_event, read_head, read_log
from tests.events import NOON, make_draft, make_drafts, make_event, without_place


async def _append(database: Database, drafts: list[Draft]) -> list[Standing]:
    return [entry.standing for entry in await append(database, 1, drafts, Attempts())]


async def _sequences(database: Database) -> list[tuple[int, str]]:
    async with database.read_as_owner() as session:
        events = await read_log(session, 1, after=0, until=1 << 40, limit=10_000)
    return [(event.sequence, event.id) for event in events]


async def test_events_are_numbered_from_one_in_their_order(database: Database) -> None:
    await _append(database, make_drafts(["a", "b"]))
    await _append(database, make_drafts(["c"]))
    assert await _sequences(database) == [(1, "a"), (2, "b"), (3, "c")]


async def test_what_is_written_is_read_back_to_the_last_digit(database: Database) -> None:
    event = make_event(
        "full",
        type=EventType.IMAGE_GENERATION,
        customer_id="Kundin Ä",
        user_id="u",
        feature_id="f",
        provider="openai",
        model="gpt-4o",
        input_tokens=(1 << 63) - 1,
        output_tokens=0,
        cache_read_tokens=3,
        cache_write_tokens=4,
        reasoning_tokens=5,
        input_audio_tokens=6,
        output_audio_tokens=7,
        images=8,
        units={"web_searches": Decimal("1.50")},
        quantity=Decimal("0.000000000000000000000001"),
        unit="pages",
        processing="batch",
        service_tier="flex",
        speed="fast",
        cost=Decimal("12345678901234567890.12345678901234567890"),
        cost_status=CostStatus.PARTIAL,
        cost_lines=(
            CostLine("a", Decimal("1"), Decimal("1E-7"), Decimal("1E-7")),
            CostLine("b", Decimal("2"), None, None, "gpt-4o-mini"),
        ),
        price_id="price_1",
        outcome=Outcome.ERROR,
        error_code="timeout",
        duration_ms=1,
        occurred_at=NOON + timedelta(microseconds=1),
        metadata='{"n": 1.10, "text": "ü"}',
        requested_model="chat",
        region="us",
        search_context_size="low",
        side_calls=(SideCall("gpt-4o-mini", {"input_tokens": Decimal(7)}),),
        cost_reasons=(
            CostReason(CostReasonCode.NO_RATE, "b"),
            CostReason(CostReasonCode.NO_PRICE),
        ),
        reported_cost=Decimal("0.0133176"),
        reported_cost_status=ReportedCostStatus.DIFFERS,
        computed_cost=Decimal("1E-24"),
    )
    await append(database, 1, [Draft(event, b"x")], Attempts())
    async with database.read_as_owner() as session:
        stored = await read_event(session, 1, "full")
    assert stored is not None
    assert without_place(stored) == event


async def test_an_id_sent_again_with_the_same_content_is_a_duplicate(database: Database) -> None:
    await _append(database, make_drafts(["a"]))
    assert await _append(database, make_drafts(["a"])) == [Standing.DUPLICATE]


async def test_an_id_sent_again_with_other_content_is_a_conflict(database: Database) -> None:
    await _append(database, make_drafts(["a"]))
    assert await _append(database, [make_draft("a", b"other")]) == [Standing.CONFLICT]


async def test_an_id_twice_in_a_batch_stands_once(database: Database) -> None:
    drafts = [make_draft("a"), make_draft("a"), make_draft("a", b"other"), make_draft("b")]
    standings = await _append(database, drafts)
    assert standings == ["RECORDED", "DUPLICATE", "CONFLICT", "RECORDED"]
    assert await _sequences(database) == [(1, "a"), (2, "b")]


async def test_a_duplicate_is_answered_with_the_stored_event(database: Database) -> None:
    (first,) = await append(database, 1, make_drafts(["a"], model="gpt-4o"), Attempts())
    (again,) = await append(database, 1, make_drafts(["a"], model="gpt-4o"), Attempts())
    assert again.event == first.event


async def test_the_same_id_in_two_workspaces_are_two_events(database: Database) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("INSERT INTO workspaces (name) VALUES ('other')")
    await _append(database, make_drafts(["a"]))
    (entry,) = await append(database, 2, [make_draft("a", workspace_id=2)], Attempts())
    assert (entry.standing, entry.event.sequence) == (Standing.RECORDED, 1)


async def test_concurrent_batches_leave_no_gap(database: Database) -> None:
    batches = [make_drafts([f"{n}-{i}" for i in range(20)]) for n in range(20)]
    await asyncio.gather(*(_append(database, batch) for batch in batches))
    assert [sequence for sequence, _ in await _sequences(database)] == list(range(1, 401))


async def test_sequence_order_is_commit_order(database: Database) -> None:
    """A reader that has seen sequence n has seen everything before it."""
    seen: list[list[int]] = []

    async def watch() -> None:
        while not seen or len(seen[-1]) < 100:
            seen.append([sequence for sequence, _ in await _sequences(database)])

    batches = [make_drafts([f"{n}-{i}" for i in range(5)]) for n in range(20)]
    await asyncio.gather(watch(), *(_append(database, batch) for batch in batches))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in seen)


async def test_a_batch_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(Exception, match="cost_status"):
        await _append(database, [make_draft("a"), make_draft("b", cost_status=None)])
    assert await _sequences(database) == []
    assert await _append(database, make_drafts(["c"])) == [Standing.RECORDED]
    assert await _sequences(database) == [(1, "c")]


async def test_a_second_try_after_a_commit_of_unknown_outcome_finds_its_own_rows(
    database: Database,
) -> None:
    attempts = Attempts()
    drafts = make_drafts(["a", "b"])
    first = await append(database, 1, drafts, attempts)
    second = await append(database, 1, drafts, attempts)
    assert second == first


async def test_a_second_try_does_not_take_anothers_rows_for_its_own(database: Database) -> None:
    """The first try never committed, and meanwhile somebody else sent the same event."""
    attempts = Attempts()
    attempts.note([make_event("a", sequence=1)])
    await _append(database, make_drafts(["a"]))
    (entry,) = await append(database, 1, make_drafts(["a"]), attempts)
    assert entry.standing is Standing.DUPLICATE


async def test_the_head_is_the_last_events_place(database: Database) -> None:
    await _append(database, make_drafts(["a", "b"]))
    async with database.read_as_owner() as session:
        assert await read_head(session, 1) == Position(2, NOON)


async def test_a_workspace_that_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(LookupError):
        await append(database, 99, make_drafts(["a"]), Attempts())


async def test_looking_ids_up_reads_no_other_events(database: Database) -> None:
    """Also where Postgres has no statistics yet, and takes all workspaces for small."""
    await _append(database, make_drafts([f"event-{number}" for number in range(5_000)]))
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        (row,) = await driver.fetch(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {_KNOWN}", 1, [f"new-{n}" for n in range(1_000)]
        )
    assert _rows_removed(row[0][0]["Plan"]) == 0


def _rows_removed(plan: dict[str, Any]) -> int:
    own: int = sum(value for name, value in plan.items() if name.startswith("Rows Removed"))
    return own + sum(_rows_removed(inner) for inner in plan.get("Plans", []))
