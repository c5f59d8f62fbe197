"""Invitations: made by admins and the command line, accepted by whoever has the link."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import AuditAction, note
from models.database import Database
from models.errors import BadInput, Conflict, NotFound
from models.invitation import (
    Invitation,
    find_open_invitation,
    new_invitation,
    open_invitations,
    take_invitation,
    withdraw_invitations,
)
from models.membership import Role, find_member
from models.person import Person, add_person, find_person, read_email
from models.text import is_text
from models.workspace import lock_workspace, read_workspace_names
from resolvers.people.entry import Visitor, open_for_person
from resolvers.people.members import join
from resolvers.people.passwords import check_new_password
from resolvers.people.sign_in import SignIn, check_unchanged

MAX_OPEN = 1_000
_CLOSED = "This invitation was used, withdrawn, or is too old: ask for a new one."


@dataclass(frozen=True)
class NewInvitation:
    """`path` has the token, which is seen this once.

    Behind a #: browsers send that part to no server, so no log on the way has it.
    """

    invitation: Invitation
    token: str

    @property
    def path(self) -> str:
        return f"/invitation#{self.token}"


@dataclass(frozen=True)
class Welcome:
    """What an invitation says to who opens it."""

    email: str
    workspace_name: str
    role: Role
    # Whether the password that is asked for is one they have, rather than one to choose.
    has_account: bool


async def invitations(database: Database, workspace_id: int) -> list[Invitation]:
    """The open ones, the newest first."""
    async with database.read_as_owner() as session:
        return await open_invitations(session, workspace_id)


async def invite(
    database: Database, workspace_id: int, email: str, role: Role, *, by: str
) -> NewInvitation:
    """In place of an open one to the same address. Raises BadInput and Conflict."""
    async with database.write() as session:
        return await invite_within(session, workspace_id, read_email(email), role, by=by)


async def invite_within(
    session: AsyncSession, workspace_id: int, email: str, role: Role, *, by: str
) -> NewInvitation:
    await lock_workspace(session, workspace_id)
    person = await find_person(session, email)
    person_id = None if person is None else person.id
    if person_id is not None and await find_member(session, workspace_id, person_id) is not None:
        raise Conflict(f"{email} is a member of this workspace already.", field="email")
    await withdraw_invitations(session, workspace_id, email)
    if len(await open_invitations(session, workspace_id)) >= MAX_OPEN:
        raise BadInput(f"A workspace has at most {MAX_OPEN:,} open invitations.")
    invitation, token = new_invitation(workspace_id, email, role, by)
    session.add(invitation)
    detail = {"role": role.value, "invitation": invitation.id}
    await note(session, workspace_id, by, AuditAction.MEMBER_INVITED, email, detail=detail)
    return NewInvitation(invitation, token)


async def revoke_invitation(
    database: Database, workspace_id: int, invitation_id: str, *, by: str
) -> Invitation:
    """Its link opens nothing any more. Raises NotFound for one that is not open."""
    async with database.write() as session:
        # Who accepts it at this moment was first, or is too late.
        await lock_workspace(session, workspace_id)
        for invitation in await open_invitations(session, workspace_id):
            if invitation.id == invitation_id:
                await withdraw_invitations(session, workspace_id, invitation.email)
                detail = {"invitation": invitation.id}
                action = AuditAction.INVITATION_WITHDRAWN
                await note(session, workspace_id, by, action, invitation.email, detail=detail)
                return invitation
    raise NotFound("This workspace has no such open invitation.", field="id")


async def read_invitation(database: Database, token: str) -> Welcome:
    """Raises NotFound."""
    async with database.read_as_owner() as session:
        invitation = await _open(session, token)
        names = await read_workspace_names(session, [invitation.workspace_id])
        person = await find_person(session, invitation.email)
    name = names[invitation.workspace_id]
    return Welcome(invitation.email, name, Role(invitation.role), person is not None)


async def accept_invitation(sign_in: SignIn, token: str, password: str, visitor: Visitor) -> str:
    """The token of a session. Who has an account gives its password, else it is a new one.

    The link alone does not open an account that is there: it was made by an admin of one
    workspace, and the account may be in others.
    Raises NotFound, BadInput, Unauthenticated, Conflict, RateLimited and Unavailable.
    """
    async with sign_in.database.read_as_owner() as session:
        invitation = await _open(session, token)
        person = await find_person(session, invitation.email)
    if person is not None:
        return await _join_known(sign_in, invitation, person, password, visitor)
    check_new_password(password, invitation.email)
    hashed = await sign_in.passwords.hash(password)
    async with sign_in.database.write() as session:
        person_id = await add_person(session, invitation.email, hashed)
        if person_id is None:
            raise Conflict("This account was made at this moment; try again.")
        await _take(session, invitation)
        return await _enter(session, sign_in, invitation, person_id, visitor)


async def _join_known(
    sign_in: SignIn, invitation: Invitation, person: Person, password: str, visitor: Visitor
) -> str:
    if person.password_hash is None:
        raise Conflict("You have an account without a password: sign in with your provider.")
    proved = await sign_in.prove(invitation.email, password, visitor)
    assert proved.id is not None
    async with sign_in.database.write() as session:
        await check_unchanged(session, proved)
        await _take(session, invitation)
        return await _enter(session, sign_in, invitation, proved.id, visitor)


async def accept_all(session: AsyncSession, person_id: int, invitations: list[Invitation]) -> None:
    """For who has proved that the invited address is theirs."""
    for invitation in invitations:
        await lock_workspace(session, invitation.workspace_id)
        is_member = await find_member(session, invitation.workspace_id, person_id) is not None
        if await take_invitation(session, invitation) and not is_member:
            await _join(session, invitation, person_id)


async def _enter(
    session: AsyncSession,
    sign_in: SignIn,
    invitation: Invitation,
    person_id: int,
    visitor: Visitor,
) -> str:
    await _join(session, invitation, person_id)
    return await open_for_person(
        session, sign_in.span, person_id, invitation.email, visitor, by="invitation"
    )


async def _join(session: AsyncSession, invitation: Invitation, person_id: int) -> None:
    await join(
        session,
        invitation.workspace_id,
        person_id,
        invitation.email,
        Role(invitation.role),
        by=invitation.invited_by,
    )


async def _open(session: AsyncSession, token: str) -> Invitation:
    invitation = await find_open_invitation(session, token) if is_text(token) else None
    if invitation is None:
        raise NotFound(_CLOSED, field="token")
    return invitation


async def _take(session: AsyncSession, invitation: Invitation) -> None:
    # Locked in this order everywhere: the person, the workspace, its invitations.
    await lock_workspace(session, invitation.workspace_id)
    if not await take_invitation(session, invitation):
        raise NotFound(_CLOSED, field="token")
