"""Sign-ins that failed long ago: anybody can add to them, so that the audit log lets them go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.audit import forget_failed_sign_ins
from models.database import Database
from resolvers.rounds import Rounds, every

# A year, and who looks at it a month late.
KEPT = timedelta(days=400)
_PAUSE_SECONDS = 60 * 60


class OldFailures:
    """One for a process; what another has forgotten already is no work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rounds = Rounds("old sign-in failures", self._forget, every(_PAUSE_SECONDS))

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        await self._rounds.close()

    async def _forget(self) -> None:
        async with self._database.write() as session:
            await forget_failed_sign_ins(session, datetime.now(UTC) - KEPT)
