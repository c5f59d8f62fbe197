"""No cache keeps an answer that may hold a secret, and no browser guesses what it is."""

from __future__ import annotations

import pytest

from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

EXPECTED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/graphql"),
        ("PUT", "/graphql"),
        ("POST", "/session"),
        ("GET", "/v1/openapi.json"),
        ("GET", "/v1/analytics/usage"),
        ("GET", "/link/nothing"),
        ("GET", "/nothing"),
    ],
)
async def test_answers_are_kept_by_nobody(
    server: InProcessServer, keys: Keys, method: str, path: str
) -> None:
    async with GraphQLClient(server.url, keys.read) as client:
        response = await client.http.request(method, path, json={"query": "{ __typename }"})
    assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED


async def test_what_is_refused_before_it_is_read_is_kept_by_nobody(
    server: InProcessServer,
) -> None:
    async with GraphQLClient(server.url) as client:
        response = await client.http.post("/graphql", headers={"Content-Encoding": "gzip"})
    assert (response.status_code, response.headers["Cache-Control"]) == (415, "no-store")


async def test_the_pages_files_are_kept(server: InProcessServer) -> None:
    async with GraphQLClient(server.url) as client:
        assert (await client.http.get("/")).headers["Cache-Control"] != "no-store"


async def test_graphiql_tells_nobody_where_it_was(server: InProcessServer) -> None:
    async with GraphQLClient(server.url) as client:
        response = await client.http.get("/graphql", headers={"Accept": "text/html"})
    assert response.headers["Referrer-Policy"] == "no-referrer"
