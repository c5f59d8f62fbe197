"""The two roles that readers are: made with the tables, or by whoever may make roles."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models.reach import CUSTOMER, READER

ROLES = (READER, CUSTOMER)
# Roles are of the whole server, so another database's migration may make them at this moment.
_CREATE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
# Before Postgres 16 whoever is a member of a role may step into it.
_MAY_STEP_IN = """
SELECT current_user, coalesce(bool_and(pg_has_role(
    current_user, oid,
    CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END
)), false) AND count(*) = 2
FROM pg_roles WHERE rolname IN ('livemeter_reader', 'livemeter_customer')
"""


class MissingRights(Exception):
    """The server's own role may not do in this database what Livemeter needs."""


class MissingRoles(MissingRights):
    """The server's own role may neither step into the readers' roles nor make them."""


def ensure_roles(connection: Connection) -> None:
    """See that readers' roles are there and may be stepped into. Raises MissingRoles."""
    user, may_step_in = connection.execute(text(_MAY_STEP_IN)).one()
    if may_step_in:
        return
    try:
        with connection.begin_nested():
            for role in ROLES:
                connection.execute(text(_CREATE.format(role=role)))
                connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
    except DBAPIError as error:
        raise MissingRoles(_advice(connection, user)) from error


def _advice(connection: Connection, user: str) -> str:
    quoted = connection.dialect.identifier_preparer.quote(user)
    statements = [
        *(f"CREATE ROLE {role} NOLOGIN;" for role in ROLES),
        f"GRANT {', '.join(ROLES)} TO {quoted};",
    ]
    return (
        f"The role {user} may not make the roles that row-level security needs. Let a superuser "
        f"run this once, then start again: {' '.join(statements)}"
    )
