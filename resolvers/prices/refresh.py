"""Keeping the catalogue fresh: one process of many looks for newer prices, now and then."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue_table import CatalogueRow, claim_check, read_catalogue
from models.database import Database
from models.errors import Conflict, Unavailable
from pricing.catalogue_file import InvalidCatalogueFile, read_catalogue_file, told
from pricing.refresh import (
    DEFAULT_URL,
    MAX_BYTES,
    TIMEOUT_SECONDS,
    FetchedFile,
    RefreshFailed,
    fetch_file,
)
from resolvers.prices.learning import learn

__all__ = ["DEFAULT_URL", "Refresh", "RefreshSettings", "accept_held_prices", "check_prices"]

HOUR_SECONDS = 3600.0
_LONGEST_PAUSE_SECONDS = 60.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RefreshSettings:
    """Where newer prices come from, and how often they are looked for."""

    url: str = DEFAULT_URL
    every_seconds: float = HOUR_SECONDS
    timeout_seconds: float = TIMEOUT_SECONDS
    max_bytes: int = MAX_BYTES


class Refresh:
    """Looks for newer prices as long as the process runs; whatever fails, it goes on."""

    def __init__(self, database: Database, settings: RefreshSettings) -> None:
        self._database = database
        self._settings = settings
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._look_for_ever())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look_for_ever(self) -> None:
        pause = min(self._settings.every_seconds / 10, _LONGEST_PAUSE_SECONDS)
        while True:
            try:
                if await _claim(self._database, self._settings):
                    await check_prices(self._database, self._settings)
            except Unavailable:
                log.warning("price_check_missed", reason="the database is away")
            except Exception:
                log.exception("price_check_failed")
            await asyncio.sleep(pause)


async def check_prices(database: Database, settings: RefreshSettings) -> CatalogueRow:
    """Look for newer prices now. Returns how the catalogue stands then. Raises Unavailable.

    Whatever goes wrong with the file, the prices that are known stay, and the problem is noted.
    """
    async with database.read() as session:
        row = await read_catalogue(session)
    # A tag is of one address: another one is asked for the whole file.
    etag = row.held_etag or row.etag if row.checked_source == settings.url else None
    fetched: FetchedFile | None = None
    problem = None
    try:
        fetched = await fetch_file(
            settings.url,
            etag,
            timeout_seconds=settings.timeout_seconds,
            max_bytes=settings.max_bytes,
        )
    except RefreshFailed as error:
        problem = f"Newer prices could not be fetched from {settings.url}: {error}."
    async with database.write() as session:
        row = await read_catalogue(session, lock=True)
        if fetched is not None:
            problem = await _take(session, row, fetched, settings.url)
        elif problem is None and row.held_content is not None:
            problem = row.problem
        _note(row, settings.url, problem)
        return row


async def accept_held_prices(database: Database) -> CatalogueRow:
    """Take in the file that is held back, as it is. Raises Conflict where there is none."""
    async with database.write() as session:
        row = await read_catalogue(session, lock=True)
        if row.held_content is None:
            raise Conflict("No prices are held back.")
        content = zlib.decompress(row.held_content)
        providers = await asyncio.to_thread(read_catalogue_file, content)
        source = row.checked_source or ""
        version = _version(content)
        await learn(
            session,
            row,
            providers,
            source=source,
            version=version,
            content=content,
            accepted=True,
        )
        row.etag, row.held_content, row.held_etag, row.problem = row.held_etag, None, None, None
        return row


async def _claim(database: Database, settings: RefreshSettings) -> bool:
    """Whether it is this process's turn to look."""
    async with database.write() as session:
        return await claim_check(
            session,
            every=timedelta(seconds=settings.every_seconds),
            # Should this process be killed meanwhile, another takes over after that time.
            hold=timedelta(seconds=2 * settings.timeout_seconds),
        )


def _note(row: CatalogueRow, url: str, problem: str | None) -> None:
    row.checked_at = datetime.now(UTC)
    row.checked_source = url
    row.claimed_until = None
    row.problem = problem
    if problem is None:
        row.succeeded_at = row.checked_at
        log.info("prices_checked", source=url, version=row.version)
    else:
        log.error("price_check_problem", problem=problem)


async def _take(
    session: AsyncSession, row: CatalogueRow, fetched: FetchedFile, url: str
) -> str | None:
    """Learn a file's prices, or hold it back. Returns the problem, where there is one."""
    try:
        providers = await asyncio.to_thread(read_catalogue_file, fetched.content)
    except InvalidCatalogueFile as error:
        return f"The file at {url} is not valid, and was left out: {error}."
    suspicious = await learn(
        session,
        row,
        providers,
        source=url,
        version=_version(fetched.content),
        content=fetched.content,
        accepted=False,
    )
    if not suspicious:
        row.etag, row.held_content, row.held_etag = fetched.etag, None, None
        return None
    row.held_content, row.held_etag = zlib.compress(fetched.content), fetched.etag
    return (
        f"The file at {url} is held back: {told(suspicious)}. "
        "Look at it, then let it in by `livemeter prices accept`."
    )


def _version(content: bytes) -> str:
    """A file has no version of its own: its day, and what tells it from others."""
    return f"{datetime.now(UTC):%Y-%m-%d} {sha256(content).hexdigest()[:12]}"
