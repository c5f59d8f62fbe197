"""An evaluator whose clock stands where a test puts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from models.alert_firing import AlertFiring, FiringState, read_firings
from models.alert_message import read_message
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
DESTINATION = "destination_test"


async def make_destination(database: Database) -> None:
    """One that rules can name."""
    async with database.driver() as driver:
        await driver.execute(
            "INSERT INTO alert_destinations (workspace_id, id, name, kind, url, created_at, "
            "created_by) VALUES (1, $1, 'test', 'WEBHOOK', 'http://127.0.0.1:1/', now(), 'test')",
            DESTINATION,
        )


class Evaluated:
    """Workspace 1, as one evaluator sees it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        self.evaluator = Evaluator(database, clock=lambda: self.now)
        self._recorded = 0

    async def rule(self, threshold: Any = "10", **values: Any) -> AlertRule:
        """Cost of the last hour, of the whole, if nothing else is said."""
        given: dict[str, Any] = {
            "name": "A rule",
            "measure": AlertMeasure.COST,
            "condition": AlertCondition.THRESHOLD,
            "threshold": None if threshold is None else Decimal(threshold),
            "destination_ids": (DESTINATION,),
        }
        if "period" not in values:
            given["window_minutes"] = 60
        return await create_rule(
            self.database, 1, RuleDraft(**given | values), by="test", now=self.now
        )

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

    async def told(self) -> list[tuple[str, list[str | None]]]:
        """What was put into the outbox, in order: its kind, and the keys that it tells of."""
        async with self.database.driver() as driver:
            rows = await driver.fetch(
                "SELECT kind, message::text FROM alert_deliveries ORDER BY number"
            )
        messages = [(row["kind"], read_message(row["message"])) for row in rows]
        return [(kind, [firing.key for firing in message.firings]) for kind, message in messages]

    async def open_keys(self) -> list[str | None]:
        found = await self.firings(FiringState.OPEN)
        return sorted((firing.key for firing in found), key=lambda key: key or "")
