"""With a file of documents nothing else is run, whichever way it is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.livemeter_server import InProcessServer
from tests.web.test_streams import _socket, _told
from web.documents import read_documents
from web.limits import Limits

KEPT = "query Kept { __typename }"
HASH = hashlib.sha256(KEPT.encode()).hexdigest()
DATA = {"data": {"__typename": "Query"}}


@pytest.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[InProcessServer]:
    file = tmp_path / "documents.json"
    file.write_text(json.dumps({"kept": KEPT}))
    async with InProcessServer(database_url, limits=Limits(documents=file)) as server:
        yield server


TAKEN: list[dict[str, Any]] = [
    {"documentId": "kept"},
    {"documentId": HASH},
    {"documentId": f"sha256:{HASH}"},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
    {"query": KEPT},
    {"query": KEPT, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
]
REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"query": "{ __typename }"}, 403, "FORBIDDEN"),
    ({"query": "{ __typename }", "documentId": "kept"}, 403, "FORBIDDEN"),
    ({"documentId": "other"}, 404, "NOT_FOUND"),
    ({"documentId": 5}, 400, "BAD_INPUT"),
    ({"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}}, 404, "NOT_FOUND"),
    ({}, 400, "BAD_INPUT"),
]


async def _post(server: InProcessServer, body: object) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        return await client.post("/graphql", json=body)


@pytest.mark.parametrize("body", TAKEN, ids=str)
async def test_a_document_of_the_file_is_run(server: InProcessServer, body: object) -> None:
    assert (await _post(server, body)).json() == DATA


@pytest.mark.parametrize(("body", "status", "code"), REFUSED, ids=str)
async def test_anything_else_is_refused(
    server: InProcessServer, body: object, status: int, code: str
) -> None:
    response = await _post(server, body)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (status, code)


@pytest.mark.parametrize("parameters", [{"documentId": "kept"}, {"query": KEPT}], ids=str)
async def test_a_document_of_the_file_can_be_got(
    server: InProcessServer, parameters: dict[str, str]
) -> None:
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        assert (await client.get("/graphql", params=parameters)).json() == DATA


@pytest.mark.parametrize(
    ("payload", "type_"),
    [({"documentId": "kept"}, "next"), ({"query": "{ __typename }"}, "error")],
    ids=str,
)
async def test_websockets_take_the_same_documents(
    server: InProcessServer, payload: object, type_: str
) -> None:
    async with _socket(server) as socket:
        await _told(socket, {"type": "connection_init"})
        answer = await _told(socket, {"id": "1", "type": "subscribe", "payload": payload})
    assert answer["type"] == type_


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', "{"])
def test_a_file_that_is_none_of_documents_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "documents.json"
    file.write_text(text)
    with pytest.raises(ValueError, match="LIVEMETER_DOCUMENTS"):
        read_documents(file)
