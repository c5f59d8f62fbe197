"""The log as Postgres has it, read past all of Livemeter's own code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg


@dataclass(frozen=True)
class Table:
    """Workspace 1's events in order of sequence, and what its row says of them."""

    ids: list[str]
    sequences: list[int]
    last_sequence: int

    @property
    def is_whole(self) -> bool:
        """Numbered 1, 2, 3 … to the last, and the workspace's row agrees."""
        return self.sequences == list(range(1, self.last_sequence + 1))


async def read_table(database_url: str) -> Table:
    rows = await ask(
        database_url, "SELECT id, sequence FROM usage_events WHERE workspace_id = 1 ORDER BY 2"
    )
    ((last,),) = await ask(database_url, "SELECT last_sequence FROM workspaces WHERE id = 1")
    return Table([row["id"] for row in rows], [row["sequence"] for row in rows], last)


async def ask(database_url: str, statement: str, *arguments: Any) -> list[Any]:
    """One statement in a connection of its own."""
    connection = await asyncpg.connect(database_url)
    try:
        return list(await connection.fetch(statement, *arguments))
    finally:
        await connection.close()
