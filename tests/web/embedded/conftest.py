"""Data directories of their own, owners to be killed, and eyes on what is left of them."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

REPOSITORY = Path(__file__).parents[3]
OWNER = """
import sys
from pathlib import Path
from web.embedded.errors import AlreadyRunning
from web.embedded.postgres import EmbeddedPostgres

server = EmbeddedPostgres(Path(sys.argv[1]))
try:
    server.start()
    print("started", server.url, flush=True)
except AlreadyRunning as refused:
    print("refused", refused.url, flush=True)
sys.stdin.read()
"""


class Traces:
    """What of a data directory's server can be seen from outside."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def processes(self) -> list[psutil.Process]:
        """The supervisor and all of Postgres; backends are known by where they work."""
        return [process for process in psutil.process_iter() if self._belongs(process)]

    def postmaster(self) -> psutil.Process:
        lines = (self.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        return psutil.Process(int(lines[0]))

    def supervisor(self) -> psutil.Process:
        parent = self.postmaster().parent()
        assert parent is not None
        return parent

    def shared_memory(self) -> set[Path]:
        """The files in /dev/shm that the server's processes have mapped."""
        mapped = {path for process in self.processes() for path in _mapped_files(process)}
        return {Path(path) for path in mapped if path.startswith("/dev/shm/")}

    def _belongs(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            words = process.cmdline()
            is_supervisor = any(word.endswith("supervisor.py") for word in words)
            if is_supervisor and any(word.startswith(f"{self.data_dir}/") for word in words):
                return True
            return str(process.cwd()).startswith(f"{self.data_dir}/")
        return False


def _mapped_files(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return [part.path for part in process.memory_maps()]
    return []


class Owner:
    """A Python process that owns an embedded Postgres."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(data_dir)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def outcome(self) -> tuple[str, str]:
        """`started` or `refused`, and the URL."""
        assert self.process.stdout is not None
        word, url = self.process.stdout.readline().split()
        return word, url

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Not `tmp_path`: beneath that one, root's are closed to the user that runs Postgres."""
    folder = Path(tempfile.mkdtemp(prefix="livemeter-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "data"
    wait_until(lambda: not Traces(folder).processes())
    shutil.rmtree(folder)


@pytest.fixture
def traces(data_dir: Path) -> Traces:
    return Traces(data_dir)


@pytest.fixture
def new_owner(data_dir: Path) -> Iterator[Callable[[], Owner]]:
    owners: list[Owner] = []

    def start() -> Owner:
        owners.append(Owner(data_dir))
        return owners[-1]

    yield start
    for owner in owners:
        owner.kill()


def wait_until(condition: Callable[[], bool], patience_s: float = 30.0) -> None:
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    return wait_until


@pytest.fixture
def sql() -> Callable[[str, str], list[asyncpg.Record]]:
    """Run one statement in a connection of its own."""

    async def fetch(url: str, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return lambda url, statement: asyncio.run(fetch(url, statement))


@pytest.fixture
def sql_when_back(sql: Callable[[str, str], list[asyncpg.Record]]) -> Callable[[str, str], object]:
    """The first value of the first row, as soon as the server takes sessions again."""

    def ask(url: str, statement: str) -> object:
        answers: list[object] = []

        def is_answered() -> bool:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                answers.append(sql(url, statement)[0][0])
            return bool(answers)

        wait_until(is_answered)
        return answers[0]

    return ask


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root has to lend Postgres another uid")


@pytest.fixture
def as_ordinary_user() -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is closed to root")
