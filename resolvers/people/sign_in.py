"""Signing in with a password or a key, signing out, and changing a password."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import AuditAction, note
from models.database import Database
from models.errors import Conflict, NotFound, Unauthenticated
from models.key import ApiKey, Scope, find_key
from models.page_session import (
    HeldSession,
    SessionSpan,
    end_session,
    end_sessions_of_key,
    end_sessions_of_person,
    find_session,
    knows_address,
    new_page_session,
)
from models.person import Person, find_person, read_email, set_password_hash
from resolvers.people.entry import Visitor, make_room, note_everywhere, open_for_person, seats_of
from resolvers.people.guesses import Guesses, of_account, of_address
from resolvers.people.passwords import Passwords, check_length, check_new_password

_WRONG = "The e-mail address or the password is wrong."
_CHANGED = "The password was changed at this moment; sign in again."


class SignIn:
    """One for a process. Tokens that it returns are for the cookie, and kept nowhere."""

    def __init__(
        self,
        database: Database,
        span: SessionSpan | None = None,
        passwords: Passwords | None = None,
        guesses: Guesses | None = None,
    ) -> None:
        self.database = database
        self.span = span or SessionSpan()
        self.passwords = passwords or Passwords()
        self._guesses = guesses or Guesses()

    async def with_password(self, email: str, password: str, visitor: Visitor) -> str:
        """Raises BadInput, Unauthenticated, Forbidden, RateLimited and Unavailable."""
        email = read_email(email)
        person = await self.prove(email, password, visitor)
        assert person.id is not None
        async with self.database.write() as session:
            await check_unchanged(session, person)
            return await open_for_person(
                session, self.span, person.id, email, visitor, by="password"
            )

    async def prove(self, email: str, password: str, visitor: Visitor) -> Person:
        """Whose password it is. Raises Unauthenticated, and notes that it was tried."""
        check_length(password)
        counted = [of_address(visitor.address)]
        # Before anything is looked up: guessing must not cost more than this allows.
        self._guesses.count(counted)
        async with self.database.read_as_owner() as session:
            person = await find_person(session, email)
            # Asked for nobody too: how long it takes must not tell who has an account.
            person_id = (None if person is None else person.id) or 0
            is_known_there = await knows_address(session, person_id, visitor.address)
        guesses = of_account(email, visitor.address, is_known_there=is_known_there)
        self._guesses.count(guesses)
        counted += guesses
        kept = None if person is None else person.password_hash
        verdict = await self.passwords.verify(password, kept)
        if not verdict.holds or person is None:
            await self._note_failure(person, email, visitor)
            raise Unauthenticated(_WRONG)
        self._guesses.give_back(counted)
        if verdict.rehashed is not None:
            await self._rehash(person, verdict.rehashed)
        return person

    async def _note_failure(self, person: Person | None, email: str, visitor: Visitor) -> None:
        async with self.database.write() as session:
            person_id = None if person is None else person.id
            seats = await seats_of(session, person_id or 0)
            await note_everywhere(
                session, seats, email, AuditAction.SIGN_IN_FAILED, address=visitor.address
            )

    async def _rehash(self, person: Person, rehashed: str) -> None:
        assert person.id is not None
        async with self.database.write() as session:
            await check_unchanged(session, person)
            await set_password_hash(session, person.id, rehashed)
        person.password_hash = rehashed

    async def with_key(self, secret: str, visitor: Visitor, *, by: str = "key") -> str:
        """Raises Unauthenticated, RateLimited and Unavailable."""
        counted = [of_address(visitor.address)]
        self._guesses.count(counted)
        try:
            async with self.database.write() as session:
                key = _usable(await find_key(session, secret))
                await make_room(session, visitor)
                kept, token = new_page_session(
                    self.span, key.workspace_id, key_id=key.id, address=visitor.address
                )
                session.add(kept)
                await _note_key(session, key, AuditAction.SIGN_IN, visitor.address, by=by)
        except Unauthenticated:
            await self._note_failed_key(secret, visitor, by=by)
            raise
        self._guesses.give_back(counted)
        return token

    async def _note_failed_key(self, secret: str, visitor: Visitor, *, by: str) -> None:
        """In its workspace, where it was a key of one."""
        action = AuditAction.SIGN_IN_FAILED
        async with self.database.write() as session:
            key = await find_key(session, secret)
            if key is None:
                await note(session, None, "an API key", action, address=visitor.address)
            else:
                await _note_key(session, key, action, visitor.address, by=by)

    async def out(self, visitor: Visitor) -> None:
        """End the browser's session, where it has one."""
        async with self.database.write() as session:
            held = await _held(session, visitor)
            if held is not None and visitor.token is not None:
                await end_session(session, visitor.token)
                await _note_out(session, held, visitor)

    async def out_everywhere(self, visitor: Visitor) -> None:
        """End all sessions of whoever's this is: person or key. Raises Unauthenticated."""
        async with self.database.write() as session:
            held = await _held(session, visitor)
            if held is None:
                raise Unauthenticated("The page's session has ended; sign in again.")
            if held.session.person_id is not None:
                await end_sessions_of_person(session, held.session.person_id)
            elif held.key is not None:
                await end_sessions_of_key(session, held.key.workspace_id, held.key.id)
            await _note_out(session, held, visitor, by="everywhere")

    async def change_password(self, current: str, new: str, visitor: Visitor) -> None:
        """Ends the person's other sessions.

        Raises BadInput, Unauthenticated, Conflict, RateLimited and Unavailable.
        """
        async with self.database.read_as_owner() as session:
            held = await _held(session, visitor)
        if held is None:
            raise Unauthenticated("The page's session has ended; sign in again.")
        person = held.person
        if person is None or person.id is None or person.password_hash is None:
            raise Conflict("You did not sign in with a password: there is none to change.")
        check_new_password(new, person.email)
        person = await self.prove(person.email, current, visitor)
        rehashed = await self.passwords.hash(new)
        assert person.id is not None
        async with self.database.write() as session:
            await check_unchanged(session, person)
            await set_password_hash(session, person.id, rehashed)
            await end_sessions_of_person(session, person.id, but=held.session.token_hash)
            await note_everywhere(
                session,
                await seats_of(session, person.id),
                person.email,
                AuditAction.PASSWORD_CHANGED,
                address=visitor.address,
            )


