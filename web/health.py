"""Whether the server lives, and whether it is ready to serve."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from models.alert_standing import read_standing
from models.errors import LivemeterError
from models.migration import current_revision, latest_revision
from resolvers.activity.channel import Channel
from resolvers.services import Services

# After a start, or another process's end, rules are this much behind at most, as a rule.
BEHIND_SECONDS = 60.0


async def livez(request: Request) -> JSONResponse:
    """The process answers: nothing else is asked, so that nobody restarts it for Postgres' sake."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    """503 while Postgres or its tables are not as they should be.

    A Redis that is away does not make the server unready: recording and feeds go on. Nor do alert
    rules that cannot be evaluated: all processes share these, and a balancer that took out one
    after the other would stop recording for the sake of a rule.
    """
    services: Services = request.app.state.services
    channel: Channel = request.app.state.channel
    checks = {
        "postgres": await _postgres(services),
        "migrations": await _migrations(services),
        "channel": "ok" if channel.healthy else f"degraded: {channel.problem}",
    }
    ready = checks["postgres"] == checks["migrations"] == "ok"
    checks["alerts"] = await _alerts(services) if ready else "unknown"
    status = "unavailable"
    if ready:
        status = "ok" if all(found == "ok" for found in checks.values()) else "degraded"
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


async def _alerts(services: Services) -> str:
    """Of all workspaces together, since anybody may ask: how many, and never which."""
    try:
        standing = await read_standing(services.database)
    except LivemeterError as error:
        return f"unknown: {error.message}"
    found = []
    if standing.in_trouble:
        workspaces = "workspace" if standing.in_trouble == 1 else "workspaces"
        found.append(f"{standing.in_trouble:,} {workspaces} with problems (livemeter check)")
    if standing.behind_seconds > BEHIND_SECONDS:
        found.append(f"evaluation is {standing.behind_seconds:.0f} s behind")
    return f"degraded: {'; '.join(found)}" if found else "ok"
