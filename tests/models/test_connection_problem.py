"""What keeps a real Postgres from being used is said in one line, without the password."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from models.connection_problem import CannotConnect, is_pooled
from models.database import Database
from models.database_address import read_address
from tests.certificate import Certificate, make_certificate
from tests.quick_folder import quick_folder
from tests.tcp_postgres import PASSWORD, TcpPostgres, free_port, standby_of, tls_before

WRONG = "hunter2"


async def _problem(url: str) -> str:
    with pytest.raises(CannotConnect) as raised:
        await is_pooled(read_address(url))
    message = str(raised.value)
    assert "\n" not in message
    assert PASSWORD not in message
    assert WRONG not in message
    return message


async def test_the_right_address_connects(secured: TcpPostgres) -> None:
    assert await is_pooled(read_address(secured.url())) is False


async def test_a_wrong_password(secured: TcpPostgres) -> None:
    assert "password in DATABASE_URL is wrong" in await _problem(secured.url(password=WRONG))


async def test_a_user_that_is_not_there(secured: TcpPostgres) -> None:
    assert "The user or the password" in await _problem(secured.url(user="nobody"))


async def test_a_database_that_is_not_there(secured: TcpPostgres) -> None:
    assert 'database "nowhere" does not exist' in await _problem(secured.url(database="nowhere"))


async def test_a_host_that_is_not_found(secured: TcpPostgres) -> None:
    assert "not found" in await _problem(secured.url(host="db.invalid"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_port_where_nothing_listens(secured: TcpPostgres, host: str) -> None:
    assert "No server listens" in await _problem(secured.url(host=host, port=free_port()))


async def test_a_socket_that_is_not_there(tmp_path: Path) -> None:
    assert "no socket" in await _problem(f"postgresql://u@/db?host={tmp_path}")


async def test_a_role_that_may_not_log_in(secured: TcpPostgres) -> None:
    secured.psql("CREATE ROLE locked NOLOGIN PASSWORD 'x'")
    assert "not permitted to log in" in await _problem(secured.url(user="locked", password="x"))


async def test_a_role_that_may_not_connect(secured: TcpPostgres) -> None:
    secured.psql(
        "CREATE ROLE stranger LOGIN PASSWORD 'x'",
        "CREATE DATABASE closed",
        "REVOKE CONNECT ON DATABASE closed FROM PUBLIC",
    )
    url = secured.url(user="stranger", password="x", database="closed")
    assert "GRANT CONNECT" in await _problem(url)


async def test_a_database_that_is_read_only(secured: TcpPostgres) -> None:
    secured.psql(
        "CREATE DATABASE frozen", "ALTER DATABASE frozen SET default_transaction_read_only = on"
    )
    assert "read only" in await _problem(secured.url(database="frozen"))


async def test_a_server_without_tls_where_tls_is_required(secured: TcpPostgres) -> None:
    assert "has no TLS" in await _problem(secured.url(sslmode="require"))


async def test_no_connection_left(secured: TcpPostgres) -> None:
    secured.psql("CREATE ROLE last LOGIN PASSWORD 'x' CONNECTION LIMIT 0")
    assert "too many connections" in await _problem(secured.url(user="last", password="x"))


async def test_an_option_that_postgres_refuses(secured: TcpPostgres) -> None:
    assert "work_mem" in await _problem(secured.url(options="-c work_mem=much"))


async def test_a_version_that_is_too_old(
    secured: TcpPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.connection_problem.MIN_VERSION", 99)
    assert "needs Postgres 99 or newer" in await _problem(secured.url())


@pytest.fixture
async def standby(secured: TcpPostgres) -> AsyncIterator[TcpPostgres]:
    with quick_folder() as folder, standby_of(secured, folder / "standby") as standby:
        yield standby


async def test_a_standby_is_refused_and_passed_over(
    secured: TcpPostgres, standby: TcpPostgres
) -> None:
    assert "is a standby" in await _problem(standby.url())
    assert "takes writes" in await _problem(standby.url(target_session_attrs="read-write"))
    one = f"127.0.0.1:{standby.port}"
    both = standby.url().replace(one, f"{one},127.0.0.1:{secured.port}")
    assert await is_pooled(read_address(both)) is False


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path, "localhost")


@pytest.fixture
async def tls_port(secured: TcpPostgres, certificate: Certificate) -> AsyncIterator[int]:
    async with tls_before(secured.port, certificate.server) as port:
        yield port


@pytest.mark.parametrize("mode", ["allow", "prefer", "require"])
async def test_tls_without_a_look_at_the_certificate(
    secured: TcpPostgres, tls_port: int, mode: str
) -> None:
    url = secured.url(port=tls_port, sslmode=mode)
    assert await is_pooled(read_address(url)) is False


@pytest.mark.parametrize(
    ("mode", "host"), [("verify-ca", "127.0.0.1"), ("verify-full", "localhost")]
)
async def test_a_certificate_whose_authority_is_named(
    secured: TcpPostgres, tls_port: int, certificate: Certificate, mode: str, host: str
) -> None:
    root = str(certificate.path)
    url = secured.url(host=host, port=tls_port, sslmode=mode, sslrootcert=root)
    assert await is_pooled(read_address(url)) is False


async def test_a_certificate_for_another_name(
    secured: TcpPostgres, tls_port: int, certificate: Certificate
) -> None:
    root = str(certificate.path)
    url = secured.url(port=tls_port, sslmode="verify-full", sslrootcert=root)
    assert "mismatch" in await _problem(url)


async def test_a_certificate_that_this_machine_does_not_trust(
    secured: TcpPostgres, tls_port: int
) -> None:
    url = secured.url(host="localhost", port=tls_port, sslrootcert="system")
    assert "name its authority by sslrootcert" in await _problem(url)


async def test_a_certificate_that_this_machine_trusts(
    secured: TcpPostgres,
    tls_port: int,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    url = secured.url(host="localhost", port=tls_port, sslrootcert="system")
    assert await is_pooled(read_address(url)) is False


async def test_verifying_without_an_authority(secured: TcpPostgres, tls_port: int) -> None:
    url = secured.url(port=tls_port, sslmode="verify-full")
    assert "sslrootcert=system" in await _problem(url)


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def strangers_port(request: pytest.FixtureRequest) -> AsyncIterator[int]:
    """Of a server that is no Postgres."""
    server = await asyncio.start_server(request.param, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize("strangers_port", [_close], indirect=True)
async def test_a_server_that_hangs_up(secured: TcpPostgres, strangers_port: int) -> None:
    assert "is it a Postgres" in await _problem(secured.url(port=strangers_port))


@pytest.mark.parametrize("strangers_port", [_say_nothing], indirect=True)
async def test_a_server_that_says_nothing(secured: TcpPostgres, strangers_port: int) -> None:
    url = secured.url(port=strangers_port, connect_timeout="1")
    assert "does not answer within 1 second" in await _problem(url)


@pytest.mark.parametrize("strangers_port", [_say_nothing], indirect=True)
async def test_the_second_of_two_hosts_is_asked_where_the_first_says_nothing(
    secured: TcpPostgres, strangers_port: int
) -> None:
    one = f"127.0.0.1:{strangers_port}"
    url = secured.url(port=strangers_port, connect_timeout="1")
    both = url.replace(one, f"{one},127.0.0.1:{secured.port}")
    assert await is_pooled(read_address(both)) is False


async def test_sessions_are_set_as_livemeter_needs_them(secured: TcpPostgres) -> None:
    database = Database(secured.url(application_name="meter"))
    async with database.driver() as driver:
        shown = [await driver.fetchval(f"SHOW {name}") for name in ("application_name", "jit")]
    await database.close()
    assert shown == ["meter", "off"]
