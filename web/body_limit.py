"""Requests that are too large are refused before they are read."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 16 * 1024 * 1024
_DISCARD_BYTES = 4 * MAX_BODY_BYTES
_DISCARD_PAUSE_SECONDS = 0.5


class _TooLarge(Exception):
    pass


class BodyLimit:
    """Answers 413 with BAD_INPUT past 16 MiB, whether or not the length was announced."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
            if b"expect" not in headers:
                await _discard(receive)
            await _refuse(scope, receive, send)
            return
        started = False
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except _TooLarge:
            if started:
                raise
            await _discard(receive)
            await _refuse(scope, receive, send)


async def _discard(receive: Receive) -> None:
    """Let the client finish, within bounds: one that is cut off while it sends sees no answer.

    One that pauses, be it that it waits for leave to send, is answered at once.
    """
    discarded = 0
    with suppress(TimeoutError):
        while discarded < _DISCARD_BYTES:
            async with asyncio.timeout(_DISCARD_PAUSE_SECONDS):
                message = await receive()
            discarded += len(message.get("body", b""))
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                return


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    message = f"A request may have {MAX_BODY_BYTES // 2**20} MiB; send fewer events at a time."
    body = {"errors": [{"message": message, "extensions": {"code": "BAD_INPUT"}}]}
    response = JSONResponse(body, status_code=413, headers={"Connection": "close"})
    await response(scope, receive, send)
