"""API keys and customers' tokens, as the contract shows them."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from models.key import ApiKey as KeptKey
from resolvers.api_keys import NewKey
from schema.enums import Scope
from schema.scalars import DateTime


@strawberry.type(description="A key that programs use. Its secret is kept nowhere.")
class ApiKey:
    id: strawberry.ID
    name: str
    prefix: str = strawberry.field(
        description="The key's first characters: enough to tell it by, too few to use it."
    )
    created_at: DateTime
    last_used_at: DateTime | None = strawberry.field(
        description="To within some seconds; null where it was never used."
    )
    expires_at: DateTime | None = strawberry.field(description="Null: it holds until revoked.")
    revoked_at: DateTime | None

    @strawberry.field
    def scopes(parent: Parent[KeptKey]) -> list[Scope]:
        return sorted(Scope(scope) for scope in parent.scopes)


@strawberry.type(description="A key that was just made.")
class CreateApiKeyPayload:
    secret: str = strawberry.field(description="Shown this once.")

    @strawberry.field
    def api_key(parent: Parent[NewKey]) -> ApiKey:
        return parent.api_key  # type: ignore[return-value]  # resolved from the row


@strawberry.type(
    description="For a browser of one customer: reads that customer's usage alone, for a short "
    "time. It ends with the key that asked for it, or with the membership of the person who did."
)
class CustomerToken:
    token: str
    expires_at: DateTime
