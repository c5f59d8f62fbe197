"""Requests that are too large, or packed, are refused before they are read."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.client_address import client_address
from web.held_bytes import HeldBytes
from web.limits import ConnectionLimits
from web.rate_limit import CALLER
from web.refusal import refusal

MAX_BODY_BYTES = ConnectionLimits.body_bytes
# Of all requests that wait for the beginning of their answers, in bodies of the largest size.
_BODIES_AT_ONCE = 16
_DISCARD_PAUSE_SECONDS = 0.5
_RETRY_SECONDS = 1
_TOO_MUCH = "Too much is being sent at once; try again."


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class BodyLimit:
    """Answers 413 with BAD_INPUT past `max_bytes`, whether or not the length was announced.

    Packed bodies get 415: a small one may hold a thousand times its size, and what a back end
    saves by packing its events is little beside what recording them takes. What bodies hold
    until their answers begin is bounded too, in all and for each caller; past that, 503 with
    UNAVAILABLE. Requests without a body are never refused for it.
    """

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self._max_bytes = max_bytes
        self._held = HeldBytes(_BODIES_AT_ONCE * max_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        caller = scope.get("state", {}).get(CALLER) or client_address(scope)
        started = False
        received = held = 0

        async def counted() -> Message:
            nonlocal received, held
            message = await receive()
            length = len(message.get("body", b""))
            received += length
            self._check_size(received)
            if not self._held.take(caller, length):
                raise _Refused(503, "UNAVAILABLE", _TOO_MUCH)
            held += length
            return message

        async def noted(message: Message) -> None:
            nonlocal started, held
            started = True
            # A stream's answer may take hours. What it keeps of its request counts among streams.
            self._held.give_back(caller, held)
            held = 0
            await send(message)

        try:
            self._check_headers(caller, headers)
            await self.app(scope, counted, noted)
        except _Refused as error:
            if started:
                raise
            if received or b"expect" not in headers:
                await self._discard(receive)
            after = {"Retry-After": str(_RETRY_SECONDS)} if error.status == 503 else {}
            response = refusal(
                scope, error.status, error.code, error.message, {"Connection": "close", **after}
            )
            await response(scope, receive, send)
        finally:
            self._held.give_back(caller, held)

    def _check_headers(self, caller: str, headers: dict[bytes, bytes]) -> None:
        encoding = headers.get(b"content-encoding", b"identity").strip().lower()
        if encoding not in (b"", b"identity"):
            raise _Refused(415, "BAD_INPUT", "Send the body as it is, without Content-Encoding.")
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit():
            size = int(announced[:16])
            self._check_size(size)
            if not self._held.has_room(caller, size):
                raise _Refused(503, "UNAVAILABLE", _TOO_MUCH)

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            megabytes = self._max_bytes / 2**20
            message = f"A request may have {megabytes:g} MiB; send fewer events at a time."
            raise _Refused(413, "BAD_INPUT", message)

    async def _discard(self, receive: Receive) -> None:
        """Let the client finish, within bounds: one that is cut off while it sends sees no answer.

        One that pauses, be it that it waits for leave to send, is answered at once.
        """
        discarded = 0
        with suppress(TimeoutError):
            while discarded < 4 * self._max_bytes:
                async with asyncio.timeout(_DISCARD_PAUSE_SECONDS):
                    message = await receive()
                discarded += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
