"""Requests that are too large, too deep or plain garbage: refused, and the server stays up."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from tests.conftest import Keys
from tests.faults.caller import QUERY, make_input
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer, ServerProcess
from web.body_limit import MAX_BODY_BYTES

JSON = {"Content-Type": "application/json"}
_TOO_LARGE = 2 * MAX_BODY_BYTES
ALLOWED_BYTES = 400 * 2**20


async def _post(client: GraphQLClient, content: bytes | AsyncIterator[bytes]) -> httpx2.Response:
    return await client.http.post("/graphql", content=content, headers=JSON)


def _code(response: httpx2.Response) -> tuple[int, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


def _body(*events: dict[str, Any]) -> bytes:
    return json.dumps({"query": QUERY, "variables": {"events": events}}).encode()


async def _chunks(size: int) -> AsyncIterator[bytes]:
    """A body whose length is not announced."""
    for _ in range(size // 65_536 + 1):
        yield b"x" * 65_536


async def test_a_body_that_announces_too_much_is_refused(client: GraphQLClient) -> None:
    response = await _post(client, b"x" * (MAX_BODY_BYTES + 1))
    assert _code(response) == (413, "BAD_INPUT")


async def test_a_body_that_grows_too_large_is_refused(client: GraphQLClient) -> None:
    response = await _post(client, _chunks(_TOO_LARGE))
    assert _code(response) == (413, "BAD_INPUT")


async def test_a_body_whose_last_piece_is_too_much_is_refused_without_delay(
    server: InProcessServer,
) -> None:
    """There is nothing left to discard then."""
    reader, writer = await asyncio.open_connection("127.0.0.1", _port(server))
    try:
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % MAX_BODY_BYTES
        )
        writer.write(b"x" * MAX_BODY_BYTES + b"\r\n")
        await writer.drain()
        # Until the server has taken it; then the rest and the end come as one.
        await asyncio.sleep(1)
        writer.write(b"1\r\nx\r\n0\r\n\r\n")
        async with asyncio.timeout(6):
            assert b" 413 " in await reader.readline()
    finally:
        writer.close()


def _port(server: InProcessServer) -> int:
    return int(server.url.rpartition(":")[2])


@pytest.mark.parametrize("announced", [True, False])
async def test_after_a_body_too_large_the_server_goes_on(
    client: GraphQLClient, event: dict[str, Any], announced: bool
) -> None:
    await _post(client, b"x" * _TOO_LARGE if announced else _chunks(_TOO_LARGE))
    assert (await client.record(event))["recorded"] == 1


async def test_a_body_of_exactly_the_limit_is_read(client: GraphQLClient) -> None:
    response = await _post(client, b'{"query": "{ viewer { workspace } }"}'.ljust(MAX_BODY_BYTES))
    assert response.status_code != 413


async def test_more_than_ten_thousand_events_are_refused(client: GraphQLClient) -> None:
    events = [make_input(f"event-{number}") for number in range(10_001)]
    error = await client.error(QUERY, events=events)
    assert (error["code"], error["field"]) == ("BAD_INPUT", "events")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"query": "{ viewer { email } }", "variables": %s%s}' % (b"[" * 100_000, b"]" * 100_000),
    ],
    ids=["open", "closed", "objects", "in variables"],
)
async def test_json_that_is_nested_too_deeply_is_bad_input(
    client: GraphQLClient, body: bytes
) -> None:
    assert _code(await _post(client, body)) == (400, "BAD_INPUT")


@pytest.mark.parametrize("depth", [50, 200, 400, 800, 1_600, 3_200])
async def test_metadata_of_any_depth_gets_an_answer_for_its_event(
    client: GraphQLClient, depth: int
) -> None:
    nested = b"[" * depth + b"]" * depth
    body = _body(make_input("deep", metadata={"a": "HERE"})).replace(b'"HERE"', nested)
    response = await _post(client, body)
    assert b"INTERNAL" not in response.content


@pytest.mark.parametrize("depth", [100, 1_000, 9_000])
async def test_a_document_of_any_depth_is_no_internal_error(
    client: GraphQLClient, depth: int
) -> None:
    answer = await client.post("{a" * depth + "}" * depth)
    assert {error["extensions"]["code"] for error in answer["errors"]} <= {
        "BAD_INPUT",
        "TOO_COMPLEX",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"\x00",
        b"\xed\xa0\x80",
        b'{"query": "\xff"}',
    ],
)
async def test_what_is_no_utf_8_is_bad_input(client: GraphQLClient, body: bytes) -> None:
    assert _code(await _post(client, body)) == (400, "BAD_INPUT")


def _garbage(luck: random.Random, valid: bytes) -> Iterator[bytes]:
    """Noise, and valid requests with some of it cut out, doubled or overwritten."""
    for _ in range(100):
        yield luck.randbytes(luck.randrange(200))
    for _ in range(300):
        body = bytearray(valid)
        for _ in range(luck.randint(1, 4)):
            place, length = luck.randrange(len(body)), luck.randrange(12)
            wrong = (b"", luck.randbytes(length), bytes(body[place : place + length]) * 2)
            body[place : place + length] = luck.choice(wrong)
        yield bytes(body)
    for wrong_json in ("null", "1", '"x"', "[]", "[1]", "[{}]", "{}", "[[]]", "true", "1e999"):
        yield wrong_json.encode()
        yield b'{"query": %s}' % wrong_json.encode()
        yield b'{"query": "{ viewer { email } }", "variables": %s}' % wrong_json.encode()
        yield b'{"query": "{ viewer { email } }", "operationName": %s}' % wrong_json.encode()
        yield b'{"query": "{ viewer { email } }", "extensions": %s}' % wrong_json.encode()
        yield _body().replace(b"[]", wrong_json.encode())


@pytest.mark.parametrize("last_byte", [0x7F, 0xFF])
async def test_garbage_never_gets_a_500_or_an_internal_error(
    client: GraphQLClient, last_byte: int
) -> None:
    valid = _body(make_input("event", metadata={"a": [1.5, None, "ü"]}, units=[]))
    wrong = []
    for noise in _garbage(random.Random(10), valid):
        body = bytes(byte & last_byte for byte in noise)
        response = await _post(client, body)
        if response.status_code >= 500 or b"INTERNAL" in response.content:
            wrong.append((body, response.status_code, response.content))
    assert wrong == []


async def test_odd_requests_never_get_a_500(client: GraphQLClient) -> None:
    luck = random.Random(11)
    wrong = []
    for _ in range(300):
        method = luck.choice(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])
        path = luck.choice(["/graphql", "/", "/session", "/link/%00", "/static/..%2f", "/%ff"])
        kind = luck.choice(["application/json", "multipart/form-data", "text/plain", "\x01", ""])
        accept = luck.choice(["*/*", "text/event-stream", "text/html", "multipart/mixed", ";;"])
        query = luck.choice(["", "?query={viewer{email}}", "?query=%ff", "?variables=[[", "?%00"])
        headers = {"Content-Type": kind, "Accept": accept, "Cookie": "livemeter_session=\x7f"}
        content = luck.choice([b"", b"{}", luck.randbytes(30), _body()])
        asked = client.http.build_request(method, path + query, headers=headers, content=content)
        response = await client.http.send(asked)
        if response.status_code >= 500:
            wrong.append((method, path + query, headers, content, response.content))
    assert wrong == []


async def test_noise_on_the_socket_leaves_the_server_up(
    server: InProcessServer, client: GraphQLClient, event: dict[str, Any]
) -> None:
    luck = random.Random(12)
    for _ in range(100):
        start = luck.choice([b"", b"GET ", b"POST /graphql HTTP/1.1\r\n"])
        _, writer = await asyncio.open_connection("127.0.0.1", _port(server))
        writer.write(start + luck.randbytes(200))
        writer.close()
    assert (await client.record(event))["recorded"] == 1


def _large_bodies() -> Iterator[bytes]:
    """Each of 16 MiB, or a little less."""
    size = MAX_BODY_BYTES
    room = size - 1_000
    yield b"x" * size
    yield (b'{"query": "' + b"{" * room + b'"}').ljust(size)
    yield _body(make_input("long", metadata={"a": "x" * room}))
    yield _body(make_input("long", customerId="x" * room))
    yield _body(*[make_input(f"event-{number}") for number in range(room // 200)])


async def test_large_bodies_do_not_pile_up_in_memory(
    server_process: ServerProcess, keys: Keys
) -> None:
    assert server_process.process is not None
    process = psutil.Process(server_process.process.pid)
    peaks = []
    async with GraphQLClient(server_process.url, keys.full) as client:
        for body in [*_large_bodies()] * 6:
            assert (await _post(client, body)).status_code < 500
            peaks.append(process.memory_info().rss)
    assert max(peaks) < ALLOWED_BYTES
