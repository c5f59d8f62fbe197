"""Lists as plain lines: whole values in columns, however narrow the terminal is."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.cells import cell_len

_GAP = "  "


def print_list(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """One line for each row. Nothing is cut or wrapped: ids are copied, and read by scripts."""
    lines = [header, *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
        typer.echo(_GAP.join(cells).rstrip())


def _printable(text: str) -> str:
    """Names may hold line breaks, and what terminals take for commands."""
    return "".join(character if character.isprintable() else "·" for character in text)
