"""Pages of origins that are allowed ask with keys and tokens; a cookie never crosses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from models.database import Database
from tests.browser import Browser, code, make_person
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.web.test_origin import _viewer, _websocket
from web.access import Access
from web.origin import read_origins

APP = "https://app.example"
EVIL = "https://evil.example"
QUERY = {"query": "{ viewer { email } }"}
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


@pytest.fixture
async def open_server(database_url: str) -> AsyncIterator[InProcessServer]:
    """That lets one other origin in."""
    async with InProcessServer(database_url, access=Access(origins=(APP,))) as server:
        yield server


@pytest.fixture
async def http(open_server: InProcessServer) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=open_server.url, trust_env=False) as http:
        yield http


def _preflight(origin: str) -> dict[str, str]:
    return {"Origin": origin, **PREFLIGHT}


async def test_a_preflight_of_an_allowed_origin_is_granted(http: httpx2.AsyncClient) -> None:
    response = await http.options("/graphql", headers=_preflight(APP))
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == APP
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Authorization" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "https://app.example.evil.example", "http://app.example"]
)
async def test_a_preflight_of_another_is_not(http: httpx2.AsyncClient, origin: str) -> None:
    response = await http.options("/graphql", headers=_preflight(origin))
    assert response.status_code == 400
    assert "access-control-allow-origin" not in response.headers


async def test_an_allowed_page_asks_with_a_key(http: httpx2.AsyncClient, keys: Keys) -> None:
    headers = {"Origin": APP, "Authorization": f"Bearer {keys.read}"}
    response = await http.post("/graphql", json=QUERY, headers=headers)
    assert response.json() == {"data": {"viewer": {"email": None}}}
    assert response.headers["access-control-allow-origin"] == APP
    assert "Origin" in response.headers["vary"]


async def test_an_allowed_page_reads_why_it_was_refused(http: httpx2.AsyncClient) -> None:
    response = await http.get("/v1/analytics/usage", headers={"Origin": APP})
    assert code(response) == (401, "UNAUTHENTICATED")
    assert response.headers["access-control-allow-origin"] == APP


async def test_another_page_is_shown_no_answer(http: httpx2.AsyncClient, keys: Keys) -> None:
    headers = {"Origin": EVIL, "Authorization": f"Bearer {keys.read}"}
    response = await http.post("/graphql", json=QUERY, headers=headers)
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("origins", [(APP,), ("*",)], ids=str)
async def test_cookies_are_not_taken_from_any_other_origin(
    database_url: str, database: Database, origins: tuple[str, ...]
) -> None:
    async with (
        InProcessServer(database_url, access=Access(origins=origins)) as server,
        Browser(server.url) as browser,
    ):
        await make_person(browser, database)
        assert await browser.viewer(Origin=APP) == "UNAUTHENTICATED"
        response = await browser.options("/graphql", headers=_preflight(APP))
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("path", ["/session", "/sessions", "/invitation", "/session/password"])
async def test_signing_in_is_for_no_other_origin(http: httpx2.AsyncClient, path: str) -> None:
    response = await http.options(path, headers=_preflight(APP))
    assert response.status_code == 405
    assert "access-control-allow-origin" not in response.headers


async def test_by_default_no_origin_is_allowed(server: InProcessServer, keys: Keys) -> None:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as http:
        response = await http.options("/graphql", headers=_preflight(APP))
    assert response.status_code == 405
    assert "access-control-allow-origin" not in response.headers


async def test_an_allowed_page_opens_a_websocket_with_a_key_and_not_by_cookie(
    open_server: InProcessServer, database: Database, keys: Keys
) -> None:
    async with Browser(open_server.url) as browser:
        await make_person(browser, database)
        by_key = await _viewer(_websocket(browser, APP), {"Authorization": f"Bearer {keys.read}"})
        by_cookie = await _viewer(_websocket(browser, APP))
    assert by_key == {"viewer": {"email": None, "scopes": ["USAGE_READ"]}}
    assert by_cookie == "UNAUTHENTICATED"


async def test_another_page_opens_no_websocket(
    open_server: InProcessServer, database: Database
) -> None:
    async with Browser(open_server.url) as browser:
        await make_person(browser, database)
        with pytest.raises(InvalidStatus):
            await _viewer(_websocket(browser, EVIL))


def test_origins_are_read_as_browsers_send_them() -> None:
    listed = " https://App.example:443, http://localhost:3000/ ,, https://app.example"
    assert read_origins(listed) == (APP, "http://localhost:3000")


@pytest.mark.parametrize(
    "wrong",
    ["app.example", "https://app.example/path", "ftp://a.b", "null", "https://*.a.b/x", "https://"],
)
def test_what_is_no_origin_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        read_origins(wrong)
