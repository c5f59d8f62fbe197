"""When to try again: soon at first, then every hour, for a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

TRIED_FOR = timedelta(days=1)
_PAUSES = (5.0, 15.0, 60.0, 300.0, 900.0, 1_800.0, 3_600.0)
# No receiver may ask for more, so that the day has tries enough.
_LONGEST_SECONDS = _PAUSES[-1]


def next_try(
    now: datetime, queued_at: datetime, attempts: int, retry_after: float | None, random: Random
) -> datetime | None:
    """After so many attempts, of which the last has just failed; None when the day is over.

    The last try is at the day's end, whatever the pauses are.
    """
    end = queued_at + TRIED_FOR
    if now >= end:
        return None
    pause = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    # Those that failed together do not come back together.
    pause *= random.uniform(0.8, 1.0)
    if retry_after is not None:
        pause = max(pause, min(retry_after, _LONGEST_SECONDS))
    return min(now + timedelta(seconds=pause), end)
