"""Which database a command works on: said each time, and never made by mistake."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.roles import ROLES
from tests.certificate import make_certificate
from tests.command import Outcome, livemeter
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import ServerProcess
from tests.quick_folder import quick_folder
from tests.tcp_postgres import (
    PASSWORD,
    PGBOUNCER,
    TcpPostgres,
    pgbouncer_before,
    tcp_postgres,
    tls_before,
)
from tests.valkey import ValkeyServer

WRONG = "hunter2"
COMMANDS = [
    ("serve", "--port", "0"),
    ("demo", "--port", "0"),
    ("migrate",),
    ("check",),
    ("import", "FILE"),
    ("key", "create", "app", "--scope", "ADMIN"),
    ("key", "list"),
    ("key", "revoke", "key_x"),
    ("member", "add", "ada@example.com"),
    ("member", "list"),
    ("workspace", "create", "second"),
    ("workspace", "list"),
    ("prices", "status"),
]
NOT_SERVING = [
    ("migrate",),
    ("import", "FILE"),
    ("key", "create", "app", "--scope", "ADMIN"),
    ("member", "list"),
]


@pytest.fixture(scope="module")
def secured() -> Iterator[TcpPostgres]:
    with quick_folder() as folder, tcp_postgres(folder / "secured") as server:
        yield server


@pytest.fixture
def empty_folder(tmp_path: Path) -> Path:
    """With a file to import."""
    event = '{"id": "a", "provider": "openai", "model": "gpt-4o", "inputTokens": 1}\n'
    (tmp_path / "usage.ndjson").write_text(event)
    return tmp_path


async def _run(command: tuple[str, ...], folder: Path, database_url: str | None = None) -> Outcome:
    words = ("usage.ndjson" if word == "FILE" else word for word in command)
    return await livemeter(*words, folder=folder, database_url=database_url)


def _problem(outcome: Outcome) -> str:
    """The one line that says why a command ended. No line holds a password."""
    assert outcome.status == 1, outcome
    assert not {PASSWORD, WRONG} & set(outcome.errors.split()), outcome
    assert "Traceback" not in outcome.errors
    lines = [line for line in outcome.errors.splitlines() if not line.startswith("Database: ")]
    assert len(lines) == 1, outcome
    assert lines[0].startswith("livemeter: ")
    return lines[0]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_every_command_says_a_wrong_password_in_one_line(
    secured: TcpPostgres, empty_folder: Path, command: tuple[str, ...]
) -> None:
    outcome = await _run(command, empty_folder, secured.url(password=WRONG))
    assert "password in DATABASE_URL is wrong" in _problem(outcome)
    assert WRONG not in outcome.output + outcome.errors


@pytest.mark.parametrize("command", NOT_SERVING, ids=" ".join)
async def test_a_command_in_another_folder_makes_no_database_of_its_own(
    empty_folder: Path, command: tuple[str, ...]
) -> None:
    outcome = await _run(command, empty_folder)
    problem = _problem(outcome)
    assert str(empty_folder / ".livemeter") in problem
    assert "--data-dir" in problem
    assert not (empty_folder / ".livemeter").exists()


async def test_migrate_makes_a_database_where_it_is_told_to_and_others_use_it() -> None:
    with quick_folder() as folder:
        data_dir = folder / "data"
        made = await livemeter("migrate", "--create", "--data-dir", data_dir, folder=folder)
        assert made.status == 0, made
        listed = await livemeter("workspace", "list", "--data-dir", data_dir, folder=folder)
    assert listed.status == 0, listed
    assert listed.errors.splitlines() == [f"Database: embedded, in {data_dir}."]


async def test_a_command_says_which_database_it_used_but_not_the_password(
    secured: TcpPostgres, empty_folder: Path
) -> None:
    url = secured.url(keepalives="1", channel_binding="prefer")
    outcome = await _run(("migrate",), empty_folder, url)
    assert outcome.status == 0, outcome
    assert outcome.errors.splitlines() == [
        f"Database: metered at 127.0.0.1:{secured.port} "
        "(DATABASE_URL; without effect: channel_binding, keepalives)."
    ]


async def test_a_role_that_may_make_no_tables_is_told_what_to_run(
    secured: TcpPostgres, empty_folder: Path
) -> None:
    secured.psql("CREATE ROLE guest LOGIN PASSWORD 'x'", "CREATE DATABASE of_another")
    for role in ROLES:
        secured.psql(
            f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            f"GRANT {role} TO guest",
        )
    url = secured.url(user="guest", password="x", database="of_another")
    assert "GRANT CREATE ON SCHEMA" in _problem(await _run(("migrate",), empty_folder, url))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is empty"),
        (f"postgresql://u:{WRONG}/x@h/db", "Percent-encode"),
        (f"postgresql://u:{WRONG}@h/db?schema=public", "schema"),
        (f"postgresql://u:{WRONG}@db.invalid/db", "not found"),
    ],
)
async def test_an_address_that_is_no_use_is_told_in_one_line(
    empty_folder: Path, url: str, reason: str
) -> None:
    assert reason in _problem(await _run(("serve", "--port", "0"), empty_folder, url))


async def test_a_redis_that_takes_no_such_password_stops_the_start(
    database_url: str, empty_folder: Path
) -> None:
    redis = ValkeyServer(empty_folder, password="s3cret")
    redis.start()
    outcome = await livemeter(
        "serve",
        folder=empty_folder,
        database_url=database_url,
        variables={"REDIS_URL": redis.url_with(WRONG)},
    )
    redis.close()
    assert "user and password of REDIS_URL" in _problem(outcome)


async def test_a_server_starts_without_its_redis_and_says_so_in_one_line(
    database_url: str, empty_folder: Path
) -> None:
    log = empty_folder / "server.log"
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://redis.invalid:6379",
        "LIVEMETER_LOG_LEVEL": "error",
    }
    server = ServerProcess("--port", "0", environment=environment, log=log)
    await asyncio.to_thread(_starts_and_stops, server)
    told = log.read_text().splitlines()
    assert [line.startswith("livemeter: Redis at redis.invalid") for line in told] == [True, False]


async def test_several_settings_that_are_wrong_are_told_in_one_line(empty_folder: Path) -> None:
    variables = {"LIVEMETER_SESSION_HOURS": "long", "LIVEMETER_BASE_URL": "here"}
    outcome = await livemeter("serve", folder=empty_folder, variables=variables)
    problem = _problem(outcome)
    assert "LIVEMETER_SESSION_HOURS: " in problem
    assert "LIVEMETER_BASE_URL: " in problem


async def test_a_server_works_by_tls_with_a_password(
    secured: TcpPostgres, empty_folder: Path
) -> None:
    certificate = make_certificate(empty_folder, "localhost")
    async with tls_before(secured.port, certificate.server) as port:
        url = secured.url(
            host="localhost",
            port=port,
            sslmode="verify-full",
            sslrootcert=str(certificate.path),
        )
        for command in (("migrate",), ("import", "FILE"), ("check",), ("key", "list")):
            outcome = await _run(command, empty_folder, url)
            assert outcome.status == 0, outcome
        server = ServerProcess("--port", "0", environment={"DATABASE_URL": url})
        await asyncio.to_thread(_starts_and_stops, server)


def _starts_and_stops(server: ServerProcess) -> None:
    with server:
        assert server.stop() == 0


@pytest.mark.skipif(
    PGBOUNCER is None, reason="PgBouncer is not installed (apt-get install pgbouncer)"
)
async def test_a_server_behind_a_pooler_records_and_reads_for_many_at_once(
    secured: TcpPostgres, empty_folder: Path
) -> None:
    log = empty_folder / "server.log"
    with quick_folder() as folder, pgbouncer_before(secured, folder) as port:
        url = secured.url(port=port)
        migrated = await _run(("migrate",), empty_folder, url)
        assert migrated.status == 0, migrated
        scopes = ("--scope", "EVENTS_WRITE", "--scope", "USAGE_READ")
        made = await _run(("key", "create", "app", *scopes), empty_folder, url)
        assert made.status == 0, made
        key = made.output.splitlines()[-1]
        with ServerProcess("--port", "0", environment={"DATABASE_URL": url}, log=log) as server:
            answers = await asyncio.gather(
                *(_record_and_read(server.url, key, caller) for caller in range(12))
            )
            assert answers == [True] * 12
            assert server.stop() == 0
    assert "Traceback" not in log.read_text()


async def _record_and_read(url: str, key: str, caller: int) -> bool:
    """Whether every event of a caller was recorded, counted and found again."""
    customer = f"customer-{caller}"
    async with GraphQLClient(url, key) as client:
        for turn in range(10):
            event = {
                "id": f"{customer}-{turn}",
                "provider": "openai",
                "model": "gpt-4o",
                "inputTokens": 10,
                "customerId": customer,
                "metadata": {"turn": str(turn)},
            }
            await client.record(event)
            query = (
                "query($customer: String!) { usage(range: {preset: TODAY},"
                " filter: {customerIds: [$customer]}) { totals { events } }"
                " events(first: 20, filter: {customerIds: [$customer]}) { nodes { id } } }"
            )
            data = await client.data(query, customer=customer)
            counts = (int(data["usage"]["totals"]["events"]), len(data["events"]["nodes"]))
            if counts != (turn + 1, turn + 1):
                return False
    return True
