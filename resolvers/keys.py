"""Who is asking: credentials turned into a viewer, with a memory of half a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from models.database import Database
from models.errors import Forbidden, Unauthenticated
from models.key import ApiKey, Scope, find_key
from models.page_session import find_session_key
from models.reach import Reach
from models.workspace import Workspace

# A revoked key must stop within a second; until then the database is not asked again.
REMEMBERED_SECONDS = 0.5
_MAX_REMEMBERED = 10_000


class CredentialKind(StrEnum):
    KEY = "KEY"
    SESSION = "SESSION"


@dataclass(frozen=True)
class Credential:
    """A secret as it came in: an API key, or the token of a page session's cookie."""

    kind: CredentialKind
    secret: str


@dataclass(frozen=True)
class Viewer:
    """Who is asking, and what they may do in their workspace."""

    workspace_id: int
    workspace_name: str
    # Who it was, for what is kept of changes: a key's name and id.
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None
    # Set where a customer's token is used.
    customer_id: str | None = None

    @property
    def reach(self) -> Reach:
        return Reach(self.workspace_id, self.customer_id)

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises Forbidden, naming the scope."""
        if not self.may(scope):
            raise Forbidden(f"This key lacks the scope {scope.value}.")


class KeyRing:
    """Finds the viewer of a credential; wrong ones are not remembered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: OrderedDict[Credential, tuple[float, Viewer]] = OrderedDict()

    async def viewer(self, credential: Credential | None) -> Viewer:
        """Raises Unauthenticated for none, a wrong, an expired or a revoked credential."""
        if credential is None:
            raise Unauthenticated(
                "Send an API key: `Authorization: Bearer om_live_…`, or `X-API-Key`. "
                "`livemeter key create` makes one."
            )
        viewer = self._recall(credential)
        if viewer is None:
            viewer = await self._find(credential)
            self._remember(credential, viewer)
        return viewer

    def _recall(self, credential: Credential) -> Viewer | None:
        found = self._remembered.get(credential)
        if found is None or found[0] < time.monotonic():
            return None
        viewer = found[1]
        if viewer.expires_at is not None and viewer.expires_at <= datetime.now(UTC):
            return None
        return viewer

    def _remember(self, credential: Credential, viewer: Viewer) -> None:
        self._remembered[credential] = (time.monotonic() + REMEMBERED_SECONDS, viewer)
        self._remembered.move_to_end(credential)
        if len(self._remembered) > _MAX_REMEMBERED:
            self._remembered.popitem(last=False)

    async def _find(self, credential: Credential) -> Viewer:
        async with self._database.read_as_owner() as session:
            find = find_key if credential.kind is CredentialKind.KEY else find_session_key
            key = await find(session, credential.secret)
            if key is None:
                raise Unauthenticated(_UNKNOWN[credential.kind])
            _check(key)
            workspace = await session.get_one(Workspace, key.workspace_id)
            return Viewer(
                workspace_id=key.workspace_id,
                workspace_name=workspace.name,
                name=f"{key.name} ({key.id})",
                scopes=frozenset(Scope(scope) for scope in key.scopes),
                expires_at=key.expires_at,
            )


_UNKNOWN = {
    CredentialKind.KEY: "This API key is not known here.",
    CredentialKind.SESSION: "The page's session has ended; sign in again.",
}


def _check(key: ApiKey) -> None:
    if key.revoked_at is not None:
        raise Unauthenticated("This API key was revoked.")
    if not key.holds(datetime.now(UTC)):
        raise Unauthenticated("This API key has expired.")
