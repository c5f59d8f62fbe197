"""A cookie counts from our own page alone: browsers send it along whoever asks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx2
import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from models.database import Database
from models.membership import Role
from resolvers.people.invitations import invitations
from tests.browser import PASSWORD, Browser, code, make_person
from tests.livemeter_server import InProcessServer
from web.access import Access
from web.settings import Settings

ADA = "ada@example.com"
EVIL = "https://evil.example"
INVITE = 'mutation { inviteMember(email: "eve@example.com", role: ADMIN) { path } }'
FOREIGN = [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    # Another host of the same domain is another's, as far as we know.
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.fixture
async def ada(server: InProcessServer, database: Database) -> AsyncIterator[Browser]:
    """An admin who is signed in, with the browser's usual headers."""
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA, Role.ADMIN)
        yield browser


@pytest.fixture
async def form(ada: Browser) -> AsyncIterator[httpx2.AsyncClient]:
    """What a page elsewhere makes Ada's browser send: her cookie, and no header of ours."""
    async with httpx2.AsyncClient(
        base_url=ada.base_url, cookies=ada.cookies, trust_env=False
    ) as form:
        yield form


def _graphql_code(response: httpx2.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


async def test_our_own_page_is_believed(server: InProcessServer, ada: Browser) -> None:
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert (await ada.viewer(**own))["email"] == ADA


async def test_our_own_page_is_believed_behind_a_proxy_that_ends_https(ada: Browser) -> None:
    headers = {"Origin": "https://livemeter.example", "Host": "livemeter.example"}
    assert (await ada.viewer(**headers))["email"] == ADA


async def test_the_browsers_own_word_outranks_a_host_that_a_proxy_changed(ada: Browser) -> None:
    headers = {"Origin": "https://livemeter.example", "Sec-Fetch-Site": "same-origin"}
    assert (await ada.viewer(**headers))["email"] == ADA


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_another_origins_script_is_nobody(ada: Browser, headers: dict[str, str]) -> None:
    assert await ada.viewer(**headers) == "UNAUTHENTICATED"


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_another_origins_script_changes_nothing(
    ada: Browser, database: Database, headers: dict[str, str]
) -> None:
    await ada.ask(INVITE, **headers)
    assert await invitations(database, 1) == []


@pytest.mark.parametrize(
    "media_type", ["application/json", "text/plain; application/json", "text/plain"]
)
async def test_what_may_change_something_needs_the_pages_header(
    form: httpx2.AsyncClient, database: Database, media_type: str
) -> None:
    # A browser that tells neither origin nor site, and a body that a form can send.
    body = json.dumps({"query": INVITE})
    await form.post("/graphql", content=body, headers={"Content-Type": media_type})
    assert await invitations(database, 1) == []


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_by_get_nothing_is_changed(ada: Browser, database: Database, accept: str) -> None:
    await ada.get("/graphql", params={"query": INVITE}, headers={"Accept": accept})
    assert await invitations(database, 1) == []


async def test_by_get_our_own_page_may_read(ada: Browser, form: httpx2.AsyncClient) -> None:
    response = await form.get("/graphql", params={"query": "{ viewer { email } }"})
    assert response.json() == {"data": {"viewer": {"email": ADA}}}


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_rest_is_not_read_by_others(ada: Browser, headers: dict[str, str]) -> None:
    response = await ada.get("/v1/events/export?format=csv", headers=headers)
    assert code(response) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_nobody_else_signs_a_browser_in(ada: Browser, headers: dict[str, str]) -> None:
    body = {"email": ADA, "password": PASSWORD}
    assert code(await ada.post("/session", json=body, headers=headers)) == (403, "FORBIDDEN")


@pytest.mark.parametrize("path", ["/session", "/sessions"])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_nobody_else_signs_a_browser_out(
    ada: Browser, headers: dict[str, str], path: str
) -> None:
    assert code(await ada.delete(path, headers=headers)) == (403, "FORBIDDEN")
    assert await ada.is_signed_in()


async def test_nobody_else_changes_a_password(form: httpx2.AsyncClient) -> None:
    response = await form.post("/session/password", json={"current": PASSWORD, "new": "x" * 10})
    assert code(response) == (403, "FORBIDDEN")


def _websocket(browser: Browser, origin: str | None) -> connect:
    url = str(browser.base_url).rstrip("/")
    return connect(
        url.replace("http", "ws", 1) + "/graphql",
        origin=None if origin is None else Origin(origin),
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"Cookie": f"livemeter_session={browser.cookies['livemeter_session']}"},
        proxy=None,
    )


