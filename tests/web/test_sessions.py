"""Sessions end when they are told to, when nobody uses them, and in any case one day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlmodel import func, select

from models.database import Database
from models.key import hash_secret
from models.page_session import SESSIONS, SessionSpan, SessionUse, note_session_uses
from tests.browser import PASSWORD, Browser, code, make_person
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from web.access import Access

ADA = "ada@example.com"
NEW = "a new password"


@pytest.fixture
async def ada(server: InProcessServer, database: Database) -> AsyncIterator[Browser]:
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        yield browser


@pytest.fixture
async def phone(server: InProcessServer, ada: Browser) -> AsyncIterator[Browser]:
    """Another browser that Ada is signed in with."""
    async with Browser(server.url) as browser:
        await browser.sign_in(ADA)
        yield browser


async def _until_signed_out(browser: Browser) -> None:
    while await browser.is_signed_in():
        pass  # Credentials are remembered for half a second.


async def _set(database: Database, **values: datetime) -> None:
    async with database.write() as session:
        await session.execute(SESSIONS.update().values(**values))


async def _expiry(database: Database) -> datetime:
    async with database.read_as_owner() as session:
        expires_at = await session.scalar(select(SESSIONS.c.expires_at))
    assert isinstance(expires_at, datetime)
    return expires_at


async def test_signing_out_ends_this_session_alone(ada: Browser, phone: Browser) -> None:
    assert (await ada.delete("/session")).status_code == 204
    assert "livemeter_session" not in ada.cookies
    assert await phone.is_signed_in()


async def test_a_cookie_that_was_copied_ends_with_it(ada: Browser, server: InProcessServer) -> None:
    async with Browser(server.url) as thief:
        thief.cookies = httpx2.Cookies(ada.cookies)
        await ada.delete("/session")
        await _until_signed_out(thief)


async def test_signing_out_everywhere_ends_all_of_them(ada: Browser, phone: Browser) -> None:
    assert (await ada.delete("/sessions")).status_code == 204
    await _until_signed_out(phone)


async def test_signing_out_everywhere_leaves_others_alone(
    ada: Browser, server: InProcessServer, database: Database
) -> None:
    async with Browser(server.url) as other:
        await make_person(other, database, "bob@example.com")
        await ada.delete("/sessions")
        assert await other.is_signed_in()


async def test_a_new_password_ends_the_other_sessions(ada: Browser, phone: Browser) -> None:
    body = {"current": PASSWORD, "new": NEW}
    assert (await ada.post("/session/password", json=body)).status_code == 204
    assert await ada.is_signed_in()
    await _until_signed_out(phone)
    assert (await phone.sign_in(ADA)).status_code == 401
    assert (await phone.sign_in(ADA, NEW)).status_code == 204


async def test_without_the_current_password_there_is_no_new_one(ada: Browser) -> None:
    body = {"current": "not the password", "new": NEW}
    assert code(await ada.post("/session/password", json=body)) == (401, "UNAUTHENTICATED")
    assert (await ada.sign_in(ADA)).status_code == 204


@pytest.mark.parametrize("new", ["short", "x" * 1_001, ADA, f" {ADA.upper()} "])
async def test_some_things_are_no_password(ada: Browser, new: str) -> None:
    response = await ada.post("/session/password", json={"current": PASSWORD, "new": new})
    assert code(response) == (400, "BAD_INPUT")
    assert response.json()["error"]["field"] == "password"


async def test_ten_characters_of_anything_are_a_password(ada: Browser) -> None:
    body = {"current": PASSWORD, "new": "aaaaaaaaaa"}
    assert (await ada.post("/session/password", json=body)).status_code == 204


async def test_who_is_not_signed_in_changes_no_password(
    server: InProcessServer, ada: Browser
) -> None:
    async with Browser(server.url) as nobody:
        response = await nobody.post("/session/password", json={"current": PASSWORD, "new": NEW})
    assert code(response) == (401, "UNAUTHENTICATED")


async def test_who_signed_in_with_a_key_has_no_password(
    server: InProcessServer, keys: Keys
) -> None:
    async with Browser(server.url) as browser:
        await browser.post("/session", json={"key": keys.read})
        response = await browser.post("/session/password", json={"current": PASSWORD, "new": NEW})
    assert code(response) == (409, "CONFLICT")


async def test_a_session_that_nobody_used_for_long_has_ended(
    ada: Browser, database: Database
) -> None:
    await _set(database, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    await _until_signed_out(ada)


async def test_use_moves_the_end_on(ada: Browser, database: Database) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    await _set(database, expires_at=soon)
    token_hash = hash_secret(ada.cookies["livemeter_session"])
    async with database.write() as session:
        await note_session_uses(session, {token_hash: SessionUse(datetime.now(UTC), 1)})
    assert await _expiry(database) > soon + timedelta(days=6)


async def test_use_moves_the_end_no_further_than_the_last_day(
    ada: Browser, database: Database
) -> None:
    last = datetime.now(UTC) + timedelta(hours=1)
    await _set(database, ends_at=last, expires_at=last - timedelta(minutes=30))
    token_hash = hash_secret(ada.cookies["livemeter_session"])
    async with database.write() as session:
        await note_session_uses(session, {token_hash: SessionUse(datetime.now(UTC), 1)})
    assert await _expiry(database) == last


async def test_use_that_is_written_late_revives_nothing(ada: Browser, database: Database) -> None:
    token_hash = hash_secret(ada.cookies["livemeter_session"])
    await ada.delete("/session")
    ended = await _expiry(database)
    async with database.write() as session:
        await note_session_uses(session, {token_hash: SessionUse(datetime.now(UTC), 1)})
    assert await _expiry(database) == ended


async def test_use_that_was_being_written_at_the_sign_out_revives_nothing(
    ada: Browser, database: Database
) -> None:
    token_hash = hash_secret(ada.cookies["livemeter_session"])
    async with database.write() as session:
        begun = await session.scalar(select(func.now()))
        await ada.delete("/session")
        ended = await _expiry(database)
        await note_session_uses(session, {token_hash: SessionUse(datetime.now(UTC), 1)})
    assert begun is not None
    assert begun < ended
    assert await _expiry(database) == ended


async def test_the_server_notes_use_by_itself(database_url: str, database: Database) -> None:
    async with InProcessServer(database_url) as server, Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        soon = datetime.now(UTC) + timedelta(hours=1)
        await _set(database, expires_at=soon)
        await browser.viewer()
    # Written when the server ends, at the latest.
    assert await _expiry(database) > soon


async def test_how_long_sessions_hold_is_set(database_url: str, database: Database) -> None:
    access = Access(SessionSpan(timedelta(hours=1), timedelta(hours=2)))
    async with (
        InProcessServer(database_url, access=access) as server,
        Browser(server.url) as browser,
    ):
        await make_person(browser, database, ADA)
        response = await browser.sign_in(ADA)
    assert "Max-Age=7200" in response.headers["set-cookie"]
    assert await _expiry(database) < datetime.now(UTC) + timedelta(hours=1, minutes=1)
