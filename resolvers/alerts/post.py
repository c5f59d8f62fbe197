"""Sending a webhook: one request to an address that was checked, bounded in time and size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

import httpx2

from resolvers.alerts.message_words import plain_line
from resolvers.alerts.outcome import Failed, Outcome, Sent
from resolvers.alerts.target import (
    Address,
    RefusedTarget,
    Target,
    UnknownHost,
    read_target,
    resolve,
)

TOTAL_SECONDS = 10.0
# To one address, where a name has several.
_CONNECT_SECONDS = 4.0
# The answer is in the status; the rest is read for politeness, so far and so long.
_MAX_ANSWER = 4_096
_ANSWER_SECONDS = 1.0
_MAX_ADDRESSES = 4


class Post:
    """Follows no redirect, keeps no cookie and no connection, asks no proxy.

    Not a client but its transport: a client would do all of these.
    """

    def __init__(self, *, allow_private: bool, total_seconds: float = TOTAL_SECONDS) -> None:
        self._allow_private = allow_private
        self._total_seconds = total_seconds

    @cached_property
    def _transport(self) -> httpx2.AsyncHTTPTransport:
        """Made when it is first used: reading whom to trust takes a tenth of a second.

        Connections are not kept: they are known by address, and certificates are by name.
        """
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        return httpx2.AsyncHTTPTransport(limits=limits)

    async def close(self) -> None:
        if "_transport" in self.__dict__:
            await self._transport.aclose()

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """What came of it; nothing is raised for what a receiver does."""
        try:
            async with asyncio.timeout(self._total_seconds):
                target = read_target(url)
                addresses = await resolve(target, allow_private=self._allow_private)
                return await self._send(target, addresses[:_MAX_ADDRESSES], body, headers)
        except RefusedTarget as error:
            return Failed(str(error), is_final=True)
        except UnknownHost as error:
            return Failed(str(error))
        except (TimeoutError, httpx2.TimeoutException):
            return Failed(f"The receiver did not answer within {self._total_seconds:g} seconds.")
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            return Failed(_told(error))

    async def _send(
        self, target: Target, addresses: list[Address], body: bytes, headers: Mapping[str, str]
    ) -> Outcome:
        """To the first address that takes a connection: until then, nothing was sent."""
        for address in addresses[:-1]:
            try:
                return await self._ask(target, address, body, headers)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._ask(target, addresses[-1], body, headers)

    async def _ask(
        self, target: Target, address: Address, body: bytes, headers: Mapping[str, str]
    ) -> Outcome:
        request = httpx2.Request(
            "POST",
            target.at(address),
            headers={
                "Host": target.url.netloc.decode("ascii"),
                "Content-Type": "application/json",
                "User-Agent": "Livemeter",
                "Connection": "close",
                **headers,
            },
            content=body,
            extensions={
                "sni_hostname": target.host,
                "timeout": {"connect": _CONNECT_SECONDS},
            },
        )
        response = await self._transport.handle_async_request(request)
        try:
            await _read_some(response)
            return _judged(response)
        finally:
            await response.aclose()


async def _read_some(response: httpx2.Response) -> None:
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    size = 0
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            async for chunk in response.stream:
                size += len(chunk)
                if size >= _MAX_ANSWER:
                    return
    except (TimeoutError, httpx2.TransportError):
        # It has answered: another try would be a second message.
        return


def _judged(response: httpx2.Response) -> Outcome:
    status = response.status_code
    if 200 <= status < 300:
        return Sent(status)
    if 300 <= status < 400 and "location" in response.headers:
        return Failed(_redirected(response.headers["location"]), status)
    if status == httpx2.codes.GONE:
        return Failed(
            "The receiver answered 410: it wants no more of these.", status, is_final=True
        )
    retry_after = None
    if status in (httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE):
        retry_after = _seconds(response.headers.get("retry-after", ""))
    return Failed(f"The receiver answered {status}.", status, retry_after)


def _redirected(location: str) -> str:
    """Without what follows a ?, which is nobody's business."""
    shown = plain_line(location.partition("?")[0].partition("#")[0])
    return f"It redirects to {shown}; give the final address."


def _seconds(retry_after: str) -> float | None:
    """From seconds, or from a date, as RFC 9110 has it; None for what is neither."""
    given = retry_after.strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        at = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _told(error: Exception) -> str:
    match error:
        case httpx2.ConnectError():
            text = plain_line(str(error))
            if "certificate" in text.lower():
                return f"Its certificate does not hold: {text}"
            return "The receiver could not be reached: nothing takes connections there."
        case httpx2.RemoteProtocolError():
            return "The receiver broke off, or did not answer in HTTP."
        case httpx2.NetworkError():
            return "The connection to the receiver broke."
        case _:
            return f"The receiver could not be asked ({type(error).__name__})."
