"""What rules of a workspace cannot be evaluated for, to look at."""

from __future__ import annotations

from models.alert_problem import AlertProblem, read_problems
from models.database import Database
from models.reach import Reach


async def alert_problems(database: Database, workspace_id: int) -> list[AlertProblem]:
    """The workspace's own first, then rules', then that of events. Raises Unavailable."""
    async with database.read(Reach(workspace_id)) as session:
        return await read_problems(session, workspace_id)
