"""What a failure tells of the statement that failed."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.database import Database


async def test_an_error_of_postgres_tells_nothing_of_the_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.write() as session:
            await session.execute(text("SELECT 1 / 0, :given"), {"given": "a password's hash"})
    assert "password's hash" not in str(caught.value)
