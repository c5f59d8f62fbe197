"""Whether a request comes from our own page, so that its cookie may count.

Why it is told this way: docs/decisions/0012-cookies-and-origins.md.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from strawberry.http.websocket_origin import is_same_origin, normalize_origin

# The page's own fetches carry it. No form can, nor a script of another origin unless we let it.
PAGE_HEADER = "X-Livemeter-Page"
_SAFE_METHODS = ("GET", "HEAD")


def is_own_origin(connection: HTTPConnection) -> bool:
    """False where a browser says that another origin's page has sent it.

    `Sec-Fetch-Site` is the browser's own word and holds whatever a proxy does to `Host`; "none"
    is the person's address bar. What says nothing is no browser, or one too old to tell.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return origin is None or is_same_origin(origin, connection.headers.get("host"))


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
