"""Clients of the REST API, each with a key of its own kind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient


@pytest.fixture
async def rest(server: InProcessServer, keys: Keys) -> AsyncIterator[RestClient]:
    """With a key that may read."""
    async with RestClient(server.url, keys.read) as client:
        yield client
