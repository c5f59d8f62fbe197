"""Events a second through GraphQL over HTTP, beside COPY of the same rows.

The floor is one connection that copies the same rows into a table with the same columns and
indexes, in transactions of 1,000 rows, on the same Postgres in the same run.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import asyncpg

from benchmarks.bench_server import BenchServer, bench_server, empty_log, machine
from benchmarks.http_caller import HttpCaller
from models.event_table import COPY_COLUMNS, to_copy_row
from pricing.catalogue import Catalogue
from pricing.price_book import PriceBook, PriceRevision
from resolvers.recording.draft import draft_event
from schema.event_reading import read_event_input

FLOOR_EVENTS = 60_000
ROUNDS = 3
# Batch size, callers, events in all.
CASES = (
    (1, 1, 600),
    (1, 16, 5_000),
    (100, 1, 10_000),
    (100, 4, 30_000),
    (1000, 1, 40_000),
    (1000, 4, 60_000),
)
COUNTS = "recorded duplicates conflicts rejected"
ANSWERS = {
    "counts": COUNTS,
    "results": COUNTS + " results { index id status problem { code field message } }",
}
START = datetime(2026, 11, 1, tzinfo=UTC)


def event(number: int) -> dict[str, object]:
    """One plausible call; all differ in what makes rows differ, and a user has one customer."""
    user = number % 1009
    return {
        "id": f"bench-{number:012}",
        "customerId": f"customer-{user % 97}",
        "userId": f"user-{user}",
        "featureId": ("chat", "search", "agent")[number % 3],
        "provider": "openai",
        "model": ("gpt-4o", "gpt-4o-mini", "gpt-4.1")[number % 3],
        "inputTokens": 500 + number % 4000,
        "outputTokens": 20 + number % 700,
        "cacheReadTokens": number % 400,
        "durationMs": 300 + number % 5000,
        "occurredAt": (START + timedelta(milliseconds=number)).isoformat(),
        "metadata": {"region": "eu", "version": "2026.11"},
    }


def bodies(batch: int, events: int, fields: str) -> list[bytes]:
    query = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { FIELDS } }"
    query = query.replace("FIELDS", fields)
    return [
        json.dumps({"query": query, "variables": {"events": chunk}}).encode()
        for chunk in _chunks(batch, events)
    ]


def _chunks(batch: int, events: int) -> Iterator[list[dict[str, object]]]:
    for start in range(0, events, batch):
        yield [event(number) for number in range(start, min(start + batch, events))]


async def floor(server: BenchServer) -> float:
    """Events a second by COPY alone."""
    book = PriceBook(Catalogue.bundled(), [], PriceRevision(0, 0))
    now = datetime.now(UTC)
    rows = []
    for number in range(FLOOR_EVENTS):
        draft = draft_event(1, read_event_input(event(number)), book, now)
        row = list(to_copy_row(draft.event, draft.fingerprint))
        row[1] = number + 1
        rows.append(tuple(row))
    connection = await asyncpg.connect(server.database_url)
    await connection.execute("CREATE TABLE floor (LIKE usage_events INCLUDING ALL)")
    started = time.perf_counter()
    for start in range(0, FLOOR_EVENTS, 1_000):
        async with connection.transaction():
            await connection.copy_records_to_table(
                "floor", columns=COPY_COLUMNS, records=rows[start : start + 1_000]
            )
    seconds = time.perf_counter() - started
    await connection.execute("DROP TABLE floor")
    await connection.close()
    return FLOOR_EVENTS / seconds


async def through_graphql(
    server: BenchServer, batch: int, callers: int, events: int, fields: str
) -> float:
    """Events a second, as many callers share the bodies."""
    await empty_log(server.database_url)
    waiting = bodies(batch, events, fields)
    waiting.reverse()

    async def call() -> None:
        async with HttpCaller(server.port, server.key) as caller:
            while waiting:
                answer = await caller.post(waiting.pop())
                assert b'"rejected":0' in answer, answer[:500]

    started = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return events / (time.perf_counter() - started)


async def measure(server: BenchServer) -> None:
    await through_graphql(server, 1000, 1, 5_000, COUNTS)
    floors = [await floor(server) for _ in range(ROUNDS)]
    copy = statistics.median(floors)
    print(f"# Ingest: {machine()}, Postgres 18 embedded, durable\n")
    print(f"COPY of the same rows: {copy:,.0f} events/s (median of {ROUNDS})\n")
    print("| events a batch | callers | answer | events/s | of COPY |")
    print("|---:|---:|---|---:|---:|")
    for batch, callers, events in CASES:
        for answer, fields in ANSWERS.items():
            rates = [
                await through_graphql(server, batch, callers, events, fields) for _ in range(ROUNDS)
            ]
            rate = statistics.median(rates)
            print(f"| {batch} | {callers} | {answer} | {rate:,.0f} | {rate / copy:.2f} |")


if __name__ == "__main__":
    with bench_server() as running:
        asyncio.run(measure(running))
