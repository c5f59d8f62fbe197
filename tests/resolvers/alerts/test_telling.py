"""Who is told of what: each firing by itself, or many together, and of their ends in kind."""

from __future__ import annotations

from datetime import timedelta

from resolvers.alerts.rules import RuleDraft, change_rule, enable_rule
from resolvers.alerts.telling import MAX_SINGLE
from resolvers.analytics.dimension import Dimension
from tests.resolvers.alerts.evaluated import DESTINATION, MINUTE, Evaluated


async def _fire(evaluated: Evaluated, *users: str) -> None:
    for user in users:
        await evaluated.record("10", user_id=user)
    await evaluated.step()


def _names(count: int, prefix: str = "user") -> list[str]:
    return [f"{prefix}-{number:03}" for number in range(count)]


async def test_a_firing_is_told_of_when_it_begins_and_when_it_ends(evaluated: Evaluated) -> None:
    await evaluated.rule("10", window_minutes=5)
    await evaluated.record("10")
    await evaluated.step()
    await evaluated.pass_time(20 * MINUTE)
    assert await evaluated.told() == [("OPENED", [None]), ("RESOLVED", [None])]


async def test_a_few_are_told_of_one_by_one(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.USER)
    await _fire(evaluated, *_names(MAX_SINGLE))
    told = await evaluated.told()
    assert [kind for kind, _ in told] == ["OPENED"] * MAX_SINGLE
    assert sorted(keys[0] or "" for _, keys in told) == _names(MAX_SINGLE)


async def test_hundreds_at_once_are_one_digest(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.USER)
    await _fire(evaluated, *_names(300))
    [(kind, keys)] = await evaluated.told()
    assert kind == "DIGEST"
    assert len(keys) == 20


async def test_a_digest_names_those_with_most(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.USER)
    await evaluated.record("99", user_id="most")
    await _fire(evaluated, *_names(30))
    [(_, keys)] = await evaluated.told()
    assert keys[0] == "most"


async def test_what_begins_one_after_the_other_is_told_of_together_each_minute(
    evaluated: Evaluated,
) -> None:
    await evaluated.rule("10", per=Dimension.USER)
    for user in _names(MAX_SINGLE + 5):
        await _fire(evaluated, user)
    assert len(await evaluated.told()) == MAX_SINGLE
    await evaluated.step(MINUTE)
    told = await evaluated.told()
    assert [kind for kind, _ in told[MAX_SINGLE:]] == ["DIGEST"]
    assert len(told[-1][1]) == 5


async def test_what_was_told_of_together_is_over_together(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.USER, window_minutes=5)
    await _fire(evaluated, *_names(15))
    await evaluated.pass_time(20 * MINUTE)
    assert [kind for kind, _ in await evaluated.told()] == ["DIGEST", "RESOLVED"]


async def test_who_was_told_of_a_firing_hears_that_its_rule_was_paused(
    evaluated: Evaluated,
) -> None:
    rule = await evaluated.rule("10")
    await evaluated.record("10")
    await evaluated.step()
    await enable_rule(evaluated.database, 1, rule.id, False, by="test")
    await evaluated.step()
    assert [kind for kind, _ in await evaluated.told()] == ["OPENED", "RESOLVED"]


async def test_what_is_over_before_it_was_told_of_is_not_told_of(evaluated: Evaluated) -> None:
    rule = await evaluated.rule("10", per=Dimension.USER)
    await _fire(evaluated, *_names(MAX_SINGLE))
    await _fire(evaluated, "late")
    await enable_rule(evaluated.database, 1, rule.id, False, by="test")
    await evaluated.step(MINUTE)
    assert all("late" not in keys for _, keys in await evaluated.told())


async def test_many_each_second_are_a_digest_a_minute(evaluated: Evaluated) -> None:
    await evaluated.rule("10", per=Dimension.USER)
    for second in range(10):
        for user in _names(11, f"user-{second}"):
            await evaluated.record("10", user_id=user)
        await evaluated.step(timedelta(seconds=1))
    assert [kind for kind, _ in await evaluated.told()] == ["DIGEST"]
    await evaluated.step(MINUTE)
    assert [kind for kind, _ in await evaluated.told()] == ["DIGEST", "DIGEST"]


async def test_only_who_heard_of_the_beginning_hears_of_the_end(evaluated: Evaluated) -> None:
    rule = await evaluated.rule("10", destination_ids=())
    await evaluated.record("10")
    await evaluated.step()
    draft = RuleDraft(
        "x",
        rule.measure,
        rule.condition,
        rule.threshold,
        window_minutes=60,
        destination_ids=(DESTINATION,),
    )
    await change_rule(evaluated.database, 1, rule.id, draft, by="test", now=evaluated.now)
    await evaluated.step()
    await enable_rule(evaluated.database, 1, rule.id, False, by="test")
    await evaluated.step()
    assert await evaluated.told() == []
