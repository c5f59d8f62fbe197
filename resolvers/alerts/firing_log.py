"""Writing what begins and what ends, and who is told of it, all in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg

from models.alert_firing import AlertFiring, add_firings, note_peaks, resolve_firings
from models.alert_progress import next_change
from models.alert_rule import AlertRule, read_rules
from models.database import Database
from resolvers.alerts.firing_set import Outcome
from resolvers.alerts.telling import Telling


class FiringLog:
    """The firings of one workspace, as they are kept."""

    def __init__(self, database: Database, workspace_id: int, telling: Telling) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._telling = telling

    async def put(
        self,
        driver: asyncpg.Connection[Any],
        outcome: Outcome,
        rules: Mapping[str, AlertRule],
        now: datetime,
    ) -> None:
        """Of what began, what is new stays in the outcome: a key that fires has one already."""
        if not outcome:
            return
        change = await next_change(driver, self._workspace_id)
        if outcome.opened:
            added = await add_firings(driver, outcome.opened, change)
            outcome.opened = [firing for firing in outcome.opened if firing.id in added]
        if outcome.resolved:
            await self._end(driver, outcome.resolved, rules, now, change)
        if outcome.peaks:
            await note_peaks(driver, self._workspace_id, outcome.peaks, change)
        for rule_id, begun in _by_rule(outcome.opened).items():
            await self._telling.begun(driver, rules[rule_id], begun, now)

    async def _end(
        self,
        driver: asyncpg.Connection[Any],
        firings: list[AlertFiring],
        rules: Mapping[str, AlertRule],
        now: datetime,
        change: int,
    ) -> None:
        """Those of rules that are gone, too: who was told of them is told of their end."""
        ids = [firing.id for firing in firings]
        ended = await resolve_firings(driver, self._workspace_id, ids, now, change)
        for rule_id, over in _by_rule(firings).items():
            told = [
                (replace(firing, resolved_at=now), order_key)
                for firing in over
                if (order_key := ended.get(firing.id)) is not None
            ]
            if told:
                rule = rules.get(rule_id) or await self._gone(rule_id)
                if rule is not None:
                    await self._telling.ended(driver, rule, told, now)

    async def _gone(self, id: str) -> AlertRule | None:
        """A rule that was paused or deleted; None where it cannot be read, nor put into words."""
        async with self._database.read_as_owner() as session:
            found = await read_rules(session, self._workspace_id, ids=[id])
        return found[0] if found else None


def _by_rule(firings: Iterable[AlertFiring]) -> dict[str, list[AlertFiring]]:
    found: dict[str, list[AlertFiring]] = defaultdict(list)
    for firing in firings:
        found[firing.rule_id].append(firing)
    return found
