"""How evaluation and delivery of alerts stand, of all workspaces together: for those who run it."""

from __future__ import annotations

from dataclasses import dataclass

from models.alert_problem import ProblemKind
from models.database import Database

# By how much the workspace that is furthest behind is behind its log. Events are written with the
# clock of the process that recorded them.
_BEHIND = """
    SELECT coalesce(max(last_sequence - reached), 0),
        coalesce(max(extract(epoch FROM clock_timestamp() - next.recorded_at)), 0)
    FROM alert_progress AS progress
    JOIN workspaces ON workspaces.id = progress.workspace_id
    CROSS JOIN LATERAL (
        SELECT recorded_at FROM usage_events
        WHERE workspace_id = progress.workspace_id AND sequence = progress.reached + 1
    ) AS next
    WHERE last_sequence > reached
"""
_PROBLEMS = """
    SELECT kind, count(*) FROM alert_problems GROUP BY kind
    UNION ALL
    SELECT 'EVENT', count(DISTINCT (workspace_id, sequence)) FROM alert_skipped_events
"""
_IN_TROUBLE = """
    SELECT count(*) FROM (
        SELECT workspace_id FROM alert_problems
        UNION SELECT workspace_id FROM alert_skipped_events
    ) AS found
"""
_PENDING = "SELECT count(*) FROM alert_deliveries WHERE state = 'PENDING'"
_DEAD = "SELECT count(*) FROM alert_deliveries WHERE state = 'DEAD'"


@dataclass(frozen=True)
class AlertStanding:
    """`problems` counts workspaces, rules and events; `in_trouble` the workspaces with any."""

    problems: dict[ProblemKind, int]
    in_trouble: int
    behind_events: int
    behind_seconds: float
    pending_deliveries: int
    dead_deliveries: int


async def read_standing(database: Database) -> AlertStanding:
    """Raises Unavailable."""
    async with database.snapshot_as_owner() as driver:
        counts = {ProblemKind(kind): count for kind, count in await driver.fetch(_PROBLEMS)}
        behind = await driver.fetchrow(_BEHIND)
        assert behind is not None
        return AlertStanding(
            {kind: counts.get(kind, 0) for kind in ProblemKind},
            await driver.fetchval(_IN_TROUBLE),
            behind[0],
            max(0.0, float(behind[1])),
            await driver.fetchval(_PENDING),
            await driver.fetchval(_DEAD),
        )
