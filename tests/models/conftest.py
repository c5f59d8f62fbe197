"""A Postgres that asks for passwords."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.quick_folder import quick_folder
from tests.tcp_postgres import TcpPostgres, tcp_postgres


@pytest.fixture(scope="module")
def secured() -> Iterator[TcpPostgres]:
    with quick_folder() as folder, tcp_postgres(folder / "secured") as server:
        yield server
