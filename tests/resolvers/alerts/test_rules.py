"""What rules may say, and what is answered where they say something else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models.alert_rule import AlertCondition, AlertMeasure, AlertPeriod
from models.audit import read_audit
from models.database import Database
from models.errors import BadInput, Conflict, NotFound
from models.metadata_match import MetadataMatch
from models.reach import Reach
from models.usage_filter import UsageFilter
from resolvers.alerts import rules
from resolvers.alerts.rules import (
    RuleDraft,
    alert_rules,
    change_rule,
    create_rule,
    delete_rule,
    enable_rule,
)
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import NOON

RULE = RuleDraft(
    "A rule", AlertMeasure.COST, AlertCondition.THRESHOLD, Decimal(50), window_minutes=60
)
SPIKE: dict[str, Any] = {"condition": AlertCondition.SPIKE}
RATE: dict[str, Any] = {"measure": AlertMeasure.ERROR_RATE}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"window_minutes": 4}, "window.minutes"),
        ({"window_minutes": 44_641}, "window.minutes"),
        ({"window_minutes": 1_441, **SPIKE}, "window.minutes"),
        ({"window_minutes": None}, "window"),
        ({"period": AlertPeriod.DAY}, "window"),
        ({"window_minutes": None, "period": AlertPeriod.DAY, **SPIKE}, "window.period"),
        ({"threshold": None}, "threshold"),
        ({"threshold": Decimal(0)}, "threshold"),
        ({"threshold": Decimal(-1)}, "threshold"),
        ({"threshold": Decimal("1.01"), **RATE}, "threshold"),
        ({"threshold": Decimal(1), "condition": AlertCondition.RISE}, "threshold"),
        ({"threshold": Decimal(1), **SPIKE}, "threshold"),
        ({"condition": AlertCondition.NO_DATA}, "threshold"),
        ({"minimum": Decimal(-1)}, "minimum"),
        ({"minimum_events": 0}, "minimumEvents"),
        ({"destination_ids": ("nowhere",)}, "destinationIds"),
        ({"destination_ids": tuple(map(str, range(21)))}, "destinationIds"),
    ],
)
async def test_what_cannot_be_watched_is_refused_by_its_field(
    database: Database, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await create_rule(database, 1, replace(RULE, **changes), by="test")
    assert refused.value.field == f"input.{field}"


async def test_a_zone_that_is_none_is_refused(database: Database) -> None:
    with pytest.raises(BadInput, match="time zone"):
        await create_rule(database, 1, replace(RULE, time_zone="Mars"), by="test")


async def test_a_rule_is_kept_as_it_was_given(database: Database) -> None:
    draft = replace(
        RULE,
        per=Dimension.USER,
        filter=UsageFilter(model=("a", None), customer_id=(), metadata=(MetadataMatch("k", "v"),)),
        window_minutes=None,
        period=AlertPeriod.MONTH,
        time_zone="Europe/Berlin",
        threshold=Decimal("0.000000000000000000000001"),
    )
    made = await create_rule(database, 1, draft, by="test")
    assert await alert_rules(database, 1) == [made]


async def test_a_change_replaces_the_rule_and_keeps_who_made_it(database: Database) -> None:
    made = await create_rule(database, 1, RULE, by="ada")
    changed = await change_rule(
        database, 1, made.id, replace(RULE, threshold=Decimal(60)), by="bob"
    )
    assert (changed.threshold, changed.created_by, changed.created_at) == (
        Decimal(60),
        "ada",
        made.created_at,
    )
    assert await alert_rules(database, 1) == [changed]


async def test_a_deleted_rule_is_not_there_any_more(database: Database) -> None:
    made = await create_rule(database, 1, RULE, by="test")
    await delete_rule(database, 1, made.id, by="test")
    assert await alert_rules(database, 1) == []
    with pytest.raises(NotFound):
        await enable_rule(database, 1, made.id, True, by="test")


async def test_there_are_only_so_many(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_RULES", 1)
    await create_rule(database, 1, RULE, by="test")
    with pytest.raises(Conflict):
        await create_rule(database, 1, RULE, by="test")


async def test_what_is_done_to_rules_is_in_the_audit_log(database: Database) -> None:
    made = await create_rule(database, 1, RULE, by="ada")
    await enable_rule(database, 1, made.id, False, by="bob")
    await delete_rule(database, 1, made.id, by="cid")
    async with database.read(Reach(1)) as session:
        entries = await read_audit(session, 1, before=None, limit=10)
    assert [(entry.actor, entry.action.value, entry.subject) for entry in entries] == [
        ("cid", "ALERT_RULE_DELETED", made.id),
        ("bob", "ALERT_RULE_CHANGED", made.id),
        ("ada", "ALERT_RULE_CREATED", made.id),
    ]
    assert made.created_at > NOON
