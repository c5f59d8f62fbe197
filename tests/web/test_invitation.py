"""An invitation lets its person in, once, for a week, and opens nobody else's account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from models.database import Database
from models.invitation import INVITATIONS
from models.membership import Role
from resolvers.people.invitations import invitations, revoke_invitation
from resolvers.people.members import members
from tests.browser import PASSWORD, Browser, code, invited, make_person
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer

ADA = "ada@example.com"


@pytest.fixture
async def browser(server: InProcessServer) -> AsyncIterator[Browser]:
    async with Browser(server.url) as browser:
        yield browser


async def _accept(browser: Browser, token: str, password: str = PASSWORD) -> tuple[int, str]:
    response = await browser.post("/invitation", json={"token": token, "password": password})
    return (204, "") if response.status_code == 204 else code(response)


async def test_accepting_makes_an_account_and_signs_in(
    browser: Browser, database: Database
) -> None:
    assert await _accept(browser, await invited(database, ADA, Role.ADMIN)) == (204, "")
    viewer = await browser.viewer()
    assert (viewer["email"], viewer["scopes"]) == (ADA, ["ADMIN", "USAGE_READ"])


async def test_the_page_is_told_who_is_invited_where(browser: Browser, database: Database) -> None:
    token = await invited(database, ADA)
    response = await browser.post("/invitation", json={"token": token})
    assert response.json() == {
        "email": ADA,
        "workspace": "default",
        "role": "MEMBER",
        "hasAccount": False,
    }


async def test_it_works_once(browser: Browser, database: Database) -> None:
    token = await invited(database, ADA)
    await _accept(browser, token)
    assert await _accept(browser, token) == (404, "NOT_FOUND")


async def test_it_works_once_when_two_accept_it_at_once(
    browser: Browser, server: InProcessServer, database: Database
) -> None:
    token = await invited(database, ADA)
    async with Browser(server.url) as other:
        outcomes = await asyncio.gather(_accept(browser, token), _accept(other, token))
    assert sorted(status for status, _ in outcomes)[0] == 204
    assert sorted(status for status, _ in outcomes)[1] != 204


async def test_it_ends_after_a_week(browser: Browser, database: Database) -> None:
    token = await invited(database, ADA)
    (invitation,) = await invitations(database, 1)
    assert invitation.expires_at - invitation.created_at == timedelta(days=7)
    async with database.write() as session:
        await session.execute(INVITATIONS.update().values(expires_at=datetime.now(UTC)))
    assert await _accept(browser, token) == (404, "NOT_FOUND")


async def test_a_withdrawn_one_opens_nothing(browser: Browser, database: Database) -> None:
    token = await invited(database, ADA)
    (invitation,) = await invitations(database, 1)
    await revoke_invitation(database, 1, invitation.id, by="a test")
    assert await _accept(browser, token) == (404, "NOT_FOUND")


async def test_a_second_one_to_the_same_address_takes_the_place_of_the_first(
    browser: Browser, database: Database
) -> None:
    first, second = await invited(database, ADA), await invited(database, ADA)
    assert await _accept(browser, first) == (404, "NOT_FOUND")
    assert await _accept(browser, second) == (204, "")


@pytest.mark.parametrize("token", ["", "x" * 43, "\x00", "x" * 100_000])
async def test_what_is_no_token_opens_nothing(browser: Browser, token: str) -> None:
    assert await _accept(browser, token) == (404, "NOT_FOUND")


@pytest.mark.parametrize("password", ["short", "x" * 1_001, ADA])
async def test_a_password_that_may_not_be_one_leaves_the_invitation_open(
    browser: Browser, database: Database, password: str
) -> None:
    token = await invited(database, ADA)
    assert await _accept(browser, token, password) == (400, "BAD_INPUT")
    assert await _accept(browser, token) == (204, "")


async def test_who_has_an_account_joins_with_its_password(
    browser: Browser, database: Database, keys: Keys
) -> None:
    await make_person(browser, database, ADA)
    token = await invited(database, ADA, Role.MEMBER, 2)
    assert (await browser.post("/invitation", json={"token": token})).json()["hasAccount"]
    assert await _accept(browser, token) == (204, "")
    assert [one.email for one in await members(database, 2)] == [ADA]


async def test_the_link_alone_opens_no_account_that_is_there(
    browser: Browser, server: InProcessServer, database: Database, keys: Keys
) -> None:
    await make_person(browser, database, ADA)
    # Its token is known to the admin who asked for it.
    token = await invited(database, ADA, Role.MEMBER, 2)
    async with Browser(server.url) as admin:
        assert await _accept(admin, token, "chosen by an admin") == (401, "UNAUTHENTICATED")
        assert not await admin.is_signed_in()
    assert (await browser.sign_in(ADA)).status_code == 204


async def test_guessing_by_a_link_is_slowed_down_as_any_guessing(
    browser: Browser, database: Database, keys: Keys
) -> None:
    await make_person(browser, database, ADA)
    token = await invited(database, ADA, Role.MEMBER, 2)
    statuses = [(await _accept(browser, token, f"guess number {n}"))[0] for n in range(6)]
    assert statuses == [401] * 5 + [429]


async def test_a_page_of_another_origin_accepts_nothing(
    browser: Browser, database: Database
) -> None:
    token = await invited(database, ADA)
    browser.headers["Origin"] = "https://evil.example"
    assert await _accept(browser, token) == (403, "FORBIDDEN")
