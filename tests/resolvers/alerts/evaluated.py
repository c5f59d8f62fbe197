"""An evaluator whose clock stands where a test puts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg

from models.alert_firing import AlertFiring, FiringState, read_firings
from models.alert_rule import AlertCondition, AlertMeasure, AlertRule
from models.database import Database
from models.event_log import Attempts, append
from models.reach import Reach
from resolvers.alerts.evaluator import Evaluator
from resolvers.alerts.rules import RuleDraft, create_rule
from tests.events import make_draft

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Evaluated:
    """Workspace 1, as one evaluator sees it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        self.told: list[tuple[str, list[str | None], list[str | None]]] = []
        self.evaluator = Evaluator(database, self._tell, clock=lambda: self.now)
        self._recorded = 0

    async def _tell(
        self,
        driver: asyncpg.Connection[Any],
        rule: AlertRule,
        opened: list[AlertFiring],
        resolved: list[AlertFiring],
        now: datetime,
    ) -> None:
        self.told.append((rule.id, [f.key for f in opened], [f.key for f in resolved]))

    async def rule(self, threshold: Any = "10", **values: Any) -> AlertRule:
        """Cost of the last hour, of the whole, if nothing else is said."""
        given: dict[str, Any] = {
            "name": "A rule",
            "measure": AlertMeasure.COST,
            "condition": AlertCondition.THRESHOLD,
            "threshold": None if threshold is None else Decimal(threshold),
        }
        if "period" not in values:
            given["window_minutes"] = 60
        return await create_rule(self.database, 1, RuleDraft(**given | values), by="test")

    async def record(self, *costs: Any, at: datetime | None = None, **values: Any) -> None:
        """An event for each cost, now if no other time is given."""
        drafts = []
        for cost in costs:
            self._recorded += 1
            given = {"cost": None if cost is None else Decimal(cost)} | values
            drafts.append(make_draft(f"e{self._recorded}", occurred_at=at or self.now, **given))
        await append(self.database, 1, drafts, Attempts())

    async def step(self, after: timedelta = timedelta()) -> None:
        """Let time pass, and look once."""
        self.now += after
        await self.evaluator.step()

    async def pass_time(self, duration: timedelta) -> None:
        """Minute by minute, looking at each."""
        until = self.now + duration
        while self.now < until:
            await self.step(min(MINUTE, until - self.now))

    async def firings(self, *states: FiringState) -> list[AlertFiring]:
        """The latest first; of all states where none is given."""
        async with self.database.read(Reach(1)) as session:
            return await read_firings(
                session,
                1,
                states=states or list(FiringState),
                rule_id=None,
                before=None,
                limit=1000,
            )

    async def open_keys(self) -> list[str | None]:
        found = await self.firings(FiringState.OPEN)
        return sorted((firing.key for firing in found), key=lambda key: key or "")
