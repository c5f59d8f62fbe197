"""What people are told of errors in evaluation: a sentence of ours, or an id in the log."""

from __future__ import annotations

import secrets
from zoneinfo import ZoneInfoNotFoundError

import asyncpg
import structlog

from models.alert_problem import NotEvaluated
from models.errors import LivemeterError
from resolvers.alerts.fault import is_away, is_late, message_of

# Errors with values in them differ each time; of those, the oldest are explained anew.
MAX_REMEMBERED = 100

_LATE = "Postgres does not answer in time. Evaluation goes on, later and in smaller parts."
_AWAY = "Postgres cannot be reached. Evaluation goes on once it can be."
# The first that fits.
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (asyncpg.NumericValueOutOfRangeError, "A count or a sum is too large."),
    (asyncpg.DataError, "A value cannot be read."),
    (ArithmeticError, "A number is too large, or is none."),
    (ZoneInfoNotFoundError, "The time zone is not known to this server."),
)

log = structlog.get_logger(__name__)


class Explanations:
    """Of one workspace's errors. An error that comes again has the message that it had first."""

    def __init__(self, workspace_id: int) -> None:
        self._workspace_id = workspace_id
        # By what errors and their causes say.
        self._messages: dict[tuple[str, str], str] = {}

    def of(self, error: Exception) -> str:
        """A message without anything internal. The error itself is logged, once."""
        reason = message_of(error if error.__cause__ is None else error.__cause__)
        known = self._messages.get((message_of(error), reason))
        if known is not None:
            return known
        message = _sentence(error)
        if message is None:
            id = "err_" + secrets.token_hex(6)
            message = f"An unexpected error; see the log, id {id}."
            log.error(
                "alerts_unexpected_error",
                workspace=self._workspace_id,
                error_id=id,
                exc_info=error,
            )
        else:
            log.warning("alerts_problem", workspace=self._workspace_id, problem=reason)
        if len(self._messages) >= MAX_REMEMBERED:
            del self._messages[next(iter(self._messages))]
        self._messages[message_of(error), reason] = message
        return message

    def forget(self) -> None:
        """Log errors again when they come again."""
        self._messages.clear()


def _sentence(error: Exception) -> str | None:
    """What the error means, where we know it."""
    if is_late(error):
        return _LATE
    if is_away(error):
        return _AWAY
    if isinstance(error, NotEvaluated):
        return str(error)
    if isinstance(error, LivemeterError):
        return error.message
    return next((words for kind, words in _SENTENCES if isinstance(error, kind)), None)