async def set_password(sign_in: SignIn, person_id: int, new: str, *, by: str) -> None:
    """For who has forgotten theirs: all their sessions end. Raises BadInput and NotFound."""
    async with sign_in.database.read_as_owner() as session:
        person = await session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    check_new_password(new, person.email)
    hashed = await sign_in.passwords.hash(new)
    async with sign_in.database.write() as session:
        await set_password_hash(session, person_id, hashed)
        await end_sessions_of_person(session, person_id)
        seats = await seats_of(session, person_id)
        await note_everywhere(session, seats, person.email, AuditAction.PASSWORD_CHANGED, by=by)


async def _held(session: AsyncSession, visitor: Visitor) -> HeldSession | None:
    return None if visitor.token is None else await find_session(session, visitor.token)


async def check_unchanged(session: AsyncSession, person: Person) -> None:
    """What was proved outside of this transaction must hold in it. Raises Unauthenticated."""
    # The lock of an update: what holds may be changed next.
    now = await session.get(Person, person.id, with_for_update={"key_share": True})
    if now is None or now.password_hash != person.password_hash:
        raise Unauthenticated(_CHANGED)


def _usable(key: ApiKey | None) -> ApiKey:
    if key is None or not key.holds(datetime.now(UTC)):
        raise Unauthenticated("This key is not known here, or it has ended.")
    if Scope.USAGE_READ.value not in key.scopes:
        raise Unauthenticated("This key may not read: the page needs one with USAGE_READ.")
    return key


async def _note_key(
    session: AsyncSession, key: ApiKey, action: AuditAction, address: str, *, by: str
) -> None:
    await note(
        session,
        key.workspace_id,
        f"{key.name} ({key.id})",
        action,
        key.id,
        detail={"by": by},
        address=address,
    )


async def _note_out(
    session: AsyncSession, held: HeldSession, visitor: Visitor, *, by: str = "here"
) -> None:
    action = AuditAction.SIGN_OUT
    if held.key is not None:
        await _note_key(session, held.key, action, visitor.address, by=by)
    elif held.person is not None:
        await note_everywhere(
            session, held.seats, held.person.email, action, address=visitor.address, by=by
        )
