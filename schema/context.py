"""What every resolver of a request is handed: the services, and who is asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from models.price import KeptPrice
from resolvers.prices.price_list import find_prices
from resolvers.services import Services
from resolvers.viewer import Credential, Viewer


@dataclass
class Context:
    """Made for each HTTP request, and once for each WebSocket connection.

    `read_credential` reads the payload of `connection_init`, which comes after the context,
    and falls back on the credential it is given.
    """

    services: Services
    credential: Credential | None
    read_credential: Callable[[object, Credential | None], Credential | None] | None = None
    connection_params: object = None
    request_id: str | None = None
    # Returns when the caller has gone away; None where nothing tells.
    left: Callable[[], Awaitable[None]] | None = None
    # Whether the credential has ended while a subscription was open.
    has_ended: bool = False

    def end(self) -> None:
        self.has_ended = True

    async def viewer(self) -> Viewer:
        """Who is asking, looked up anew for each operation. Raises Unauthenticated."""
        return await self.services.keys.viewer(self._credential())

    @property
    def known_credential(self) -> Credential:
        """What the viewer was found by."""
        credential = self._credential()
        assert credential is not None
        return credential

    def _credential(self) -> Credential | None:
        if self.connection_params and self.read_credential is not None:
            return self.read_credential(self.connection_params, self.credential)
        return self.credential

    @cached_property
    def prices(self) -> DataLoader[tuple[int, str], KeptPrice | None]:
        """Reads prices by workspace and id, all that one answer shows at once."""

        async def load(keys: list[tuple[int, str]]) -> list[KeptPrice | None]:
            found: dict[tuple[int, str], KeptPrice] = {}
            for workspace_id in {workspace_id for workspace_id, _ in keys}:
                ids = list({price_id for owner, price_id in keys if owner == workspace_id})
                prices = await find_prices(self.services.database, workspace_id, ids)
                found |= {(workspace_id, price_id): kept for price_id, kept in prices.items()}
            return [found.get(key) for key in keys]

        return DataLoader(load_fn=load, cache=False)


LivemeterInfo = Info[Context, None]
