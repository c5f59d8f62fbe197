"""What is done to an invitation at the moment that somebody accepts it has one outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.database import Database
from models.errors import LivemeterError, NotFound
from models.invitation import find_open_invitation, take_invitation
from models.membership import Role
from models.workspace import lock_workspace
from resolvers.people.entry import Visitor
from resolvers.people.invitations import (
    accept_invitation,
    invitations,
    invite_within,
    revoke_invitation,
)
from resolvers.people.sign_in import SignIn
from tests.browser import PASSWORD, invited

ADA = "ada@example.com"
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
async def onlooker(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def _until_it_waits(onlooker: asyncpg.Connection, task: asyncio.Task[object]) -> None:
    while not task.done() and not await onlooker.fetchval(_WAITING):
        await asyncio.sleep(0.005)


async def test_who_is_invited_anew_while_accepting_holds_nobody_up(
    database: Database, onlooker: asyncpg.Connection
) -> None:
    token = await invited(database, ADA)
    async with database.write() as session:
        await lock_workspace(session, 1)
        accepting = asyncio.create_task(
            accept_invitation(SignIn(database), token, PASSWORD, Visitor("local"))
        )
        await _until_it_waits(onlooker, accepting)
        await invite_within(session, 1, ADA, Role.MEMBER, by="a test")
    with pytest.raises(NotFound):
        await accepting


async def test_an_invitation_that_was_accepted_just_before_is_not_said_to_be_withdrawn(
    database: Database, onlooker: asyncpg.Connection
) -> None:
    token = await invited(database, ADA)
    (invitation,) = await invitations(database, 1)
    async with database.write() as session:
        await lock_workspace(session, 1)
        found = await find_open_invitation(session, token)
        assert found is not None
        assert await take_invitation(session, found)
        revoking = asyncio.create_task(revoke_invitation(database, 1, invitation.id, by="a test"))
        await _until_it_waits(onlooker, revoking)
    with pytest.raises(LivemeterError, match="no such open invitation"):
        await revoking
