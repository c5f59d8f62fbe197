"""Whether what a provider says it charged counts, by workspace and provider."""

from __future__ import annotations

from datetime import UTC, datetime

from models.audit import AuditAction, note
from models.database import Database
from models.errors import BadInput
from models.reach import Reach
from models.reported_provider import (
    ReportedProvider,
    add_reported_provider,
    read_reported_providers,
    remove_reported_provider,
)
from models.text import is_text
from models.workspace import change_prices, lock_workspace
from pricing.provider import MAX_NAME, provider_key
from resolvers.prices.price_books import PriceBooks


async def reported_providers(database: Database, reach: Reach) -> list[ReportedProvider]:
    """The providers whose reported costs count, by name. Raises Unavailable."""
    async with database.read(reach) as session:
        return await read_reported_providers(session, reach.workspace_id)


async def use_reported_costs(
    database: Database,
    books: PriceBooks,
    workspace_id: int,
    provider: str,
    *,
    enabled: bool,
    by: str,
) -> list[ReportedProvider]:
    """Let a provider's reported costs count from now on, or the price book again.

    Events that are recorded already keep their costs until they are repriced. Returns all
    providers whose reported costs count. Raises BadInput for a name that no provider can have,
    and Unavailable.
    """
    if not provider.strip() or len(provider) > MAX_NAME or not is_text(provider):
        raise BadInput(f"A provider's name has 1 to {MAX_NAME} characters.", field="provider")
    # By the same catalogue as the book that asks whether they count.
    book = await books.fresh(workspace_id)
    key = provider_key(book.catalogue.providers, provider)
    async with database.write() as session:
        await lock_workspace(session, workspace_id)
        if enabled:
            given = ReportedProvider(key, datetime.now(UTC), by)
            changed = await add_reported_provider(session, workspace_id, given)
        else:
            changed = await remove_reported_provider(session, workspace_id, key)
        if changed:
            await note(
                session,
                workspace_id,
                by,
                AuditAction.REPORTED_COSTS_SET,
                key,
                detail={"enabled": enabled},
            )
            # Costs that were computed by the books of before are computed again.
            await change_prices(session, workspace_id)
        return await read_reported_providers(session, workspace_id)
