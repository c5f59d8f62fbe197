"""What a channel brought and nobody took yet, within bounds."""

from __future__ import annotations

import asyncio
from collections import deque
from enum import Enum
from typing import Final


class Gap(Enum):
    """Stands where messages may be missing: what follows need not join what came before."""

    GAP = "gap"


GAP: Final = Gap.GAP


class Inbox:
    """Messages of some channels on their way to one reader.

    What does not fit is dropped, and with it all that waits; each channel concerned has a gap.
    """

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._messages: deque[tuple[str, bytes]] = deque()
        self._bytes = 0
        self._gaps: dict[str, None] = {}
        self._news = asyncio.Event()
        self._closed = False

    def put(self, channel: str, message: bytes | Gap) -> None:
        if message is GAP:
            self._gaps[channel] = None
        else:
            self._messages.append((channel, message))
            self._bytes += len(message)
            if len(self._messages) > self._max_messages or self._bytes > self._max_bytes:
                self._overflow()
        self._news.set()

    def close(self) -> None:
        """End the iteration, whatever waits."""
        self._closed = True
        self._news.set()

    def __aiter__(self) -> Inbox:
        return self

    async def __anext__(self) -> tuple[str, bytes | Gap]:
        while not self._closed:
            if self._gaps:
                # First: who is told of a gap reads up to now, past all that waits here.
                return self._take_gap(), GAP
            if self._messages:
                return self._take_message()
            self._news.clear()
            await self._news.wait()
        raise StopAsyncIteration

    def _take_gap(self) -> str:
        channel = next(iter(self._gaps))
        del self._gaps[channel]
        return channel

    def _take_message(self) -> tuple[str, bytes]:
        channel, message = self._messages.popleft()
        self._bytes -= len(message)
        return channel, message

    def _overflow(self) -> None:
        # All of it: the reader goes to Postgres anyway, and there is room for what comes next.
        self._gaps.update((channel, None) for channel, _ in self._messages)
        self._messages.clear()
        self._bytes = 0
