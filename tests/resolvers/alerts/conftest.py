"""An evaluator for each test that wants one."""

from __future__ import annotations

import pytest

from models.database import Database
from tests.resolvers.alerts.evaluated import Evaluated


@pytest.fixture
def evaluated(database: Database) -> Evaluated:
    return Evaluated(database)
