"""Who belongs to a workspace: added, changed and removed by its admins or the command line."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import AuditAction, note
from models.database import Database
from models.errors import Conflict, NotFound
from models.invitation import withdraw_invitations
from models.membership import (
    Member,
    Role,
    add_member,
    change_role,
    drop_member,
    find_member,
    list_members,
)
from models.person import find_person
from models.workspace import lock_workspace

_NO_MEMBER = "This workspace has no such member."
_LAST_ADMIN = "This is the workspace's last admin: make another one first."
_MAX_ID = 2**31
_MAX_DIGITS = 10


async def members(database: Database, workspace_id: int) -> list[Member]:
    """By e-mail."""
    async with database.read_as_owner() as session:
        return await list_members(session, workspace_id)


def read_person_id(given: str) -> int:
    """Raises NotFound: no member has such an id."""
    is_number = given.isascii() and given.isdigit() and len(given) <= _MAX_DIGITS
    if not is_number or int(given) >= _MAX_ID:
        raise NotFound(_NO_MEMBER, field="id")
    return int(given)


async def change_member_role(
    database: Database, workspace_id: int, person_id: int, role: Role, *, by: str
) -> Member:
    """Raises NotFound, and Conflict where no admin would be left."""
    async with database.write() as session:
        member = await _held_member(session, workspace_id, person_id)
        if member.role is role:
            return member
        if role is not Role.ADMIN:
            await _check_another_admin(session, workspace_id, member)
        await change_role(session, workspace_id, person_id, role)
        detail = {"role": role.value, "before": member.role.value}
        await note(
            session, workspace_id, by, AuditAction.MEMBER_CHANGED, member.email, detail=detail
        )
        return Member(member.id, member.email, role, member.added_at)


async def remove_member(
    database: Database, workspace_id: int, person_id: int, *, by: str
) -> Member:
    """Their sessions see nothing of this workspace within a second, and no invitation is left
    by which they could come back.

    Raises NotFound, and Conflict where no admin would be left.
    """
    async with database.write() as session:
        member = await _held_member(session, workspace_id, person_id)
        await _check_another_admin(session, workspace_id, member)
        await drop_member(session, workspace_id, person_id)
        await withdraw_invitations(session, workspace_id, member.email)
        await note(session, workspace_id, by, AuditAction.MEMBER_REMOVED, member.email)
        return member


async def add_known_person(
    session: AsyncSession, workspace_id: int, email: str, role: Role, *, by: str
) -> bool:
    """Whether there is such a person, who is a member now. Raises Conflict if they were."""
    person = await find_person(session, email)
    if person is None or person.id is None:
        return False
    await join(session, workspace_id, person.id, email, role, by=by)
    return True


async def join(
    session: AsyncSession, workspace_id: int, person_id: int, email: str, role: Role, *, by: str
) -> None:
    """Other invitations to the address end. Raises Conflict for who is a member already."""
    await lock_workspace(session, workspace_id)
    if await find_member(session, workspace_id, person_id) is not None:
        raise Conflict(f"{email} is a member of this workspace already.", field="email")
    await add_member(session, workspace_id, person_id, role)
    await withdraw_invitations(session, workspace_id, email)
    detail = {"role": role.value}
    await note(session, workspace_id, by, AuditAction.MEMBER_ADDED, email, detail=detail)


async def _held_member(session: AsyncSession, workspace_id: int, person_id: int) -> Member:
    """With the workspace locked: two admins who remove each other must not both succeed."""
    await lock_workspace(session, workspace_id)
    member = await find_member(session, workspace_id, person_id)
    if member is None:
        raise NotFound(_NO_MEMBER, field="id")
    return member


async def _check_another_admin(session: AsyncSession, workspace_id: int, member: Member) -> None:
    if member.role is not Role.ADMIN:
        return
    everybody = await list_members(session, workspace_id)
    if sum(one.role is Role.ADMIN for one in everybody) < 2:
        raise Conflict(_LAST_ADMIN)
