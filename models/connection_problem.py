"""Why no use can be made of the Postgres in DATABASE_URL, as one line that says what to change."""

from __future__ import annotations

import errno
import socket
import ssl

import asyncpg

from models.database_address import SESSION_SETTINGS, DatabaseAddress
from models.pooled_connection import PooledConnection

MIN_VERSION = 15
_AUTHORITY = "name its authority by sslrootcert in DATABASE_URL"
_SHOWN_CHARACTERS = 300
_ABOUT = """
SELECT current_setting('server_version_num')::int, current_setting('server_version'),
    pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', pg_backend_pid()
"""


class CannotConnect(Exception):
    """The text is one line for whoever set DATABASE_URL, without the password."""


async def is_pooled(address: DatabaseAddress) -> bool:
    """Connect once, and say whether a pooler stands before Postgres.

    Raises CannotConnect where the server cannot be reached, or cannot be used.
    """
    try:
        # A session pooler that DATABASE_URL tells of must take all settings.
        settings = SESSION_SETTINGS if address.is_pooled is False else {}
        connection = await address.connect(
            settings, connection_class=PooledConnection, statement_cache_size=0
        )
        try:
            facts = await connection.fetchrow(_ABOUT, timeout=address.connect_seconds)
            assert facts is not None
            number, version, is_standby, is_read_only, pid = facts
            # A pooler tells clients of a process of its own making.
            pooled: bool = pid != connection.get_server_pid()
        finally:
            await connection.close(timeout=address.connect_seconds)
    except Exception as error:
        raise CannotConnect(connection_problem(error, address)) from error
    problem = _unfit(address, number // 10_000, version, is_standby, is_read_only)
    if problem is not None:
        raise CannotConnect(problem)
    return pooled


def _unfit(
    address: DatabaseAddress, major: int, version: str, is_standby: bool, is_read_only: bool
) -> str | None:
    if major < MIN_VERSION:
        return (
            f"The server of the database {address} is version {version}: Livemeter needs Postgres "
            f"{MIN_VERSION} or newer."
        )
    if is_standby:
        return (
            f"The database {address} is a standby, which takes no writes: name the primary in "
            "DATABASE_URL, or name all hosts and add target_session_attrs=read-write."
        )
    if is_read_only:
        return (
            f"The database {address} is set to be read only (default_transaction_read_only): "
            "Livemeter must write there."
        )
    return None


def connection_problem(error: BaseException, address: DatabaseAddress) -> str:
    """What stood in the way of a connection, in one line."""
    where = f"the database {address}"
    match error:
        case asyncpg.InvalidPasswordError():
            return _login(error, where)
        case asyncpg.PostgresError() if "authentication failed" in str(error):
            return _login(error, where)
        case asyncpg.InvalidAuthorizationSpecificationError():
            return f"Postgres does not let Livemeter in to {where}: {_said(error)}{_tls(error)}"
        case asyncpg.InvalidCatalogNameError():
            return f"There is no such database: {_said(error)} Create it, or mend DATABASE_URL."
        case asyncpg.InsufficientPrivilegeError():
            return (
                f"The role of DATABASE_URL may not connect to {where}: {_said(error)} The "
                "database's owner can GRANT CONNECT ON DATABASE."
            )
        case asyncpg.TargetServerAttributeNotMatched():
            return f"No server of {where} takes writes: name the primary in DATABASE_URL."
        case asyncpg.ClientConfigurationError() if "root certificate" in str(error):
            return (
                "sslmode=verify-ca and verify-full want the authority's certificate: add "
                "sslrootcert=/PATH/TO/CA.pem, or sslrootcert=system, to DATABASE_URL."
            )
        case asyncpg.ClientConfigurationError():
            return f"DATABASE_URL cannot be used: {_said(error)}"
        case asyncpg.ConnectionDoesNotExistError():
            return _closed(where)
        case asyncpg.ProtocolViolationError() if "startup parameter" in str(error):
            return (
                f"A pooler stands before {where}: take pgbouncer=false out of DATABASE_URL, or add "
                f"to its ignore_startup_parameters. It says: {_said(error)}"
            )
        case asyncpg.PostgresError():
            return f"Postgres refuses {where}: {_said(error)}"
        case OSError():
            return _unreached(error, address, where)
    return f"{where[0].upper()}{where[1:]} cannot be used: {_said(error)}"


def _closed(where: str) -> str:
    return (
        f"What answers for {where} closed the connection: is it a Postgres, and does it want TLS "
        "(sslmode=require)?"
    )


def _login(error: BaseException, where: str) -> str:
    return f"The user or the password in DATABASE_URL is wrong for {where}: {_said(error)}"


def _tls(error: BaseException) -> str:
    """What to change where the server's pg_hba.conf has an entry for TLS alone."""
    wants = "no encryption" in str(error) or "SSL off" in str(error)
    return " It may want TLS: add sslmode=require to DATABASE_URL." if wants else ""


def _unreached(error: OSError, address: DatabaseAddress, where: str) -> str:
    text = str(error)
    if isinstance(error, socket.gaierror):
        return f"The host of {where} is not found ({error.strerror}): check DATABASE_URL."
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message.rstrip(".")
        change = "write the host as it has it" if "mismatch" in reason else _AUTHORITY
        return f"The certificate of {where} cannot be verified ({reason}): {change}."
    if isinstance(error, ssl.SSLError):
        return f"TLS with {where} failed: {error.reason or _said(error)}."
    if "rejected SSL upgrade" in text:
        return f"The server of {where} has no TLS: use sslmode=prefer or disable in DATABASE_URL."
    if isinstance(error, (ConnectionResetError, BrokenPipeError)) or "connection_lost" in text:
        return _closed(where)
    if isinstance(error, TimeoutError):
        seconds = f"{address.connect_seconds:g} seconds"
        return f"The server of {where} does not answer within {seconds}: check DATABASE_URL."
    if isinstance(error, FileNotFoundError):
        return f"There is no socket of a Postgres for {where}: is it running?"
    # With several addresses asyncio joins the errors' texts into one error without a number.
    if error.errno == errno.ECONNREFUSED or f"Errno {errno.ECONNREFUSED}" in text:
        return f"No server listens for {where}: is it running, and is the port right?"
    return f"The server of {where} cannot be reached: {_said(error)}"


def _said(error: BaseException) -> str:
    """The error's text as one sentence."""
    text = " ".join(str(error).split()) or type(error).__name__
    if len(text) > _SHOWN_CHARACTERS:
        text = text[:_SHOWN_CHARACTERS] + "…"
    return text if text[-1] in ".…!?" else f"{text}."
