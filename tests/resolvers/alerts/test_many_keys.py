"""A rule watches each of very many keys, and a few of them are found."""

from __future__ import annotations

from decimal import Decimal

from models.event_log import Attempts, append
from resolvers.analytics.dimension import Dimension
from tests.events import make_draft
from tests.resolvers.alerts.evaluated import MINUTE, Evaluated
from tests.statements import noted_statements

USERS = 100_000
STEP = 5_000


async def _record_each(evaluated: Evaluated, users: int, cost: str) -> None:
    """An event of each user."""
    for start in range(0, users, STEP):
        drafts = [
            make_draft(
                f"{cost}-{user}",
                user_id=f"user-{user}",
                cost=Decimal(cost),
                occurred_at=evaluated.now,
            )
            for user in range(start, min(start + STEP, users))
        ]
        await append(evaluated.database, 1, drafts, Attempts())


async def test_of_a_hundred_thousand_users_those_are_found_that_reach_the_limit(
    evaluated: Evaluated,
) -> None:
    await _record_each(evaluated, USERS, "1")
    await evaluated.rule("10", per=Dimension.USER, window_minutes=24 * 60)
    # What was there before is taken in by one step or several, as long as one may take.
    for _ in range(20):
        await evaluated.step()
    await evaluated.record("9", user_id="user-77777")
    await evaluated.record("8.99", user_id="user-88888")
    await evaluated.step()
    assert await evaluated.open_keys() == ["user-77777"]


async def test_the_statements_of_a_step_do_not_grow_with_keys(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.USER)
    await evaluated.step()
    counts = []
    for users in (1, 1_000):
        await _record_each(evaluated, users, f"1.{users}")
        await evaluated.database.engine.dispose()
        with noted_statements(evaluated.database) as statements:
            await evaluated.step(MINUTE)
        counts.append(len(statements))
    assert counts[0] == counts[1] > 0
