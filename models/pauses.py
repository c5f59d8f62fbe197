"""Long loops that let the event loop serve others in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")
ITEMS_AT_A_TIME = 1_000


async def with_pauses(items: Iterable[T], at_a_time: int = ITEMS_AT_A_TIME) -> AsyncIterator[T]:
    """The items, one after the other."""
    for count, item in enumerate(items, 1):
        yield item
        if count % at_a_time == 0:
            await asyncio.sleep(0)
