"""The price books of a process: one for each workspace, loaded anew when a revision passes it."""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Sequence

from genai_prices.types import Provider
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue_table import CatalogueRow, read_catalogue, read_listed
from models.database import Database
from models.override_table import read_overrides
from models.reach import Reach
from models.reported_provider import read_reported_providers
from models.workspace import read_price_revision
from pricing.catalogue import BUNDLED_SOURCE, Catalogue, bundled_version
from pricing.catalogue_file import read_catalogue_file
from pricing.corrections import corrected_bundled
from pricing.price_book import PriceBook, PriceRevision

_MAX_BOOKS = 1_000


class PriceBooks:
    """Hands out books that may have been passed by: who writes costs compares the revision.

    `fresh` looks at the database; `book` does only where the workspace is not known here yet.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._books: OrderedDict[int, PriceBook] = OrderedDict()
        self._catalogue: tuple[int, Catalogue] | None = None
        self._loading = asyncio.Lock()

    async def book(self, workspace_id: int) -> PriceBook:
        """Raises Unavailable."""
        found = self._books.get(workspace_id)
        return found if found is not None else await self.fresh(workspace_id)

    async def fresh(self, workspace_id: int) -> PriceBook:
        """The book as it is now. Raises Unavailable."""
        async with self._database.read(Reach(workspace_id)) as session:
            return await self.load(session, workspace_id)

    async def load(self, session: AsyncSession, workspace_id: int) -> PriceBook:
        """The book as a transaction sees it."""
        revision = PriceRevision(*await read_price_revision(session, workspace_id))
        known = self._books.get(workspace_id)
        if known is None or known.revision != revision:
            catalogue = await self._current_catalogue(session, revision.catalogue)
            own = [kept.price for kept in await read_overrides(session, workspace_id)]
            reported = await read_reported_providers(session, workspace_id)
            known = PriceBook(catalogue, own, revision, [each.provider for each in reported])
            self._books[workspace_id] = known
            if len(self._books) > _MAX_BOOKS:
                self._books.popitem(last=False)
        return known

    async def _current_catalogue(self, session: AsyncSession, revision: int) -> Catalogue:
        async with self._loading:
            if self._catalogue is None or self._catalogue[0] != revision:
                self._catalogue = (revision, await _load_catalogue(session))
            return self._catalogue[1]


async def _load_catalogue(session: AsyncSession) -> Catalogue:
    row = await read_catalogue(session)
    if _is_the_package(row):
        return Catalogue.bundled()
    providers: Sequence[Provider] = corrected_bundled()
    if row.content is not None:
        # A second of work, which must not hold the event loop.
        providers = await asyncio.to_thread(_read_packed, row.content)
    return Catalogue(providers, await read_listed(session))


def _read_packed(content: bytes) -> list[Provider]:
    return read_catalogue_file(zlib.decompress(content))


def _is_the_package(row: CatalogueRow) -> bool:
    """Nothing was ever learnt but this very package's prices: they need not be read."""
    return row.revision == 1 and row.source == BUNDLED_SOURCE and row.version == bundled_version()
