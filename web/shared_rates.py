"""Processes tell each other by Redis how often each caller asked.

Once a second, for those who asked since, and never while a request waits: a Redis that is slow
or away costs nobody time. Until it is back each process counts for itself.
"""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from models.errors import Unavailable
from resolvers.rounds import Rounds
from web.rates import WINDOW_SECONDS, Rates

TELL_SECONDS = 1.0
_AWAY_SECONDS = 5.0
_TIMEOUT_SECONDS = 0.5


class SharedRates:
    def __init__(self, rates: Rates, url: str) -> None:
        self._rates = rates
        self._redis = Redis.from_url(
            url,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._rounds = Rounds("shared rates", self._tell, self._pause)

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        await self._rounds.close()
        await self._redis.aclose()

    async def _pause(self) -> None:
        await asyncio.sleep(_AWAY_SECONDS if self._rounds.failures else TELL_SECONDS)

    async def _tell(self) -> None:
        """Raises Unavailable while Redis is away."""
        try:
            await self.tell()
        except RedisError as error:
            raise Unavailable(f"Requests are not counted together: {error}") from error

    async def tell(self) -> None:
        """Add what was counted here since, and take over what all counted. Raises RedisError."""
        subjects = sorted(self._rates.changed)
        if not subjects:
            return
        counts = [self._rates.count(subject) for subject in subjects]
        told = [(count.minute, count.own) for count in counts]
        async with self._redis.pipeline(transaction=False) as pipeline:
            for subject, count in zip(subjects, counts, strict=True):
                key = _key(subject, count.minute)
                pipeline.incrby(key, count.own - count.shared)
                pipeline.expire(key, 3 * WINDOW_SECONDS)
                pipeline.get(_key(subject, count.minute - 1))
            answers = await pipeline.execute()
        self._rates.changed.difference_update(subjects)
        for place, (subject, count) in enumerate(zip(subjects, counts, strict=True)):
            minute, own = told[place]
            if count.minute != minute:
                continue
            if count.own != own:
                self._rates.changed.add(subject)
            count.shared = own
            count.others = max(0, int(answers[3 * place]) - own)
            count.previous = max(count.previous, int(answers[3 * place + 2] or 0))


def _key(subject: str, minute: int) -> str:
    return f"livemeter:rate:{subject}:{minute}"
