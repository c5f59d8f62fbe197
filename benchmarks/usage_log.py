"""A log of many events in order of time, made within Postgres, and its cubes by the builder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from models.cube_building import build_step
from models.cube_content import CONTENTS
from models.database import Database

END = datetime(2026, 11, 1, tzinfo=UTC)
# The range that is asked for and the one before it.
DAYS = 60
START = END - timedelta(days=DAYS)
_STEP = 250_000
# More than a server does in one step: nobody records meanwhile.
BUILT_AT_ONCE = 50_000

# A user makes this many calls with one feature and model before the next one's turn comes.
SESSION_EVENTS = 5

# The few are used far more than the many, as is usual: the square of a uniform number.
_INSERT = """
    INSERT INTO usage_events (
        workspace_id, sequence, id, type, customer_id, user_id, feature_id, provider, model,
        input_tokens, output_tokens, cache_read_tokens, reasoning_tokens, cost, cost_status,
        cost_lines, outcome, duration_ms, occurred_at, recorded_at, fingerprint
    )
    SELECT
        $1, n, 'event-' || n, 'TOKEN_USAGE',
        'customer-' || person % $5::int, 'user-' || person,
        'feature-' || feature,
        'provider-' || model % 5, 'model-' || model,
        tokens, tokens / 8, tokens / 3, tokens / 40,
        CASE WHEN n % 50 = 0 THEN NULL ELSE (tokens * 0.00000125)::numeric END,
        CASE WHEN n % 50 = 0 THEN 'UNPRICED' ELSE 'PRICED' END,
        '[]', CASE WHEN n % 40 = 0 THEN 'ERROR' ELSE 'SUCCESS' END, 900,
        $7::timestamptz + $8::interval * (n / $4::float8), now(), ''
    FROM (
        SELECT n, 100 + floor(random() * 4000)::int AS tokens,
            floor(power(hashint8extended(n / $11::bigint, 1) % 1000003 / 1000003.0, 2) * $9)::int
                AS person,
            floor(power(hashint8extended(n / $11::bigint, 2) % 1000003 / 1000003.0, 2) * $6)::int
                AS feature,
            floor(power(hashint8extended(n / $11::bigint, 3) % 1000003 / 1000003.0, 2) * $10)::int
                AS model
        FROM generate_series($2::bigint, $3::bigint) AS n
    ) AS drawn
"""


@dataclass(frozen=True)
class Shape:
    """How many different values there are."""

    customers: int
    users: int
    features: int
    models: int


async def fill(url: str, workspace_id: int, events: int, shape: Shape) -> None:
    connection = await asyncpg.connect(url, command_timeout=None)
    await connection.execute("SELECT setseed(0.5)")
    for first in range(1, events + 1, _STEP):
        await connection.execute(
            _INSERT,
            workspace_id,
            first,
            min(first + _STEP - 1, events),
            float(events),
            shape.customers,
            shape.features,
            START,
            END - START,
            shape.users,
            shape.models,
            SESSION_EVENTS,
        )
    await connection.execute(
        "UPDATE workspaces SET last_sequence = $2 WHERE id = $1", workspace_id, events
    )
    await connection.close()


async def build(url: str) -> float:
    """Build the cubes of all logs; returns events a second."""
    database = Database(url)
    started, total = time.perf_counter(), 0
    while built := await build_step(database, BUILT_AT_ONCE):
        total += built
    await database.close()
    return total / (time.perf_counter() - started)


async def settle(url: str) -> None:
    """What autovacuum would have done by now."""
    connection = await asyncpg.connect(url, command_timeout=None)
    for table in ("usage_events", *(content.table for content in CONTENTS)):
        await connection.execute(f"VACUUM ANALYZE {table}")
    await connection.execute("CHECKPOINT")
    await connection.close()
