"""Where alerts are sent, as the contract shows it."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from resolvers.alerts.destinations import DestinationDraft, NewDestination
from schema.enums import DestinationKind
from schema.scalars import DateTime


@strawberry.type(description="Where alerts are sent.")
class AlertDestination:
    id: strawberry.ID
    name: str
    kind: DestinationKind
    target: str = strawberry.field(
        description="Where it goes. A webhook's URL is never shown whole, since who knows it may "
        "send there: its host and, to admins, its last characters. The addresses of an e-mail "
        "are for admins too; others see how many there are."
    )
    created_at: DateTime
    created_by: str


@strawberry.input(description="`url` for WEBHOOK and SLACK, `addresses` (1 to 20) for EMAIL.")
class CreateAlertDestinationInput:
    name: str
    kind: DestinationKind
    url: str | None = None
    addresses: list[str] | None = None


@strawberry.type(description="A destination with its new secret.")
class AlertDestinationPayload:
    secret: str | None = strawberry.field(
        description="What webhooks are signed with, shown this once; null for other kinds."
    )

    @strawberry.field
    def destination(parent: Parent[NewDestination]) -> AlertDestination:
        return cast(AlertDestination, parent.destination)


def read_destination_input(input: CreateAlertDestinationInput) -> DestinationDraft:
    addresses = None if input.addresses is None else tuple(input.addresses)
    return DestinationDraft(input.name, input.kind, input.url, addresses)
