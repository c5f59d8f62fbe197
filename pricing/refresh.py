"""Fetching the catalogue's file: bounded in time and size, and only where it has changed."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import httpx2
from genai_prices.update_prices import DEFAULT_UPDATE_URL as DEFAULT_URL

__all__ = ["DEFAULT_URL", "FetchedFile", "RefreshFailed", "fetch_file"]

MAX_BYTES = 32 * 1024 * 1024
TIMEOUT_SECONDS = 30.0
_MAX_REDIRECTS = 3


class RefreshFailed(Exception):
    """Why no prices could be fetched, in words for people."""


class FetchedFile(NamedTuple):
    """The file as it came, and the tag to ask by whether there is another."""

    content: bytes
    etag: str | None


async def fetch_file(
    url: str,
    etag: str | None,
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> FetchedFile | None:
    """The file at a URL; None where it is still the one with the tag. Raises RefreshFailed.

    The time is for all of it: a body that trickles in does not get more.
    """
    headers = {} if etag is None else {"If-None-Match": etag}
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            httpx2.AsyncClient(
                timeout=timeout_seconds, follow_redirects=True, max_redirects=_MAX_REDIRECTS
            ) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            if response.status_code == httpx2.codes.NOT_MODIFIED:
                return None
            if response.status_code != httpx2.codes.OK:
                raise RefreshFailed(f"the server answered with status {response.status_code}")
            content = await _body(response, max_bytes)
            tag = response.headers.get("etag", "")
            # Of other tags one could not ask.
            return FetchedFile(content, tag if tag and tag.isascii() else None)
    except TimeoutError:
        raise RefreshFailed(f"it took longer than {timeout_seconds:g} seconds") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise RefreshFailed(f"{type(error).__name__}: {error}".rstrip(": ")[:300]) from error


async def _body(response: httpx2.Response, max_bytes: int) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > max_bytes:
            raise RefreshFailed(f"the file is larger than {max_bytes:,} bytes")
    return bytes(content)
