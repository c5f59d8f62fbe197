"""What tests of faults share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.livemeter_server import ServerProcess
from tests.valkey import ValkeyServer


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey server that is not started yet."""
    server = ValkeyServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def server_process(database_url: str) -> Iterator[ServerProcess]:
    """`livemeter serve` on the test's database."""
    with ServerProcess("--port", "0", environment={"DATABASE_URL": database_url}) as server:
        yield server
