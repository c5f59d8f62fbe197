"""Structured logs on standard error, ours and the libraries', without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Postgres's details of an error show the row that it was about.
_SECRET = re.compile(
    r"om_(?:live|cust)_[A-Za-z0-9_-]+|(?<=://)[^/@\s]+(?=@)|(?<=/link/)[\w-]+"
    r"|(?<=DETAIL:  )[^\n]+"
)


def without_secrets(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The last processor before a line is written: keys, passwords in addresses, link tokens,
    and rows.
    """
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRET.sub("…", value)
    return event


def set_up_logs(format: str = "text", level: str = "info") -> None:
    """`format` is text (for people) or json (for machines)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_secrets,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("alembic", "uvicorn.error", "strawberry"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
