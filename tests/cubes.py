"""What the cubes say otherwise than the events."""

from __future__ import annotations

from models.cube_check import Difference, check_cubes
from models.database import Database


async def cube_differences(database: Database, workspace_id: int = 1) -> list[Difference]:
    return [
        difference
        async for day in check_cubes(database, workspace_id)
        for difference in day.differences
    ]
