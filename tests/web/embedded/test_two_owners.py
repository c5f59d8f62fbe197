"""One data directory, several processes that want it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web.embedded import binaries
from web.embedded.account import account_for
from web.embedded.errors import AlreadyRunning
from web.embedded.postgres import EmbeddedPostgres, running_url

Sql = Callable[[str, str], list[Any]]


def test_a_second_start_is_refused_with_the_url(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        with pytest.raises(AlreadyRunning) as refused:
            EmbeddedPostgres(data_dir).start()
        assert refused.value.url == server.url


def test_a_refused_start_leaves_the_server_alone(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir) as server:
        with pytest.raises(AlreadyRunning):
            EmbeddedPostgres(data_dir).start()
        assert sql(server.url, "select 1")[0][0] == 1


def test_the_running_url_is_the_servers(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        assert running_url(data_dir) == server.url


def test_there_is_no_running_url_before_or_after(data_dir: Path) -> None:
    before = running_url(data_dir)
    with EmbeddedPostgres(data_dir):
        pass
    assert (before, running_url(data_dir)) == (None, None)


def test_attaching_uses_the_server_that_runs(data_dir: Path) -> None:
    with (
        EmbeddedPostgres(data_dir) as server,
        EmbeddedPostgres.attach_or_start(data_dir) as attached,
    ):
        assert (attached.url, attached.is_own) == (server.url, False)


def test_stopping_what_was_attached_leaves_the_server_running(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir) as server:
        with EmbeddedPostgres.attach_or_start(data_dir):
            pass
        assert sql(server.url, "select 1")[0][0] == 1


def test_attaching_works_with_all_sessions_taken(data_dir: Path) -> None:
    settings = {"max_connections": "1", "superuser_reserved_connections": "0"}
    settings |= {"reserved_connections": "0", "max_wal_senders": "0"}
    with EmbeddedPostgres(data_dir, settings) as server:
        holder = subprocess.Popen(
            [str(_psql()), "-X", server.url, "-c", "select 1", "-f", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            found = running_url(data_dir)
        assert found == server.url


def _psql() -> Path:
    found = shutil.which("psql") or binaries.installed() / "psql"
    return Path(found)


def test_without_a_server_attaching_starts_one(data_dir: Path) -> None:
    with EmbeddedPostgres.attach_or_start(data_dir) as server:
        assert server.is_own


def test_what_attaching_started_ends_with_the_command(data_dir: Path, traces: Any) -> None:
    with EmbeddedPostgres.attach_or_start(data_dir):
        pass
    assert traces.processes() == []


def test_of_two_that_start_at_once_one_starts_and_the_other_gets_its_url(
    new_owner: Callable[[], Any],
) -> None:
    first, second = new_owner(), new_owner()
    outcomes = dict([first.outcome(), second.outcome()])
    assert outcomes["started"] == outcomes["refused"]


def test_a_server_that_someone_started_by_hand_is_not_disturbed(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir):
        pass
    cluster = data_dir / "postgres"
    account = account_for(data_dir, cluster)
    control = str(binaries.installed() / "pg_ctl")
    options = f"-c listen_addresses= -k {cluster}"
    start = [control, "start", "-w", "-D", str(cluster), "-o", options, "-l", f"{cluster}/log"]
    assert account.run(start).returncode == 0
    try:
        with pytest.raises(AlreadyRunning) as refused:
            EmbeddedPostgres(data_dir).start()
        assert sql(refused.value.url, "select 1")[0][0] == 1
    finally:
        account.run([control, "stop", "-w", "-m", "fast", "-D", str(cluster)])
