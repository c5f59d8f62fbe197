"""Keeping the catalogue fresh: one process of many looks for newer prices, now and then."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue_table import CatalogueRow, claim_check, read_catalogue, read_standing
from models.database import Database
from models.errors import Conflict, Unavailable
from pricing.catalogue_file import InvalidCatalogueFile, read_catalogue_file
from pricing.refresh import (
    DEFAULT_URL,
    MAX_BYTES,
    TIMEOUT_SECONDS,
    FetchedFile,
    RefreshFailed,
    fetch_file,
)
from pricing.suspicion import told
from resolvers.prices.learning import learn
from resolvers.rounds import Rounds, every

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
        pause_seconds = min(settings.every_seconds / 10, _LONGEST_PAUSE_SECONDS)
        self._rounds = Rounds("price refresh", self._look, every(pause_seconds))

    def start(self) -> None:
        self._rounds.start()

    async def close(self) -> None:
        await self._rounds.close()

    async def _look(self) -> None:
        if await _claim(self._database, self._settings):
            await check_prices(self._database, self._settings)


async def check_prices(database: Database, settings: RefreshSettings) -> CatalogueRow:
    """Look for newer prices now. Returns how the catalogue stands then. Raises Unavailable.

    Whatever goes wrong with the file, the prices that are known stay, and the problem is noted.
    """
    async with database.read_as_owner() as session:
        etag = _known_etag(await read_standing(session), settings.url)
    try:
        fetched = await fetch_file(
            settings.url,
            etag,
            timeout_seconds=settings.timeout_seconds,
            max_bytes=settings.max_bytes,
        )
        async with database.write() as session:
            row = await read_catalogue(session, lock=True)
            if fetched is not None:
                await _take(session, row, fetched, settings.url)
            return _note(row, row.held_problem)
    except Unavailable:
        raise
    except RefreshFailed as error:
        problem = f"Newer prices could not be fetched from {settings.url}: {error}."
    except InvalidCatalogueFile as error:
        problem = f"The file at {settings.url} is not valid, and was left out: {error}."
    except Exception as error:
        log.exception("price_check_failed")
        problem = f"The file at {settings.url} could not be taken in: {type(error).__name__}."
    async with database.write() as session:
        row = await read_catalogue(session, lock=True)
        return _note(row, " ".join(filter(None, (row.held_problem, problem))))


def _known_etag(row: CatalogueRow, url: str) -> str | None:
    """A tag is of one address: another one is asked for the whole file."""
    if row.held_source == url:
        return row.held_etag
    return row.etag if row.etag_source == url else None


async def accept_held_prices(database: Database) -> CatalogueRow:
    """Take in the file that is held back, as it is. Raises Conflict where there is none."""
    async with database.write() as session:
        row = await read_catalogue(session, lock=True)
        if row.held_content is None:
            raise Conflict("No prices are held back.")
        content = await asyncio.to_thread(zlib.decompress, row.held_content)
        try:
            providers = await asyncio.to_thread(read_catalogue_file, content)
        except InvalidCatalogueFile as error:
            # It was valid for the genai-prices that was installed when it was held back.
            raise Conflict(f"The file that is held back is not valid any more: {error}.") from error
        source, etag = row.held_source or "", row.held_etag
        await learn(
            session,
            row,
            providers,
            source=source,
            version=_version(content),
            content=content,
            accepted=True,
        )
        _hold(row, None)
        row.etag, row.etag_source, row.problem = etag, source, None
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


def _note(row: CatalogueRow, problem: str | None) -> CatalogueRow:
    row.checked_at = datetime.now(UTC)
    row.claimed_until = None
    row.problem = problem
    if problem is None:
        row.succeeded_at = row.checked_at
        log.info("prices_checked", source=row.source, version=row.version)
    else:
        log.error("price_check_problem", problem=problem)
    return row


async def _take(session: AsyncSession, row: CatalogueRow, fetched: FetchedFile, url: str) -> None:
    """Learn a file's prices, or hold it back. Raises InvalidCatalogueFile."""
    providers = await asyncio.to_thread(read_catalogue_file, fetched.content)
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
        _hold(row, None)
        row.etag, row.etag_source = fetched.etag, url
        return
    _hold(
        row,
        f"The file at {url} is held back: {told(suspicious)}. "
        "Look at it, then let it in by `livemeter prices accept`.",
        await asyncio.to_thread(zlib.compress, fetched.content),
        fetched.etag,
        url,
    )


def _hold(
    row: CatalogueRow,
    problem: str | None,
    content: bytes | None = None,
    etag: str | None = None,
    source: str | None = None,
) -> None:
    """Keep a file aside, in the place of the one before; without a problem, none."""
    row.held_problem, row.held_content = problem, content
    row.held_etag, row.held_source = etag, source


def _version(content: bytes) -> str:
    """A file has no version of its own: its day, and what tells it from others."""
    return f"{datetime.now(UTC):%Y-%m-%d} {sha256(content).hexdigest()[:12]}"
