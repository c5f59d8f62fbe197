"""One address of the REST API: who may ask, what they may say, and what answers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.errors import BadInput, LivemeterError, TooComplex
from models.key import Scope
from resolvers.services import Services
from resolvers.viewer import Credential, Viewer
from schema.time_limit import limited
from web.credentials import WORKSPACE_PARAMETER, request_credential
from web.departure import departure
from web.rest.parameter import Parameter, Values, read_values
from web.rest.parameter_kinds import whole_number
from web.rest.refusal import refuse, refuse_unexpected

# Answers are of one workspace, and no cache between may keep them.
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# Read with the credential; here what a person did not mean is told from what a key cannot mean.
WORKSPACE = whole_number(
    WORKSPACE_PARAMETER,
    "The id of the workspace, for people of several whose browser sends their session; where it is "
    "absent, the one they used last. A key has one alone.",
    (1 << 31) - 1,
)


@dataclass(frozen=True)
class Asked:
    """A request that may be answered."""

    request: Request
    services: Services
    values: Values
    viewer: Viewer

    async def check_viewer(self) -> None:
        """Raises Unauthenticated where the key has ended since, and Forbidden where the person
        belongs to this workspace no more: another of theirs does not stand in for it.
        """
        credential = request_credential(self.request)
        if credential is not None:
            credential = credential.within(self.viewer.workspace_id)
        await _viewer(self.services, credential)


@dataclass(frozen=True)
class Endpoint:
    """`answers` has the media types and what is in them, as OpenAPI describes it.

    `own_parameters` are those beside `workspace`, which all take.
    """

    path: str
    name: str
    summary: str
    description: str
    own_parameters: tuple[Parameter[Any], ...]
    answers: dict[str, dict[str, Any]]
    answer: Callable[[Asked], Awaitable[Response]]
    further_refusals: dict[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[Parameter[Any], ...]:
        return (*self.own_parameters, WORKSPACE)

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
        viewer = await _viewer(services, request_credential(request))
        values = read_values(request.query_params.multi_items(), self.parameters)
        if values.get(WORKSPACE) not in (None, viewer.workspace_id):
            raise BadInput("What you signed in by is of another workspace.", field=WORKSPACE.name)
        return await self.answer(Asked(request, services, values, viewer))


async def _viewer(services: Services, credential: Credential | None) -> Viewer:
    viewer = await services.keys.viewer(credential)
    viewer.require(Scope.USAGE_READ)
    return viewer
