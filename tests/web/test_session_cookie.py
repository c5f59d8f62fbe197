"""The session's cookie: out of reach of scripts, of other hosts, and of who listens."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie

import httpx2
import pytest
from structlog.testing import capture_logs

from tests.browser import Browser
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from web import session_cookie

# As a proxy that we trust says it: those on this machine are.
HTTPS = {"X-Forwarded-Proto": "https"}


def _cookie(response: httpx2.Response) -> Morsel[str]:
    (cookie,) = SimpleCookie(response.headers["set-cookie"]).values()
    return cookie


async def _signed_in(server: InProcessServer, keys: Keys, **headers: str) -> httpx2.Response:
    async with Browser(server.url, **headers) as browser:
        response = await browser.post("/session", json={"key": keys.read})
    assert response.status_code == 204
    return response


async def test_by_https_it_is_secure_and_of_this_host_alone(
    server: InProcessServer, keys: Keys
) -> None:
    cookie = _cookie(await _signed_in(server, keys, **HTTPS))
    assert cookie.key == "__Host-livemeter_session"
    assert cookie["secure"]
    # What the prefix wants of it, or browsers drop it.
    assert (cookie["path"], cookie["domain"]) == ("/", "")


async def test_by_plain_http_it_is_not_secure_or_browsers_would_drop_it(
    server: InProcessServer, keys: Keys
) -> None:
    cookie = _cookie(await _signed_in(server, keys))
    assert (cookie.key, cookie["secure"]) == ("livemeter_session", "")


@pytest.mark.parametrize("headers", [HTTPS, {}], ids=["https", "http"])
async def test_scripts_do_not_see_it_and_other_sites_do_not_send_it(
    server: InProcessServer, keys: Keys, headers: dict[str, str]
) -> None:
    cookie = _cookie(await _signed_in(server, keys, **headers))
    assert (cookie["httponly"], cookie["samesite"]) == (True, "lax")


async def test_by_https_a_cookie_that_a_neighbour_could_have_set_does_not_count(
    server: InProcessServer, keys: Keys
) -> None:
    token = _cookie(await _signed_in(server, keys)).value
    async with Browser(server.url, **HTTPS) as browser:
        browser.cookies.set("livemeter_session", token)
        assert await browser.viewer() == "UNAUTHENTICATED"


async def test_signing_out_by_https_drops_it(server: InProcessServer, keys: Keys) -> None:
    token = _cookie(await _signed_in(server, keys, **HTTPS)).value
    cookie = {"Cookie": f"__Host-livemeter_session={token}"}
    async with Browser(server.url, **HTTPS, **cookie) as browser:
        assert await browser.is_signed_in()
        dropped = _cookie(await browser.delete("/session"))
        assert (dropped.key, dropped["max-age"], dropped["secure"]) == (
            "__Host-livemeter_session",
            "0",
            True,
        )


@pytest.mark.parametrize(
    ("host", "warnings"),
    [("livemeter.example", 1), ("127.0.0.1:8000", 0), ("localhost:8000", 0), ("[::1]:8000", 0)],
)
async def test_a_cookie_that_travels_in_clear_is_warned_of_once(
    server: InProcessServer,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    warnings: int,
) -> None:
    monkeypatch.setattr(session_cookie, "_warned", set())
    with capture_logs() as logs:
        await _signed_in(server, keys, Host=host)
        await _signed_in(server, keys, Host=host)
    assert [log["event"] for log in logs].count("cookie_in_clear") == warnings
