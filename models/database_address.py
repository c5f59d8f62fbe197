"""DATABASE_URL: where Postgres is and how to connect to it, in the words of libpq."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

import asyncpg

from models.address_options import (
    BadAddress,
    choice,
    number,
    read_options,
    read_tls,
    switch,
)
from models.pooled_connection import PooledConnection

CONNECT_SECONDS = 5.0
APPLICATION = "livemeter"
DEFAULT_PORT = 5432
STATEMENTS_CACHED = 100
# Of each session. Behind a pooler they are left to the role: `ALTER ROLE … SET`.
SESSION_SETTINGS = {
    # A plan made while a table was empty would be kept when it is large.
    "plan_cache_mode": "force_custom_plan",
    # Compiling takes longer than what is asked here ever runs.
    "jit": "off",
    # Workers take longer to start than most questions take to answer, and the other processors
    # have other questions.
    "max_parallel_workers_per_gather": "0",
    # To count different users without a detour by the disk.
    "work_mem": "32MB",
}

_SCHEME = re.compile(r"postgres(ql)?(\+\w+)?", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[\[<{].*password.*[\]>}]", re.IGNORECASE)
_SHAPE = "DATABASE_URL must look like postgresql://USER:PASSWORD@HOST:5432/DATABASE"
_ENCODE = (
    "Percent-encode what is special in the user and the password of DATABASE_URL: @ is %40, "
    ": is %3A, / is %2F, ? is %3F, [ is %5B, ] is %5D."
)
# Livemeter writes, so a server that takes no writes is no use to it.
_SESSIONS = ("any", "primary", "read-write")
_ASK_THE_NEXT = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
)


@dataclass(frozen=True)
class Place:
    """One server: a host's name or address, or the folder of a Unix socket."""

    host: str
    port: int

    def __str__(self) -> str:
        if self.host.startswith("/"):
            return self.host
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORT else f"{host}:{self.port}"


@dataclass(frozen=True)
class DatabaseAddress:
    """What DATABASE_URL says. Without `places` asyncpg looks where libpq does.

    `ignored` names options that are accepted and change nothing.
    """

    places: tuple[Place, ...]
    user: str | None
    password: str | None = field(repr=False)
    database: str | None
    connect_seconds: float
    server_settings: Mapping[str, str]
    sessions: str
    is_pooled: bool | None
    statement_cache: int
    ignored: tuple[str, ...]
    driver_options: Mapping[str, str] = field(repr=False)
    tls: ssl.SSLContext | None = field(repr=False)

    def __str__(self) -> str:
        """The database and its servers, without user and password."""
        where = ", ".join(map(str, self.places)) or "the default host"
        return f"{self.database or self.user or 'the default database'} at {where}"

    async def connect(self, settings: Mapping[str, str], **options: Any) -> asyncpg.Connection[Any]:
        """Connect to the first server that answers and is of the kind asked for.

        `settings` are of the session; a pooler would refuse them, so it does not get them.
        Raises what asyncpg raises.
        """
        kept = {} if self.is_pooled else settings
        arguments = {
            "dsn": f"postgresql://?{urlencode(self.driver_options)}",
            "user": self.user,
            "password": self.password,
            "database": self.database,
            "timeout": self.connect_seconds,
            "target_session_attrs": self.sessions,
            "server_settings": {**kept, **self.server_settings},
            "statement_cache_size": self.statement_cache,
            **({"connection_class": PooledConnection} if self.is_pooled else {}),
            **({} if self.tls is None else {"ssl": self.tls}),
            **options,
        }
        return await self._first(arguments)

    async def _first(self, arguments: dict[str, Any]) -> asyncpg.Connection[Any]:
        """Each server has its own time to answer: asyncpg gives one time to all of them."""
        places = [{"host": place.host, "port": place.port} for place in self.places]
        for place in places[:-1]:
            with suppress(*_ASK_THE_NEXT):
                return await _open(arguments | place)
        return await _open(arguments | (places[-1] if places else {}))


async def _open(arguments: dict[str, Any]) -> asyncpg.Connection[Any]:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(**arguments)
    return connection


