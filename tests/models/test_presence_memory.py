"""What was seen committed is not looked up again, and nothing else is left out."""

from __future__ import annotations

from datetime import timedelta

from models.cubes import Tier
from models.event import UsageEvent
from models.presence_memory import PresenceMemory
from tests.events import NOON, make_event


def _event(minutes: float = 1, **values: str | None) -> UsageEvent:
    at = NOON + timedelta(minutes=minutes)
    return make_event(**{"user_id": "u", "feature_id": "f", **values}, occurred_at=at)


def _news(memory: PresenceMemory, *events: UsageEvent, last_sequence: int = 1) -> list[UsageEvent]:
    return memory.news(1, last_sequence, events)


def _seen(*events: UsageEvent, max_keys: int = 100) -> PresenceMemory:
    memory = PresenceMemory(max_keys=max_keys)
    memory.note(1, 1, events)
    return memory


def test_a_later_event_of_the_same_quarter_is_no_news() -> None:
    assert _news(_seen(_event(1)), _event(1), _event(14)) == []


def test_an_earlier_event_is_news_since_it_may_be_the_first_use() -> None:
    assert _news(_seen(_event(2)), _event(1)) == [_event(1)]


def test_another_quarter_is_news() -> None:
    later = _event(Tier.QUARTER_HOUR.length / timedelta(minutes=1))
    assert _news(_seen(_event(1)), later) == [later]


def test_another_user_feature_or_customer_is_news() -> None:
    others = [_event(user_id="v"), _event(feature_id=None), _event(customer_id="c")]
    assert _news(_seen(_event()), *others) == others


def test_another_workspace_is_news() -> None:
    assert _seen(_event()).news(2, 1, [_event()]) == [_event()]


def test_in_a_log_that_has_gone_back_all_is_news() -> None:
    memory = _seen(_event())
    assert _news(memory, _event(), last_sequence=0) == [_event()]
    assert _news(memory, _event(), last_sequence=5) == [_event()]


def test_what_is_old_is_forgotten() -> None:
    memory = _seen(_event(), max_keys=2)
    for number in range(10):
        memory.note(1, 2, [_event(user_id=str(number))])
    assert _news(memory, _event(), _event(user_id="9"), last_sequence=2) == [_event()]
