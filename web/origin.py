"""Whether a request comes from our own page, so that its cookie may count.

Why it is told this way: docs/decisions/0012-cookies-and-origins.md.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.requests import HTTPConnection
from strawberry.http.websocket_origin import is_same_origin, normalize_origin

# The page's own fetches carry it. No form can, nor a script of another origin unless we let it.
PAGE_HEADER = "X-Livemeter-Page"
_SAFE_METHODS = ("GET", "HEAD")
_SHOWN_LENGTH = 200


def is_own_origin(connection: HTTPConnection) -> bool:
    """False where a browser says that another origin's page has sent it.

    `Sec-Fetch-Site` is the browser's own word and holds whatever a proxy does to `Host`; "none"
    is the person's address bar. What says nothing is no browser, or one too old to tell.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return origin is None or is_ours(origin, connection)


def is_ours(origin: str, connection: HTTPConnection) -> bool:
    """Whether an origin is the host that was asked, or where people reach this server."""
    base_url: str | None = connection.app.state.base_url
    if is_same_origin(origin, connection.headers.get("host")):
        return True
    return base_url is not None and normalize_origin(origin) == normalize_origin(base_url)


def may_open_websocket(connection: HTTPConnection, allowed: Collection[str]) -> bool:
    """Whether a page may, or what is no page. `allowed`: the listed origins; "*" is any."""
    origin = connection.headers.get("origin")
    if origin is None or connection.headers.get("sec-fetch-site") == "same-origin":
        return True
    return "*" in allowed or normalize_origin(origin) in allowed or is_ours(origin, connection)


def origin_advice(origin: str, connection: HTTPConnection, *, is_page: bool = False) -> str:
    """For the operator: why an origin is not this server's, and which settings change that.

    `is_page`: it is that of this server's own page.
    """
    shown = normalize_origin(origin[:_SHOWN_LENGTH])
    if shown is None or not shown.startswith(("http://", "https://")):
        return "The page has no origin of its own: open it by an http or https address."
    host = connection.headers.get("host", "")[:_SHOWN_LENGTH]
    problem = f"The page's origin is {shown}, but its request came for the host {host}."
    change = (
        "let the proxy between pass Host on (nginx: proxy_set_header Host $http_host;), or set "
        f"LIVEMETER_BASE_URL={shown}."
    )
    if is_page:
        return f"{problem} To change that, {change}"
    return (
        f"{problem} If both are this server, {change} If the page is another site's, add its "
        "origin to LIVEMETER_CORS_ORIGINS."
    )


def is_own_page(connection: HTTPConnection) -> bool:
    """`is_own_origin`, and what may change something carries the page's header."""
    if not is_own_origin(connection):
        return False
    may_change = connection.scope["type"] == "http" and (
        connection.scope["method"] not in _SAFE_METHODS
    )
    return not may_change or PAGE_HEADER in connection.headers


def read_origins(listed: str) -> tuple[str, ...]:
    """Origins as browsers send them, from a list with commas. Raises ValueError."""
    origins = [origin.strip() for origin in listed.split(",") if origin.strip()]
    return tuple(dict.fromkeys(_read_origin(origin) for origin in origins))


def _read_origin(given: str) -> str:
    origin = normalize_origin(given)
    if given == "*":
        return given
    if origin is None or not origin.startswith(("http://", "https://")):
        raise ValueError(f"{given!r} is no origin: write it like https://app.example.com.")
    if given.removesuffix("/").lower() not in (origin, f"{origin}:80", f"{origin}:443"):
        raise ValueError(f"{given!r} has more than an origin: {origin} is meant.")
    return origin
