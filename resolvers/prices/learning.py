"""Taking a source's prices in: what changed is added, what was is kept."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from genai_prices.types import Provider
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue_table import (
    CatalogueRow,
    begin_learning,
    keep_prices,
    read_catalogue,
    read_listed,
    read_standing,
    unlist_prices,
)
from models.database import Database
from pricing.catalogue import BUNDLED_SOURCE, bundled_version, schedules
from pricing.catalogue_file import InvalidCatalogueFile, read_catalogue_file
from pricing.corrections import corrected_bundled
from pricing.history import changes

# A file that was confirmed within this time is taken to be newer than any package.
_CONFIRMED = timedelta(days=7)


async def learn(
    session: AsyncSession,
    row: CatalogueRow,
    providers: Sequence[Provider],
    *,
    source: str,
    version: str,
    content: bytes | None,
    accepted: bool,
) -> list[str]:
    """Take prices into the history, in a transaction that holds the catalogue's row.

    Returns what is suspicious about them, and then changes nothing unless they are `accepted`.
    """
    learnt = await asyncio.to_thread(lambda: dict(schedules(providers)))
    packed = None if content is None else await asyncio.to_thread(zlib.compress, content)
    known = await read_listed(session)
    await begin_learning(session)
    now = datetime.now(UTC)
    found = await asyncio.to_thread(changes, known, learnt, now)
    if found.suspicious and not accepted:
        return found.suspicious
    await keep_prices(session, found.kept, source, version)
    await unlist_prices(session, found.unlisted)
    if found or packed != row.content:
        # Other names may be known now, even where no price has changed.
        row.revision += 1
    row.source, row.version, row.content = source, version, packed
    row.models = sum(len(provider.models) for provider in providers)
    row.updated_at = now
    # The tag of a file says nothing of what came after it.
    row.etag = row.etag_source = None
    return []


async def learn_bundled(database: Database) -> None:
    """Take in the installed package's prices and our corrections, where they are news."""
    async with database.read_as_owner() as session:
        if not _is_news(await read_standing(session)):
            return
    async with database.write() as session:
        row = await read_catalogue(session, lock=True)
        if not _is_news(row):
            return
        if _is_confirmed(row):
            await _learn_corrections(session, row)
        else:
            await learn(
                session,
                row,
                corrected_bundled(),
                source=BUNDLED_SOURCE,
                version=bundled_version(),
                content=None,
                accepted=True,
            )
        row.package_version = bundled_version()


async def _learn_corrections(session: AsyncSession, row: CatalogueRow) -> None:
    """Take in the file that was fetched once more: it was learnt with earlier corrections."""
    if row.content is None or row.source is None:
        return
    content = await asyncio.to_thread(zlib.decompress, row.content)
    try:
        providers = await asyncio.to_thread(read_catalogue_file, content)
    except InvalidCatalogueFile:
        # Another genai-prices read it. The next file that is fetched brings the corrections.
        return
    await learn(
        session,
        row,
        providers,
        source=row.source,
        version=row.version or "",
        content=content,
        accepted=True,
    )


def _is_news(row: CatalogueRow) -> bool:
    """An older package than the one before adds nothing: its prices were known, and changed."""
    if row.package_version is None:
        return True
    return _numbers(bundled_version()) > _numbers(row.package_version)


def _is_confirmed(row: CatalogueRow) -> bool:
    if row.source in (None, BUNDLED_SOURCE) or row.succeeded_at is None:
        return False
    return datetime.now(UTC) - row.succeeded_at < _CONFIRMED


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
