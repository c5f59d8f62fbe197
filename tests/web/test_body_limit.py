"""Requests over 16 MiB are refused, and the client hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.livemeter_server import InProcessServer
from web.body_limit import MAX_BODY_BYTES

JSON = {"Content-Type": "application/json"}
CHUNK = b" " * (1 << 20)


async def _chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield CHUNK


async def _post(server: InProcessServer, content: bytes | AsyncIterator[bytes]) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as client:
        return await client.post("/graphql", content=content, headers=JSON)


async def test_a_body_that_says_its_length_is_refused(server: InProcessServer) -> None:
    response = await _post(server, b" " * (MAX_BODY_BYTES + 1))
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_a_body_that_does_not_is_refused_too(server: InProcessServer) -> None:
    assert (await _post(server, _chunks(20))).status_code == 413


async def test_a_body_of_just_16_mib_is_read(server: InProcessServer) -> None:
    body = b'{"query": "{ __typename }"}'.ljust(MAX_BODY_BYTES)
    assert (await _post(server, body)).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("path", ["/session"])
async def test_the_limit_holds_for_every_route(server: InProcessServer, path: str) -> None:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as client:
        assert (await client.post(path, content=_chunks(20))).status_code == 413
