"""What tests of the feed share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.valkey import ValkeyServer


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey server that is not started yet."""
    server = ValkeyServer(tmp_path)
    yield server
    server.close()
