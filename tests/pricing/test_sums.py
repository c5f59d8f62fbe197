"""Costs added up in SQL are what Python adds up, to the last digit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, localcontext

import asyncpg
import pytest

from pricing.arithmetic import EXACT
from pricing.cost import cost_of
from tests.pricing.own_catalogue import catalogue, tiered, usd

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
PRICE = catalogue(
    usd(
        input_mtok=tiered("1.25", (200_000, "2.5000001")),
        output_mtok="10",
        cache_read_mtok="0.3125",
        audio_hours="0.37",
    )
).price("acme", "bolt", NOON)


def _costs(number: int) -> Iterator[tuple[Decimal | None]]:
    """Of random usage; some have no end of digits, some are not known."""
    dice = random.Random(20261101)
    for _ in range(number):
        counts = {
            "input_tokens": int(10 ** dice.uniform(0, 12)),
            "output_tokens": dice.randrange(9_999),
        }
        if dice.random() < 0.3:
            counts["cache_read_tokens"] = dice.randrange(counts["input_tokens"] + 1)
        if dice.random() < 0.3:
            counts["audio_seconds"] = dice.randrange(10_000)
        yield (cost_of(PRICE if dice.random() < 0.95 else None, counts).amount,)


async def _sums(database_url: str, costs: list[tuple[Decimal | None]]) -> tuple[Decimal, Decimal]:
    """In SQL, in a column as events have it, and in Python."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("CREATE TEMP TABLE costs AS SELECT cost FROM usage_events LIMIT 0")
        await connection.copy_records_to_table("costs", records=costs)
        in_sql = await connection.fetchval("SELECT sum(cost) FROM costs")
    finally:
        await connection.close()
    with localcontext(EXACT):
        return in_sql, sum((cost for (cost,) in costs if cost is not None), Decimal(0))


async def test_fifty_thousand_costs_add_up_alike(database_url: str) -> None:
    in_sql, in_python = await _sums(database_url, list(_costs(50_000)))
    assert in_sql == in_python


@pytest.mark.slow
async def test_a_million_costs_add_up_alike(database_url: str) -> None:
    in_sql, in_python = await _sums(database_url, list(_costs(1_000_000)))
    assert in_sql == in_python
