"""Postgres itself holds readers to their reach, whatever the statement says."""

from __future__ import annotations

import re
from typing import Any

import asyncpg
import pytest

from models.database import Database
from models.event_log import Attempts, append
from models.reach import CUSTOMER, READER, Reach
from tests.alerts import add_destination, put
from tests.events import make_draft

# Read by name alone, before a workspace is known, and never by readers.
GLOBAL = {
    "alembic_version",
    "api_keys",
    "customer_tokens",
    "identities",
    "invitations",
    "memberships",
    "people",
    "sessions",
}
# What belongs to no workspace.
PUBLIC = {"prices", "catalogue"}

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""
_IS_HELD = "SELECT relrowsecurity FROM pg_class WHERE oid = $1::regclass"
# Of several policies one is enough to see a row.
_BORDERS = """
    SELECT qual FROM pg_policies
    WHERE schemaname = current_schema() AND tablename = $1 AND permissive = 'PERMISSIVE'
        AND cmd IN ('SELECT', 'ALL') AND ($2 = ANY (roles) OR 'public' = ANY (roles))
"""
_MAY_SELECT = "SELECT has_table_privilege($1, $2, 'SELECT')"


@pytest.fixture
async def two_workspaces(database: Database) -> Database:
    """Two customers in workspace 1, and another in workspace 2."""
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("INSERT INTO workspaces (name) VALUES ('other')")
    for workspace_id, customer in ((1, "acme"), (1, "beta"), (2, "other's")):
        draft = make_draft(
            customer,
            workspace_id=workspace_id,
            customer_id=customer,
            user_id=f"{customer}-user",
            feature_id="chat",
        )
        await append(database, workspace_id, [draft], Attempts())
        await put(
            database,
            await add_destination(database, "https://example.com", workspace_id=workspace_id),
            workspace_id=workspace_id,
        )
    return database


async def _tables(database: Database) -> list[str]:
    async with database.snapshot_as_owner() as driver:
        return [row[0] for row in await driver.fetch(_TABLES)]


async def _seen(database: Database, reach: Reach, sql: str) -> list[Any]:
    async with database.snapshot(reach) as driver:
        return [row[0] for row in await driver.fetch(sql)]


async def test_every_table_that_a_reader_may_read_holds_it_to_its_workspace(
    two_workspaces: Database,
) -> None:
    """Without any WHERE."""
    for table in set(await _tables(two_workspaces)) - GLOBAL - PUBLIC:
        column = "id" if table == "workspaces" else "workspace_id"
        for workspace_id in (1, 2):
            seen = await _seen(two_workspaces, Reach(workspace_id), f"SELECT {column} FROM {table}")
            assert set(seen) <= {workspace_id}, table


@pytest.mark.parametrize("role", [READER, CUSTOMER])
async def test_every_table_that_a_reader_may_read_has_borders(
    database: Database, role: str
) -> None:
    """Whether or not anything is in it."""
    open_tables = []
    for table in set(await _tables(database)) - PUBLIC:
        async with database.snapshot_as_owner() as driver:
            if not await driver.fetchval(_MAY_SELECT, role, table):
                continue
            is_held = await driver.fetchval(_IS_HELD, table)
            borders = [row[0] for row in await driver.fetch(_BORDERS, table, role)]
        if not is_held or not borders or not all(_names_workspace(one) for one in borders):
            open_tables.append((table, is_held, borders))
    assert open_tables == []


def _names_workspace(border: str) -> bool:
    column = r"(?:workspace_id|id)"
    setting = r"current_setting\('livemeter\.workspace_id'"
    return bool(re.search(rf"\b{column} = .*{setting}", border)) and " OR " not in border


async def test_readers_see_what_is_theirs(two_workspaces: Database) -> None:
    sql = "SELECT customer_id FROM usage_events ORDER BY sequence"
    assert await _seen(two_workspaces, Reach(1), sql) == ["acme", "beta"]
    assert await _seen(two_workspaces, Reach(2), sql) == ["other's"]


