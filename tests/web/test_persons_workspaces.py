"""A person may belong to several workspaces, and says for each request which one is meant."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from models.database import Database
from models.membership import Role
from resolvers.people.members import change_member_role, members, remove_member
from tests.browser import PASSWORD, Browser, invited, make_person
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

ADA = "ada@example.com"
OTHER = {"Livemeter-Workspace": "2"}
ACTIVITY = "subscription { activity { cursor } }"


@pytest.fixture
async def ada(server: InProcessServer, database: Database, keys: Keys) -> AsyncIterator[Browser]:
    """MEMBER of `default`, ADMIN of `other`, signed in to the first."""
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        token = await invited(database, ADA, Role.ADMIN, 2)
        await browser.post("/invitation", json={"token": token, "password": PASSWORD})
        await _make_another_admin(database)
        await browser.sign_in(ADA)
        yield browser


async def _make_another_admin(database: Database) -> None:
    """Another admin of `other`, so that Ada may be removed from it."""
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "INSERT INTO people (email, created_at) VALUES ('b', now())"
        )
        await connection.exec_driver_sql(
            "INSERT INTO memberships SELECT 2, id, 'ADMIN', now() FROM people WHERE email = 'b'"
        )


async def _id(database: Database) -> int:
    return next(one.id for one in await members(database, 1) if one.email == ADA)


async def test_all_workspaces_are_told(ada: Browser) -> None:
    assert (await ada.viewer())["workspaces"] == [
        {"id": "1", "name": "default"},
        {"id": "2", "name": "other"},
    ]


async def test_the_header_names_the_workspace(ada: Browser) -> None:
    assert (await ada.viewer(**OTHER))["workspace"] == {"id": "2", "name": "other"}


async def test_the_role_is_that_of_the_workspace(ada: Browser) -> None:
    assert (await ada.viewer())["scopes"] == ["USAGE_READ"]
    assert (await ada.viewer(**OTHER))["scopes"] == ["ADMIN", "USAGE_READ"]


async def test_rest_takes_the_header_too(ada: Browser, keys: Keys, database: Database) -> None:
    query = "/v1/analytics/usage?startDate=2026-11-01&endDate=2026-11-02"
    assert (await ada.get(query, headers=OTHER)).status_code == 200
    assert (await ada.get(query, headers={"Livemeter-Workspace": "3"})).status_code == 403


async def test_a_link_names_the_workspace_by_a_parameter(
    ada: Browser, server: InProcessServer, keys: Keys, event: dict[str, Any]
) -> None:
    async with GraphQLClient(server.url, keys.other) as client:
        await client.record(event | {"id": "theirs"})
    link = "/v1/events/export?format=csv"
    assert "theirs" in (await ada.get(f"{link}&workspace=2")).text
    assert "theirs" not in (await ada.get(f"{link}&workspace=1")).text
    assert (await ada.get(f"{link}&workspace=3")).status_code == 403


async def test_the_header_outranks_the_parameter(ada: Browser) -> None:
    link = "/v1/events/export?format=csv&workspace=1"
    refusal = (await ada.get(link, headers=OTHER)).json()["error"]
    assert (refusal["code"], refusal["field"]) == ("BAD_INPUT", "workspace")


@pytest.mark.parametrize("named", ["3", "0", "-1", "other", "", "2147483648", "9" * 40, "²"])
async def test_a_workspace_that_is_not_theirs_is_forbidden(ada: Browser, named: str) -> None:
    name = named.encode()
    answer = await ada.post(
        "/graphql",
        json={"query": "{ viewer { email } }"},
        headers=[(b"Livemeter-Workspace", name), (b"X-Livemeter-Page", b"1")],
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_without_the_header_the_last_used_serves(
    database_url: str, database: Database, keys: Keys
) -> None:
    async with InProcessServer(database_url) as server, Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        token = await invited(database, ADA, Role.MEMBER, 2)
        await browser.post("/invitation", json={"token": token, "password": PASSWORD})
        assert (await browser.viewer())["workspace"]["id"] == "1"
        await browser.viewer(**OTHER)
    # What was used is written when the server ends, at the latest.
    async with InProcessServer(database_url) as server, Browser(server.url) as again:
        await again.sign_in(ADA)
        assert (await again.viewer())["workspace"]["id"] == "2"


async def test_who_is_removed_from_one_still_has_the_other(
    ada: Browser, database: Database
) -> None:
    await ada.viewer(**OTHER)
    await remove_member(database, 2, await _id(database), by="a test")
    while await ada.viewer(**OTHER) != "FORBIDDEN":
        pass  # Credentials are remembered for half a second.
    assert (await ada.viewer())["workspaces"] == [{"id": "1", "name": "default"}]


async def test_a_changed_role_counts_at_once_or_nearly(ada: Browser, database: Database) -> None:
    await change_member_role(database, 2, await _id(database), Role.MEMBER, by="a test")
    while (await ada.viewer(**OTHER))["scopes"] != ["USAGE_READ"]:
        pass


async def test_people_record_nothing(ada: Browser, event: dict[str, Any]) -> None:
    query = "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) { recorded } }"
    body = {"query": query, "variables": {"events": [event]}}
    answer = await ada.post("/graphql", json=body, headers=OTHER)
    assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_key_that_signed_in_has_its_own_workspace_alone(
    server: InProcessServer, keys: Keys
) -> None:
    async with Browser(server.url) as browser:
        await browser.post("/session", json={"key": keys.read})
        assert (await browser.viewer(**{"Livemeter-Workspace": "1"}))["email"] is None
        assert await browser.viewer(**OTHER) == "FORBIDDEN"


def _websocket(browser: Browser) -> connect:
    url = str(browser.base_url).rstrip("/")
    return connect(
        url.replace("http", "ws", 1) + "/graphql",
        origin=Origin(url),
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"Cookie": f"livemeter_session={browser.cookies['livemeter_session']}"},
        proxy=None,
    )


async def _send(connection: ClientConnection, message: object) -> Any:
    await connection.send(json.dumps(message))
    return json.loads(await connection.recv())


async def _first(connection: ClientConnection, query: str, payload: object = None) -> Any:
    """What the first operation answers first."""
    init = {"type": "connection_init"} | ({} if payload is None else {"payload": payload})
    await _send(connection, init)
    return await _send(connection, {"type": "subscribe", "id": "1", "payload": {"query": query}})


async def _end(connection: ClientConnection) -> str:
    """The code of the error that an open subscription ends with."""
    (error,) = json.loads(await connection.recv())["payload"]
    return str(error["extensions"]["code"])


async def test_a_websocket_names_it_in_its_first_message(ada: Browser) -> None:
    query = "{ viewer { workspace { id } } }"
    async with _websocket(ada) as connection:
        answer = await _first(connection, query, {"Livemeter-Workspace": "2"})
    assert answer["payload"]["data"]["viewer"]["workspace"]["id"] == "2"


async def test_a_websocket_that_names_none_takes_the_last_used(ada: Browser) -> None:
    async with _websocket(ada) as connection:
        answer = await _first(connection, "{ viewer { workspace { id } } }")
    assert answer["payload"]["data"]["viewer"]["workspace"]["id"] == "1"


@pytest.mark.parametrize("payload", [None, {"livemeter-workspace": "1"}], ids=["last", "named"])
async def test_a_subscription_ends_when_its_person_is_removed_from_its_workspace(
    ada: Browser, database: Database, payload: object
) -> None:
    async with _websocket(ada) as connection:
        assert (await _first(connection, ACTIVITY, payload))["type"] == "next"
        await remove_member(database, 1, await _id(database), by="a test")
        assert await _end(connection) == "UNAUTHENTICATED"


async def test_a_subscription_goes_on_when_its_person_is_removed_from_another(
    ada: Browser, database: Database
) -> None:
    async with _websocket(ada) as connection:
        assert (await _first(connection, ACTIVITY))["type"] == "next"
        await remove_member(database, 2, await _id(database), by="a test")
        while await ada.viewer(**OTHER) != "FORBIDDEN":
            pass
        pong = await _send(connection, {"type": "ping"})
    assert pong == {"type": "pong"}


@pytest.mark.parametrize("path", ["/session", "/sessions"])
async def test_a_subscription_ends_when_its_person_signs_out(ada: Browser, path: str) -> None:
    async with _websocket(ada) as connection:
        assert (await _first(connection, ACTIVITY))["type"] == "next"
        await ada.delete(path)
        assert await _end(connection) == "UNAUTHENTICATED"
