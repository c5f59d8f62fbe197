"""A server of its own for a measurement, on an embedded Postgres that is as durable as usual."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from models.cube_content import CONTENTS
from models.database import Database
from models.key import Scope, new_key
from web.embedded.postgres import EmbeddedPostgres
from web.process import prepare

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class BenchServer:
    """Where the server listens, a key for it, and its database."""

    port: int
    key: str
    database_url: str
    pid: int


@contextmanager
def bench_server(program: str = "web") -> Iterator[BenchServer]:
    """`program` is the module that has the command `serve`."""
    with tempfile.TemporaryDirectory(prefix="livemeter-bench-") as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "data") as postgres:
            key = asyncio.run(_prepare(postgres.url))
            with _serving(postgres.url, program) as (port, pid):
                yield BenchServer(port, key, postgres.url, pid)


async def _prepare(url: str) -> str:
    database = Database(url)
    await prepare(database)
    async with database.write() as session:
        key, secret = new_key(1, "bench", [Scope.EVENTS_WRITE, Scope.USAGE_READ])
        session.add(key)
    await database.close()
    return secret


@contextmanager
def _serving(url: str, program: str) -> Iterator[tuple[int, int]]:
    process = subprocess.Popen(
        [sys.executable, "-m", program, "serve", "--port", "0"],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "LIVEMETER_LOG_LEVEL": "warning",
            "LIVEMETER_PRICES_URL": "",
        },
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://[\d.]+:(\d+)", process.stdout.readline())
        assert found is not None
        port = int(found[1])
        asyncio.run(_until_it_listens(port))
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


async def _until_it_listens(port: int) -> None:
    for _ in range(500):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise TimeoutError("the server did not start")


def machine() -> str:
    """What the numbers were measured on, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Python {sys.version.split()[0]}"


async def empty_log(database_url: str) -> None:
    """Start each measurement from an empty log, so that the order of them does not matter."""
    connection = await asyncpg.connect(database_url)
    tables = ", ".join(["usage_events", "cube_gaps", *(content.table for content in CONTENTS)])
    await connection.execute(f"TRUNCATE {tables}")
    await connection.execute("UPDATE workspaces SET last_sequence = 0, cubed_sequence = 0")
    await connection.execute("CHECKPOINT")
    await connection.close()
