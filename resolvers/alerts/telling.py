"""Telling of firings: each by a message of its own, or many by one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from models.alert_delivery import DeliveryKind, enqueue, read_told
from models.alert_firing import AlertFiring, note_told, read_untold
from models.alert_message import (
    MAX_FIRINGS,
    AlertMessage,
    AlertMessageType,
    MessageFiring,
    MessageRule,
)
from models.alert_rule import AlertRule
from models.money import plain
from resolvers.alerts.fault import is_fault
from resolvers.alerts.wording import UNITS, condition_words, window_words
from resolvers.analytics.dimension import dimension_of

# Of one rule in a minute; what is more is told together.
MAX_SINGLE = 10
_MINUTE = timedelta(minutes=1)
_NAME = "SELECT name FROM workspaces WHERE id = $1"


class Telling:
    """Fills the outbox, within the transaction that begins or ends firings. One for a process."""

    def __init__(self) -> None:
        # When a rule's minute began, and how many messages it had since.
        self._sent: dict[tuple[int, str], tuple[datetime, int]] = {}

    async def begun(
        self,
        driver: asyncpg.Connection[Any],
        rule: AlertRule,
        firings: Sequence[AlertFiring],
        now: datetime,
    ) -> None:
        """What is too much for this minute waits for `held`; many at once use the minute up."""
        place = (rule.workspace_id, rule.id)
        since, count = self._sent.get(place, (now, 0))
        if now - since >= _MINUTE:
            since, count = now, 0
        if count == 0 and len(firings) > MAX_SINGLE:
            self._sent[place] = (since, MAX_SINGLE)
            await self._together(driver, rule, firings, now)
        elif count + len(firings) <= MAX_SINGLE:
            self._sent[place] = (since, count + len(firings))
            for firing in firings:
                await self._one(driver, rule, firing, now)

    async def held(
        self,
        driver: asyncpg.Connection[Any],
        workspace_id: int,
        rules: Mapping[str, AlertRule],
        now: datetime,
    ) -> dict[str, Exception]:
        """Tell together of what goes on that nobody was told of. To be called each minute.

        Returns why that failed, by the rules it failed for.
        """
        by_rule: dict[str, list[AlertFiring]] = {}
        for firing in await read_untold(driver, workspace_id):
            by_rule.setdefault(firing.rule_id, []).append(firing)
        failed: dict[str, Exception] = {}
        for rule_id, firings in by_rule.items():
            rule = rules.get(rule_id)
            if rule is None:
                continue
            try:
                # A savepoint, after which the transaction goes on.
                async with driver.transaction():
                    if len(firings) == 1:
                        await self._one(driver, rule, firings[0], now)
                    else:
                        await self._together(driver, rule, firings, now)
            except Exception as error:
                if not is_fault(error):
                    raise
                failed[rule_id] = error
        return failed

    async def ended(
        self,
        driver: asyncpg.Connection[Any],
        rule: AlertRule,
        firings: Sequence[tuple[AlertFiring, str]],
        now: datetime,
    ) -> None:
        """`firings` with the order keys that they were told of by: told together, over together."""
        by_order: dict[str, list[AlertFiring]] = {}
        for firing, order_key in firings:
            by_order.setdefault(order_key, []).append(firing)
        for order_key, ended in by_order.items():
            message = await _message(driver, AlertMessageType.RESOLVED, rule, ended, now)
            # Who was told that it began, whomever the rule would tell by now.
            told = await read_told(driver, rule.workspace_id, order_key)
            await enqueue(
                driver, rule.workspace_id, told, order_key, DeliveryKind.RESOLVED, message, now
            )

    async def _one(
        self, driver: asyncpg.Connection[Any], rule: AlertRule, firing: AlertFiring, now: datetime
    ) -> None:
        message = await _message(driver, AlertMessageType.OPENED, rule, [firing], now)
        await _send(driver, rule, firing.id, DeliveryKind.OPENED, message, now)
        await note_told(driver, rule.workspace_id, [firing.id], firing.id)

    async def _together(
        self,
        driver: asyncpg.Connection[Any],
        rule: AlertRule,
        firings: Sequence[AlertFiring],
        now: datetime,
    ) -> None:
        order_key = "digest_" + secrets.token_hex(8)
        most = sorted(firings, key=lambda firing: firing.value, reverse=True)
        message = await _message(driver, AlertMessageType.DIGEST, rule, most, now)
        await _send(driver, rule, order_key, DeliveryKind.DIGEST, message, now)
        await note_told(driver, rule.workspace_id, [firing.id for firing in firings], order_key)


async def _send(
    driver: asyncpg.Connection[Any],
    rule: AlertRule,
    order_key: str,
    kind: DeliveryKind,
    message: AlertMessage,
    now: datetime,
) -> None:
    await enqueue(driver, rule.workspace_id, rule.destination_ids, order_key, kind, message, now)


async def _message(
    driver: asyncpg.Connection[Any],
    type: AlertMessageType,
    rule: AlertRule,
    firings: Sequence[AlertFiring],
    now: datetime,
) -> AlertMessage:
    return AlertMessage(
        type=type,
        timestamp=now,
        workspace=await driver.fetchval(_NAME, rule.workspace_id),
        rule=MessageRule(
            rule.id, rule.name, rule.measure.value, condition_words(rule), window_words(rule)
        ),
        firings=tuple(_shown(rule, firing) for firing in firings[:MAX_FIRINGS]),
        total=len(firings),
    )


def _shown(rule: AlertRule, firing: AlertFiring) -> MessageFiring:
    limit, usual = firing.limit_value, firing.usual_value
    return MessageFiring(
        id=firing.id,
        value=plain(firing.value),
        unit=UNITS[rule.measure],
        opened_at=firing.opened_at,
        dimension=None if rule.per is None else dimension_of(rule.per).value,
        key=firing.key,
        threshold=None if limit is None else plain(limit),
        baseline=None if usual is None else plain(usual),
        resolved_at=firing.resolved_at,
    )
