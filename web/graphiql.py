"""GraphiQL, the query editor, from our own files."""

from __future__ import annotations

from starlette.responses import FileResponse, PlainTextResponse, Response

from web.page import STATIC

# The editor styles itself from script, which the page proper does not need.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}


def graphiql_page() -> Response:
    document = STATIC / "graphiql.html"
    if not document.exists():
        return PlainTextResponse(
            "GraphiQL is not built: run `make ui`. POST /graphql works without it.\n",
            status_code=503,
        )
    return FileResponse(document, headers=_HEADERS)