async def test_a_session_is_held_as_a_snapshot_is(two_workspaces: Database) -> None:
    async with two_workspaces.read(Reach(2)) as session:
        connection = await session.connection()
        rows = await connection.exec_driver_sql("SELECT customer_id FROM usage_events")
        assert rows.scalars().all() == ["other's"]


@pytest.mark.parametrize(
    "table",
    [
        "usage_events",
        "cube_customers_by_quarter_hour",
        "cube_customers_by_day",
        "cube_users_by_day",
        "cube_combinations_by_day",
        "presence_of_users",
        "presence_of_customers",
    ],
)
async def test_a_customer_sees_its_own_rows_alone(two_workspaces: Database, table: str) -> None:
    seen = await _seen(two_workspaces, Reach(1, "acme"), f"SELECT customer_id FROM {table}")
    assert set(seen) == {"acme"}


@pytest.mark.parametrize("customer", ["' OR true --", "x'; RESET ROLE; SELECT '", "\\", "", "Ä'"])
async def test_a_customers_name_is_no_sql(two_workspaces: Database, customer: str) -> None:
    reach = Reach(1, customer)
    assert await _seen(two_workspaces, reach, "SELECT customer_id FROM usage_events") == []
    assert await _seen(two_workspaces, reach, "SELECT current_user::text") == [CUSTOMER]


async def test_a_customer_may_not_read_the_sums_of_all(two_workspaces: Database) -> None:
    alerts = ("alert_destinations", "alert_deliveries")
    for table in ("cube_totals_by_day", "first_uses", "audit_entries", "repricings", *alerts):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _seen(two_workspaces, Reach(1, "acme"), f"SELECT 1 FROM {table}")


@pytest.mark.parametrize("role", [READER, CUSTOMER])
async def test_no_reader_may_read_secrets_or_people(database: Database, role: str) -> None:
    async with database.snapshot_as_owner() as driver:
        for table in GLOBAL:
            assert not await driver.fetchval(_MAY_SELECT, role, table), table


@pytest.mark.parametrize("column", ["url", "secret", "earlier_secret"])
async def test_no_reader_may_read_what_opens_a_destination(
    two_workspaces: Database, column: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _seen(two_workspaces, Reach(1), f"SELECT {column} FROM alert_destinations")


async def test_readers_see_the_deliveries_of_their_workspace(two_workspaces: Database) -> None:
    sql = "SELECT workspace_id FROM alert_deliveries"
    assert await _seen(two_workspaces, Reach(1), sql) == [1, 1]
    assert await _seen(two_workspaces, Reach(2), sql) == [2]


@pytest.mark.parametrize("statement", ["DELETE FROM usage_events", "UPDATE workspaces SET id = 3"])
async def test_no_reader_may_write(two_workspaces: Database, statement: str) -> None:
    async with two_workspaces.driver() as driver:
        transaction = driver.transaction()
        await transaction.start()
        await driver.execute(f"{Reach(1).step_in}; {Reach(1).borders}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await driver.execute(statement)
        await transaction.rollback()


async def test_a_reader_without_a_workspace_sees_nothing(two_workspaces: Database) -> None:
    async with two_workspaces.driver() as driver, driver.transaction():
        await driver.execute(f"SET LOCAL ROLE {READER}")
        assert await driver.fetch("SELECT 1 FROM usage_events") == []


async def test_the_role_is_put_down_with_the_transaction(two_workspaces: Database) -> None:
    own = "SELECT current_user::text, current_setting('livemeter.workspace_id', true)"
    async with two_workspaces.snapshot_as_owner() as driver:
        before = (await driver.fetchrow(own))[0]
    for _ in range(3):
        await _seen(two_workspaces, Reach(1), "SELECT 1")
        async with two_workspaces.snapshot_as_owner() as driver:
            assert tuple(await driver.fetchrow(own)) in ((before, None), (before, ""))
