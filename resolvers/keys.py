"""Who is asking: credentials turned into a viewer, with a memory of half a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.customer_token import HeldToken, find_customer_tokens
from models.database import Database
from models.errors import Forbidden, LivemeterError, Unauthenticated
from models.key import ApiKey, Scope, find_keys, hash_secret
from models.page_session import HeldSession, find_sessions
from models.workspace import read_workspace_names
from resolvers.credential_uses import CredentialUses
from resolvers.viewer import Credential, CredentialKind, Viewer

# A revoked key must stop within a second; until then the database is not asked again.
REMEMBERED_SECONDS = 0.5
_MAX_REMEMBERED = 10_000

_Found = ApiKey | HeldToken | HeldSession


class KeyRing:
    """Finds the viewer of a credential; wrong ones are not remembered."""

    def __init__(self, database: Database, uses: CredentialUses | None = None) -> None:
        self._database = database
        self._uses = uses or CredentialUses(database)
        self._remembered: OrderedDict[Credential, tuple[float, Viewer]] = OrderedDict()

    async def viewer(self, credential: Credential | None) -> Viewer:
        """Raises Unauthenticated for none, a wrong, an expired or a revoked credential.

        Raises Forbidden where a session names a workspace that is not one of its person's.
        """
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

    async def ended(self, credentials: Collection[Credential]) -> list[Credential]:
        """Those that do not hold any more, of several in a few statements. Raises Unavailable."""
        async with self._database.read_as_owner() as session:
            found = await _find_all(session, credentials)
        return [
            credential
            for credential in credentials
            if credential not in found or _why_not(credential, found[credential]) is not None
        ]

    def forget_key(self, workspace_id: int, key_id: str) -> None:
        """Look at the database the next time that the key is used here, be it by the page."""
        for credential, (_, viewer) in list(self._remembered.items()):
            if viewer.workspace_id == workspace_id and viewer.key_id == key_id:
                del self._remembered[credential]

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
            found = (await _find_all(session, [credential])).get(credential)
            if found is None:
                raise Unauthenticated(_UNKNOWN[credential.kind])
            why_not = _why_not(credential, found)
            if why_not is not None:
                raise why_not
            viewer = await _viewer(session, credential, found)
        self._note_use(credential, viewer)
        return viewer

    def _note_use(self, credential: Credential, viewer: Viewer) -> None:
        if credential.kind is CredentialKind.SESSION:
            workspace_id = None if viewer.email is None else viewer.workspace_id
            self._uses.note_session(hash_secret(credential.secret), workspace_id)
        elif viewer.key_id is not None:
            self._uses.note_key(viewer.workspace_id, viewer.key_id)


async def _find_all(
    session: AsyncSession, credentials: Collection[Credential]
) -> dict[Credential, _Found]:
    found: dict[Credential, _Found] = {}
    for kind, find in (
        (CredentialKind.KEY, find_keys),
        (CredentialKind.SESSION, find_sessions),
        (CredentialKind.CUSTOMER, find_customer_tokens),
    ):
        of_kind = [credential for credential in credentials if credential.kind is kind]
        if of_kind:
            by_hash = await find(session, [credential.secret for credential in of_kind])
            for credential in of_kind:
                known = by_hash.get(hash_secret(credential.secret))
                if known is not None:
                    found[credential] = known
    return found


async def _viewer(session: AsyncSession, credential: Credential, found: _Found) -> Viewer:
    if isinstance(found, HeldToken):
        token = found.token
        return Viewer(
            workspace_id=token.workspace_id,
            workspace_name=await _name(session, token.workspace_id),
            name=f"customer {token.customer_id}",
            scopes=frozenset([Scope.USAGE_READ]),
            expires_at=token.expires_at,
            customer_id=token.customer_id,
        )
    if isinstance(found, HeldSession):
        if found.key is None:
            return _person(found, credential)
        viewer = await _key_holder(session, found.key)
        ends = found.session.expires_at
        return replace(viewer, expires_at=min(ends, viewer.expires_at or ends))
    return await _key_holder(session, found)


async def _key_holder(session: AsyncSession, key: ApiKey) -> Viewer:
    return Viewer(
        workspace_id=key.workspace_id,
        workspace_name=await _name(session, key.workspace_id),
        name=f"{key.name} ({key.id})",
        scopes=frozenset(Scope(scope) for scope in key.scopes),
        expires_at=key.expires_at,
        key_id=key.id,
    )


async def _name(session: AsyncSession, workspace_id: int) -> str:
    return (await read_workspace_names(session, [workspace_id]))[workspace_id]


def _person(found: HeldSession, credential: Credential) -> Viewer:
    seat = found.seat(credential.workspace_id)
    assert found.person is not None
    assert seat is not None
    return Viewer(
        workspace_id=seat.workspace_id,
        workspace_name=seat.workspace_name,
        name=found.person.email,
        scopes=seat.role.scopes,
        expires_at=found.session.expires_at,
        email=found.person.email,
        seats=found.seats,
    )


_UNKNOWN = {
    CredentialKind.KEY: "This API key is not known here.",
    CredentialKind.SESSION: "The page's session has ended; sign in again.",
    CredentialKind.CUSTOMER: "This customer's token is not known here, or it ended long ago.",
}


def _why_not(credential: Credential, found: _Found) -> LivemeterError | None:
    """Why a credential that is known does not hold; None where it does."""
    now = datetime.now(UTC)
    if isinstance(found, HeldToken):
        message = "This customer's token has ended; ask for a new one."
        return None if found.holds(now) else Unauthenticated(message)
    if isinstance(found, HeldSession):
        if found.key is None:
            return _why_not_person(found, credential.workspace_id)
        if credential.workspace_id not in (None, found.key.workspace_id):
            return Forbidden("The key that you signed in with is of another workspace.")
        found = found.key
    if found.revoked_at is not None:
        return Unauthenticated("This API key was revoked.")
    return None if found.holds(now) else Unauthenticated("This API key has expired.")


def _why_not_person(found: HeldSession, workspace_id: int | None) -> LivemeterError | None:
    if found.seat(workspace_id) is not None:
        return None
    if not found.seats:
        return Forbidden("You belong to no workspace (any more): ask an admin to invite you.")
    return Forbidden("You do not belong to this workspace (any more).")