async def _viewer(socket: connect, payload: object = None) -> object:
    """The e-mail address of the viewer over a WebSocket, or the code of the error."""
    async with socket as connection:
        init = {"type": "connection_init"} | ({} if payload is None else {"payload": payload})
        await connection.send(json.dumps(init))
        await connection.recv()
        subscribe = {"query": "{ viewer { email scopes } }"}
        await connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": subscribe}))
        answer = json.loads(await connection.recv())["payload"]
    return answer["errors"][0]["extensions"]["code"] if "errors" in answer else answer["data"]


async def test_our_own_page_opens_a_websocket_by_its_cookie(
    server: InProcessServer, ada: Browser
) -> None:
    viewer = await _viewer(_websocket(ada, server.url))
    assert viewer == {"viewer": {"email": ADA, "scopes": ["ADMIN", "USAGE_READ"]}}


BEHIND = "https://livemeter.example"


@pytest.fixture
async def proxied(database_url: str) -> AsyncIterator[InProcessServer]:
    """A server that knows where people reach it, by a proxy that asks for another host."""
    async with InProcessServer(database_url, access=Access(base_url=BEHIND)) as server:
        yield server


async def test_the_base_url_is_our_own_origin_whatever_host_a_proxy_asks_for(
    proxied: InProcessServer, database: Database
) -> None:
    async with Browser(proxied.url) as ada:
        await make_person(ada, database, ADA)
        assert (await ada.viewer(Origin=BEHIND))["email"] == ADA
        assert (await _viewer(_websocket(ada, BEHIND)))["viewer"]["email"] == ADA
        assert await ada.viewer(Origin=EVIL) == "UNAUTHENTICATED"


async def test_a_websocket_of_another_origin_is_told_which_settings_allow_it(
    server: InProcessServer, ada: Browser
) -> None:
    with (
        structlog.testing.capture_logs() as logs,
        pytest.raises(InvalidStatus) as caught,
    ):
        await _viewer(_websocket(ada, BEHIND))
    (refusal,) = [line for line in logs if line["event"] == "websocket_refused"]
    assert caught.value.response.body == refusal["reason"].encode()
    assert caught.value.response.status_code == 403
    for part in (f"LIVEMETER_BASE_URL={BEHIND}", "LIVEMETER_CORS_ORIGINS", "Host $http_host"):
        assert part in refusal["reason"]


async def test_the_settings_that_are_named_allow_it(database_url: str, database: Database) -> None:
    for access in (Access(base_url=BEHIND), Access(origins=(BEHIND,))):
        async with InProcessServer(database_url, access=access) as server:
            socket = connect(
                server.url.replace("http", "ws", 1) + "/graphql",
                origin=Origin(BEHIND),
                subprotocols=[Subprotocol("graphql-transport-ws")],
                proxy=None,
            )
            async with socket:
                pass


def test_the_settings_that_are_named_are_there() -> None:
    assert {"base_url", "cors_origins"} <= Settings.model_fields.keys()


async def test_a_sign_in_from_another_origin_is_told_so_too(ada: Browser) -> None:
    body = {"email": ADA, "password": PASSWORD}
    answer = await ada.post("/session", json=body, headers={"Origin": BEHIND})
    assert f"LIVEMETER_BASE_URL={BEHIND}" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("origin", "is_refused"), [("own", False), (BEHIND, True), ("null", True), ("", True)]
)
async def test_a_page_may_ask_whether_its_websocket_is_refused(
    server: InProcessServer, ada: Browser, origin: str, is_refused: bool
) -> None:
    asked = server.url if origin == "own" else origin
    answer = await ada.get("/websocket-check", params={"origin": asked})
    assert (answer.json()["problem"] is not None) is is_refused
