"""A REDIS_URL that is no use is told in one line, without its password."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from resolvers.activity.channel import RedisRefuses, check_channel
from tests.certificate import Certificate, make_certificate
from tests.tcp_postgres import free_port
from tests.valkey import ValkeyServer

WRONG = "hunter2"


@pytest.fixture
def locked(tmp_path: Path) -> ValkeyServer:
    """Asks for a password."""
    return ValkeyServer(tmp_path, password="s3cret")


async def test_a_redis_that_answers_is_no_problem(locked: ValkeyServer) -> None:
    locked.start()
    assert await check_channel(locked.url) is None
    locked.close()


@pytest.mark.parametrize("password", [WRONG, None])
async def test_a_password_that_redis_does_not_take_is_refused(
    locked: ValkeyServer, password: str | None
) -> None:
    locked.start()
    with pytest.raises(RedisRefuses, match="user and password of REDIS_URL") as raised:
        await check_channel(locked.url_with(password))
    locked.close()
    assert WRONG not in str(raised.value)


async def test_a_database_that_redis_does_not_have_is_refused(locked: ValkeyServer) -> None:
    locked.start()
    with pytest.raises(RedisRefuses, match="DB index is out of range"):
        await check_channel(f"{locked.url}/99")
    locked.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "redis.invalid"])
async def test_a_redis_that_is_away_is_told_and_waited_for(host: str) -> None:
    problem = await check_channel(f"redis://:{WRONG}@{host}:{free_port()}")
    assert problem is not None
    assert "is away" in problem
    assert "\n" not in problem
    assert WRONG not in problem


@pytest.mark.parametrize(
    "url",
    [
        f"http://:{WRONG}@h",
        f"redis://:{WRONG}@h:port",
        f"redis://:{WRONG}@h?timeout_of_mine=1",
        f"rediss://:{WRONG}@h?ssl_cert_reqs=maybe",
    ],
)
async def test_an_address_that_cannot_be_understood_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="REDIS_URL") as raised:
        await check_channel(url)
    assert WRONG not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path, "localhost")


@pytest.fixture
async def tls_port(certificate: Certificate) -> AsyncIterator[int]:
    """Of a server that answers PING, by TLS."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.read(4096):
            writer.write(
                b"+OK\r\n" * request.count(b"CLIENT") + b"+PONG\r\n" * (b"PING" in request)
            )
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=certificate.server)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_certificate_that_nobody_vouches_for_is_refused(tls_port: int) -> None:
    with pytest.raises(RedisRefuses, match=r"self-signed certificate.*ssl_ca_certs"):
        await check_channel(f"rediss://localhost:{tls_port}")


async def test_a_certificate_whose_authority_is_named_is_taken(
    tls_port: int, certificate: Certificate
) -> None:
    url = f"rediss://localhost:{tls_port}?ssl_ca_certs={certificate.path}"
    assert await check_channel(url) is None


async def test_a_certificate_need_not_be_looked_at(tls_port: int) -> None:
    assert await check_channel(f"rediss://localhost:{tls_port}?ssl_cert_reqs=none") is None
