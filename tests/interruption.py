"""Cancelling work at every await: whatever moment a caller leaves at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any


class Moment(StrEnum):
    """When a task is cancelled that waits for something."""

    WAITING = "while it waits"
    ANSWERED = "when what it waited for has just come"
    REPEATED = "while it waits, and again at each later await"


async def interrupted(work: Coroutine[Any, Any, object], step: int, moment: Moment) -> bool:
    """Run the work as a task that is cancelled at the `step`th await (1, 2 …) of it and its tasks.

    Returns whether it came as far as that; else it ended by itself. Raises what the work raises.
    """
    steps = _Steps(step, moment)
    with steps.counted():
        task = steps.task = asyncio.create_task(work)
        await asyncio.wait([task])
        if not task.cancelled():
            await task
    return steps.count >= step


class _Steps:
    """Counts awaits, and cancels the task at the one that is asked for."""

    def __init__(self, step: int, moment: Moment) -> None:
        self.task: asyncio.Task[Any] | None = None
        self.count = 0
        self._step = step
        self._moment = moment

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Tasks that are started within the block count."""
        loop = asyncio.get_running_loop()
        before = loop.get_task_factory()
        loop.set_task_factory(
            lambda loop, work, **options: asyncio.Task(
                self._driven(work),
                loop=loop,
                **options,  # type: ignore[arg-type]  # as asyncio's
            )
        )
        try:
            yield
        finally:
            loop.set_task_factory(before)

    async def _driven(self, work: Coroutine[Any, Any, object]) -> object:
        return await _Driven(work, self._note)

    def _note(self, awaited: Any) -> None:
        """`awaited` is a future, or None where a task only lets others go first."""
        self.count += 1
        is_repeated = self._moment is Moment.REPEATED and self.count > self._step
        if self.count != self._step and not is_repeated:
            return
        assert self.task is not None
        if self._moment is Moment.ANSWERED and awaited is not None:
            # Before the task's own callback: it is cancelled although the answer is there.
            awaited.add_done_callback(lambda _: self._cancel())
        else:
            asyncio.get_running_loop().call_soon(self._cancel)

    def _cancel(self) -> None:
        assert self.task is not None
        self.task.cancel()


class _Driven:
    """A coroutine that is run step by step."""

    def __init__(self, work: Coroutine[Any, Any, object], note: Callable[[Any], None]) -> None:
        self._work = work
        self._note = note

    def __await__(self) -> Generator[Any, Any, object]:
        error: BaseException | None = None
        while True:
            try:
                awaited = self._work.send(None) if error is None else self._work.throw(error)
            except StopIteration as end:
                return end.value
            self._note(awaited)
            error = None
            try:
                yield awaited
            except BaseException as thrown:
                error = thrown
