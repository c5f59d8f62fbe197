"""A `postmaster.pid` that an earlier run left behind, whatever process has its PID now."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from web.embedded import pidfile
from web.embedded.postgres import EmbeddedPostgres, running_url


@pytest.fixture
def left_behind(data_dir: Path) -> str:
    """The text of a lock file as a server that was killed leaves it."""
    with EmbeddedPostgres(data_dir):
        return pidfile.path_in(data_dir / "postgres").read_text()


@pytest.fixture
def stranger(data_dir: Path, left_behind: str) -> Iterator[subprocess.Popen[bytes]]:
    """A living process of the user that runs Postgres, which has the PID of the lock file."""
    facts = (data_dir / "postgres").stat()
    uid = facts.st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "600"], user=uid) as process:
        _, _, rest = left_behind.partition("\n")
        _write(data_dir, f"{process.pid}\n{rest}")
        yield process
        process.kill()


def _write(data_dir: Path, text: str) -> None:
    path = pidfile.path_in(data_dir / "postgres")
    path.write_text(text)
    facts = path.parent.stat()
    os.chown(path, facts.st_uid, facts.st_gid)


@pytest.mark.usefixtures("stranger")
def test_a_reused_pid_does_not_block_the_start(
    data_dir: Path, sql: Callable[[str, str], list[Any]]
) -> None:
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select 1")[0][0] == 1


def test_the_process_with_the_reused_pid_lives_on(
    data_dir: Path, stranger: subprocess.Popen[bytes]
) -> None:
    with EmbeddedPostgres(data_dir):
        pass
    assert stranger.poll() is None


@pytest.mark.usefixtures("stranger")
def test_a_stale_file_is_no_running_server(data_dir: Path) -> None:
    assert running_url(data_dir) is None


@pytest.mark.parametrize("text", ["", "\n", "not a number\n"])
@pytest.mark.usefixtures("left_behind")
def test_a_file_cut_off_while_it_was_written_does_not_block_the_start(
    text: str, data_dir: Path, sql: Callable[[str, str], list[Any]]
) -> None:
    _write(data_dir, text)
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select 1")[0][0] == 1
