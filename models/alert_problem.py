"""What rules could not be evaluated for: kept, so that every process can tell of it.

A problem is of a whole workspace, of a rule, or of events that could not be counted. It is removed
by whoever evaluates the workspace when it is over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

# Ids of skipped events that a problem names.
MAX_NAMED = 10


class ProblemKind(StrEnum):
    """WORKSPACE: none of its rules is evaluated. RULE: one is not, or not for all keys. EVENT:
    events are missing in what rules watch.
    """

    WORKSPACE = "WORKSPACE"
    RULE = "RULE"
    EVENT = "EVENT"


ALERT_PROBLEMS = Table(
    "alert_problems",
    SQLModel.metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    # A rule's id; empty for the workspace.
    Column("subject", Text, primary_key=True),
    Column("message", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)
# Events that a stream could not count, by the mark of what the stream watches.
SKIPPED_EVENTS = Table(
    "alert_skipped_events",
    SQLModel.metadata,
    Column("workspace_id", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("watched", Text, primary_key=True),
    Column("message", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)


class NotEvaluated(ValueError):
    """A rule or an event cannot be evaluated; the message is a sentence for people."""


class Subject(NamedTuple):
    """What a problem is of: `id` is a rule's, and empty for a workspace."""

    kind: ProblemKind
    id: str = ""


class Skip(NamedTuple):
    """An event, and the mark of what could not count it."""

    sequence: int
    watched: str


@dataclass(frozen=True)
class AlertProblem:
    """`rule_id` and `rule_name` of a RULE; `events` counts events of an EVENT, ids name the first.

    `message` is for people.
    """

    kind: ProblemKind
    message: str
    since: datetime
    rule_id: str | None = None
    rule_name: str | None = None
    events: int = 0
    event_ids: tuple[str, ...] = ()


_OVER = """
    DELETE FROM alert_problems AS known WHERE workspace_id = $1 AND NOT EXISTS (
        SELECT FROM unnest($2::text[], $3::text[]) AS going_on (kind, subject)
        WHERE going_on.kind = known.kind AND going_on.subject = known.subject
    )
"""
_GOING_ON = """
    INSERT INTO alert_problems (workspace_id, kind, subject, message)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])
    ON CONFLICT (workspace_id, kind, subject) DO UPDATE SET message = excluded.message
"""
_SKIP = """
    INSERT INTO alert_skipped_events (workspace_id, sequence, watched, message)
    SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING
"""
_UNSKIP = """
    DELETE FROM alert_skipped_events AS skipped
    USING unnest($2::bigint[], $3::text[]) AS counted (sequence, watched)
    WHERE workspace_id = $1 AND skipped.sequence = counted.sequence
        AND skipped.watched = counted.watched
"""
_FORGET = "DELETE FROM alert_skipped_events WHERE workspace_id = $1 AND watched <> ALL($2::text[])"
_SKIPPED = "SELECT sequence, watched FROM alert_skipped_events WHERE workspace_id = $1"
_PROBLEMS = """
    SELECT kind, problem.message, since, rule.id, rule.name FROM alert_problems AS problem
    LEFT JOIN alert_rules AS rule
        ON rule.workspace_id = problem.workspace_id AND rule.id = problem.subject
    WHERE problem.workspace_id = :workspace_id
    ORDER BY kind DESC, since, subject
"""
_SKIPPED_PROBLEM = """
    SELECT count(DISTINCT sequence), min(since),
        (SELECT message FROM alert_skipped_events WHERE workspace_id = :workspace_id
            ORDER BY sequence LIMIT 1),
        ARRAY(SELECT id FROM usage_events WHERE workspace_id = :workspace_id AND sequence = ANY (
            ARRAY(SELECT DISTINCT sequence FROM alert_skipped_events
                WHERE workspace_id = :workspace_id ORDER BY 1 LIMIT :most)
        ) ORDER BY sequence)
    FROM alert_skipped_events WHERE workspace_id = :workspace_id
"""


async def keep_problems(
    driver: asyncpg.Connection[Any], workspace_id: int, problems: Mapping[Subject, str]
) -> None:
    """Messages by what they are of: all that there are by now; others are over."""
    kinds = [subject.kind.value for subject in problems]
    ids = [subject.id for subject in problems]
    await driver.execute(_OVER, workspace_id, kinds, ids)
    await driver.execute(_GOING_ON, workspace_id, kinds, ids, list(problems.values()))


async def skip_events(
    driver: asyncpg.Connection[Any], workspace_id: int, skipped: Mapping[Skip, str]
) -> None:
    """Messages by what was skipped. In the transaction that goes on behind these events."""
    if skipped:
        await driver.execute(_SKIP, workspace_id, *_columns(skipped), list(skipped.values()))


async def note_counted(
    driver: asyncpg.Connection[Any], workspace_id: int, skips: Collection[Skip]
) -> None:
    """They are skipped no more. In the transaction that adds them to the buckets."""
    if skips:
        await driver.execute(_UNSKIP, workspace_id, *_columns(skips))


async def forget_skipped(
    driver: asyncpg.Connection[Any], workspace_id: int, marks: Iterable[str]
) -> None:
    """Deletes skips of closed streams: all but those with these marks."""
    await driver.execute(_FORGET, workspace_id, list(marks))


async def read_skipped(driver: asyncpg.Connection[Any], workspace_id: int) -> set[Skip]:
    return {Skip(*row) for row in await driver.fetch(_SKIPPED, workspace_id)}


async def read_problems(session: AsyncSession, workspace_id: int) -> list[AlertProblem]:
    """The workspace's own first, then rules', then that of events, in order of their beginnings."""
    given = {"workspace_id": workspace_id}
    rows = (await session.execute(text(_PROBLEMS), given)).all()
    problems = [
        AlertProblem(ProblemKind(kind), message, since, rule_id, rule_name)
        for kind, message, since, rule_id, rule_name in rows
    ]
    statement = text(_SKIPPED_PROBLEM)
    count, since, message, ids = (
        await session.execute(statement, given | {"most": MAX_NAMED})
    ).one()
    if count:
        found = AlertProblem(ProblemKind.EVENT, message, since, events=count, event_ids=tuple(ids))
        problems.append(found)
    return problems


def _columns(skips: Iterable[Skip]) -> tuple[list[int], list[str]]:
    pairs = list(skips)
    return [skip.sequence for skip in pairs], [skip.watched for skip in pairs]
