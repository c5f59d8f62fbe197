"""`livemeter demo`: everything at once, to be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer

from models.cursor import START
from models.event_query import read_head
from models.key import Scope, find_key, new_key
from models.workspace import DEFAULT_WORKSPACE, find_workspace
from resolvers.services import Services
from web.app import create_app
from web.cli.channel import check_redis_url
from web.cli.failure import told_plainly
from web.cli.options import DATA_DIR, HOST, PORT, DataDir, Host, Port
from web.cli.storage import database_url, migrated_database
from web.demo_traffic import DemoTraffic
from web.server import address, channel_url, listen, price_refresh, run_server
from web.settings import Settings
from web.sign_in import OneTimeLinks

_KEY_FILE = "demo-key"
_EXAMPLE = (
    r'{"query": "mutation { recordEvents(events: [{ id: \"hello-1\", provider: \"openai\", '
    r"model: \"gpt-4o\", inputTokens: 1200, outputTokens: 350, customerId: \"me\" }]) "
    r'{ results { status event { cost { amount } } } } }"}'
)
_SCOPES = [Scope.EVENTS_WRITE, Scope.USAGE_READ, Scope.ADMIN]


def demo(host: Host = HOST, port: Port = PORT, data_dir: DataDir = DATA_DIR) -> None:
    """Serve with plausible traffic, a key, and a link that signs a browser in once."""
    with told_plainly():
        settings = Settings(host=host, port=port, data_dir=data_dir, workers=1, log_level="warning")
        check_redis_url(settings)
        listener = listen(host, port)
        with listener, database_url(data_dir, attach=False, create=True) as url:
            known = _read_key(data_dir)
            workspace_id, secret, is_new = asyncio.run(_prepare(url, known))
            _keep_key(data_dir, secret)
            links = OneTimeLinks()

            @asynccontextmanager
            async def traffic(services: Services) -> AsyncIterator[None]:
                sender = DemoTraffic(services, workspace_id, with_history=is_new)
                sender.start()
                try:
                    yield
                finally:
                    await sender.close()

            app = create_app(
                url,
                channel_url(settings),
                refresh=price_refresh(settings),
                delivery=settings.delivery,
                links=links,
                beside=traffic,
                limits=settings.limits,
                access=settings.access,
            )
            _greet(address(listener), links.add(secret), secret, data_dir)
            run_server(listener, settings, url, app)


async def _prepare(url: str, secret: str) -> tuple[int, str, bool]:
    """The workspace, the demo's key, and whether its log is still empty."""
    async with migrated_database(url) as database, database.write() as session:
        workspace = await find_workspace(session, DEFAULT_WORKSPACE)
        assert workspace.id is not None
        if not secret or await find_key(session, secret) is None:
            key, secret = new_key(workspace.id, "demo", _SCOPES)
            session.add(key)
        head = await read_head(session, workspace.id)
        return workspace.id, secret, head == START


def _read_key(data_dir: Path) -> str:
    """The key of the start before, so that what was tried with it goes on."""
    kept = data_dir / _KEY_FILE
    return kept.read_text().strip() if kept.exists() else ""


def _keep_key(data_dir: Path, secret: str) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    kept = data_dir / _KEY_FILE
    kept.touch(mode=0o600)
    kept.write_text(secret + "\n")


def _greet(page: str, token: str, secret: str, data_dir: Path) -> None:
    typer.echo(
        f"""
  Livemeter's demo is running, with traffic coming in.

  Activity   {page}/link/{token}
             (the link works once; the browser stays signed in)
  API key    {secret}
  GraphQL    {page}/graphql

  Record an event of your own:

  curl {page}/graphql -H 'Authorization: Bearer {secret}' \\
    -H 'Content-Type: application/json' -d '{_EXAMPLE}'

  Data: {data_dir.resolve()}.  Ctrl-C stops everything.
"""
    )
