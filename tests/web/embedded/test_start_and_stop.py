"""The ordinary life of the embedded Postgres."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web.embedded.errors import DataDirUnusable, StartFailed
from web.embedded.postgres import EmbeddedPostgres

Sql = Callable[[str, str], list[Any]]


def test_the_first_start_makes_a_database_in_utf8(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir) as server:
        [row] = sql(server.url, "select current_database(), current_setting('server_encoding')")
    assert tuple(row) == ("livemeter", "UTF8")


def test_what_was_committed_is_there_at_the_second_start(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir) as server:
        sql(server.url, "create table kept as select 42 as answer")
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select answer from kept")[0]["answer"] == 42


def test_stop_leaves_no_process(data_dir: Path, traces: Any) -> None:
    with EmbeddedPostgres(data_dir):
        assert traces.processes()
    assert traces.processes() == []


def test_stop_leaves_no_shared_memory(data_dir: Path, traces: Any) -> None:
    with EmbeddedPostgres(data_dir):
        segments = traces.shared_memory()
    assert [path for path in segments if path.exists()] == []


def test_starting_twice_is_starting_once(data_dir: Path, traces: Any) -> None:
    with EmbeddedPostgres(data_dir) as server:
        before = traces.postmaster()
        server.start()
        assert traces.postmaster() == before


def test_a_stopped_server_starts_again(data_dir: Path, sql: Sql) -> None:
    server = EmbeddedPostgres(data_dir)
    server.start()
    server.stop()
    with server:
        assert sql(server.url, "select 1")[0][0] == 1


def test_there_is_no_url_before_the_start(data_dir: Path) -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = EmbeddedPostgres(data_dir).url


def test_it_does_not_listen_on_tcp(data_dir: Path, traces: Any) -> None:
    with EmbeddedPostgres(data_dir):
        assert traces.postmaster().net_connections(kind="inet") == []


def test_the_socket_lies_in_a_folder_closed_to_others(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        assert stat.S_IMODE((data_dir / "socket").stat().st_mode) == 0o700


def test_commits_are_durable_by_default(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "show fsync")[0][0] == "on"


def test_settings_are_passed_on(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir, {"fsync": "off"}) as server:
        assert sql(server.url, "show fsync")[0][0] == "off"


def test_a_setting_that_postgres_refuses_is_named_in_the_error(data_dir: Path) -> None:
    with pytest.raises(StartFailed, match="no_such_setting"):
        EmbeddedPostgres(data_dir, {"no_such_setting": "1"}).start()


def test_a_failed_start_leaves_no_process(data_dir: Path, traces: Any) -> None:
    with pytest.raises(StartFailed):
        EmbeddedPostgres(data_dir, {"no_such_setting": "1"}).start()
    assert traces.processes() == []


def test_a_log_over_its_limit_is_put_aside(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "postgres.log").write_bytes(b"old\n" * 3_000_000)
    with EmbeddedPostgres(data_dir) as server:
        assert server.log_path.stat().st_size < 1_000_000


@pytest.mark.usefixtures("as_root")
def test_under_root_postgres_runs_as_another_user(data_dir: Path, traces: Any) -> None:
    with EmbeddedPostgres(data_dir):
        assert 0 not in traces.postmaster().uids()


@pytest.mark.usefixtures("as_root")
def test_under_root_postgres_keeps_no_group_of_root(data_dir: Path, traces: Any) -> None:
    with EmbeddedPostgres(data_dir):
        status = Path(f"/proc/{traces.postmaster().pid}/status").read_text()
    assert "\nGroups:\t \n" in status or "\nGroups:\t\n" in status


@pytest.mark.usefixtures("as_ordinary_user")
def test_a_folder_that_may_not_be_written_is_named(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o500)
    with pytest.raises(DataDirUnusable, match=str(data_dir)):
        EmbeddedPostgres(data_dir).start()


@pytest.mark.usefixtures("as_ordinary_user")
def test_the_data_directory_is_closed_to_others(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
