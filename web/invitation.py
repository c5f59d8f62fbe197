"""`/invitation`: what the page asks when somebody opens an invitation's link."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from resolvers.people.invitations import accept_invitation, read_invitation
from web.json_endpoint import own_origin, read_json
from web.page import page
from web.sign_in import sign_in_of, signed_in, visitor

_EXAMPLE = '{"token": "…", "password": "…"}, or the token alone to see who is invited where'


class _Given(Struct):
    token: str
    password: str | None = None


@own_origin
async def answer_invitation(request: Request) -> Response:
    """`POST /invitation`: without a password what it says, with one accept it and sign in."""
    given = await read_json(request, _Given, _EXAMPLE)
    sign_in = sign_in_of(request)
    if given.password is not None:
        token = await accept_invitation(sign_in, given.token, given.password, visitor(request))
        return signed_in(request, Response(status_code=204), token)
    welcome = await read_invitation(sign_in.database, given.token)
    return JSONResponse(
        {
            "email": welcome.email,
            "workspace": welcome.workspace_name,
            "role": welcome.role.value,
            "hasAccount": welcome.has_account,
        }
    )


def invitation_routes() -> list[Route]:
    return [
        Route("/invitation", page),
        Route("/invitation", answer_invitation, methods=["POST"]),
    ]
