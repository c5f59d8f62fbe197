"""kill -9 of every process in turn: nothing goes on alone, nothing committed is lost."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from web.embedded.postgres import EmbeddedPostgres

Sql = Callable[[str, str], list[Any]]
Ask = Callable[[str, str], object]
Eventually = Callable[[Callable[[], bool]], None]


FORKING_OWNER = """
import os, signal, sys
from pathlib import Path
from web.embedded.postgres import EmbeddedPostgres

EmbeddedPostgres(Path(sys.argv[1])).start()
child = os.fork()
if child:
    print(child, flush=True)
signal.pause()
"""


@pytest.fixture
def url(new_owner: Callable[[], Any], sql: Sql) -> Any:
    """Of a server with a committed row, whose owner is another process."""
    word, url = new_owner().outcome()
    assert word == "started"
    sql(url, "create table kept as select 42 as answer")
    return url


@pytest.fixture
def owner(traces: Any, url: str) -> Any:
    return traces.supervisor().parent()


@pytest.mark.parametrize("victim", ["owner", "supervisor"])
def test_kill_9_ends_every_process(
    victim: str, owner: Any, traces: Any, eventually: Eventually
) -> None:
    (owner if victim == "owner" else traces.supervisor()).kill()
    eventually(lambda: not traces.processes())


@pytest.mark.parametrize("victim", ["owner", "supervisor"])
def test_kill_9_leaves_no_shared_memory(
    victim: str, owner: Any, traces: Any, eventually: Eventually
) -> None:
    segments = traces.shared_memory()
    assert segments
    (owner if victim == "owner" else traces.supervisor()).kill()
    eventually(lambda: not traces.processes())
    assert [path for path in segments if path.exists()] == []


@pytest.mark.parametrize("victim", ["owner", "supervisor"])
def test_a_committed_row_survives_kill_9(
    victim: str, owner: Any, traces: Any, data_dir: Path, sql: Sql, eventually: Eventually
) -> None:
    process = owner if victim == "owner" else traces.supervisor()
    process.kill()
    eventually(lambda: process.status() == psutil.STATUS_ZOMBIE)
    # No more waiting: the next start has to wait for what is still ending.
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select answer from kept")[0]["answer"] == 42


def _kill_all(processes: list[psutil.Process]) -> None:
    for process in processes:
        # One may be gone already, for it saw another die.
        with suppress(psutil.NoSuchProcess):
            process.kill()


def test_kill_9_of_everything_at_once_loses_no_committed_row(
    owner: Any, traces: Any, data_dir: Path, sql: Sql
) -> None:
    _kill_all([owner, *traces.processes()])
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select answer from kept")[0]["answer"] == 42


def test_after_kill_9_of_everything_the_next_run_tidies_shared_memory(
    owner: Any, traces: Any, data_dir: Path
) -> None:
    segments = traces.shared_memory()
    _kill_all([owner, *traces.processes()])
    with EmbeddedPostgres(data_dir):
        pass
    assert [path for path in segments if path.exists()] == []


def test_a_process_that_the_owner_forked_does_not_keep_the_server(
    data_dir: Path, traces: Any, eventually: Eventually
) -> None:
    """A fork inherits the pipe, as the workers of `multiprocessing` do."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", FORKING_OWNER, str(data_dir)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        fork = int(owner.stdout.readline())
        owner.kill()
        try:
            eventually(lambda: not traces.processes())
        finally:
            os.kill(fork, signal.SIGKILL)


def test_after_kill_9_of_the_postmaster_it_comes_back_with_the_row(
    url: str, traces: Any, sql_when_back: Ask
) -> None:
    traces.postmaster().kill()
    assert sql_when_back(url, "select answer from kept") == 42


async def _is_computing(url: str) -> None:
    count = "select count(*) from pg_stat_activity where state = 'active' and query like 'do %'"
    connection = await asyncpg.connect(url)
    while not await connection.fetchval(count):
        await connection.execute("select pg_sleep(0.01)")
    await connection.close()


def test_it_comes_back_although_a_backend_of_the_dead_postmaster_is_busy(
    url: str, traces: Any, sql_when_back: Ask
) -> None:
    """Such a backend computes on, unaware, and keeps the shared memory in use."""

    async def kill_amid_a_long_computation() -> None:
        connection = await asyncpg.connect(url)
        busy = asyncio.create_task(
            connection.execute("do $$ begin while true loop null; end loop; end $$")
        )
        await _is_computing(url)
        traces.postmaster().kill()
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await asyncio.wait_for(busy, timeout=30)
        connection.terminate()

    asyncio.run(kill_amid_a_long_computation())
    assert sql_when_back(url, "select answer from kept") == 42


def test_it_comes_back_a_second_time(url: str, traces: Any, sql_when_back: Ask) -> None:
    for _ in range(2):
        sql_when_back(url, "select 1")
        traces.postmaster().kill()
    assert sql_when_back(url, "select answer from kept") == 42


@pytest.mark.slow
def test_it_gives_up_on_a_server_that_dies_again_and_again(
    url: str, traces: Any, data_dir: Path, eventually: Eventually
) -> None:
    control = data_dir / "postgres" / "global" / "pg_control"
    hidden = control.rename(control.with_name("hidden"))
    traces.postmaster().kill()
    eventually(lambda: not traces.processes())
    assert "giving up" in (data_dir / "postgres.log").read_text()
    # Whole again, the next run tidies the shared memory.
    hidden.rename(control)
    with EmbeddedPostgres(data_dir):
        pass


def test_a_backend_killed_by_9_is_made_up_for_by_postgres(
    url: str, traces: Any, sql_when_back: Ask
) -> None:
    traces.postmaster().children()[0].kill()
    assert sql_when_back(url, "select answer from kept") == 42


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(owner: Any, traces: Any) -> None:
    assert os.getsid(traces.supervisor().pid) != os.getsid(owner.pid)


def test_a_signal_to_the_supervisor_leaves_the_server_to_its_owner(
    url: str, traces: Any, sql: Sql
) -> None:
    traces.supervisor().terminate()
    assert sql(url, "select answer from kept")[0]["answer"] == 42
