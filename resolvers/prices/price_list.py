"""Prices to look at: lists, histories, the catalogue's standing, and what has no price."""

from __future__ import annotations

from datetime import UTC, datetime

from models.catalogue_table import CatalogueRow, read_model_history, read_standing
from models.database import Database
from models.errors import BadInput
from models.override_table import read_overrides
from models.price import KeptPrice
from models.price_query import (
    PricePage,
    PriceQuery,
    decode_price_cursor,
    read_price_page,
    read_prices,
)
from models.reach import Reach
from models.text import is_text
from models.unpriced_query import UnpricedQuery, UnpricedUsage, read_unpriced
from models.usage_filter import UsageFilter
from pricing.provider import MAX_NAME, find_provider
from resolvers.prices.price_books import PriceBooks
from resolvers.time_range import TimeRange

MAX_PAGE = 1_000
MAX_WORDS = 8


async def list_prices(
    database: Database,
    books: PriceBooks,
    workspace_id: int,
    *,
    first: int,
    after: str | None = None,
    provider: str | None = None,
    model: str | None = None,
    search: str | None = None,
    at: datetime | None = None,
) -> PricePage:
    """Prices that hold at a moment, now where none is given. Raises BadInput, Unavailable.

    `provider` and `model` are names as events have them: a dated version finds its model.
    """
    _check_page(first)
    for name, value in (("provider", provider), ("model", model), ("search", search)):
        _check_text(value, name)
    words = (search or "").split()
    if len(words) > MAX_WORDS:
        raise BadInput(f"At most {MAX_WORDS} words can be searched for.", field="search")
    async with database.read(Reach(workspace_id)) as session:
        book = await books.load(session, workspace_id)
        providers = models = None
        if provider is not None:
            named = find_provider(book.catalogue.providers, provider, model)
            providers = (provider.strip().lower(), *([named.id] if named else []))
        if model is not None:
            timeline = book.catalogue.timeline(provider, model) if provider else None
            models = (model.strip().lower(), *([timeline.model.lower()] if timeline else []))
        query = PriceQuery(
            workspace_id,
            at or datetime.now(UTC),
            limit=first,
            after=None if after is None else decode_price_cursor(workspace_id, after),
            providers=providers,
            models=models,
            words=tuple(words),
        )
        return await read_price_page(session, query)


async def find_prices(
    database: Database, workspace_id: int, ids: list[str]
) -> dict[str, KeptPrice]:
    """Prices by id, whether or not they still hold."""
    async with database.read(Reach(workspace_id)) as session:
        return await read_prices(session, workspace_id, ids)


async def price_history(
    database: Database,
    books: PriceBooks,
    workspace_id: int,
    *,
    provider: str | None,
    model: str | None,
    unit: str | None,
) -> list[KeptPrice]:
    """All prices of a model or of a custom unit, the newest first, voided ones included.

    Names are as events have them. Raises BadInput unless either is named.
    """
    for name, value in (("provider", provider), ("model", model), ("unit", unit)):
        _check_text(value, name)
    if unit is not None and provider is None and model is None:
        async with database.read(Reach(workspace_id)) as session:
            own = await read_overrides(session, workspace_id)
        return _newest_first([kept for kept in own if kept.price.unit == unit])
    if provider is None or model is None or unit is not None:
        raise BadInput(
            "Name a provider and a model, or a custom unit alone.",
            field="model" if provider is not None else "provider",
        )
    async with database.read(Reach(workspace_id)) as session:
        book = await books.load(session, workspace_id)
        names = set(book.own_keys(provider, model))
        own = [
            kept
            for kept in await read_overrides(session, workspace_id)
            if kept.price.unit is None and book.key(kept.price) in names
        ]
        timeline = book.catalogue.timeline(provider, model)
        public = (
            []
            if timeline is None
            else await read_model_history(session, timeline.provider, timeline.model)
        )
    return _newest_first([*own, *public])


async def catalogue_standing(database: Database) -> CatalogueRow:
    """What the catalogue's prices were taken from, and how the last check for newer ones went."""
    async with database.read_as_owner() as session:
        return await read_standing(session)


async def unpriced_usage(
    database: Database,
    workspace_id: int,
    *,
    first: int,
    range: TimeRange | None,
    filter: UsageFilter,
) -> list[UnpricedUsage]:
    """The names that have no price, those with most events first. Raises BadInput, Unavailable."""
    _check_page(first)
    query = UnpricedQuery(
        workspace_id,
        first,
        filter,
        None if range is None else range.from_,
        None if range is None else range.to,
    )
    async with database.read(Reach(workspace_id)) as session:
        return await read_unpriced(session, query)


def _newest_first(prices: list[KeptPrice]) -> list[KeptPrice]:
    ever = datetime.min.replace(tzinfo=UTC)
    return sorted(
        prices,
        key=lambda kept: (kept.price.effective_from or ever, kept.recorded_at),
        reverse=True,
    )


def _check_page(first: int) -> None:
    if not 0 <= first <= MAX_PAGE:
        raise BadInput(f"first must lie between 0 and {MAX_PAGE}.", field="first")


def _check_text(value: str | None, field: str) -> None:
    if value is None:
        return
    if len(value) > MAX_NAME:
        raise BadInput(f"A name has at most {MAX_NAME} characters.", field=field)
    if not is_text(value):
        raise BadInput("NUL characters and unpaired surrogates stand in no name.", field=field)
