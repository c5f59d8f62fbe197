"""An evaluator for each test that wants one."""

from __future__ import annotations

import pytest

from models.database import Database
from tests.resolvers.alerts.evaluated import Evaluated, make_destination


@pytest.fixture
async def evaluated(database: Database) -> Evaluated:
    await make_destination(database)
    return Evaluated(database)
