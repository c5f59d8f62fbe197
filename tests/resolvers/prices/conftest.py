"""A catalogue of a few models, for tests that change it."""

from __future__ import annotations

import pytest

from models.database import Database
from tests.catalogue_file import forget_prices


@pytest.fixture
async def unlearnt(database: Database) -> Database:
    """A database whose catalogue has no prices yet."""
    await forget_prices(database)
    return database
