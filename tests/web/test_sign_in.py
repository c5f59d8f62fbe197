"""A browser shows a key once and holds a cookie in its place."""

from __future__ import annotations

import pytest

from tests.browser import Browser
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer


def _browser(server: InProcessServer) -> Browser:
    return Browser(server.url)


async def test_a_key_opens_a_session(server: InProcessServer, keys: Keys) -> None:
    async with _browser(server) as browser:
        response = await browser.post("/session", json={"key": f" {keys.read} "})
        assert response.status_code == 204
        assert await browser.is_signed_in()


async def test_the_cookie_is_out_of_scripts_reach(server: InProcessServer, keys: Keys) -> None:
    async with _browser(server) as browser:
        response = await browser.post("/session", json={"key": keys.read})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert keys.read not in cookie


async def test_signing_out_ends_the_session_for_whoever_has_the_cookie(
    server: InProcessServer, keys: Keys
) -> None:
    async with _browser(server) as browser, _browser(server) as thief:
        await browser.post("/session", json={"key": keys.read})
        thief.cookies.update(browser.cookies)
        assert (await browser.delete("/session")).status_code == 204
        assert not await browser.is_signed_in()
        while await thief.is_signed_in():
            pass  # Credentials are remembered for half a second.


@pytest.mark.parametrize("key", ["om_live_wrong", "", "x" * 100_000])
async def test_a_wrong_key_opens_nothing(server: InProcessServer, key: str) -> None:
    async with _browser(server) as browser:
        response = await browser.post("/session", json={"key": key})
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "UNAUTHENTICATED"


async def test_a_key_that_may_not_read_is_of_no_use_here(
    server: InProcessServer, keys: Keys
) -> None:
    async with _browser(server) as browser:
        response = await browser.post("/session", json={"key": keys.write})
    assert "USAGE_READ" in response.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"key": 5}', b"\xff", b"[" * 100_000])
async def test_what_is_no_key_in_json_is_bad_input(server: InProcessServer, body: bytes) -> None:
    async with _browser(server) as browser:
        response = await browser.post("/session", content=body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "BAD_INPUT"


async def test_looking_at_a_link_does_not_use_it_up(server: InProcessServer, keys: Keys) -> None:
    token = server.links.add(keys.read)
    async with _browser(server) as browser:
        await browser.head(f"/link/{token}")
        assert not await browser.is_signed_in()
        await browser.get(f"/link/{token}")
        assert await browser.is_signed_in()


async def test_a_link_works_once(server: InProcessServer, keys: Keys) -> None:
    token = server.links.add(keys.read)
    async with _browser(server) as first, _browser(server) as second:
        assert (await first.get(f"/link/{token}")).headers["location"] == "/"
        assert (await second.get(f"/link/{token}")).headers["location"] == "/"
        assert await first.is_signed_in()
        assert not await second.is_signed_in()
