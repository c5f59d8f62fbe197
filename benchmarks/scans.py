"""The page's one request as plain scans of the events, the same text for Postgres and DuckDB."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import duckdb

COLUMNS = (
    "workspace_id, occurred_at, customer_id, feature_id, provider, model, input_tokens, "
    "output_tokens, cost, cost_status, outcome"
)
_SUMS = (
    "count(*), sum(input_tokens), sum(output_tokens), sum(cost), "
    "sum(CASE WHEN cost_status IN ('PARTIAL', 'UNPRICED') THEN 1 ELSE 0 END), "
    "sum(CASE WHEN outcome = 'ERROR' THEN 1 ELSE 0 END)"
)
# Sixty days: the range and the one before, told apart in the same scan.
_WHERE = (
    "workspace_id = 1 AND occurred_at >= '2026-09-02 00:00:00+00' "
    "AND occurred_at < '2026-11-01 00:00:00+00'"
)
_RANGE = "occurred_at >= '2026-10-02 00:00:00+00'"


def _scan(by: str) -> str:
    return f"SELECT {by}, {_SUMS} FROM usage_events WHERE {_WHERE} GROUP BY {by}"


# Totals add up from the days.
SCANS = (
    _scan("date_trunc('day', occurred_at)"),
    _scan(f"{_RANGE}, provider, model"),
    _scan(f"{_RANGE}, feature_id"),
    _scan(f"{_RANGE}, customer_id"),
)


async def by_postgres(url: str) -> float:
    """Seconds for all scans."""
    connection = await asyncpg.connect(url, command_timeout=None)
    await connection.execute("SET timezone = 'UTC'")
    started = time.perf_counter()
    for scan in SCANS:
        await connection.fetch(scan)
    seconds = time.perf_counter() - started
    await connection.close()
    return seconds


class DuckDb:
    """The same rows in DuckDB's own columns, in memory."""

    def __init__(self, url: str) -> None:
        self._connection: Any = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'; SET threads = 2")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "events.csv"
            asyncio.run(_write(url, file))
            self._connection.execute(
                "CREATE TABLE usage_events (workspace_id INT, occurred_at TIMESTAMPTZ, "
                "customer_id VARCHAR, feature_id VARCHAR, provider VARCHAR, model VARCHAR, "
                "input_tokens BIGINT, output_tokens BIGINT, cost DECIMAL(18, 8), "
                "cost_status VARCHAR, outcome VARCHAR)"
            )
            self._connection.execute("COPY usage_events FROM ? (HEADER false)", [str(file)])

    def seconds(self) -> float:
        """For all scans."""
        started = time.perf_counter()
        for scan in SCANS:
            self._connection.execute(scan).fetchall()
        return time.perf_counter() - started


async def _write(url: str, file: Path) -> None:
    connection = await asyncpg.connect(url, command_timeout=None)
    await connection.copy_from_query(
        f"SELECT {COLUMNS} FROM usage_events WHERE workspace_id = 1",
        output=file,
        format="csv",
        timeout=None,
    )
    await connection.close()
