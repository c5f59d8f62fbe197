"""`livemeter --version`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"livemeter {version('livemeter')}")
        raise typer.Exit


def show_version(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="And exit.")
    ] = False,
) -> None:
    """Meter AI usage: record events, know what they cost, watch them live."""
