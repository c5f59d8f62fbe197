"""Opening a session for a person, however they proved who they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import AuditAction, note
from models.errors import Forbidden
from models.membership import Seat, find_seats
from models.page_session import (
    SessionSpan,
    end_session,
    forget_past_sessions,
    last_workspace,
    new_page_session,
)


@dataclass(frozen=True)
class Visitor:
    """The browser that asks: where from, and the token of the session it has already."""

    address: str
    token: str | None = None


async def open_for_person(
    session: AsyncSession,
    span: SessionSpan,
    person_id: int,
    email: str,
    visitor: Visitor,
    *,
    by: str,
) -> str:
    """The token of a new session; the one that the browser had ends.

    Raises Forbidden for who belongs to no workspace.
    """
    seats = await seats_of(session, person_id)
    if not seats:
        raise Forbidden("You belong to no workspace (any more): ask an admin to invite you.")
    last = await last_workspace(session, person_id)
    if last not in [seat.workspace_id for seat in seats]:
        last = seats[0].workspace_id
    assert last is not None
    await make_room(session, visitor)
    kept, token = new_page_session(span, last, person_id=person_id, address=visitor.address)
    session.add(kept)
    await note_everywhere(
        session, seats, email, AuditAction.SIGN_IN, address=visitor.address, by=by
    )
    return token


async def make_room(session: AsyncSession, visitor: Visitor) -> None:
    """End the session that the browser had, and forget those that are long past."""
    if visitor.token is not None:
        await end_session(session, visitor.token)
    await forget_past_sessions(session)


async def seats_of(session: AsyncSession, person_id: int) -> tuple[Seat, ...]:
    return (await find_seats(session, [person_id])).get(person_id, ())


async def note_everywhere(
    session: AsyncSession,
    seats: Iterable[Seat],
    email: str,
    action: AuditAction,
    *,
    address: str | None = None,
    by: str | None = None,
) -> None:
    """What a person did with their account concerns each workspace that they may enter.

    Where there is none it is kept beside them all.
    """
    detail = None if by is None else {"by": by}
    workspace_ids: list[int | None] = [seat.workspace_id for seat in seats]
    for workspace_id in workspace_ids or [None]:
        await note(session, workspace_id, email, action, email, detail=detail, address=address)
