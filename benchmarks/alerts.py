"""What rules cost recording, and how soon a threshold fires.

The floor is the same recording without a rule, in the same run, in turns with the others.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg

from benchmarks.bench_server import BenchServer, bench_server, empty_log, machine
from benchmarks.http_caller import HttpCaller
from benchmarks.ingest import COUNTS, event
from models.alert_rule import AlertCondition, AlertMeasure
from models.database import Database
from models.usage_filter import UsageFilter
from resolvers.alerts.rules import RuleDraft, create_rule
from resolvers.analytics.dimension import Dimension

ROUNDS = 3
RULES = (0, 100, 1_000)
# Batch size, callers, events in all.
CASES = ((100, 4, 20_000), (1_000, 4, 60_000))
FIRINGS = 20
_QUERY = (
    f"mutation($events: [UsageEventInput!]!) {{ recordEvents(events: $events) {{ {COUNTS} }} }}"
)
_BEHIND = "SELECT sequence < last_sequence FROM alert_progress JOIN workspaces ON id = workspace_id"
_FIRES = "SELECT count(*) FROM alert_firings WHERE key = $1"
_MINUTES = (5, 60, 360, 24 * 60)
_NEVER = Decimal(10) ** 12


def draft(number: int) -> RuleDraft:
    """Five kinds in turn, of windows from 5 minutes to a day; none of them fires."""
    values: dict[str, Any] = {"window_minutes": _MINUTES[number // 5 % len(_MINUTES)]}
    measure, condition, threshold = AlertMeasure.COST, AlertCondition.THRESHOLD, _NEVER
    match number % 5:
        case 0:
            values["filter"] = UsageFilter(customer_id=(f"customer-{number // 5 % 97}",))
        case 1:
            values["per"] = Dimension.CUSTOMER
        case 2:
            values["per"] = Dimension.USER
            values["filter"] = UsageFilter(model=(("gpt-4o", "gpt-4.1")[number // 5 % 2],))
        case 3:
            values["per"] = Dimension.FEATURE
            measure, threshold = AlertMeasure.ERROR_RATE, Decimal(1)
        case _:
            values["per"] = Dimension.MODEL
            condition, threshold = AlertCondition.SPIKE, Decimal(100)
    return RuleDraft(f"rule {number}", measure, condition, threshold, **values)


async def set_rules(server: BenchServer, count: int) -> None:
    """So many rules, and a server that has taken them up."""
    connection = await asyncpg.connect(server.database_url)
    await connection.execute("DELETE FROM alert_firings")
    await connection.execute("DELETE FROM alert_rules")
    await connection.execute("UPDATE alert_revisions SET rules = rules + 1")
    database = Database(server.database_url)
    for number in range(count):
        await create_rule(database, 1, draft(number), by="benchmark")
    await database.close()
    await asyncio.sleep(3)
    await connection.close()


def bodies(batch: int, events: int) -> Iterator[bytes]:
    """Of what happens now."""
    for start in range(0, events, batch):
        now = datetime.now(UTC).isoformat()
        chunk = [event(number) | {"occurredAt": now} for number in range(start, start + batch)]
        yield json.dumps({"query": _QUERY, "variables": {"events": chunk}}).encode()


async def record(server: BenchServer, batch: int, callers: int, events: int) -> float:
    """Events a second."""
    waiting = list(bodies(batch, events))

    async def call() -> None:
        async with HttpCaller(server.port, server.key) as caller:
            while waiting:
                answer = await caller.post(waiting.pop())
                assert b'"rejected":0' in answer, answer[:500]

    started = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return events / (time.perf_counter() - started)


async def caught_up(server: BenchServer) -> float:
    """Seconds from now until what was recorded is evaluated and written."""
    started = time.perf_counter()
    connection = await asyncpg.connect(server.database_url)
    while await connection.fetchval(_BEHIND):  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(0.1)
    await connection.close()
    return time.perf_counter() - started


async def empty(server: BenchServer) -> None:
    """A log from the first number on, for rules as for events."""
    await empty_log(server.database_url)
    connection = await asyncpg.connect(server.database_url)
    await connection.execute("TRUNCATE alert_buckets, alert_streams")
    await connection.execute("UPDATE alert_progress SET sequence = 0")
    await connection.execute("UPDATE alert_revisions SET rules = rules + 1")
    await connection.close()
    await asyncio.sleep(2)


async def measure_recording(server: BenchServer) -> None:
    print("| rules | events a batch | events/s | of none | all written after |")
    print("|---:|---:|---:|---:|---:|")
    for batch, callers, events in CASES:
        rates: dict[int, list[float]] = {count: [] for count in RULES}
        behind: dict[int, list[float]] = {count: [] for count in RULES}
        for _ in range(ROUNDS):
            for count in RULES:
                await set_rules(server, count)
                await empty(server)
                rates[count].append(await record(server, batch, callers, events))
                behind[count].append(await caught_up(server) if count else 0.0)
        floor = statistics.median(rates[0])
        for count in RULES:
            rate = statistics.median(rates[count])
            after = statistics.median(behind[count])
            print(f"| {count:,} | {batch:,} | {rate:,.0f} | {rate / floor:.2f} | {after:.1f} s |")


async def measure_firing(server: BenchServer) -> None:
    """From the moment a passing event is answered until its firing is there to be seen."""
    await set_rules(server, 100)
    await empty(server)
    database = Database(server.database_url)
    passing = RuleDraft(
        "passing",
        AlertMeasure.EVENTS,
        AlertCondition.THRESHOLD,
        Decimal(1),
        window_minutes=60,
        per=Dimension.CUSTOMER,
        filter=UsageFilter(feature_id=("passing",)),
    )
    await create_rule(database, 1, passing, by="benchmark")
    await asyncio.sleep(3)
    connection = await asyncpg.connect(server.database_url)
    waits = []
    async with HttpCaller(server.port, server.key) as caller:
        for number in range(FIRINGS):
            sent = event(number) | {
                "id": f"passing-{number}",
                "customerId": f"passing-{number}",
                "featureId": "passing",
                "occurredAt": datetime.now(UTC).isoformat(),
            }
            await caller.post(
                json.dumps({"query": _QUERY, "variables": {"events": [sent]}}).encode()
            )
            started = time.perf_counter()
            key = f"passing-{number}"
            while not await connection.fetchval(_FIRES, key):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
            waits.append(time.perf_counter() - started)
    await connection.close()
    await database.close()
    waits.sort()
    print(
        f"\nFiring of a threshold, with 101 rules: median {statistics.median(waits):.2f} s, "
        f"longest {waits[-1]:.2f} s after the event was recorded."
    )


async def measure(server: BenchServer) -> None:
    print(f"# Alerts: {machine()}, Postgres 18 embedded, durable\n")
    await record(server, 1_000, 1, 5_000)
    await measure_recording(server)
    await measure_firing(server)


if __name__ == "__main__":
    with bench_server() as running:
        asyncio.run(measure(running))
