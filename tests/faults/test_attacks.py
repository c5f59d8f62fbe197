"""Each attack is refused before it does work, or ends by its time; others get their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from schema.access import Requires
from tests.conftest import Keys
from tests.faults.attacks import REQUESTS, SOCKETS, Attack, Request, attacking
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer, ServerProcess
from tests.statements import noted_statements
from tests.valkey import eventually

VIEWER = "{ viewer { workspace { name } } }"
ALLOWED_BYTES = 64 * 2**20
# Times as short as a test wants them; limits as they are, but for the size of a body.
ENVIRONMENT = {
    "LIVEMETER_HEADER_SECONDS": "1",
    "LIVEMETER_BODY_SECONDS": "1",
    "LIVEMETER_STALL_SECONDS": "1",
    "LIVEMETER_WEBSOCKET_INIT_SECONDS": "1",
    "LIVEMETER_MAX_BODY_BYTES": "1000000",
    "LIVEMETER_MAX_MESSAGE_BYTES": "1000000",
    "LIVEMETER_LOG_LEVEL": "error",
}


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The fields of the roots that were resolved."""
    fields: list[str] = []
    resolve = Requires.resolve_async

    async def noting(self: Requires, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        fields.append(info.field_name)
        return await resolve(self, next_, source, info, **kwargs)

    monkeypatch.setattr(Requires, "resolve_async", noting)
    return fields


@pytest.mark.parametrize("attack", REQUESTS.values(), ids=REQUESTS)
async def test_a_request_is_refused_before_it_does_work(
    server: InProcessServer, client: GraphQLClient, resolved: list[str], attack: Request
) -> None:
    # The key is known then, and the pool has no connection that would not be noted.
    await client.data(VIEWER)
    resolved.clear()
    database = server.app.state.services.database
    await database.engine.dispose()
    with noted_statements(database) as statements:
        response = await client.http.post(
            "/graphql",
            content=attack.body,
            headers={"Content-Type": "application/json", **attack.headers},
        )
    codes = {error["extensions"]["code"] for error in response.json()["errors"]}
    assert (response.status_code, codes, statements, resolved) == (
        attack.status,
        {attack.code},
        [],
        [],
    )


@pytest.fixture
def process(database_url: str) -> Iterator[ServerProcess]:
    environment = {"DATABASE_URL": database_url, **ENVIRONMENT}
    with ServerProcess("--port", "0", environment=environment) as server:
        yield server


def _port(server: ServerProcess) -> int:
    return int(server.url.rpartition(":")[2])


def _resident_bytes(server: ServerProcess) -> int:
    assert server.process is not None
    return int(psutil.Process(server.process.pid).memory_info().rss)


@pytest.mark.parametrize(("count", "attack"), SOCKETS.values(), ids=SOCKETS)
async def test_sockets_are_ended_and_others_get_their_answers_meanwhile(
    process: ServerProcess, keys: Keys, count: int, attack: Attack
) -> None:
    async with GraphQLClient(process.url, keys.read) as client:
        await client.data(VIEWER)
        before = peak = _resident_bytes(process)
        async with attacking(_port(process), count, attack) as attackers:
            for _ in range(10):
                assert "viewer" in await client.data(VIEWER)
                peak = max(peak, _resident_bytes(process))
                await asyncio.sleep(0.05)
            await eventually(lambda: attackers.left == 0, seconds=30)
            peak = max(peak, _resident_bytes(process))
    assert peak - before < ALLOWED_BYTES


async def test_new_connections_find_a_place_however_many_are_half_open(
    database_url: str, keys: Keys
) -> None:
    environment = {
        "DATABASE_URL": database_url,
        "LIVEMETER_MAX_CONNECTIONS": "50",
        "LIVEMETER_LOG_LEVEL": "error",
    }
    _, say_nothing = SOCKETS["1,000 half-open sockets"]
    with ServerProcess("--port", "0", environment=environment) as server:
        async with attacking(_port(server), 200, say_nothing) as attackers:
            await eventually(lambda: attackers.left <= 50)
            for _ in range(5):
                async with GraphQLClient(server.url, keys.read) as client:
                    assert "viewer" in await client.data(VIEWER)


async def test_an_address_has_so_many_connections(database_url: str) -> None:
    environment = {
        "DATABASE_URL": database_url,
        "LIVEMETER_MAX_CONNECTIONS_PER_ADDRESS": "10",
        "LIVEMETER_TRUSTED_PROXIES": "",
        "LIVEMETER_LOG_LEVEL": "error",
    }
    _, say_nothing = SOCKETS["1,000 half-open sockets"]
    with ServerProcess("--port", "0", environment=environment) as server:
        async with attacking(_port(server), 50, say_nothing) as attackers:
            await eventually(lambda: attackers.left == 10, seconds=5)
