"""Who may ask for a field: declared on the field, checked before it is resolved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry.extensions.field_extension import FieldExtension
from strawberry.types import Info

from models.key import Scope


class Requires(FieldExtension):
    """Refuses who lacks the scope, with UNAUTHENTICATED or FORBIDDEN; None wants any viewer.

    Customers' tokens are refused unless `customers`: what they may see is said, not assumed.
    """

    def __init__(self, scope: Scope | None, *, customers: bool = False) -> None:
        self.scope = scope
        self.customers = customers

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any
    ) -> Any:
        viewer = await info.context.viewer()
        if self.scope is not None:
            viewer.require(self.scope)
        if not self.customers:
            viewer.require_more_than_a_customer()
        return await next_(source, info, **kwargs)


ANYBODY = Requires(None, customers=True)
RECORD = Requires(Scope.EVENTS_WRITE)
READ = Requires(Scope.USAGE_READ)
READ_OR_CUSTOMER = Requires(Scope.USAGE_READ, customers=True)
ADMIN = Requires(Scope.ADMIN)
