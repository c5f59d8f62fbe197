"""A real Postgres on loopback that asks for passwords, and what may stand before it."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from web.embedded.account import Account, account_for
from web.embedded.binaries import programs_for

# Every character that has a meaning in an address.
PASSWORD = "p@ss:w/o?r#d[%41]&"
USER = "keeper"
DATABASE = "metered"
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
_ADMIN = "postgres"
_START_SECONDS = 60.0
_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


@dataclass(frozen=True)
class TcpPostgres:
    """`admin_url` needs no password: it goes by the Unix socket."""

    folder: Path
    port: int
    account: Account
    programs: Path

    @property
    def admin_url(self) -> str:
        return f"postgresql://{_ADMIN}@/{_ADMIN}?host={quote(str(self.folder))}&port={self.port}"

    def url(
        self,
        *,
        user: str = USER,
        password: str = PASSWORD,
        host: str = "127.0.0.1",
        port: int | None = None,
        database: str = DATABASE,
        **options: str,
    ) -> str:
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"postgresql://{login}@{host}:{port or self.port}/{quote(database)}" + (
            f"?{urlencode(options, quote_via=quote)}" if options else ""
        )

    def spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        """As the account that Postgres runs under: as root it would refuse."""
        account = None if self.account.is_own else self.account
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=None if account is None else account.uid,
                group=None if account is None else account.gid,
                extra_groups=None if account is None else [],
            )

    def psql(self, *statements: str) -> None:
        for statement in statements:
            psql = [str(self.programs / "psql"), "-X", "-v", "ON_ERROR_STOP=1"]
            done = self.account.run([*psql, self.admin_url, "-c", statement])
            assert done.returncode == 0, done.stdout


@contextmanager
def tcp_postgres(folder: Path) -> Iterator[TcpPostgres]:
    """With a database of a role that has a password."""
    server = _initialised(folder)
    with _running(server):
        literal = "'" + PASSWORD + "'"
        server.psql(
            f"CREATE ROLE {USER} LOGIN CREATEROLE PASSWORD {literal}",
            f"CREATE DATABASE {DATABASE} OWNER {USER}",
        )
        yield server


@contextmanager
def standby_of(server: TcpPostgres, folder: Path) -> Iterator[TcpPostgres]:
    """Another server with the same roles and databases, which takes no writes."""
    standby = _place(folder)
    files = folder / "data"
    copy = [str(server.programs / "pg_basebackup"), "-D", str(files), "-d", server.admin_url]
    options = ["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf"]
    done = server.account.run([*copy, *options])
    assert done.returncode == 0, done.stdout
    with _running(standby):
        yield standby


@asynccontextmanager
async def tls_before(port: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """The port of a server that speaks Postgres' TLS, and passes all on to `port`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            if await reader.readexactly(8) == _SSL_REQUEST:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(context)
                behind, to_behind = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(_pass_on(reader, to_behind), _pass_on(behind, writer))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextmanager
def pgbouncer_before(server: TcpPostgres, folder: Path, **settings: str) -> Iterator[int]:
    """The port of a PgBouncer that pools by transaction."""
    assert PGBOUNCER is not None
    port = free_port()
    options = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": "transaction",
        "default_pool_size": "3",
        **settings,
    }
    login = f"user={USER} password='{PASSWORD}'"
    lines = ["[databases]", f"{DATABASE} = host=127.0.0.1 port={server.port} {login}"]
    lines += ["[pgbouncer]", *(f"{name} = {value}" for name, value in options.items())]
    file = folder / "pgbouncer.ini"
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o644)
    server.account.take(folder)
    process = server.spawn([PGBOUNCER, str(file)], folder / "pgbouncer.log")
    try:
        _await_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _place(folder: Path) -> TcpPostgres:
    folder.mkdir(parents=True, exist_ok=True)
    account = account_for(folder, folder / "data")
    account.take(folder)
    return TcpPostgres(folder, free_port(), account, programs_for(account))


def _initialised(folder: Path) -> TcpPostgres:
    server = _place(folder)
    initdb = [str(server.programs / "initdb"), "-D", str(folder / "data"), "-U", _ADMIN]
    initdb += ["--auth-local=trust", "--auth-host=reject", "--locale=C", "--no-sync"]
    done = server.account.run([*initdb, "--encoding=UTF8"], env={"LC_ALL": "C"})
    assert done.returncode == 0, done.stdout
    # initdb would want a password for the superuser, who comes by the socket alone.
    rules = "local all all trust\nhost all all all scram-sha-256\nlocal replication all trust\n"
    (folder / "data" / "pg_hba.conf").write_text(rules)
    return server


@contextmanager
def _running(server: TcpPostgres) -> Iterator[None]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(server.port),
        "unix_socket_directories": str(server.folder),
        "fsync": "off",
    }
    command = [str(server.programs / "postgres"), "-D", str(server.folder / "data")]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    process = server.spawn(command, server.folder / "postgres.log")
    try:
        _await_port(server.port, process)
        _await_answer(server)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(server: TcpPostgres) -> None:
    deadline = time.monotonic() + _START_SECONDS
    ready = [str(server.programs / "pg_isready"), "-d", server.admin_url]
    while server.account.run(ready).returncode != 0:
        assert time.monotonic() < deadline, "it is not ready"
        time.sleep(0.05)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, "it ended; see its log"
        assert time.monotonic() < deadline, "it does not listen"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
