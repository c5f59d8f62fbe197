"""Uvicorn, set up for this application, in one process or in several."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from resolvers.prices.refresh import RefreshSettings
from web.app import create_app
from web.client_address import TrustedProxies
from web.http_protocol import Protocols
from web.limits import DEFAULTS, Limits
from web.logs import set_up_logs
from web.orphan import end_with_parent
from web.settings import Settings

# In-flight requests have this long to finish; a batch waits for Postgres less than that.
STOP_SECONDS = 10


class PortTaken(ValueError):
    """Another program listens there."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is started. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, or asyncio leaves Nagle's delay on: 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Cannot listen on {host}:{port} ({error.strerror}); choose another with --port."
        ) from error
    listener.set_inheritable(True)
    return listener


def address(listener: socket.socket) -> str:
    """The URL of the page; what listens everywhere is shown as reached from here."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def run_server(
    listener: socket.socket, settings: Settings, database_url: str, app: Starlette | None = None
) -> None:
    """Serve until SIGINT or SIGTERM. `app` stands in for the plain one, in one process."""
    set_up_logs(settings.log_format, settings.log_level)
    factory = partial(make_worker_app, settings, database_url)
    config = uvicorn_config(app or factory, workers=settings.workers, limits=settings.limits)
    tame_collector()
    with _terminated_in_order():
        if settings.workers > 1:
            Multiprocess(config, sockets=[listener]).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])


def uvicorn_config(
    app: Starlette | Callable[[], Starlette], workers: int = 1, limits: Limits = DEFAULTS
) -> uvicorn.Config:
    protocols = Protocols(limits)
    return uvicorn.Config(
        app=app,
        factory=not isinstance(app, Starlette),
        workers=workers,
        # Uvicorn calls them as it would call a class.
        http=cast(Any, protocols.http),
        ws=cast(Any, protocols.websocket),
        ws_max_size=limits.connections.message_bytes,
        timeout_keep_alive=cast(int, limits.connections.keep_alive_seconds),
        forwarded_allow_ips=TrustedProxies(limits.trusted_proxies).networks(),
        loop="uvloop",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
        # A feed's small messages gain little from compression and each connection pays for it.
        ws_per_message_deflate=False,
    )


def tame_collector() -> None:
    """Let the cyclic collector run less often, and not over what was made at the start.

    A request of 1,000 events makes tens of thousands of objects and hardly any cycle; at the
    default threshold of 700 a third of the time of recording goes into looking for them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def channel_url(settings: Settings) -> str:
    return settings.redis_url or "memory://"


def price_refresh(settings: Settings) -> RefreshSettings | None:
    """How newer prices are looked for; None where they are not."""
    if not settings.prices_url:
        return None
    return RefreshSettings(settings.prices_url, settings.prices_refresh_seconds)


def make_worker_app(settings: Settings, database_url: str) -> Starlette:
    """What each worker runs; everything it needs comes pickled with the function."""
    end_with_parent()
    tame_collector()
    set_up_logs(settings.log_format, settings.log_level)
    return create_app(
        database_url,
        channel_url(settings),
        refresh=price_refresh(settings),
        delivery=settings.delivery,
        limits=settings.limits,
        access=settings.access,
    )


@contextmanager
def _terminated_in_order() -> Iterator[None]:
    """Uvicorn raises the signals it caught again when it is done; then it is our turn to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(0)
