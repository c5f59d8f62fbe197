"""Bringing a database up to this version's tables, by one process at a time."""

from __future__ import annotations

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

    Raises NewerDatabase rather than guess at the future, MissingRights, and Unavailable.
    """
    async with unavailable_when_away(), database.engine.begin() as connection:
        # Released with the transaction, also when this process dies.
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        try:
            await connection.run_sync(_upgrade)
        except DBAPIError as error:
            cause = error.orig.__cause__ if error.orig is not None else None
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
