"""Bringing a database up to this version's tables, by one process at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.database import Database, unavailable_when_away
from models.roles import MissingRights, ensure_roles

_DIRECTORY = Path(__file__).parent / "migrations"
# Any number that is ours alone: "livemeter" in the low bytes of ASCII.
_ADVISORY_LOCK = 0x6C6976656D657465


# How long recording and reading may wait behind a migration that waits for a table.
_LOCK_SECONDS = 2
# Between the turns, in which they go on.
_PAUSES_SECONDS = (0.5, 1, 2, 4, 8, 8, 8, 8)
_IN_USE = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


class TablesInUse(Exception):
    """Long statements keep the tables from being brought up to date."""


class NewerDatabase(Exception):
    """The tables come from a later version of Livemeter than this one."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_DIRECTORY))
    return config


def latest_revision() -> str:
    """The revision that this version's code expects."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


async def current_revision(database: Database) -> str | None:
    """The revision of the tables that are there; None where there are none."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_revision)


async def migrate(database: Database) -> None:
    """Run what migrations are missing.

    A table that is in use is waited for in short turns: whoever waits for a table keeps all others
    from it. Raises NewerDatabase rather than guess at the future, MissingRights, TablesInUse, and
    Unavailable.
    """
    for pause in (*_PAUSES_SECONDS, None):
        try:
            await _migrate(database)
            return
        except DBAPIError as error:
            if not isinstance(_cause(error), _IN_USE):
                raise
            if pause is None:
                raise TablesInUse(
                    "The tables are in use by long statements, so they cannot be brought up to "
                    "date now. Nothing was changed: end those statements, then start again."
                ) from error
        await asyncio.sleep(pause)


def _cause(error: DBAPIError) -> BaseException | None:
    return None if error.orig is None else error.orig.__cause__


async def _migrate(database: Database) -> None:
    async with unavailable_when_away(), database.engine.begin() as connection:
        # Released with the transaction, also when this process dies.
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
        try:
            await connection.run_sync(_upgrade)
        except DBAPIError as error:
            cause = _cause(error)
            if not isinstance(cause, asyncpg.InsufficientPrivilegeError):
                raise
            raise MissingRights(
                f"The role of DATABASE_URL may not make Livemeter's tables: {cause}. Let a "
                "superuser run GRANT CREATE ON SCHEMA public TO that role, or ALTER DATABASE … "
                "OWNER TO it."
            ) from error


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    config = _config()
    revision = _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise NewerDatabase(
            f"The database is at revision {revision}, which this version of Livemeter does not "
            "know: it was migrated by a newer one. Install that version, or restore a backup."
        )
    ensure_roles(connection)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
