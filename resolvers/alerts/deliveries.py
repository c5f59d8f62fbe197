"""Deliveries as admins see them: what was sent, what waits, what was given up."""

from __future__ import annotations

from dataclasses import dataclass

from models.alert_delivery import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    enqueue,
    find_delivery,
    read_deliveries,
)
from models.alert_message import AlertMessage, AlertMessageType
from models.alert_outbox import CLAIM, send_again, send_all_again
from models.cursor import Position, decode_cursor
from models.database import Database, unavailable_when_away
from models.errors import BadInput, Conflict, NotFound
from models.reach import Reach
from models.text import is_text
from resolvers.alerts.courier import Courier
from resolvers.alerts.destinations import no_destination
from resolvers.viewer import Viewer

MAX_PAGE = 1_000


@dataclass(frozen=True)
class DeliveryPage:
    deliveries: list[Delivery]
    has_next: bool
    has_previous: bool


def position_of(delivery: Delivery) -> Position:
    return Position(delivery.number, delivery.created_at)


async def list_deliveries(
    database: Database,
    reach: Reach,
    *,
    state: DeliveryState | None,
    first: int,
    after: str | None,
) -> DeliveryPage:
    """The newest first. Raises BadInput for a page size or cursor out of bounds."""
    if not 0 <= first <= MAX_PAGE:
        raise BadInput(f"first must lie between 0 and {MAX_PAGE}.", field="first")
    before = None if after is None else decode_cursor(reach.workspace_id, after).sequence
    async with database.read(reach) as session:
        found = await read_deliveries(
            session, reach.workspace_id, state=state, before=before, limit=first + 1
        )
    return DeliveryPage(found[:first], len(found) > first, after is not None)


async def resend(database: Database, courier: Courier, reach: Reach, delivery_id: str) -> Delivery:
    """One that was given up, anew and for another day. Raises NotFound and Conflict."""
    delivery = await _delivery(database, reach, delivery_id)
    now = courier.now()
    if not await send_again(database, reach.workspace_id, delivery.id, now):
        raise Conflict(
            "Only what was given up can be sent again, and only to a destination that is there.",
            field="id",
        )
    courier.wake()
    return await _delivery(database, reach, delivery_id)


async def resend_all(
    database: Database, courier: Courier, reach: Reach, destination_id: str
) -> int:
    """All that was given up of a destination. Returns how many."""
    if not is_text(destination_id):
        return 0
    count = await send_all_again(database, reach.workspace_id, destination_id, courier.now())
    courier.wake()
    return count


async def send_test(
    database: Database,
    courier: Courier,
    viewer: Viewer,
    destination_id: str,
) -> Delivery:
    """Send a test now, by the way that alerts take, once. Raises NotFound and Unavailable."""
    now = courier.now()
    message = AlertMessage(AlertMessageType.TEST, now, viewer.workspace_name)
    made: list[str] = []
    if is_text(destination_id):
        async with unavailable_when_away(), database.driver() as driver, driver.transaction():
            made = await enqueue(
                driver,
                viewer.workspace_id,
                [destination_id],
                f"test {now.isoformat()}",
                DeliveryKind.TEST,
                message,
                now,
                claimed_until=now + CLAIM,
            )
    if not made:
        raise no_destination(destination_id)
    await courier.carry_now(viewer.workspace_id, made[0])
    return await _delivery(database, viewer.reach, made[0])


async def _delivery(database: Database, reach: Reach, delivery_id: str) -> Delivery:
    delivery = None
    if is_text(delivery_id):
        async with database.read(reach) as session:
            delivery = await find_delivery(session, reach.workspace_id, delivery_id)
    if delivery is None:
        raise NotFound(f"This workspace has no delivery {delivery_id[:40]!r}.", field="id")
    return delivery
