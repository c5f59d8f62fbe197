"""The outbox: who takes which delivery up, and what became of it.

A delivery that was taken up stays pending until its outcome is written: should its process be
killed meanwhile, another takes it up when the claim has ended. So each is sent at least once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.alert_delivery import DELIVERIES, DeliveryKind, DeliveryState
from models.alert_destination import DestinationKind
from models.alert_message import AlertMessage, read_message
from models.database import Database, unavailable_when_away

# Longer than any try takes.
CLAIM = timedelta(seconds=120)
SENT_ARE_KEPT = timedelta(days=30)
DEAD_ARE_KEPT = timedelta(days=90)
DELETED = "The destination was deleted."
UNREADABLE = "This version of the server cannot read the message."

_WAITING = """
    SELECT DISTINCT workspace_id FROM alert_deliveries
    WHERE state = 'PENDING' AND next_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
"""
_CLAIMED = """
    d.workspace_id, d.id, d.destination_id, d.kind, d.message::text AS message, d.attempts,
    d.queued_at, d.accepted, a.kind AS destination_kind, a.url, a.addresses, a.secret,
    a.earlier_secret, a.earlier_secret_until, a.deleted_at
"""
# The first of each order, of these one for each destination, fresh ones before those that failed:
# what does not answer keeps neither others waiting nor more than one place. Each is then looked
# at again under its lock, by its id alone: a plan that reads all that wait for each of them would
# look as good to Postgres while it has no statistics.
_CLAIM = f"""
    WITH heads AS (
        SELECT DISTINCT ON (destination_id, order_key)
            id, destination_id, attempts, next_at, claimed_until, number
        FROM alert_deliveries
        WHERE workspace_id = $1 AND state = 'PENDING' AND destination_id != ALL($3::text[])
        ORDER BY destination_id, order_key, number
    ), of_destinations AS (
        SELECT DISTINCT ON (destination_id) id, attempts, next_at, number FROM heads
        WHERE next_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
        ORDER BY destination_id, attempts, next_at, number
    ), chosen AS MATERIALIZED (
        SELECT id, attempts FROM of_destinations ORDER BY attempts, next_at, number LIMIT $4
    ), locked AS MATERIALIZED (
        SELECT found.id FROM chosen CROSS JOIN LATERAL (
            SELECT id FROM alert_deliveries
            WHERE workspace_id = $1 AND id = chosen.id AND attempts = chosen.attempts
                AND ended_at IS NULL AND (claimed_until IS NULL OR claimed_until <= $2)
            FOR UPDATE SKIP LOCKED
        ) AS found
    )
    UPDATE alert_deliveries AS d SET claimed_until = $5, attempts = d.attempts + 1
    FROM locked, alert_destinations AS a
    WHERE d.workspace_id = $1 AND d.id = locked.id
        AND a.workspace_id = $1 AND a.id = d.destination_id
    RETURNING {_CLAIMED}
"""
_CLAIM_ONE = f"""
    UPDATE alert_deliveries AS d SET claimed_until = $3, attempts = d.attempts + 1
    FROM alert_destinations AS a
    WHERE d.workspace_id = $1 AND d.id = $2 AND d.state = 'PENDING'
        AND a.workspace_id = $1 AND a.id = d.destination_id
    RETURNING {_CLAIMED}
"""
# Whoever took a claim over that had ended has counted one more attempt: theirs is the word.
_OWN = "workspace_id = $1 AND id = $2 AND attempts = $3 AND state = 'PENDING'"
_END = f"""
    UPDATE alert_deliveries SET state = $4, ended_at = $5, last_error = $6, last_status = $7,
        accepted = $8, claimed_until = NULL
    WHERE {_OWN}
"""
_PUT_OFF = f"""
    UPDATE alert_deliveries SET next_at = $4, last_error = $5, last_status = $6, accepted = $7,
        claimed_until = NULL
    WHERE {_OWN}
"""
_GIVE_UP = """
    UPDATE alert_deliveries SET state = 'DEAD', ended_at = $3, last_error = $4, claimed_until = NULL
    WHERE workspace_id = $1 AND id = $2
"""
_RESEND = """
    UPDATE alert_deliveries AS d SET state = 'PENDING', attempts = 0, queued_at = $3, next_at = $3,
        claimed_until = NULL, ended_at = NULL
    FROM alert_destinations AS a
    WHERE d.workspace_id = $1 AND d.state = 'DEAD'
        AND a.workspace_id = $1 AND a.id = d.destination_id AND a.deleted_at IS NULL
"""
_RESEND_ONE = f"{_RESEND} AND d.id = $2"
_RESEND_ALL = f"{_RESEND} AND d.destination_id = $2"
_PRUNE = """
    DELETE FROM alert_deliveries
    WHERE state = 'SENT' AND ended_at < $1 OR state = 'DEAD' AND ended_at < $2
