"""How a command ends when it cannot do its work: one plain sentence, and status 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.connection_problem import CannotConnect
from models.errors import LivemeterError
from models.migration import NewerDatabase, TablesInUse
from models.roles import MissingRights
from resolvers.activity.channel import RedisRefuses
from web.embedded.errors import EmbeddedPostgresError
from web.settings import Settings

# Each has a text for the person at the terminal.
_PLAIN = (
    CannotConnect,
    EmbeddedPostgresError,
    MissingRights,
    NewerDatabase,
    RedisRefuses,
    TablesInUse,
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Say what is expected to go wrong without a traceback."""
    try:
        yield
    except LivemeterError as error:
        _end(error.message)
    except _PLAIN as error:
        _end(str(error))
    except ValidationError as error:
        _end("; ".join(map(_told, error.errors(include_input=False))))
    except ValueError as error:
        _end(str(error))


def _told(problem: ErrorDetails) -> str:
    """A wrong setting by the name of its variable. What concerns several names them itself."""
    message = problem["msg"].removeprefix("Value error, ")
    names = [Settings.variable(str(name)) for name in problem["loc"]]
    return f"{names[0]}: {message}" if names else message


def _end(message: str) -> None:
    typer.echo(f"livemeter: {message}", err=True)
    raise typer.Exit(1)
