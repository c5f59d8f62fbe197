"""What the cubes of a workspace do not hold yet: ranges of the log's sequences.

The log adds what it records. What was recorded without cubes, before there were any or by a process
of an earlier version, shows as a `cubed_sequence` behind the log's head: the next that holds the
workspace's lock notes it as a gap, and the builder closes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg

_LOCK = """
    SELECT last_sequence, cubed_sequence FROM workspaces WHERE id = $1 FOR NO KEY UPDATE
"""
_FOLLOW = "UPDATE workspaces SET cubed_sequence = last_sequence WHERE id = $1"
_NOTE = "INSERT INTO cube_gaps (workspace_id, after, until) VALUES ($1, $2, $3)"
_READ = """
    SELECT after, until FROM cube_gaps WHERE workspace_id = $1
    UNION ALL
    SELECT cubed_sequence, last_sequence FROM workspaces
    WHERE id = $1 AND cubed_sequence < last_sequence
    ORDER BY after
"""


_CLOSE = "DELETE FROM cube_gaps WHERE workspace_id = $1 AND until = $2"
_SHORTEN = "UPDATE cube_gaps SET after = $3 WHERE workspace_id = $1 AND until = $2"
_WITH_GAPS = """
    SELECT id FROM workspaces WHERE cubed_sequence < last_sequence
    UNION SELECT workspace_id FROM cube_gaps ORDER BY 1
"""


@dataclass(frozen=True)
class Gap:
    """Sequences in (after, until] are not in the cubes."""

    after: int
    until: int


@dataclass(frozen=True)
class Gaps:
    """All gaps of one workspace, in order; none overlap."""

    gaps: tuple[Gap, ...]

    def hold(self, sequence: int) -> bool:
        return any(gap.after < sequence <= gap.until for gap in self.gaps)

    @property
    def events(self) -> int:
        return sum(gap.until - gap.after for gap in self.gaps)

    @property
    def arrays(self) -> tuple[list[int], list[int]]:
        """The gaps' ends, as OUTSIDE_GAPS wants them."""
        return [gap.after for gap in self.gaps], [gap.until for gap in self.gaps]

    def __bool__(self) -> bool:
        return bool(self.gaps)


# A condition on events, its arguments the gaps' arrays.
OUTSIDE_GAPS = """
    NOT EXISTS (
        SELECT FROM unnest({after}::bigint[], {until}::bigint[]) AS gap (after, until)
        WHERE sequence > gap.after AND sequence <= gap.until
    )
"""


async def note_gap(
    driver: asyncpg.Connection[Any], workspace_id: int, after: int, until: int
) -> None:
    """The caller holds the workspace's lock, and moves `cubed_sequence` past the gap."""
    await driver.execute(_NOTE, workspace_id, after, until)


async def read_gaps(driver: asyncpg.Connection[Any], workspace_id: int) -> Gaps:
    rows = await driver.fetch(_READ, workspace_id)
    return Gaps(tuple(Gap(row["after"], row["until"]) for row in rows))


async def lock_with_gaps(driver: asyncpg.Connection[Any], workspace_id: int) -> Gaps:
    """Take the workspace's lock until the transaction ends; all its gaps are noted then."""
    head = await driver.fetchrow(_LOCK, workspace_id)
    if head is not None and head["cubed_sequence"] < head["last_sequence"]:
        await note_gap(driver, workspace_id, head["cubed_sequence"], head["last_sequence"])
        await driver.execute(_FOLLOW, workspace_id)
    return await read_gaps(driver, workspace_id)


async def close_gap(
    driver: asyncpg.Connection[Any], workspace_id: int, gap: Gap, built: int
) -> None:
    """The cubes hold the gap's events up to `built` now. The caller holds the lock."""
    if built >= gap.until:
        await driver.execute(_CLOSE, workspace_id, gap.until)
    else:
        await driver.execute(_SHORTEN, workspace_id, gap.until, built)


async def workspaces_with_gaps(driver: asyncpg.Connection[Any]) -> list[int]:
    return [row["id"] for row in await driver.fetch(_WITH_GAPS)]