"""


@dataclass(frozen=True)
class Claimed:
    """A delivery that this process may send, with all that sending takes.

    `attempts` counts this one. `url` and `secret` are None where the destination was deleted.
    """

    workspace_id: int
    id: str
    destination_id: str
    kind: DeliveryKind
    message: AlertMessage
    attempts: int
    queued_at: datetime
    accepted: list[str]
    destination_kind: DestinationKind
    url: str | None = field(repr=False)
    addresses: list[str]
    secret: str | None = field(repr=False)
    earlier_secret: str | None = field(repr=False)
    earlier_secret_until: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True)
class Report:
    """What is kept of a try. `problem`: in words for people, also where it was sent though;
    `accepted`: e-mail addresses that have taken it.
    """

    problem: str | None = None
    status: int | None = None
    accepted: tuple[str, ...] = ()


async def workspaces_waiting(database: Database, now: datetime) -> list[int]:
    """Those where something is due. Raises Unavailable."""
    async with database.snapshot_as_owner() as driver:
        return [row["workspace_id"] for row in await driver.fetch(_WAITING, now)]


async def claim(
    database: Database, workspace_id: int, now: datetime, *, limit: int, busy: Collection[str]
) -> list[Claimed]:
    """Take up what is due, but nothing for the destinations that are `busy`.

    At most one for a destination. One that this version cannot read is given up, so that it keeps
    no other waiting. Raises Unavailable.
    """
    async with unavailable_when_away(), database.driver() as driver, driver.transaction():
        rows = await driver.fetch(_CLAIM, workspace_id, now, list(busy), limit, now + CLAIM)
        found = []
        for row in rows:
            try:
                found.append(_claimed(row))
            except ValueError:
                await driver.execute(_GIVE_UP, workspace_id, row["id"], now, UNREADABLE)
    return found


async def claim_one(
    database: Database, workspace_id: int, delivery_id: str, now: datetime
) -> Claimed | None:
    """Take this one up, whether or not it is due. Raises Unavailable."""
    async with unavailable_when_away(), database.driver() as driver, driver.transaction():
        row = await driver.fetchrow(_CLAIM_ONE, workspace_id, delivery_id, now + CLAIM)
    return None if row is None else _claimed(row)


async def mark_sent(database: Database, claimed: Claimed, now: datetime, report: Report) -> None:
    """Raises Unavailable."""
    await _end(database, claimed, DeliveryState.SENT, now, report)


async def mark_dead(database: Database, claimed: Claimed, now: datetime, report: Report) -> None:
    """Raises Unavailable."""
    await _end(database, claimed, DeliveryState.DEAD, now, report)


async def put_off(database: Database, claimed: Claimed, next_at: datetime, report: Report) -> None:
    """Raises Unavailable."""
    await _execute(database, _PUT_OFF, *_own(claimed), next_at, *_columns(claimed, report))


async def send_again(
    database: Database, workspace_id: int, delivery_id: str, now: datetime
) -> bool:
    """A dead one anew. False where it is not dead, or its destination is deleted."""
    return await _execute(database, _RESEND_ONE, workspace_id, delivery_id, now) == 1


async def send_all_again(
    database: Database, workspace_id: int, destination_id: str, now: datetime
) -> int:
    """All dead ones of a destination. Returns how many."""
    return await _execute(database, _RESEND_ALL, workspace_id, destination_id, now)


async def give_up_all(
    session: AsyncSession, workspace_id: int, destination_id: str, now: datetime
) -> None:
    """Those of a destination that is being deleted, in that transaction."""
    pending = (
        DELIVERIES.c.workspace_id == workspace_id,
        DELIVERIES.c.destination_id == destination_id,
        DELIVERIES.c.state == DeliveryState.PENDING.value,
    )
    await session.execute(
        update(DELIVERIES)
        .where(*pending)
        .values(
            state=DeliveryState.DEAD.value, ended_at=now, last_error=DELETED, claimed_until=None
        )
    )


async def prune(database: Database, now: datetime) -> int:
    """Forget what ended long ago. Returns how many. Raises Unavailable."""
    return await _execute(database, _PRUNE, now - SENT_ARE_KEPT, now - DEAD_ARE_KEPT)


async def _end(
    database: Database, claimed: Claimed, state: DeliveryState, now: datetime, report: Report
) -> None:
    columns = _columns(claimed, report)
    await _execute(database, _END, *_own(claimed), state.value, now, *columns)


async def _execute(database: Database, statement: str, *arguments: Any) -> int:
    async with unavailable_when_away(), database.driver() as driver, driver.transaction():
        done = await driver.execute(statement, *arguments)
    return int(done.split()[-1])


def _own(claimed: Claimed) -> tuple[int, str, int]:
    return claimed.workspace_id, claimed.id, claimed.attempts


def _columns(claimed: Claimed, report: Report) -> tuple[str | None, int | None, list[str]]:
    return report.problem, report.status, [*claimed.accepted, *report.accepted]


def _claimed(row: Any) -> Claimed:
    return Claimed(
        **dict(row)
        | {
            "kind": DeliveryKind(row["kind"]),
            "destination_kind": DestinationKind(row["destination_kind"]),
            "message": read_message(row["message"]),
        }
    )
