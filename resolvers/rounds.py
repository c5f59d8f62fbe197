"""Background work in rounds, for as long as a process lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from models.database import is_unavailable
from models.errors import Unavailable

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[object]]


class Rounds:
    """Does `work`, then `pause`, again and again: whatever a round raises, the next one is done.

    The log says when rounds begin to fail, and when one is done again; not each time. It has a
    stack trace where the error is not one that passes by itself.
    """

    def __init__(self, name: str, work: Work, pause: Work) -> None:
        """`name` is what the log calls it. `pause` must not raise."""
        self._name = name
        self._work = work
        self._pause = pause
        self._error: type[BaseException] | None = None
        self._task: asyncio.Task[None] | None = None
        # How many rounds have failed since the last one that was done.
        self.failures = 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._go_on(), name=self._name)

    async def close(self) -> None:
        """Cancels the round that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        while True:
            try:
                await self._work()
            except asyncio.CancelledError as error:
                if task.cancelling():
                    raise
                # Something within the round was cancelled, not the rounds.
                self._note_failure(error)
            except Exception as error:
                self._note_failure(error)
            else:
                self._note_success()
            await self._pause()

    def _note_failure(self, error: BaseException) -> None:
        self.failures += 1
        if type(error) is self._error:
            return
        self._error = type(error)
        if is_unavailable(error) or isinstance(error, Unavailable):
            log.warning("background_task_waits", task=self._name, reason=str(error))
        else:
            log.error("background_task_failed", task=self._name, exc_info=error)

    def _note_success(self) -> None:
        self.failures = 0
        if self._error is not None:
            self._error = None
            log.info("background_task_goes_on", task=self._name)


def every(seconds: float) -> Work:
    """A pause of always the same length."""
    return lambda: asyncio.sleep(seconds)
