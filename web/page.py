"""The page's files, with headers that let them do no more than they need."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_NOT_BUILT = (
    "The page is not built. In a checkout, run `make ui`; wheels carry it ready.\n"
    "The API works without it: POST /graphql, or open /graphql in a browser.\n"
)


async def page(request: Request) -> Response:
    """The one document of the page, whatever its address."""
    index = STATIC / "index.html"
    if not index.exists():
        return PlainTextResponse(_NOT_BUILT, status_code=503)
    return FileResponse(index, headers={**HEADERS, "Cache-Control": "no-cache"})


class PageFiles(StaticFiles):
    """Files whose names change with their content, so browsers may keep them for ever."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        kept = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        response.headers["Cache-Control"] = kept
        return response
