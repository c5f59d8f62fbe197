"""Destinations and messages for tests of delivery, and a clock that is set by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from models.alert_delivery import Delivery, DeliveryKind, DeliveryState, enqueue, read_deliveries
from models.alert_destination import DESTINATIONS, DestinationKind, new_destination_id, new_secret
from models.alert_message import AlertMessage, AlertMessageType, MessageFiring, MessageRule
from models.database import Database

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RULE = MessageRule(
    "rule_1", "Spend of acme", "COST", "cost of a customer reaches 100 USD", "within 1 hour"
)
FIRING = MessageFiring(
    id="firing_1",
    value="120.50",
    unit="USD",
    opened_at=NOW,
    dimension="CUSTOMER",
    key="acme",
    threshold="100",
)
MESSAGE = AlertMessage(AlertMessageType.OPENED, NOW, "default", RULE, (FIRING,), 1)


class Clock:
    """Stands still until it is moved on."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


async def add_destination(
    database: Database,
    url: str | None = None,
    *,
    kind: DestinationKind = DestinationKind.WEBHOOK,
    addresses: list[str] | None = None,
    workspace_id: int = 1,
    secret: str | None = None,
) -> str:
    """As it is kept; its id."""
    values: dict[str, Any] = {
        "workspace_id": workspace_id,
        "id": new_destination_id(),
        "name": "on call",
        "kind": kind.value,
        "url": url,
        "shown_url": url,
        "addresses": addresses or [],
        "secret": secret or new_secret(),
        "created_at": NOW,
        "created_by": "test",
    }
    async with database.write() as session:
        await session.execute(DESTINATIONS.insert().values(**values))
    return str(values["id"])


async def put(
    database: Database,
    *destinations: str,
    key: str = "firing_1",
    kind: DeliveryKind = DeliveryKind.OPENED,
    message: AlertMessage = MESSAGE,
    now: datetime = NOW,
    workspace_id: int = 1,
) -> list[str]:
    """Put a message into the outbox; the ids of its deliveries."""
    async with database.driver() as driver, driver.transaction():
        return await enqueue(driver, workspace_id, destinations, key, kind, message, now)


async def deliveries(
    database: Database, state: DeliveryState | None = None, workspace_id: int = 1
) -> list[Delivery]:
    """All there are, the oldest first."""
    async with database.read_as_owner() as session:
        found = await read_deliveries(session, workspace_id, state=state, before=None, limit=1_000)
    return found[::-1]