def read_address(url: str) -> DatabaseAddress:
    """Raises BadAddress with one line that never repeats what may be a password."""
    scheme, separator, rest = url.strip().partition("://")
    if not separator or not _SCHEME.fullmatch(scheme):
        raise BadAddress(_misspelt(url))
    # A `#` is an ordinary character here, as it is to libpq.
    before, _, query = rest.partition("?")
    authority, _, path = before.partition("/")
    login, _, hosts = authority.rpartition("@")
    if "@" in path or ("@" in query and not login and "user=" not in query):
        raise BadAddress(_ENCODE)
    options = read_options(query)
    named = options.named
    user, password = _login(login)
    user, password = named.get("user") or user, named.get("password") or password
    if password is not None and _PLACEHOLDER.fullmatch(password):
        raise BadAddress("Put the real password in place of the placeholder in DATABASE_URL.")
    places = tuple(_places(named.get("host") or "", named.get("port") or "", hosts))
    tls = read_tls(options.driver)
    # asyncpg's option and SQLAlchemy's; 0 is how both are told of a pooler.
    caches = ("statement_cache_size", "prepared_statement_cache_size")
    told = [number(named, name, STATEMENTS_CACHED) for name in caches if name in named]
    cache = min(told, default=STATEMENTS_CACHED)
    is_pooled = switch(named, "pgbouncer", None if cache else True)
    return DatabaseAddress(
        places=places,
        user=user,
        password=password,
        database=named.get("dbname") or named.get("database") or unquote(path) or None,
        connect_seconds=number(named, "connect_timeout", 0) or CONNECT_SECONDS,
        server_settings=_server_settings(named),
        sessions=choice(
            named, "target_session_attrs", _SESSIONS, "read-write" if len(places) > 1 else "any"
        ),
        is_pooled=is_pooled,
        statement_cache=0 if is_pooled else cache,
        ignored=options.ignored,
        driver_options=options.driver,
        tls=tls,
    )


def pooled(url: str) -> str:
    """The same address, for a server behind a pooler."""
    return f"{url.strip()}{'&' if '?' in url else '?'}pgbouncer=true"


def _misspelt(url: str) -> str:
    start = url.strip()[:5].lower()
    if not start:
        return "DATABASE_URL is empty: give it an address, or unset it for the embedded Postgres."
    if start == "jdbc:":
        return f"{_SHAPE}: leave out jdbc:, and write user and password before the host."
    if start[0] in "\"'":
        return f"{_SHAPE}: leave out the quotation marks."
    return f"{_SHAPE}."


def _login(login: str) -> tuple[str | None, str | None]:
    user, separator, password = login.partition(":")
    return unquote(user) or None, unquote(password) if separator else None


def _places(host: str, port: str, authority: str) -> Iterator[Place]:
    """`host` and `port` of the query stand before those of the authority."""
    ports = port.split(",") if port else []
    hosts = host.split(",") if host else authority.split(",") if authority else []
    if len(ports) > 1 and len(ports) != len(hosts):
        raise BadAddress("DATABASE_URL must have one port for all hosts, or one for each.")
    for position, given in enumerate(hosts):
        name, own_port = _host(given) if host else _host_of_authority(given)
        chosen = ports[position if len(ports) > 1 else 0] if ports else own_port
        if not name and len(hosts) > 1:
            raise BadAddress("A host in DATABASE_URL is empty: write HOST1:PORT,HOST2:PORT.")
        if name or chosen:
            yield Place(name or "localhost", _port(chosen))


def _host_of_authority(given: str) -> tuple[str, str]:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", given)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    if "[" in given or "]" in given or given.count(":") > 1:
        raise BadAddress(_ENCODE)
    name, _, port = given.partition(":")
    return unquote(name), port


def _host(given: str) -> tuple[str, str]:
    """Of the query: a folder, a name, a name with a port, or an IPv6 address without brackets."""
    if given.startswith("/") or given.count(":") > 1:
        return given.strip("[]"), ""
    name, _, port = given.partition(":")
    return name, port


def _port(given: str) -> int:
    if not given:
        return DEFAULT_PORT
    # What stands here may be a part of the password.
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise BadAddress(f"The port in DATABASE_URL must be a number. {_ENCODE}")
    return int(given)


def _server_settings(named: Mapping[str, str]) -> dict[str, str]:
    application = named.get("application_name") or named.get("fallback_application_name")
    settings = {"application_name": application or APPLICATION, "timezone": "UTC"}
    if named.get("options"):
        settings["options"] = named["options"]
    return settings
