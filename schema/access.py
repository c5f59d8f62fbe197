"""Which scope a field wants: declared on the field, checked before it is resolved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry.extensions.field_extension import FieldExtension
from strawberry.types import Info

from models.key import Scope


class Requires(FieldExtension):
    """Refuses who lacks the scope, with UNAUTHENTICATED or FORBIDDEN; None wants any viewer."""

    def __init__(self, scope: Scope | None) -> None:
        self.scope = scope

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any
    ) -> Any:
        viewer = await info.context.viewer()
        if self.scope is not None:
            viewer.require(self.scope)
        return await next_(source, info, **kwargs)
