"""Building the cubes for events that were recorded without them, in bounded steps.

A step holds the workspace's lock, as recording does, so that both take turns.
"""

from __future__ import annotations

from typing import Any

import asyncpg

from models.cube_content import CONTENTS
from models.cube_gaps import close_gap, lock_with_gaps, workspaces_with_gaps
from models.database import Database, is_unavailable

STEP_EVENTS = 5_000

_ADD = [content.add_from_events("sequence > $2", "sequence <= $3") for content in CONTENTS]


async def build_step(database: Database, limit: int = STEP_EVENTS) -> int:
    """Close a part of some gap; returns how many events it was, 0 where there is no gap.

    A workspace whose gap cannot be closed keeps no other waiting: what it fails with is raised
    when there is nothing else to build.
    """
    failure: Exception | None = None
    async with database.driver() as driver:
        for workspace_id in await workspaces_with_gaps(driver):
            try:
                async with driver.transaction():
                    built = await _close_some(driver, workspace_id, limit)
            except Exception as error:
                if is_unavailable(error):
                    raise
                failure = error
                continue
            if built:
                return built
    if failure is not None:
        raise failure
    return 0


async def build_all(database: Database) -> int:
    """Close all gaps; returns how many events it was."""
    total = 0
    while built := await build_step(database):
        total += built
    return total


async def _close_some(driver: asyncpg.Connection[Any], workspace_id: int, limit: int) -> int:
    gaps = await lock_with_gaps(driver, workspace_id)
    if not gaps:
        return 0
    gap = gaps.gaps[0]
    until = min(gap.after + limit, gap.until)
    for statement in _ADD:
        await driver.execute(statement, workspace_id, gap.after, until)
    await close_gap(driver, workspace_id, gap, until)
    return until - gap.after
