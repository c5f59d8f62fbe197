"""The page's one request at 1 and 10 million events, beside scans; what cubes cost recording.

`python -m benchmarks.analytics [EVENTS …]`: other sizes, as 100_000_000.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass

from benchmarks.bench_server import BenchServer, bench_server, machine
from benchmarks.http_caller import HttpCaller
from benchmarks.ingest import COUNTS, through_graphql
from benchmarks.scans import DuckDb, by_postgres
from benchmarks.usage_log import DAYS, END, START, Shape, build, fill, settle
from models.database import Database
from models.key import Scope, new_key

SIZES = (1_000_000, 10_000_000)
REQUESTS = 60
SCAN_ROUNDS = 3
RECORDING_ROUNDS = 3
FEW = Shape(customers=100, users=1_000, features=100, models=100)
MANY = Shape(customers=10_000, users=200_000, features=10, models=20)

_TOTALS = "{ events cost unpricedEvents coverage errors usage { totalTokens } }"
_BOTH = f"totals {_TOTALS} previous {_TOTALS}"
_PAGE = f"""
    range {{ from to timeZone }} previousRange {{ from to }} {_BOTH}
    timeline(interval: DAY) {{ points {{ start end isSpike {_BOTH} }} }}
    models: breakdown(by: [PROVIDER, MODEL])
        {{ key {{ provider model }} isOther costShare {_BOTH} }}
    features: breakdown(by: [FEATURE]) {{ key {{ featureId }} isOther {_BOTH} }}
    customers: breakdown(by: [CUSTOMER]) {{ key {{ customerId }} isOther costShare {_BOTH} }}
"""
_CUSTOMERS = f"breakdown(by: [CUSTOMER]) {{ key {{ customerId }} {_BOTH} }}"
_ADOPTION = "adoption(interval: DAY) { featureId points { users customers newUsers } }"


def body(fields: str, zone: str = "UTC") -> bytes:
    """Thirty days to the end of the log, in UTC, as days of a zone."""
    query = (
        "query($from: DateTime!, $to: DateTime!, $zone: String!) "
        "{ usage(range: {from: $from, to: $to}, timeZone: $zone) { FIELDS } }"
    )
    middle = START + (END - START) / 2
    variables = {"from": middle.isoformat(), "to": END.isoformat(), "zone": zone}
    return json.dumps({"query": query.replace("FIELDS", fields), "variables": variables}).encode()


@dataclass(frozen=True)
class Times:
    """Milliseconds of some requests."""

    values: list[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.values, n=20)[-1]


async def ask(server: BenchServer, key: str, sent: bytes, requests: int) -> Times:
    times = []
    async with HttpCaller(server.port, key) as caller:
        for _ in range(3):
            await caller.post(sent)
        for _ in range(requests):
            started = time.perf_counter()
            answer = await caller.post(sent)
            times.append((time.perf_counter() - started) * 1000)
            assert b'"errors":[' not in answer, answer[:500]
    return Times(times)


async def many_workspace(url: str) -> str:
    """A second workspace, the one of many customers and users; returns its key."""
    database = Database(url)
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("INSERT INTO workspaces (name) VALUES ('many')")
        key, secret = new_key(2, "bench", [Scope.USAGE_READ])
        session.add(key)
    await database.close()
    return secret


def measure(events: int) -> None:
    with bench_server() as server:
        many = asyncio.run(many_workspace(server.database_url))
        for workspace_id, shape in ((1, FEW), (2, MANY)):
            asyncio.run(fill(server.database_url, workspace_id, events, shape))
        rate = asyncio.run(build(server.database_url))
        asyncio.run(settle(server.database_url))
        _tell(events, rate, server, many)


def _tell(events: int, rate: float, server: BenchServer, many: str) -> None:
    def asked(key: str, sent: bytes, requests: int = REQUESTS) -> Times:
        return asyncio.run(ask(server, key, sent, requests))

    page, page_elsewhere = (
        asked(server.key, body(_PAGE)),
        asked(server.key, body(_PAGE, "America/New_York")),
    )
    customers, adoption = asked(many, body(_CUSTOMERS), 20), asked(many, body(_ADOPTION), 10)
    adoption_elsewhere = asked(many, body(_ADOPTION, "America/New_York"), 10)
    duck = DuckDb(server.database_url)
    duck_ms = 1000 * statistics.median(duck.seconds() for _ in range(SCAN_ROUNDS))
    scans = [asyncio.run(by_postgres(server.database_url)) for _ in range(SCAN_ROUNDS)]
    scan_ms = 1000 * statistics.median(scans)
    print(f"\n## {events:,} events over {DAYS} days; built at {rate:,.0f} events/s\n")
    print("| what | p50 ms | p95 ms | of the page's p50 |")
    print("|---|---:|---:|---:|")
    for name, times in (
        ("the page's request", page),
        ("the same by days of New York", page_elsewhere),
        ("10,000 customers", customers),
        ("adoption of 200,000 users", adoption),
        ("the same by days of New York", adoption_elsewhere),
    ):
        print(f"| {name} | {times.p50:,.1f} | {times.p95:,.1f} | {times.p50 / page.p50:.2f} |")
    for name, milliseconds in (("scan by DuckDB", duck_ms), ("scan by Postgres", scan_ms)):
        print(f"| {name} | {milliseconds:,.0f} | | {milliseconds / page.p50:.1f} |")


async def _recording_rate(server: BenchServer, batch: int, callers: int) -> float:
    await through_graphql(server, batch, callers, 10 * batch, COUNTS)
    rates = [
        await through_graphql(server, batch, callers, 40 * batch, COUNTS)
        for _ in range(RECORDING_ROUNDS)
    ]
    return statistics.median(rates)


def measure_recording() -> None:
    print("\n## Recording\n")
    print("| events a batch | callers | without cubes/s | with cubes/s | ratio |")
    print("|---:|---:|---:|---:|---:|")
    for batch, callers in ((100, 4), (1000, 1), (1000, 4)):
        rates = []
        for program in ("benchmarks.without_cubes", "web"):
            with bench_server(program) as server:
                rates.append(asyncio.run(_recording_rate(server, batch, callers)))
        without, with_ = rates
        print(f"| {batch} | {callers} | {without:,.0f} | {with_:,.0f} | {with_ / without:.2f} |")


if __name__ == "__main__":
    print(f"# Analytics: {machine()}, Postgres 18 embedded, durable")
    for size in [int(argument) for argument in sys.argv[1:]] or SIZES:
        measure(size)
    measure_recording()
