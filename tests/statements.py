"""Counting what is asked of Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from models.database import Database


@contextmanager
def noted_statements(database: Database) -> Iterator[list[str]]:
    """The statements of the block in their order, by whichever way.

    What begins and ends transactions, and steps into a reader's role, is left out.

    Only of connections that are opened within the block, so give it a pool of its own.
    """
    statements: list[str] = []

    def note(record: Any) -> None:
        if not record.query.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SET LOCAL", ";")):
            statements.append(record.query)

    def connected(connection: Any, _: object) -> None:
        connection.driver_connection.add_query_logger(note)

    event.listen(database.engine.sync_engine, "connect", connected)
    try:
        yield statements
    finally:
        event.remove(database.engine.sync_engine, "connect", connected)
