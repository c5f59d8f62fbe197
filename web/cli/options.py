"""Options that several commands take, spelled the same in each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.workspace import DEFAULT_WORKSPACE
from web.settings import DEFAULT_DATA_DIR

Host = Annotated[str, typer.Option(envvar="LIVEMETER_HOST", help="The address to listen on.")]
Port = Annotated[
    int, typer.Option(envvar="LIVEMETER_PORT", min=0, max=65535, help="The port; 0: any free one.")
]
DataDir = Annotated[
    Path,
    typer.Option(
        envvar="LIVEMETER_DATA_DIR",
        help="Where the embedded Postgres keeps its data; not used with DATABASE_URL.",
    ),
]
Workspace = Annotated[str, typer.Option(help="The workspace that is meant.")]

HOST = "127.0.0.1"
PORT = 8000
DATA_DIR = DEFAULT_DATA_DIR
WORKSPACE = DEFAULT_WORKSPACE
# Who did what is kept, as the record of it names the command line.
BY = "command line"
