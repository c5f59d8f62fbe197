"""Firings to look at, and the word that somebody knows of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.alert_firing import (
    AlertFiring,
    FiringState,
    acknowledge,
    count_open,
    find_firing,
    read_firings,
)
from models.alert_progress import note_change
from models.alert_rule import AlertRule, read_rules
from models.database import Database
from models.errors import BadInput
from models.reach import Reach

MAX_PAGE = 1_000
MAX_ACKNOWLEDGED = 1_000


@dataclass(frozen=True)
class KnownFiring:
    """A firing and the rule that found it, as the rule is now."""

    firing: AlertFiring
    rule: AlertRule


async def alert_firings(
    database: Database,
    workspace_id: int,
    *,
    states: Collection[FiringState] | None,
    rule_id: str | None,
    first: int,
    before: str | None,
) -> list[KnownFiring]:
    """The latest first, from before the firing of that id. Raises BadInput, Unavailable."""
    if not 0 <= first <= MAX_PAGE:
        raise BadInput(f"first must lie between 0 and {MAX_PAGE}.", field="first")
    if states is not None and not states:
        return []
    async with database.read(Reach(workspace_id)) as session:
        place = None
        if before is not None:
            place = await find_firing(session, workspace_id, before)
            if place is None:
                raise BadInput("This is no firing's id.", field="before")
        found = await read_firings(
            session,
            workspace_id,
            states=states or list(FiringState),
            rule_id=rule_id,
            before=place,
            limit=first,
        )
        rules = await read_rules(session, workspace_id, ids=[one.rule_id for one in found])
    return with_rules(found, rules)


async def open_alerts(database: Database, workspace_id: int) -> int:
    """How many firings go on that nobody has acknowledged. Raises Unavailable."""
    async with database.read(Reach(workspace_id)) as session:
        return await count_open(session, workspace_id)


async def acknowledge_firings(
    database: Database, workspace_id: int, ids: Sequence[str], *, by: str
) -> list[KnownFiring]:
    """Those of the ids that there are. Raises BadInput, Unavailable."""
    if len(ids) > MAX_ACKNOWLEDGED:
        raise BadInput(f"At most {MAX_ACKNOWLEDGED:,} at once.", field="ids")
    async with database.write() as session:
        change = await note_change(session, workspace_id)
        found = await acknowledge(session, workspace_id, ids, by, datetime.now(UTC), change)
        rules = await read_rules(session, workspace_id, ids=[one.rule_id for one in found])
    return with_rules(found, rules)


def with_rules(firings: Collection[AlertFiring], rules: Collection[AlertRule]) -> list[KnownFiring]:
    """Firings of rules that this version cannot read are left out."""
    known = {rule.id: rule for rule in rules}
    return [
        KnownFiring(firing, known[firing.rule_id]) for firing in firings if firing.rule_id in known
    ]
