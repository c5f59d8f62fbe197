"""Random events of few customers, users, features and models, so that sums meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from models.cost import CostStatus
from models.event import EventType, Outcome
from models.event_log import Draft
from tests.events import make_draft

START = datetime(2026, 10, 20, tzinfo=UTC)
DAYS = 20
_MODELS = (("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-opus-4-1"))
_COSTS = ("0", "0.000001", "0.123456789012345678901234", "17", "99999999999999999999.5")


def random_drafts(random: Random, count: int, name: str) -> list[Draft]:
    """Drafts with ids of their own, `name` before them; half of them some days late."""
    end = START + timedelta(days=DAYS)
    return [
        *random_drafts_between(random, count // 2, f"{name}-late", START, end),
        *random_drafts_between(random, count - count // 2, name, end - timedelta(hours=2), end),
    ]


def random_drafts_between(
    random: Random, count: int, name: str, from_: datetime, to: datetime
) -> list[Draft]:
    return [
        _random_draft(random, f"{name}-{number}", from_ + (to - from_) * random.random())
        for number in range(count)
    ]


def _random_draft(random: Random, event_id: str, occurred_at: datetime) -> Draft:
    provider, model = random.choice((*_MODELS, (None, None)))
    status = random.choice(list(CostStatus))
    cost = None if status is CostStatus.UNPRICED else Decimal(random.choice(_COSTS))
    customer = random.choice(("acme", "Ärzte", None))
    return make_draft(
        event_id,
        fingerprint=event_id.encode(),
        type=random.choice(list(EventType)),
        customer_id=customer,
        user_id=random.choice((None, *(f"{customer}-{number}" for number in range(3)), "shared")),
        feature_id=random.choice(("chat", "search", "agent", None)),
        provider=provider,
        model=model,
        input_tokens=random.choice((None, 0, 7, 1000, (1 << 63) - 1)),
        output_tokens=random.choice((None, 3, 200)),
        cache_read_tokens=random.choice((None, 5)),
        images=random.choice((None, 1)),
        cost=cost,
        cost_status=status,
        outcome=random.choice(list(Outcome)),
        occurred_at=occurred_at,
        metadata=random.choice((None, '{"region": "eu"}', '{"region": "us"}')),
    )
