"""Whether the server lives, and whether it is ready to serve."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from models.errors import LivemeterError
from models.migration import current_revision, latest_revision
from resolvers.activity.channel import Channel
from resolvers.services import Services


async def livez(request: Request) -> JSONResponse:
    """The process answers: nothing else is asked, so that nobody restarts it for Postgres' sake."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    """503 while Postgres, its tables or the channel are not as they should be.

    A Redis that is away does not make the server unready: recording and feeds go on.
    """
    services: Services = request.app.state.services
    channel: Channel = request.app.state.channel
    checks = {
        "postgres": await _postgres(services),
        "migrations": await _migrations(services),
        "channel": "ok" if channel.healthy else f"degraded: {channel.problem}",
    }
    ready = checks["postgres"] == checks["migrations"] == "ok"
    status = "ok" if ready else "unavailable"
    return JSONResponse({"status": status, "checks": checks}, status_code=200 if ready else 503)


async def _postgres(services: Services) -> str:
    try:
        await services.database.ping()
    except LivemeterError as error:
        return error.message
    return "ok"


async def _migrations(services: Services) -> str:
    try:
        revision = await current_revision(services.database)
    except Exception as error:
        return f"unknown: {type(error).__name__}"
    return "ok" if revision == latest_revision() else f"at {revision}, not {latest_revision()}"
