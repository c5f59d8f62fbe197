"""Processes with one Redis count together; without it each goes on alone, and nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import RedisError

from models.errors import RateLimited
from tests.valkey import ValkeyServer
from web.rates import Rates
from web.shared_rates import SharedRates


@pytest.fixture
async def two(valkey: ValkeyServer) -> AsyncIterator[tuple[SharedRates, SharedRates]]:
    first, second = (SharedRates(Rates(lambda: 6_000_030.0), valkey.url) for _ in range(2))
    yield first, second
    await first.close()
    await second.close()


async def test_what_another_process_counted_counts_here(
    valkey: ValkeyServer, two: tuple[SharedRates, SharedRates]
) -> None:
    valkey.start()
    first, second = two
    first._rates.take("a", 10, 9)
    await first.tell()
    second._rates.take("a", 10)
    await second.tell()
    with pytest.raises(RateLimited):
        second._rates.take("a", 10)


async def test_telling_twice_counts_once(
    valkey: ValkeyServer, two: tuple[SharedRates, SharedRates]
) -> None:
    valkey.start()
    first, _ = two
    for _ in range(5):
        first._rates.take("a", 10)
        await first.tell()
        await first.tell()
    assert first._rates.count("a").own + first._rates.count("a").others == 5


async def test_a_redis_that_is_away_refuses_nobody(
    two: tuple[SharedRates, SharedRates],
) -> None:
    first, _ = two
    first._rates.take("a", 10)
    with pytest.raises(RedisError):
        await first.tell()
    first._rates.take("a", 10)


async def test_what_was_counted_meanwhile_is_told_when_redis_is_back(
    valkey: ValkeyServer, two: tuple[SharedRates, SharedRates]
) -> None:
    first, second = two
    first._rates.take("a", 10, 9)
    with pytest.raises(RedisError):
        await first.tell()
    valkey.start()
    await first.tell()
    second._rates.take("a", 10)
    await second.tell()
    assert second._rates.count("a").others == 9


async def test_an_error_that_nobody_expected_does_not_end_the_telling(
    valkey: ValkeyServer,
    two: tuple[SharedRates, SharedRates],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.shared_rates.TELL_SECONDS", 0.01)
    monkeypatch.setattr("web.shared_rates._AWAY_SECONDS", 0.01)
    valkey.start()
    first, second = two
    tell, fails = first.tell, [ValueError("not a count")]

    async def tell_later() -> None:
        if fails:
            raise fails.pop()
        await tell()

    monkeypatch.setattr(first, "tell", tell_later)
    first.start()
    first._rates.take("a", 10, 9)
    async with asyncio.timeout(10):
        while first._rates.changed:
            await asyncio.sleep(0.01)
    second._rates.take("a", 10)
    await second.tell()
    assert second._rates.count("a").others == 9


async def test_a_redis_that_hangs_is_given_up(
    valkey: ValkeyServer, two: tuple[SharedRates, SharedRates]
) -> None:
    """It holds up the telling alone, and that within bounds."""
    valkey.start()
    first, _ = two
    first._rates.take("a", 10)
    valkey.stop_process()
    async with asyncio.timeout(10):
        with pytest.raises((RedisError, TimeoutError)):
            await first.tell()
