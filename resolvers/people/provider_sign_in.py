"""Signing in whom a provider has proved: by its subject, and the first time by e-mail."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import AuditAction
from models.errors import Forbidden, Unavailable
from models.identity import find_identified, has_identity, link_identity
from models.invitation import invitations_of
from models.membership import Role
from models.page_session import end_sessions_of_person
from models.person import Person, add_person, find_person, set_password_hash
from models.workspace import find_workspace
from resolvers.people.entry import Visitor, note_everywhere, open_for_person, seats_of
from resolvers.people.invitations import accept_all
from resolvers.people.members import join
from resolvers.people.sign_in import SignIn


@dataclass(frozen=True)
class Proved:
    """Whom the provider stands up for; `email` is verified by it."""

    issuer: str
    subject: str
    email: str


async def sign_in_proved(
    sign_in: SignIn, proved: Proved, visitor: Visitor, *, workspace: str | None
) -> str:
    """The token of a session. Invitations to the address are accepted by the way.

    Whom nobody has invited enters `workspace` as a MEMBER, once: who was removed from it does
    not come back by themselves. Raises Forbidden and Unavailable.
    """
    try:
        async with sign_in.database.write() as session:
            person_id, email = await _find_or_add(session, proved, workspace)
            if email == proved.email:
                await accept_all(session, person_id, await invitations_of(session, email))
            return await open_for_person(
                session, sign_in.span, person_id, email, visitor, by="oidc"
            )
    except Forbidden:
        await note_refused(sign_in, proved.email, visitor)
        raise


async def note_refused(sign_in: SignIn, email: str, visitor: Visitor) -> None:
    """Where an account has this address, its workspaces are told. Raises Unavailable."""
    action = AuditAction.SIGN_IN_FAILED
    async with sign_in.database.write() as session:
        person = await find_person(session, email)
        seats = await seats_of(session, (None if person is None else person.id) or 0)
        await note_everywhere(session, seats, email, action, address=visitor.address, by="oidc")


async def _find_or_add(
    session: AsyncSession, proved: Proved, workspace: str | None
) -> tuple[int, str]:
    """The person's id, and the e-mail address that they are known by here."""
    known = await find_identified(session, proved.issuer, proved.subject)
    if known is not None and known.id is not None:
        return known.id, known.email
    known = await find_person(session, proved.email)
    person_id = None if known is None else known.id
    if known is not None and person_id is not None:
        await _link_known(session, proved, known, person_id)
    else:
        person_id = await _add(session, proved, workspace)
    await link_identity(session, proved.issuer, proved.subject, person_id)
    return person_id, proved.email


async def _link_known(
    session: AsyncSession, proved: Proved, person: Person, person_id: int
) -> None:
    """Whoever chose the password here has not proved that the address is theirs: it ends."""
    if await has_identity(session, proved.issuer, person_id):
        # The address was given to somebody else there.
        raise Forbidden("This account belongs to another identity of the provider.")
    if person.password_hash is not None:
        await set_password_hash(session, person_id, None)
        await note_everywhere(
            session,
            await seats_of(session, person_id),
            person.email,
            AuditAction.PASSWORD_CHANGED,
            by="oidc",
        )
    await end_sessions_of_person(session, person_id)


async def _add(session: AsyncSession, proved: Proved, workspace: str | None) -> int:
    invited = await invitations_of(session, proved.email)
    if not invited and workspace is None:
        raise Forbidden("Nobody has invited this address: ask an admin to.")
    person_id = await add_person(session, proved.email)
    if person_id is None:
        raise Unavailable("This account was made at this moment; try again.")
    if not invited and workspace is not None:
        entered = await find_workspace(session, workspace)
        assert entered.id is not None
        await join(session, entered.id, person_id, proved.email, Role.MEMBER, by=proved.issuer)
    return person_id
