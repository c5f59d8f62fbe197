"""Endpoints that the page's own scripts ask with JSON, and nobody else's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from models.errors import BadInput, Forbidden, LivemeterError, RateLimited
from web.origin import PAGE_HEADER, is_ours, is_own_origin, is_own_page, origin_advice
from web.refusal import refuse as refuse_early
from web.rest.refusal import refuse, refuse_unexpected

T = TypeVar("T")
Answer = Callable[[Request], Awaitable[Response]]
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def own_page(answer: Answer) -> Answer:
    """What a signed-in person does, by their cookie."""

    async def checked(request: Request) -> Response:
        if not is_own_page(request):
            raise Forbidden(f"Only our own page may ask this, with the header {PAGE_HEADER}.")
        return await answer(request)

    return own_origin(checked)


def own_origin(answer: Answer) -> Answer:
    """What nobody has to be signed in for. Refuses pages of other origins, and tells errors."""

    async def served(request: Request) -> Response:
        # Before anything is caught: what bounds bodies ends a request through here.
        await request.body()
        try:
            if not is_own_origin(request):
                raise Forbidden(_not_ours(request))
            response = await answer(request)
        except RateLimited as error:
            response = refuse_early(request.scope, error)
        except LivemeterError as error:
            response = refuse(error)
        except Exception as error:
            response = refuse_unexpected(error, request.url.path)
        response.headers.update(_HEADERS)
        return response

    return served


def _not_ours(request: Request) -> str:
    message = "Pages of other origins may not sign anybody in or out."
    origin = request.headers.get("origin")
    if origin is None or is_ours(origin, request):
        return message
    return f"{message} {origin_advice(origin, request)}"


async def read_json(request: Request, shape: type[T], example: str) -> T:
    """The body. Raises BadInput, showing the example.

    Only what says that it is JSON is read: a form on a foreign page cannot send that.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if media_type != "application/json":
            raise ValueError(media_type)
        return msgspec.json.decode(await request.body(), type=shape)
    except (ValueError, RecursionError) as error:
        message = f"Send JSON, with `Content-Type: application/json`: {example}."
        raise BadInput(message) from error
