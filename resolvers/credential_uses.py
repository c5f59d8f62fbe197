"""When keys and sessions were last used, written down now and then: not for each request."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from models.database import Database
from models.errors import Unavailable
from models.key import note_key_uses
from models.page_session import SessionUse, note_session_uses
from resolvers.rounds import Rounds, every

BEAT_SECONDS = 5.0

log = structlog.get_logger(__name__)


class CredentialUses:
    """One for a process. What it does not get to write when the process is killed is lost."""

    def __init__(self, database: Database, *, beat_seconds: float = BEAT_SECONDS) -> None:
        self._database = database
        self._keys: dict[tuple[int, str], datetime] = {}
        self._sessions: dict[bytes, SessionUse] = {}
        self._rounds = Rounds("credential uses", self._write, every(beat_seconds))

    def note_key(self, workspace_id: int, key_id: str) -> None:
        self._keys[workspace_id, key_id] = datetime.now(UTC)

    def note_session(self, token_hash: bytes, workspace_id: int | None) -> None:
        """`workspace_id`: where a person was; None for a key's session."""
        self._sessions[token_hash] = SessionUse(datetime.now(UTC), workspace_id)

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        await self._rounds.close()
        try:
            await self._write()
        except Exception as error:
            log.warning("credential_uses_lost", reason=str(error))

    async def _write(self) -> None:
        uses, self._keys = self._keys, {}
        sessions, self._sessions = self._sessions, {}
        if not uses and not sessions:
            return
        try:
            async with self._database.write() as session:
                await note_key_uses(session, uses)
                await note_session_uses(session, sessions)
        except Unavailable:
            self._keys = uses | self._keys
            self._sessions = sessions | self._sessions
            raise
