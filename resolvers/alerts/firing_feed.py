"""Firings as they begin, are acknowledged and end, for whoever watches."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass

from models.alert_firing import FiringState, count_open, read_changed, read_firings
from models.alert_progress import read_changes
from models.alert_rule import read_rules
from models.database import Database
from models.errors import Unavailable
from models.reach import Reach
from resolvers.alerts.firings import KnownFiring, with_rules
from resolvers.rounds import Rounds, every

BEAT_SECONDS = 1.0
MAX_IN_UPDATE = 100
_LOOKED_AT = MAX_IN_UPDATE + 1


@dataclass(frozen=True)
class AlertUpdate:
    """`firings` are those that go on, in the first update; then those that were changed since.

    Where they are very many, only some of them.
    """

    firings: list[KnownFiring]
    open_count: int
    is_complete: bool


class FiringFeed:
    """One for a process: looks once a second, for all who watch at once, whether any changed."""

    def __init__(self, database: Database, *, beat_seconds: float = BEAT_SECONDS) -> None:
        self._database = database
        self._watchers: Counter[int] = Counter()
        self._changes: dict[int, int] = {}
        self._changed = asyncio.Condition()
        self._rounds = Rounds("alert feed", self._look, every(beat_seconds))
        self._closed = False

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        self._closed = True
        async with self._changed:
            self._changed.notify_all()
        await self._rounds.close()

    async def updates(self, workspace_id: int) -> AsyncGenerator[AlertUpdate, None]:
        """The first at once. Raises Unavailable where Postgres is away then."""
        self._watchers[workspace_id] += 1
        try:
            known, update = await self._read(workspace_id, None)
            yield update
            while await self._wait(workspace_id, known):
                with suppress(Unavailable):
                    # The beat goes on telling that there is something new.
                    known, update = await self._read(workspace_id, known)
                    yield update
        finally:
            self._watchers[workspace_id] -= 1
            if not self._watchers[workspace_id]:
                del self._watchers[workspace_id]
                self._changes.pop(workspace_id, None)

    async def _wait(self, workspace_id: int, known: int) -> bool:
        """Until there is more than what is known; False at the end."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: self._closed or self._changes.get(workspace_id, 0) > known
            )
        return not self._closed

    async def _read(self, workspace_id: int, after: int | None) -> tuple[int, AlertUpdate]:
        """What goes on, or what was changed, and the number of the last change it has."""
        async with self._database.read(Reach(workspace_id)) as session:
            open_count = await count_open(session, workspace_id)
            reached = (await read_changes(session, [workspace_id])).get(workspace_id, 0)
            if after is None:
                found = await read_firings(
                    session,
                    workspace_id,
                    states=[FiringState.OPEN, FiringState.ACKNOWLEDGED],
                    rule_id=None,
                    before=None,
                    limit=_LOOKED_AT,
                )
            else:
                found = await read_changed(session, workspace_id, after=after, limit=_LOOKED_AT)
            rules = await read_rules(session, workspace_id, ids=[one.rule_id for one in found])
        shown = with_rules(found[:MAX_IN_UPDATE], rules)
        return reached, AlertUpdate(shown, open_count, len(found) <= MAX_IN_UPDATE)

    async def _look(self) -> None:
        if not self._watchers:
            return
        async with self._database.read_as_owner() as session:
            changes = await read_changes(session, list(self._watchers))
        async with self._changed:
            self._changes |= changes
            self._changed.notify_all()
