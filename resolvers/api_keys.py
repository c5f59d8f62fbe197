"""API keys as admins manage them, and tokens for browsers of one customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.audit import AuditAction, note
from models.customer_token import forget_ended_tokens, new_customer_token
from models.database import Database
from models.errors import BadInput, NotFound
from models.key import (
    ID_PREFIX,
    MAX_KEYS,
    ApiKey,
    Scope,
    count_keys,
    find_keys_by_id,
    list_keys,
    new_key,
)
from models.text import is_text
from models.workspace import lock_workspace
from resolvers.keys import KeyRing
from resolvers.recording.event_rules import MAX_STRING
from resolvers.viewer import Viewer

MAX_NAME = 100
MIN_TOKEN_SECONDS = 10
MAX_TOKEN_SECONDS = 24 * 60 * 60
_MAX_LISTED = 10


@dataclass(frozen=True)
class NewKey:
    """`secret` is seen this once."""

    api_key: ApiKey
    secret: str


@dataclass(frozen=True)
class NewCustomerToken:
    token: str
    expires_at: datetime


async def api_keys(database: Database, workspace_id: int) -> list[ApiKey]:
    """The oldest first: all that hold, and the newest of those that ended."""
    async with database.read_as_owner() as session:
        return await list_keys(session, workspace_id)


async def find_api_key(database: Database, workspace_id: int, beginning: str) -> ApiKey:
    """The one key whose id is this, or begins so. Raises NotFound, and BadInput for several."""
    found: list[ApiKey] = []
    # Less than one character of its own would name any key.
    if is_text(beginning) and len(beginning) > len(ID_PREFIX):
        async with database.read_as_owner() as session:
            found = await find_keys_by_id(session, workspace_id, beginning, _MAX_LISTED + 1)
    if not found:
        raise NotFound(
            f"This workspace has no key whose id begins with {beginning[:40]!r}.", field="id"
        )
    if len(found) > 1 and found[0].id != beginning:
        listed = ", ".join(f"{key.id} ({key.name[:40]!r})" for key in found[:_MAX_LISTED])
        more = ", …" if len(found) > _MAX_LISTED else ""
        raise BadInput(
            f"Several keys have ids that begin with {beginning!r}: {listed}{more}", field="id"
        )
    return found[0]


async def create_api_key(
    database: Database,
    workspace_id: int,
    name: str,
    scopes: list[Scope],
    expires_at: datetime | None,
    *,
    by: str,
) -> NewKey:
    """Raises BadInput."""
    name = name.strip()
    if not name or len(name) > MAX_NAME or not is_text(name):
        raise BadInput(f"Give the key a name of 1 to {MAX_NAME} characters.", field="name")
    if not scopes:
        raise BadInput("A key without a scope could do nothing: give it one.", field="scopes")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise BadInput("This moment is past: the key would never hold.", field="expiresAt")
    key, secret = new_key(workspace_id, name, sorted(set(scopes)), expires_at)
    async with database.write() as session:
        # Two at once must not both be the last.
        await lock_workspace(session, workspace_id)
        if await count_keys(session, workspace_id) >= MAX_KEYS:
            raise BadInput(f"A workspace has at most {MAX_KEYS:,} keys that hold: revoke some.")
        session.add(key)
        detail = {"name": name, "scopes": key.scopes}
        await note(session, workspace_id, by, AuditAction.KEY_CREATED, key.id, detail=detail)
    return NewKey(key, secret)


async def revoke_api_key(
    database: Database, keys: KeyRing, workspace_id: int, key_id: str, *, by: str
) -> ApiKey:
    """A key that is revoked already stays as it is. It stops at once here, and within a second
    elsewhere. Raises NotFound.
    """
    async with database.write() as session:
        # Held, so that of two revocations at once the second finds it done.
        key = (
            await session.get(ApiKey, (workspace_id, key_id), with_for_update=True)
            if is_text(key_id)
            else None
        )
        if key is None:
            raise NotFound(f"This workspace has no key {key_id[:40]!r}.", field="id")
        if key.revoked_at is None:
            key.revoked_at = datetime.now(UTC)
            detail = {"name": key.name}
            await note(session, workspace_id, by, AuditAction.KEY_REVOKED, key.id, detail=detail)
    keys.forget_key(workspace_id, key.id)
    return key


async def create_customer_token(
    database: Database, viewer: Viewer, customer_id: str, expires_in_seconds: int
) -> NewCustomerToken:
    """It ends with who asked for it: a revoked key takes its tokens along, and so does a person
    who is removed. Raises BadInput.
    """
    if not customer_id or len(customer_id) > MAX_STRING or not is_text(customer_id):
        raise BadInput(f"Name a customer, in 1 to {MAX_STRING} characters.", field="customerId")
    if not MIN_TOKEN_SECONDS <= expires_in_seconds <= MAX_TOKEN_SECONDS:
        raise BadInput(
            f"A token holds for {MIN_TOKEN_SECONDS} to {MAX_TOKEN_SECONDS:,} seconds; the product "
            "asks for a new one when it needs to.",
            field="expiresInSeconds",
        )
    now = datetime.now(UTC)
    ends = now + timedelta(seconds=expires_in_seconds)
    if viewer.expires_at is not None:
        ends = min(ends, viewer.expires_at)
    token, text = new_customer_token(
        viewer.workspace_id, customer_id, viewer.name, viewer.key_id, ends
    )
    async with database.write() as session:
        await forget_ended_tokens(session, viewer.workspace_id, now)
        session.add(token)
    return NewCustomerToken(text, ends)
