"""A WebSocket that speaks graphql-transport-ws, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, cast

from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)

from models.errors import LivemeterError, RateLimited, Unauthenticated
from resolvers.viewer import Credential
from schema.context import Context
from web.client_address import client_address
from web.credentials import connection_credential

if TYPE_CHECKING:
    from web.graphql_view import GraphQLView

# "Try again later": clients take it for what passes.
_TRY_AGAIN = 1013
_IDLE = 4408
_UNAUTHORIZED = 4401
_RETRY_SECONDS = 1


class MeasuredSocket(ASGIWebSocketAdapter):
    """Remembers how long the message is that is being handled."""

    message_bytes = 0

    async def iter_json(
        self, *, ignore_parsing_errors: bool = False
    ) -> AsyncGenerator[object, None]:
        try:
            while self.ws.application_state != WebSocketState.DISCONNECTED:
                text = await self.ws.receive_text()
                self.message_bytes = len(text)
                yield self.view.decode_json(text)
        except JSONDecodeError as error:
            raise NonJsonMessageReceived from error
        except KeyError as error:
            raise NonTextMessageReceived from error
        except WebSocketDisconnect:
            pass


class GraphQLSocket(BaseGraphQLTransportWSHandler[Context, None]):
    """Counts its operations and its place among the connections.

    Closes when it lies idle, and when the credential that it was opened with ends.
    """

    view: GraphQLView
    websocket: MeasuredSocket

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = client_address(self.websocket.ws.scope)
        self._place = ExitStack()
        self._used = asyncio.get_running_loop().time()
        self._sending = 0

    async def handle(self) -> None:
        idle = asyncio.create_task(self._close_when_idle())
        try:
            with self._place:
                await super().handle()
        finally:
            idle.cancel()

    async def handle_message(self, message: Message) -> None:
        try:
            await super().handle_message(message)
        except TypeError:
            # Valid JSON, but of another shape than the protocol's messages.
            await self.handle_invalid_message("Failed to parse message")

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        if not self.connection_init_received:
            whose = await self.view.admission.whose(
                self._credential(message.get("payload")), self._address
            )
            try:
                self._place.enter_context(self.view.streams.place(whose))
                # What it was told stays with the connection.
                self._place.enter_context(
                    self.view.streams.held(whose, self.websocket.message_bytes)
                )
            except RateLimited as error:
                await self.websocket.close(code=_TRY_AGAIN, reason=error.message)
                return
        await super().handle_connection_init(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        payload = message["payload"]
        id_ = message["id"]
        if (
            self.view.documents is not None
            and self.connection_acknowledged
            and isinstance(payload.get("query"), str | None)
        ):
            try:
                query = self.view.documents.pick(
                    payload.get("query"), payload.get("documentId"), payload.get("extensions")
                )
            except LivemeterError as error:
                await self._refuse(id_, error)
                return
            payload["query"] = query
        well_formed = (
            isinstance(id_, str)
            and isinstance(payload["query"], str)
            and isinstance(payload.get("variables"), dict | None)
            and isinstance(payload.get("operationName"), str | None)
        )
        if not well_formed:
            raise TypeError("not what the protocol's subscribe message has")
        self._used = asyncio.get_running_loop().time()
        if not self.connection_acknowledged or id_ in self.operations:
            # It closes the connection.
            await super().handle_subscribe(message)
            return
        with ExitStack() as held:
            try:
                held.enter_context(await self._admit())
            except RateLimited as error:
                await self._refuse(id_, error)
                return
            await super().handle_subscribe(message)
            task = self.operations[id_].task
            assert task is not None
            task.add_done_callback(partial(_close, held.pop_all()))

    async def _admit(self) -> AbstractContextManager[None]:
        """Counts the operation; returns the room for it. Raises RateLimited."""
        most = self.view.streams.limits.operations_per_connection
        if len(self.operations) >= most:
            raise RateLimited(
                f"This connection has {most:,} operations under way; complete one first.",
                _RETRY_SECONDS,
            )
        size = self.websocket.message_bytes
        whose = await self.view.admission.admit(
            self._credential(self.context.connection_params), self._address, size
        )
        return self.view.streams.held(whose, size)

    async def send_message(self, message: Message) -> None:
        """Once the credential has ended: an `error` ends each subscription, then the socket closes.

        What else is under way is finished before.
        """
        sent: Any = message
        if self.context.has_ended and _is_refused(sent) and sent["id"] in self.operations:
            error: Any = {"id": sent["id"], "type": "error", "payload": sent["payload"]["errors"]}
            await self.operations[sent["id"]].send_operation_message(error)
            return
        self._sending += 1
        try:
            await super().send_message(message)
        finally:
            self._sending -= 1
        # An operation is forgotten before its last message is sent.
        if self.context.has_ended and not self.operations and not self._sending:
            await self.websocket.close(_UNAUTHORIZED, "The key, token or session has ended.")

    async def _refuse(self, id: str, error: LivemeterError) -> None:
        extensions: dict[str, Any] = {"code": error.code}
        if isinstance(error, RateLimited):
            extensions["retryAfter"] = error.retry_after
        shown = {"message": error.message, "extensions": extensions}
        await self.send_message(cast(Message, {"id": id, "type": "error", "payload": [shown]}))

    def _credential(self, payload: object) -> Credential | None:
        return connection_credential(payload, self.context.credential)

    def forget_id(self, id: str) -> None:
        self._used = asyncio.get_running_loop().time()
        super().forget_id(id)

    async def _close_when_idle(self) -> None:
        """A connection without operations is closed after a while; pings do not count."""
        loop = asyncio.get_running_loop()
        seconds = self.view.streams.limits.idle_seconds
        while True:
            await asyncio.sleep(max(0.01, self._used + seconds - loop.time()))
            if self.operations:
                self._used = loop.time()
            elif loop.time() >= self._used + seconds:
                await self.websocket.close(code=_IDLE, reason="Idle for too long")
                return


def _close(held: ExitStack, _: asyncio.Task[None]) -> None:
    held.close()


def _is_refused(message: Any) -> bool:
    """Whether it is a `next` message that says nothing but UNAUTHENTICATED."""
    if message["type"] != "next" or message["payload"]["data"] is not None:
        return False
    errors = message["payload"].get("errors") or [{}]
    return bool(errors[0].get("extensions", {}).get("code") == Unauthenticated.code)
