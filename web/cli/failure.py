"""How a command ends when it cannot do its work: one plain sentence, and status 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from models.errors import LivemeterError
from models.migration import NewerDatabase
from models.roles import MissingRoles
from web.embedded.errors import EmbeddedPostgresError


@contextmanager
def told_plainly() -> Iterator[None]:
    """Say what is expected to go wrong without a traceback."""
    try:
        yield
    except LivemeterError as error:
        _end(error.message)
    except (EmbeddedPostgresError, MissingRoles, NewerDatabase) as error:
        _end(str(error))
    except ValueError as error:
        _end(str(error))


def _end(message: str) -> None:
    typer.echo(f"livemeter: {message}", err=True)
    raise typer.Exit(1)
