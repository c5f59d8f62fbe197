"""Background work goes on, whatever a round raises, and the log tells it once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog

from models.errors import Unavailable
from resolvers.rounds import Rounds, every

Outcome = BaseException | None
ERRORS = [
    Unavailable("Postgres is away."),
    ConnectionResetError("cut"),
    LookupError("nobody expected this"),
    # As a library raises it that has cancelled something of its own.
    asyncio.CancelledError(),
]


class Work:
    """Rounds with the outcomes that are given, then rounds that are done."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.done = 0
        self.all_done = asyncio.Event()

    async def __call__(self) -> None:
        if not self.outcomes:
            self.all_done.set()
        elif (outcome := self.outcomes.pop(0)) is not None:
            raise outcome
        self.done += 1


@asynccontextmanager
async def _doing(work: Work) -> AsyncIterator[Rounds]:
    rounds = Rounds("work", work, every(0))
    rounds.start()
    async with asyncio.timeout(5):
        await work.all_done.wait()
    yield rounds
    await rounds.close()


async def _log_of(*outcomes: Outcome) -> list[dict[str, Any]]:
    with structlog.testing.capture_logs() as logs:
        async with _doing(Work(*outcomes)):
            pass
    return [dict(line) for line in logs]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
async def test_a_round_that_fails_is_followed_by_another(error: BaseException) -> None:
    work = Work(error)
    async with _doing(work):
        assert work.done >= 1


@pytest.mark.parametrize("error", ERRORS, ids=repr)
async def test_what_fails_again_and_again_is_logged_once(error: BaseException) -> None:
    lines = await _log_of(error, error, error)
    assert [(line["task"], line["log_level"]) for line in lines[1:]] == [("work", "info")]


async def test_each_change_is_logged() -> None:
    lines = await _log_of(
        LookupError(), LookupError(), ValueError(), None, None, ValueError(), None
    )
    assert [line["event"] for line in lines] == [
        "background_task_failed",
        "background_task_failed",
        "background_task_goes_on",
        "background_task_failed",
        "background_task_goes_on",
    ]


async def test_what_passes_by_itself_is_a_warning_without_a_stack_trace() -> None:
    line, _ = await _log_of(Unavailable("Postgres is away."))
    assert line == {
        "event": "background_task_waits",
        "log_level": "warning",
        "task": "work",
        "reason": "Postgres is away.",
    }


async def test_what_nobody_expected_has_its_stack_trace() -> None:
    error = LookupError()
    line, _ = await _log_of(error)
    assert line["exc_info"] is error


async def test_failures_are_counted_until_a_round_is_done() -> None:
    seen: list[int] = []
    rounds: Rounds
    work = Work(ValueError(), ValueError(), None)

    async def pause() -> None:
        seen.append(rounds.failures)
        await asyncio.sleep(0)

    rounds = Rounds("work", work, pause)
    rounds.start()
    await work.all_done.wait()
    await rounds.close()
    assert seen[:3] == [1, 2, 0]


@pytest.mark.parametrize("where", ["work", "pause"])
async def test_closing_ends_what_is_under_way(where: str) -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        begun.set()
        await asyncio.Event().wait()

    async def nothing() -> None:
        pass

    kinds: dict[str, Callable[[], Any]] = {"work": nothing, "pause": nothing, where: wait}
    rounds = Rounds("work", kinds["work"], kinds["pause"])
    rounds.start()
    await begun.wait()
    async with asyncio.timeout(5):
        await rounds.close()
