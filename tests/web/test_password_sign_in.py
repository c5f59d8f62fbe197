"""People sign in with e-mail and password, and nobody learns who has an account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from models.audit import AUDIT_ENTRIES
from models.database import Database
from models.key import hash_secret
from models.membership import Role
from models.page_session import SESSIONS
from models.person import PEOPLE
from tests.browser import PASSWORD, Browser, code, make_person
from tests.livemeter_server import InProcessServer

ADA = "ada@example.com"


@pytest.fixture
async def ada(server: InProcessServer, database: Database) -> AsyncIterator[Browser]:
    """Who has an account, and is signed in."""
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        yield browser


@pytest.fixture
async def browser(server: InProcessServer) -> AsyncIterator[Browser]:
    """Another one, that nobody is signed in with."""
    async with Browser(server.url) as browser:
        yield browser


async def test_the_right_password_signs_in(ada: Browser, browser: Browser) -> None:
    assert (await browser.sign_in(ADA)).status_code == 204
    assert (await browser.viewer())["email"] == ADA


async def test_an_address_is_the_same_in_capitals_and_between_spaces(
    ada: Browser, browser: Browser
) -> None:
    assert (await browser.sign_in("  Ada@Example.COM ")).status_code == 204


async def test_a_password_is_the_same_however_its_accents_were_typed(
    ada: Browser, browser: Browser
) -> None:
    composed, decomposed = "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"
    body = {"current": PASSWORD, "new": composed}
    assert (await ada.post("/session/password", json=body)).status_code == 204
    assert (await browser.sign_in(ADA, decomposed)).status_code == 204


@pytest.mark.parametrize("password", ["correct horse", "", PASSWORD + " ", PASSWORD.upper()])
async def test_a_wrong_password_does_not(ada: Browser, browser: Browser, password: str) -> None:
    assert code(await browser.sign_in(ADA, password)) == (401, "UNAUTHENTICATED")
    assert await browser.viewer() == "UNAUTHENTICATED"


async def test_an_unknown_address_is_answered_as_a_wrong_password_is(
    ada: Browser, browser: Browser
) -> None:
    wrong = await browser.sign_in(ADA, "not the password")
    unknown = await browser.sign_in("eve@example.com", "not the password")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())


@pytest.mark.parametrize(
    "body",
    [
        {"email": ADA},
        {"email": 5, "password": PASSWORD},
        {"email": ADA, "password": None},
        {"email": "no address", "password": PASSWORD},
        {"email": ADA, "password": "x" * 1_001},
        {"email": ADA, "password": "\x00" * 12},
        {"email": "a" * 300 + "@example.com", "password": PASSWORD},
    ],
    ids=str,
)
async def test_what_cannot_be_right_is_bad_input(browser: Browser, body: object) -> None:
    assert code(await browser.post("/session", json=body)) == (400, "BAD_INPUT")


@pytest.mark.parametrize("media_type", ["text/plain", "text/plain; application/json", ""])
async def test_what_a_form_could_send_is_not_read(
    ada: Browser, browser: Browser, media_type: str
) -> None:
    body = b'{"email": "ada@example.com", "password": "correct horse battery"}'
    response = await browser.post("/session", content=body, headers={"Content-Type": media_type})
    assert code(response) == (400, "BAD_INPUT")


async def test_signing_in_again_ends_the_session_that_was(ada: Browser) -> None:
    old = httpx2.Cookies(ada.cookies)
    await ada.sign_in(ADA)
    assert ada.cookies["livemeter_session"] != old["livemeter_session"]
    assert await ada.is_signed_in()
    ada.cookies = old
    while await ada.is_signed_in():
        pass  # Credentials are remembered for half a second.


async def test_the_database_holds_neither_tokens_nor_passwords(
    ada: Browser, database: Database
) -> None:
    async with database.read_as_owner() as session:
        token_hash = await session.scalar(select(SESSIONS.c.token_hash))
        password_hash = await session.scalar(select(PEOPLE.c.password_hash))
    assert token_hash == hash_secret(ada.cookies["livemeter_session"])
    assert password_hash is not None
    assert password_hash.startswith("$argon2id$")


async def test_a_hash_of_earlier_parameters_is_renewed(
    ada: Browser, browser: Browser, database: Database
) -> None:
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),))
    async with database.write() as session:
        await session.execute(PEOPLE.update().values(password_hash=weak.hash(PASSWORD)))
    assert (await browser.sign_in(ADA)).status_code == 204
    async with database.read_as_owner() as session:
        kept = await session.scalar(select(PEOPLE.c.password_hash))
    assert kept is not None
    assert "m=65536" in kept
    assert (await browser.sign_in(ADA)).status_code == 204


async def test_who_belongs_to_no_workspace_any_more_is_told_so(
    ada: Browser, browser: Browser, database: Database
) -> None:
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("DELETE FROM memberships")
    assert code(await browser.sign_in(ADA)) == (403, "FORBIDDEN")


async def test_who_signed_in_and_who_failed_to_is_kept(
    ada: Browser, browser: Browser, database: Database
) -> None:
    await browser.sign_in(ADA, "not the password")
    await browser.sign_in("eve@example.com", "not the password")
    await browser.sign_in(ADA)
    await browser.delete("/session")
    columns = AUDIT_ENTRIES.c
    async with database.read_as_owner() as session:
        rows = (
            await session.execute(
                select(columns.workspace_id, columns.action, columns.actor, columns.address)
                .where(columns.action.like("SIGN%"))
                .order_by(columns.id)
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (1, "SIGN_IN", ADA, "127.0.0.1"),
        (1, "SIGN_IN_FAILED", ADA, "127.0.0.1"),
        (None, "SIGN_IN_FAILED", "eve@example.com", "127.0.0.1"),
        (1, "SIGN_IN", ADA, "127.0.0.1"),
        (1, "SIGN_OUT", ADA, "127.0.0.1"),
    ]


async def test_guessing_is_slowed_down_and_told_how_long(ada: Browser, browser: Browser) -> None:
    answers = [await browser.sign_in(ADA, f"guess number {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    error = answers[-1].json()["error"]
    assert error["code"] == "RATE_LIMITED"
    assert answers[-1].headers["retry-after"] == str(error["retryAfter"])


async def test_guesses_that_come_at_once_are_all_counted(ada: Browser, browser: Browser) -> None:
    async with httpx2.AsyncClient(base_url=str(browser.base_url), trust_env=False) as http:
        tries = [
            http.post("/session", json={"email": ADA, "password": f"guess number {number}"})
            for number in range(12)
        ]
        statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert statuses.count(401) == 5


async def test_right_passwords_are_not_counted(ada: Browser, browser: Browser) -> None:
    statuses = {(await browser.sign_in(ADA)).status_code for _ in range(8)}
    assert statuses == {204}


async def test_a_role_decides_what_a_person_may_do(
    server: InProcessServer, database: Database, ada: Browser, browser: Browser
) -> None:
    await make_person(browser, database, "boss@example.com", Role.ADMIN)
    assert (await ada.viewer())["scopes"] == ["USAGE_READ"]
    assert (await browser.viewer())["scopes"] == ["ADMIN", "USAGE_READ"]
