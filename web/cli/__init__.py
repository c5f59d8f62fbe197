"""The command line: `livemeter`."""

from __future__ import annotations

import typer

from web.cli.check import check
from web.cli.demo import demo
from web.cli.import_events import import_events
from web.cli.key import keys
from web.cli.member import members
from web.cli.migrate import migrate
from web.cli.prices import prices
from web.cli.serve import serve
from web.cli.version import show_version
from web.cli.workspace import workspaces

app = typer.Typer(
    name="livemeter",
    help="Meter AI usage: record events, know what they cost, watch them live.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.callback()(show_version)
app.command()(serve)
app.command()(demo)
app.command("import")(import_events)
app.command()(migrate)
app.command()(check)
app.add_typer(keys, name="key")
app.add_typer(members, name="member")
app.add_typer(workspaces, name="workspace")
app.add_typer(prices, name="prices")


def main() -> None:
    app()
