"""The packages that the scripts in this folder import, and a server that can be started again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.node import install_packages
from tests.livemeter_server import ServerProcess
from web.server import listen


@pytest.fixture(scope="session", autouse=True)
def node_packages() -> None:
    install_packages()


@pytest.fixture
def process(database_url: str) -> Iterator[ServerProcess]:
    """A server on the test's database that has the same port whenever it is started."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    environment = {"DATABASE_URL": database_url}
    with ServerProcess("--port", str(port), environment=environment) as process:
        yield process
