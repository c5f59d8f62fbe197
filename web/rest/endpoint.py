"""One address of the REST API: who may ask, what they may say, and what answers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.errors import LivemeterError, TooComplex
from models.key import Scope
from resolvers.services import Services
from resolvers.viewer import Viewer
from schema.time_limit import limited
from web.credentials import request_credential
from web.departure import departure
from web.rest.parameter import Parameter, Values, read_values
from web.rest.refusal import refuse, refuse_unexpected

# Answers are of one workspace, and no cache between may keep them.
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Asked:
    """A request that may be answered."""

    request: Request
    services: Services
    values: Values
    viewer: Viewer

    async def check_viewer(self) -> None:
        """Raises Unauthenticated where the key has ended since."""
        await _viewer(self.services, self.request)


@dataclass(frozen=True)
class Endpoint:
    """`answers` has the media types and what is in them, as OpenAPI describes it."""

    path: str
    name: str
    summary: str
    description: str
    parameters: tuple[Parameter[Any], ...]
    answers: dict[str, dict[str, Any]]
    answer: Callable[[Asked], Awaitable[Response]]
    further_refusals: dict[str, str] = field(default_factory=dict)

    @property
    def route(self) -> Route:
        return Route(self.path, self.serve, methods=["GET"])

    async def serve(self, request: Request) -> Response:
        seconds: float = request.app.state.limits.query.seconds
        try:
            async with limited(seconds, departure(request)):
                response = await self._answer(request)
        except TimeoutError:
            response = refuse(TooComplex(f"It took longer than {seconds:g} s; ask for less."))
        except LivemeterError as error:
            response = refuse(error)
        except Exception as error:
            response = refuse_unexpected(error, request.url.path)
        response.headers.update(_HEADERS)
        return response

    async def _answer(self, request: Request) -> Response:
        services: Services = request.app.state.services
        viewer = await _viewer(services, request)
        values = read_values(request.query_params.multi_items(), self.parameters)
        return await self.answer(Asked(request, services, values, viewer))


async def _viewer(services: Services, request: Request) -> Viewer:
    viewer = await services.keys.viewer(request_credential(request))
    viewer.require(Scope.USAGE_READ)
    return viewer
