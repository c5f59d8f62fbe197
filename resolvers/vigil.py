"""Ending what is open when the credential it was opened with ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from models.errors import Unauthenticated
from resolvers.keys import KeyRing
from resolvers.rounds import Rounds, every
from resolvers.viewer import Credential

T = TypeVar("T")
# What was revoked must stop within a second.
BEAT_SECONDS = 0.5


class Vigil:
    """Looks twice a second whether the credentials of all that is open still hold, at once.

    One for a process. While Postgres is away nothing is ended: nothing new can come in either.
    """

    def __init__(self, keys: KeyRing, *, beat_seconds: float = BEAT_SECONDS) -> None:
        self._keys = keys
        self._open: Counter[Credential] = Counter()
        self._ended: dict[Credential, asyncio.Event] = {}
        # They are what makes a revocation sure: they go on whatever happens.
        self._rounds = Rounds("credential check", self._look, every(beat_seconds))

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        await self._rounds.close()

    async def guard(
        self,
        credential: Credential,
        updates: AsyncGenerator[T, None],
        on_end: Callable[[], None],
    ) -> AsyncGenerator[T, None]:
        """The updates, until the credential ends: then `on_end`. Raises Unauthenticated."""
        async with self._watching(credential) as ended:
            over = asyncio.create_task(ended.wait())
            coming: asyncio.Future[T] | None = None
            try:
                while True:
                    coming = asyncio.ensure_future(anext(updates))
                    await asyncio.wait({coming, over}, return_when=asyncio.FIRST_COMPLETED)
                    if over.done():
                        on_end()
                        raise Unauthenticated(
                            "What this subscription was opened with has been revoked or has ended."
                        )
                    try:
                        yield coming.result()
                    except StopAsyncIteration:
                        return
            finally:
                over.cancel()
                await _let_go(coming)
                await updates.aclose()

    @asynccontextmanager
    async def _watching(self, credential: Credential) -> AsyncIterator[asyncio.Event]:
        self._open[credential] += 1
        ended = self._ended.setdefault(credential, asyncio.Event())
        try:
            yield ended
        finally:
            self._open[credential] -= 1
            if self._open[credential] == 0:
                del self._open[credential], self._ended[credential]

    async def _look(self) -> None:
        if not self._open:
            return
        for credential in await self._keys.ended(list(self._open)):
            if credential in self._ended:
                self._ended[credential].set()


async def _let_go(coming: asyncio.Future[T] | None) -> None:
    """An update that nobody waits for any more must not be asked for while its source closes."""
    if coming is not None and not coming.done():
        coming.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await coming
