"""The cookie that holds a session's token, out of scripts' reach."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from datetime import timedelta

import structlog
from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION_COOKIE = "livemeter_session"
# A browser takes a cookie so named by HTTPS alone, from this host alone: none of a neighbour's
# making, who has the same domain above, can stand in its place.
_SECURE_PREFIX = "__Host-"

log = structlog.get_logger(__name__)
_warned: set[str] = set()


def is_secure(connection: HTTPConnection) -> bool:
    return connection.url.scheme in ("https", "wss")


def cookie_name(connection: HTTPConnection, name: str = SESSION_COOKIE) -> str:
    return _SECURE_PREFIX + name if is_secure(connection) else name


def read_cookie(connection: HTTPConnection, name: str = SESSION_COOKIE) -> str | None:
    return connection.cookies.get(cookie_name(connection, name)) or None


def set_cookie(
    connection: HTTPConnection,
    response: Response,
    value: str,
    age: timedelta,
    name: str = SESSION_COOKIE,
) -> None:
    """Secure, unless the request came by plain HTTP: browsers would drop it there."""
    if not is_secure(connection):
        _warn_once(connection)
    response.set_cookie(
        cookie_name(connection, name),
        value,
        max_age=int(age.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(connection),
    )


def drop_cookie(connection: HTTPConnection, response: Response, name: str = SESSION_COOKIE) -> None:
    response.delete_cookie(
        cookie_name(connection, name),
        httponly=True,
        samesite="lax",
        secure=is_secure(connection),
    )


def _warn_once(connection: HTTPConnection) -> None:
    if _is_loopback(connection.url.hostname or "") or _warned:
        return
    _warned.add("sent")
    log.warning(
        "cookie_in_clear",
        reason="somebody signs in by plain HTTP: whoever is on the way can take their session. "
        "Serve HTTPS, and name the proxy that ends it in LIVEMETER_TRUSTED_PROXIES.",
    )


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")
