"""What goes wrong in evaluation: a fault of something in particular, or a database that is away."""

from __future__ import annotations

from collections.abc import Collection

import asyncpg

from models.alert_progress import NotHeld
from models.database import is_unavailable
from models.errors import Unavailable

_MAX_MESSAGE = 300


class Stale(Exception):
    """Costs or rules were changed meanwhile, or rules are to be tried again: what is in memory
    holds no more.
    """


class Excluded(Exception):
    """Rules that cannot be evaluated: the others go on without them, from what is written."""

    def __init__(self, rule_ids: Collection[str], cause: Exception) -> None:
        super().__init__(message_of(cause))
        self.rule_ids = rule_ids
        self.cause = cause


def is_away(error: BaseException) -> bool:
    """Whether Postgres is away. One that answers, but not in time, is a fault of what was asked."""
    cause = error.__cause__ if isinstance(error, Unavailable) and error.__cause__ else error
    if isinstance(cause, (TimeoutError, asyncpg.QueryCanceledError)):
        return False
    return isinstance(cause, Unavailable) or is_unavailable(cause)


def is_fault(error: Exception) -> bool:
    """Whether less may go well: it is neither the database nor the state in memory."""
    return not isinstance(error, (Stale, NotHeld, Excluded)) and not is_away(error)


def message_of(error: BaseException) -> str:
    """One line for people: the kind of the error and what it says first."""
    said = str(error).partition("\n")[0].strip()
    kind = type(error).__name__
    return (f"{kind}: {said}" if said else kind)[:_MAX_MESSAGE]
