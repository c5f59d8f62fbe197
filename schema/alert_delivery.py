"""What was sent of alerts, as the contract shows it."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry import Parent

from models.alert_delivery import Delivery, DeliveryState
from models.cursor import encode_cursor
from resolvers.alerts.deliveries import DeliveryPage, position_of
from resolvers.alerts.message_words import headline
from schema.enums import DeliveryKind
from schema.page_info import PageInfo
from schema.scalars import Cursor, DateTime


@strawberry.type(description="One message to one destination.")
class AlertDelivery:
    id: strawberry.ID = strawberry.field(
        description="The same for each try: `webhook-id` of a webhook."
    )
    destination_id: strawberry.ID
    destination_name: str
    kind: DeliveryKind
    state: DeliveryState
    attempts: int
    created_at: DateTime
    last_error: str | None = strawberry.field(
        description="Why the last try failed, in words for people."
    )
    last_status: int | None = strawberry.field(
        description="What the receiver answered last: HTTP's status, or SMTP's."
    )

    @strawberry.field(description="What it says, in a line.")
    def subject(parent: Parent[Delivery]) -> str:
        return headline(parent.message)

    @strawberry.field(description="When it is tried next; null where it is not any more.")
    def next_at(parent: Parent[Delivery]) -> DateTime | None:
        return DateTime(parent.next_at) if parent.state is DeliveryState.PENDING else None

    @strawberry.field
    def sent_at(parent: Parent[Delivery]) -> DateTime | None:
        return _ended(parent, DeliveryState.SENT)

    @strawberry.field(description="When it was given up.")
    def given_up_at(parent: Parent[Delivery]) -> DateTime | None:
        return _ended(parent, DeliveryState.DEAD)


@strawberry.type(description="A delivery, and its place in the list.")
class AlertDeliveryEdge:
    @strawberry.field
    def cursor(parent: Parent[Delivery]) -> Cursor:
        return _cursor(parent)

    @strawberry.field
    def node(parent: Parent[Delivery]) -> AlertDelivery:
        return cast(AlertDelivery, parent)


@strawberry.type(description="A page of deliveries.")
class AlertDeliveryConnection:
    @strawberry.field
    def edges(parent: Parent[DeliveryPage]) -> list[AlertDeliveryEdge]:
        return cast(list[AlertDeliveryEdge], parent.deliveries)

    @strawberry.field
    def nodes(parent: Parent[DeliveryPage]) -> list[AlertDelivery]:
        return cast(list[AlertDelivery], parent.deliveries)

    @strawberry.field
    def page_info(parent: Parent[DeliveryPage]) -> PageInfo:
        found = parent.deliveries
        return PageInfo(
            has_next_page=parent.has_next,
            has_previous_page=parent.has_previous,
            start_cursor=_cursor(found[0]) if found else None,
            end_cursor=_cursor(found[-1]) if found else None,
        )


def _cursor(delivery: Delivery) -> Cursor:
    return Cursor(encode_cursor(delivery.workspace_id, position_of(delivery)))


def _ended(delivery: Delivery, state: DeliveryState) -> DateTime | None:
    if delivery.ended_at is None or delivery.state is not state:
        return None
    return DateTime(delivery.ended_at)
