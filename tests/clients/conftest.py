"""The packages that the scripts in this folder import."""

from __future__ import annotations

import pytest

from tests.clients.node import install_packages


@pytest.fixture(scope="session", autouse=True)
def node_packages() -> None:
    install_packages()
