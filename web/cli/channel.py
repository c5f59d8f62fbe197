"""What REDIS_URL leads to, looked at before anything is started."""

from __future__ import annotations

import asyncio

import typer

from resolvers.activity.channel import check_channel
from web.server import channel_url
from web.settings import Settings


def check_redis_url(settings: Settings) -> None:
    """Says on standard error that Redis is away: the server goes on without it.

    Raises RedisRefuses where that would never change by itself, and ValueError.
    """
    problem = asyncio.run(check_channel(channel_url(settings)))
    if problem is not None:
        typer.echo(f"livemeter: {problem}", err=True)
