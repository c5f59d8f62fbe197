"""Rules as people make them: checked, kept, changed and taken away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.alert_destination import read_destinations
from models.alert_progress import note_rules
from models.alert_rule import (
    AlertCondition,
    AlertMeasure,
    AlertPeriod,
    AlertRule,
    UnreadableRule,
    insert_rule,
    new_rule_id,
    read_all_rules,
    read_rules,
    update_rule,
    update_rule_state,
)
from models.audit import AuditAction, note
from models.database import Database
from models.errors import BadInput, Conflict, NotFound
from models.reach import Reach
from models.text import is_text
from models.usage_filter import EVERYTHING, UsageFilter
from models.workspace import lock_workspace
from resolvers.alerts.condition import SHARES
from resolvers.alerts.window import MAX_MINUTES, MAX_SPIKE_MINUTES, MIN_MINUTES
from resolvers.analytics.dimension import Dimension
from resolvers.time_range import time_zone

MAX_RULES = 1_000
MAX_NAME = 200
MAX_DESTINATIONS = 20
MAX_THRESHOLD = Decimal(10) ** 30
DEFAULT_MINIMUM_EVENTS = 20
# Of small numbers any rise is large.
_MINIMUM = {
    AlertMeasure.COST: Decimal(1),
    AlertMeasure.EVENTS: Decimal(20),
    AlertMeasure.TOTAL_TOKENS: Decimal(10_000),
    AlertMeasure.ERRORS: Decimal(5),
    AlertMeasure.ERROR_RATE: Decimal("0.01"),
    AlertMeasure.UNPRICED_SHARE: Decimal("0.01"),
}
# The least and the most that a threshold can be.
_THRESHOLDS = {
    AlertCondition.RISE: (Decimal("1.1"), Decimal(1_000)),
    AlertCondition.SPIKE: (Decimal(2), Decimal(100)),
}
DEFAULT_DEVIATIONS = Decimal(6)


@dataclass(frozen=True)
class RuleDraft:
    """A rule as it is asked for. None stands for what a default is there for."""

    name: str
    measure: AlertMeasure
    condition: AlertCondition
    threshold: Decimal | None = None
    per: Dimension | None = None
    filter: UsageFilter = EVERYTHING
    window_minutes: int | None = None
    period: AlertPeriod | None = None
    time_zone: str = "UTC"
    minimum: Decimal | None = None
    minimum_events: int | None = None
    destination_ids: tuple[str, ...] = ()
    is_enabled: bool = True

    def rule(self, workspace_id: int, by: str, now: datetime) -> AlertRule:
        """Raises BadInput, naming the field."""
        self._check_name()
        self._check_window()
        minimum_events = self.minimum_events
        return AlertRule(
            workspace_id=workspace_id,
            id=new_rule_id(),
            name=self.name.strip(),
            is_enabled=self.is_enabled,
            measure=self.measure,
            filter=self.filter,
            per=None if self.per is None else self.per.column,
            window_minutes=self.window_minutes,
            period=self.period,
            time_zone=time_zone(self.time_zone).key,
            condition=self.condition,
            threshold=self._threshold(),
            minimum=self._minimum(),
            minimum_events=DEFAULT_MINIMUM_EVENTS if minimum_events is None else minimum_events,
            destination_ids=tuple(dict.fromkeys(self.destination_ids)),
            created_by=by,
            created_at=now,
            updated_at=now,
            watches_since=now,
        )

    def _check_name(self) -> None:
        if not 1 <= len(self.name.strip()) <= MAX_NAME or not is_text(self.name):
            raise BadInput(f"A rule's name has 1 to {MAX_NAME} characters.", field="input.name")
        if len(self.destination_ids) > MAX_DESTINATIONS:
            raise BadInput(
                f"A rule tells at most {MAX_DESTINATIONS} destinations.",
                field="input.destinationIds",
            )
        if self.minimum_events is not None and not 1 <= self.minimum_events <= 1_000_000_000:
            raise BadInput("It is at least 1.", field="input.minimumEvents")

    def _check_window(self) -> None:
        if (self.window_minutes is None) == (self.period is None):
            raise BadInput(
                "A window has either `minutes` or a `period` of the calendar.",
                field="input.window",
            )
        most = MAX_SPIKE_MINUTES if self.condition is AlertCondition.SPIKE else MAX_MINUTES
        if self.window_minutes is None:
            if self.condition in (AlertCondition.SPIKE, AlertCondition.NO_DATA):
                raise BadInput(
                    f"{self.condition.value} wants a window of `minutes`: what has just begun "
                    "cannot be compared.",
                    field="input.window.period",
                )
        elif not MIN_MINUTES <= self.window_minutes <= most:
            raise BadInput(
                f"A window has {MIN_MINUTES} to {most:,} minutes here.",
                field="input.window.minutes",
            )

    def _threshold(self) -> Decimal | None:
        given = self.threshold
        if self.condition is AlertCondition.NO_DATA:
            if given is not None:
                raise BadInput("NO_DATA has no threshold.", field="input.threshold")
            return None
        if given is None and self.condition is AlertCondition.SPIKE:
            return DEFAULT_DEVIATIONS
        if given is None:
            raise BadInput("A threshold is needed.", field="input.threshold")
        least, most = _THRESHOLDS.get(self.condition, (None, MAX_THRESHOLD))
        if self.condition is AlertCondition.THRESHOLD and self.measure in SHARES:
            most = Decimal(1)
        if given > most or (given <= 0 if least is None else given < least):
            raise BadInput(
                f"The threshold is {f'at least {least}' if least else 'more than 0'} and at most "
                f"{most:f} here.",
                field="input.threshold",
            )
        return given

    def _minimum(self) -> Decimal:
        if self.minimum is None:
            return _MINIMUM[self.measure]
        if not 0 <= self.minimum <= MAX_THRESHOLD:
            raise BadInput("It is not below 0.", field="input.minimum")
        return self.minimum


async def alert_rules(database: Database, workspace_id: int) -> list[AlertRule]:
    """The oldest first. Raises Unavailable."""
    async with database.read(Reach(workspace_id)) as session:
        return await read_rules(session, workspace_id)


async def create_rule(
    database: Database, workspace_id: int, draft: RuleDraft, *, by: str, now: datetime | None = None
) -> AlertRule:
    """Raises BadInput, Conflict where there are too many, Unavailable."""
    rule = draft.rule(workspace_id, by, now or datetime.now(UTC))
    async with database.write() as session:
        await lock_workspace(session, workspace_id)
        await _check_destinations(session, rule)
        known = await read_all_rules(session, workspace_id)
        if len(known.rules) + len(known.unreadable) >= MAX_RULES:
            raise Conflict(f"A workspace has at most {MAX_RULES:,} rules.")
        await insert_rule(session, rule)
        await _note(session, rule, AuditAction.ALERT_RULE_CREATED, by)
    return rule


async def change_rule(
    database: Database,
    workspace_id: int,
    id: str,
    draft: RuleDraft,
    *,
    by: str,
    now: datetime | None = None,
) -> AlertRule:
    """The rule is as the draft says from now on. What fires by a rule that was about something
    else ends. Raises BadInput, NotFound, Unavailable.
    """
    now = now or datetime.now(UTC)
    rule = draft.rule(workspace_id, by, now)
    async with database.write() as session:
        await lock_workspace(session, workspace_id)
        known = await _find(session, workspace_id, id)
        await _check_destinations(session, rule)
        rule = replace(
            rule,
            id=id,
            created_by=known.created_by,
            created_at=known.created_at,
            watches_since=_watches_since(rule, known),
        )
        await update_rule(session, rule)
        await _note(session, rule, AuditAction.ALERT_RULE_CHANGED, by)
    return rule


async def enable_rule(
    database: Database, workspace_id: int, id: str, is_enabled: bool, *, by: str
) -> AlertRule | UnreadableRule:
    """Raises NotFound, Unavailable."""
    return await _change_state(
        database,
        workspace_id,
        id,
        {"is_enabled": is_enabled},
        AuditAction.ALERT_RULE_CHANGED,
        by,
    )


async def delete_rule(
    database: Database, workspace_id: int, id: str, *, by: str
) -> AlertRule | UnreadableRule:
    """Its firings stay, and end. Raises NotFound, Unavailable."""
    now = datetime.now(UTC)
    return await _change_state(
        database,
        workspace_id,
        id,
        {"deleted_at": now, "is_enabled": False},
        AuditAction.ALERT_RULE_DELETED,
        by,
    )


async def _change_state(
    database: Database,
    workspace_id: int,
    id: str,
    values: dict[str, Any],
    action: AuditAction,
    by: str,
) -> AlertRule | UnreadableRule:
    async with database.write() as session:
        await lock_workspace(session, workspace_id)
        known = await _find(session, workspace_id, id)
        rule = replace(known, **values, updated_at=datetime.now(UTC))
        await update_rule_state(session, rule)
        await _note(session, rule, action, by)
    return rule


def _watches_since(rule: AlertRule, known: AlertRule | UnreadableRule) -> datetime:
    """The beginning of what the new rule watches; firings from before it end."""
    if isinstance(known, AlertRule) and _is_alike(rule, known):
        return known.watches_since
    return rule.watches_since


def _is_alike(rule: AlertRule, known: AlertRule) -> bool:
    """Whether what fires by one may go on by the other."""
    return all(
        getattr(rule, name) == getattr(known, name)
        for name in ("measure", "condition", "per", "filter", "window_minutes", "period")
    )


async def _find(session: AsyncSession, workspace_id: int, id: str) -> AlertRule | UnreadableRule:
    kept = await read_all_rules(session, workspace_id, ids=[id])
    found: list[AlertRule | UnreadableRule] = [*kept.rules, *kept.unreadable]
    if not found or found[0].deleted_at is not None:
        raise NotFound("There is no such rule.", field="id")
    return found[0]


async def _check_destinations(session: AsyncSession, rule: AlertRule) -> None:
    known = {row.id for row in await read_destinations(session, rule.workspace_id)}
    unknown = [id for id in rule.destination_ids if id not in known]
    if unknown:
        raise BadInput(
            f"There is no destination {unknown[0][:60]!r} (any more).",
            field="input.destinationIds",
        )


async def _note(
    session: AsyncSession, rule: AlertRule | UnreadableRule, action: AuditAction, by: str
) -> None:
    await note_rules(session, rule.workspace_id)
    await note(session, rule.workspace_id, by, action, rule.id, detail={"name": rule.name})
