"""Destinations as admins manage them, and as readers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert

from models.alert_destination import (
    DESTINATIONS,
    DestinationKind,
    change_secret,
    count_destinations,
    find_destination,
    mark_deleted,
    new_destination_id,
    new_secret,
    read_destinations,
)
from models.alert_outbox import give_up_all
from models.audit import AuditAction, note
from models.database import Database
from models.errors import BadInput, Conflict, NotFound
from models.key import Scope
from models.person import read_email
from models.text import is_text
from models.workspace import lock_workspace
from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.alerts.mail_server import FROM_SETTING, URL_SETTING
from resolvers.alerts.target import RefusedTarget, Target, UnknownHost, read_target, resolve
from resolvers.viewer import Viewer

MAX_DESTINATIONS = 100
MAX_NAME = 100
MAX_ADDRESSES = 20


@dataclass(frozen=True)
class Destination:
    """`target`: where it goes to, as much as the viewer may know."""

    id: str
    name: str
    kind: DestinationKind
    target: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class NewDestination:
    """`secret`: None where nothing is signed; else it is seen this once."""

    destination: Destination
    secret: str | None


@dataclass(frozen=True)
class DestinationDraft:
    """As it was sent. `url` for webhooks and chats, `addresses` for e-mail."""

    name: str
    kind: DestinationKind
    url: str | None = None
    addresses: tuple[str, ...] | None = None


async def destinations(database: Database, viewer: Viewer) -> list[Destination]:
    """The oldest first."""
    async with database.read(viewer.reach) as session:
        rows = await read_destinations(session, viewer.workspace_id)
    return [_destination(row, viewer) for row in rows]


async def create_destination(
    database: Database, settings: DeliverySettings, viewer: Viewer, draft: DestinationDraft
) -> NewDestination:
    """Raises BadInput, naming the setting where one is missing."""
    values = await _checked(settings, draft)
    secret = new_secret() if draft.kind is DestinationKind.WEBHOOK else None
    destination_id = new_destination_id()
    workspace_id = viewer.workspace_id
    values |= {
        "id": destination_id,
        "workspace_id": workspace_id,
        "kind": draft.kind.value,
        "secret": secret,
        "created_at": datetime.now(UTC),
        "created_by": viewer.name,
    }
    detail = {"name": values["name"], "kind": draft.kind.value}
    async with database.write() as session:
        await lock_workspace(session, workspace_id)
        if await count_destinations(session, workspace_id) >= MAX_DESTINATIONS:
            raise BadInput(f"A workspace has at most {MAX_DESTINATIONS} destinations.")
        await session.execute(insert(DESTINATIONS).values(**values))
        action = AuditAction.DESTINATION_CREATED
        await note(session, workspace_id, viewer.name, action, destination_id, detail=detail)
        row = await find_destination(session, workspace_id, destination_id)
    return NewDestination(_destination(row, viewer), secret)


async def delete_destination(
    database: Database, viewer: Viewer, destination_id: str
) -> Destination:
    """What waits for it is given up. Raises NotFound."""
    now = datetime.now(UTC)
    async with database.write() as session:
        row = await _locked(session, viewer, destination_id)
        await mark_deleted(session, viewer.workspace_id, row.id, now)
        await give_up_all(session, viewer.workspace_id, row.id, now)
        await _note(session, viewer, AuditAction.DESTINATION_DELETED, row)
    return _destination(row, viewer)


async def rotate_secret(database: Database, viewer: Viewer, destination_id: str) -> NewDestination:
    """For a day messages are signed by the earlier secret too. Raises NotFound and Conflict."""
    secret = new_secret()
    async with database.write() as session:
        row = await _locked(session, viewer, destination_id)
        if row.kind != DestinationKind.WEBHOOK:
            raise Conflict("Only webhooks are signed: this destination has no secret.", field="id")
        await change_secret(session, viewer.workspace_id, row.id, secret, datetime.now(UTC))
        await _note(session, viewer, AuditAction.DESTINATION_SECRET_ROTATED, row)
    return NewDestination(_destination(row, viewer), secret)


async def _locked(session: Any, viewer: Viewer, destination_id: str) -> Any:
    row = None
    if is_text(destination_id):
        row = await find_destination(session, viewer.workspace_id, destination_id, lock=True)
    if row is None:
        raise no_destination(destination_id)
    return row


def no_destination(destination_id: str) -> NotFound:
    return NotFound(f"This workspace has no destination {destination_id[:40]!r}.", field="id")


async def _note(session: Any, viewer: Viewer, action: AuditAction, row: Any) -> None:
    detail = {"name": row.name, "kind": row.kind}
    await note(session, viewer.workspace_id, viewer.name, action, row.id, detail=detail)


def _destination(row: Any, viewer: Viewer) -> Destination:
    return Destination(
        row.id,
        row.name,
        DestinationKind(row.kind),
        _target(row, is_admin=viewer.may(Scope.ADMIN)),
        row.created_at,
        row.created_by,
    )


def _target(row: Any, *, is_admin: bool) -> str:
    if row.kind == DestinationKind.EMAIL:
        count = len(row.addresses)
        shown = "1 address" if count == 1 else f"{count} addresses"
        return ", ".join(row.addresses) if is_admin else shown
    url: str = row.shown_url
    return url if is_admin else urlsplit(url).netloc


async def _checked(settings: DeliverySettings, draft: DestinationDraft) -> dict[str, Any]:
    """The columns that are the caller's to say. Raises BadInput."""
    name = draft.name.strip()
    if not name or len(name) > MAX_NAME or not is_text(name) or not name.isprintable():
        raise BadInput(f"Give it a name of 1 to {MAX_NAME} characters.", field="name")
    if draft.kind is DestinationKind.EMAIL:
        return {"name": name, "addresses": _addresses(settings, draft)}
    target = await _checked_target(settings, draft)
    return {"name": name, "url": str(target.url), "shown_url": target.shown}


def _addresses(settings: DeliverySettings, draft: DestinationDraft) -> list[str]:
    if settings.mail_server is None:
        raise BadInput(
            f"This server sends no e-mail yet: {URL_SETTING} and {FROM_SETTING} set it up.",
            field="kind",
        )
    if draft.url is not None:
        raise BadInput("An e-mail goes to addresses, not to a URL.", field="url")
    given = draft.addresses or ()
    if not 1 <= len(given) <= MAX_ADDRESSES:
        raise BadInput(f"Give 1 to {MAX_ADDRESSES} addresses.", field="addresses")
    return list(dict.fromkeys(_address(one) for one in given))


def _address(given: str) -> str:
    try:
        address = read_email(given)
    except BadInput as error:
        raise BadInput(error.message, field="addresses") from None
    # What is more than a name and a host could be taken for a list, or for a header.
    if not address.isascii() or any(character in address for character in ',;:<>()[]"\\'):
        raise BadInput("Write plain addresses, like ops@example.com.", field="addresses")
    return address


async def _checked_target(settings: DeliverySettings, draft: DestinationDraft) -> Target:
    """Where the name leads now; it is looked up anew for each message."""
    if draft.addresses is not None:
        raise BadInput("This goes to a URL, not to addresses.", field="addresses")
    if draft.url is None:
        raise BadInput("Say where to send it.", field="url")
    try:
        target = read_target(draft.url.strip())
        await resolve(target, allow_private=settings.allow_private)
    except RefusedTarget as error:
        raise BadInput(str(error), field="url") from None
    except UnknownHost:
        # It may be about to be set up; a test says whether it is.
        pass
    return target
