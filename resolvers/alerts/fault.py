"""What goes wrong in evaluation: a fault of something in particular, or a database that is away."""

from __future__ import annotations

from collections.abc import Collection

import asyncpg
from sqlalchemy.exc import DBAPIError

from models.alert_progress import NotHeld
from models.database import is_unavailable
from models.errors import Unavailable

_MAX_MESSAGE = 300
_LATE = (
    TimeoutError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    # Deadlocks, and transactions that cannot be put into one order.
    asyncpg.TransactionRollbackError,
)


class Stale(Exception):
    """Costs or rules were changed meanwhile, or rules are to be tried again: what is in memory
    holds no more.
    """


class Postponed(Exception):
    """Postgres was late: the same is to be tried again, in a smaller part."""


class Excluded(Exception):
    """Rules that cannot be evaluated: the others go on without them, from what is written."""

    def __init__(self, rule_ids: Collection[str], cause: Exception) -> None:
        super().__init__(message_of(cause))
        self.rule_ids = rule_ids
        self.cause = cause


def is_late(error: BaseException) -> bool:
    """Whether Postgres did not answer in time, or ended a statement for another's sake.

    An overloaded Postgres does that: it is the fault of no event and no rule. A smaller part may
    succeed later.
    """
    return isinstance(_cause_of(error), _LATE)


def is_away(error: BaseException) -> bool:
    """Whether Postgres cannot be reached. One that is late is not away."""
    cause = _cause_of(error)
    return not is_late(cause) and (isinstance(cause, Unavailable) or is_unavailable(cause))


def is_fault(error: Exception) -> bool:
    """Whether an event or a rule is to blame: Postgres and the state in memory are not."""
    if isinstance(error, (Stale, NotHeld, Excluded)):
        return False
    return not is_away(error) and not is_late(error)


def _cause_of(error: BaseException) -> BaseException:
    """asyncpg's error, of those that models and SQLAlchemy raise in its place."""
    if isinstance(error, Unavailable) and error.__cause__ is not None:
        return _cause_of(error.__cause__)
    if isinstance(error, DBAPIError) and error.orig is not None and error.orig.__cause__:
        return error.orig.__cause__
    return error


def message_of(error: BaseException) -> str:
    """One line for the log: the kind of the error and what it says first."""
    said = str(error).partition("\n")[0].strip()
    kind = type(error).__name__
    return (f"{kind}: {said}" if said else kind)[:_MAX_MESSAGE]
