"""From what was sent to what the log takes: checked, normalised, priced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.cost import CostReason, CostReasonCode, CostStatus
from models.event import EventType, UsageEvent
from models.event_log import Draft
from pricing.catalogue import Catalogue
from pricing.price_book import PriceBook, PriceRevision
from pricing.timeline import Timeline
from resolvers.recording.draft import draft_event
from resolvers.recording.event_input import EventInput, UnitCount, fingerprint
from resolvers.recording.rejection import Rejected

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BOOK = PriceBook(Catalogue.bundled(), [], PriceRevision(1, 0))
OPENAI = {"provider": "openai", "model": "gpt-4o"}
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
DEEP: list[Any] = []
for _ in range(5_000):
    DEEP = [DEEP]


def _draft(**values: Any) -> Draft:
    return draft_event(1, EventInput(**values), BOOK, NOW)


def _event(**values: Any) -> UsageEvent:
    return _draft(**values).event


REJECTED: list[tuple[dict[str, Any], str, str]] = [
    ({**OPENAI, "input_tokens": -1}, "INVALID_COUNT", "inputTokens"),
    ({**OPENAI, "input_tokens": 1, "cache_read_tokens": 2}, "PART_OVER_WHOLE", "cacheReadTokens"),
    ({**OPENAI, "output_tokens": 1, "reasoning_tokens": 2}, "PART_OVER_WHOLE", "reasoningTokens"),
    ({**OPENAI, "occurred_at": NOW + timedelta(minutes=6)}, "TIME_IN_FUTURE", "occurredAt"),
    ({**OPENAI, "occurred_at": datetime.min.replace(tzinfo=UTC)}, "TIME_TOO_EARLY", "occurredAt"),
    ({"model": "gpt-4o"}, "MISSING_PROVIDER", "provider"),
    ({"provider": "openai"}, "MISSING_MODEL", "model"),
    ({**OPENAI, "type": EventType.IMAGE_GENERATION, "model": ""}, "MISSING_MODEL", "model"),
    ({**OPENAI, "response": {}, "input_tokens": 1}, "RESPONSE_AND_COUNTS", "response"),
    ({**OPENAI, "response": {"usage": 5}}, "UNREADABLE_RESPONSE", "response"),
    ({**OPENAI, "response": DEEP}, "UNREADABLE_RESPONSE", "response"),
    ({**OPENAI, "customer_id": "a\x00b"}, "INVALID_STRING", "customerId"),
    ({**OPENAI, "user_id": "\ud800"}, "INVALID_STRING", "userId"),
    ({**OPENAI, "feature_id": "x" * 257}, "STRING_TOO_LONG", "featureId"),
    ({**OPENAI, "id": ""}, "INVALID_ID", "id"),
    ({**OPENAI, "id": "\x00"}, "INVALID_STRING", "id"),
    ({**OPENAI, "metadata": [1]}, "INVALID_METADATA", "metadata"),
    ({**OPENAI, "metadata": {"a": "\x00"}}, "INVALID_STRING", "metadata"),
    ({**OPENAI, "metadata": {"\ud800": 1}}, "INVALID_STRING", "metadata"),
    ({**OPENAI, "metadata": {"a": "x" * 8_200}}, "METADATA_TOO_LARGE", "metadata"),
    ({**OPENAI, "metadata": {"a": DEEP}}, "INVALID_METADATA", "metadata"),
    ({**OPENAI, "metadata": {"a": Decimal("1E+200000")}}, "INVALID_METADATA", "metadata"),
    ({**OPENAI, "metadata": {"a": Decimal("NaN")}}, "INVALID_METADATA", "metadata"),
    ({**OPENAI, "cost": Decimal(-1)}, "INVALID_COST", "cost"),
    ({**OPENAI, "cost": Decimal("1E+300")}, "INVALID_COST", "cost"),
    ({**OPENAI, "duration_ms": -1}, "INVALID_DURATION", "durationMs"),
    ({**OPENAI, "reported_cost": Decimal(-1)}, "INVALID_REPORTED_COST", "reportedCost"),
    (
        {**OPENAI, "reported_cost": Decimal("1000000.01")},
        "INVALID_REPORTED_COST",
        "reportedCost",
    ),
    ({**OPENAI, "region": "x" * 257}, "STRING_TOO_LONG", "region"),
    ({**OPENAI, "search_context_size": "\x00"}, "INVALID_STRING", "searchContextSize"),
    ({**OPENAI, "quantity": Decimal(1)}, "NOT_CUSTOM", "quantity"),
    ({"type": EventType.CUSTOM, "unit": "page"}, "MISSING_QUANTITY", "quantity"),
    ({"type": EventType.CUSTOM, "quantity": Decimal(1)}, "MISSING_UNIT", "unit"),
    (
        {**OPENAI, "units": (UnitCount("input_tokens", Decimal(1)),)},
        "UNIT_HAS_FIELD",
        "units[0].unit",
    ),
    (
        {**OPENAI, "units": (UnitCount("web_searches", Decimal(1)),) * 2},
        "DUPLICATE_UNIT",
        "units[1].unit",
    ),
    ({**OPENAI, "units": (UnitCount("web_serches", Decimal(1)),)}, "UNKNOWN_UNIT", "units"),
    (
        {**OPENAI, "units": (UnitCount("web_searches", Decimal(-1)),)},
        "INVALID_QUANTITY",
        "units[0].quantity",
    ),
]


@pytest.mark.parametrize(("values", "code", "field"), REJECTED)
def test_what_is_wrong_with_one_event_is_told_by_code_and_field(
    values: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Rejected) as rejection:
        _draft(**values)
    assert (rejection.value.problem.code, rejection.value.problem.field) == (code, field)


def test_a_time_at_most_five_minutes_ahead_is_taken() -> None:
    ahead = NOW + timedelta(minutes=5)
    assert _event(**OPENAI, occurred_at=ahead).occurred_at == ahead


def test_a_reported_cost_of_a_million_usd_is_taken() -> None:
    assert _event(**OPENAI, reported_cost=Decimal(1_000_000)).reported_cost == 1_000_000


def test_an_event_without_a_time_occurs_now() -> None:
    assert _event(**OPENAI).occurred_at == NOW


def test_strings_of_256_characters_and_metadata_of_8_kib_are_taken() -> None:
    event = _event(**OPENAI, customer_id="ü" * 256, metadata={"a": "x" * 8_184})
    assert event.metadata is not None
    assert len(event.metadata) == 8_192


def test_what_was_not_reported_stays_unknown() -> None:
    event = _event(**OPENAI, input_tokens=0)
    assert (event.input_tokens, event.output_tokens) == (0, None)


def test_a_response_gives_counts_model_and_context() -> None:
    """Anthropic tells cached input apart; ours includes it."""
    usage = {"input_tokens": 10, "cache_read_input_tokens": 90, "output_tokens": 5}
    event = _event(provider="anthropic", response={"model": "claude-sonnet-4-5", "usage": usage})
    assert (event.model, event.input_tokens, event.cache_read_tokens) == (
        "claude-sonnet-4-5",
        100,
        90,
    )


def test_the_model_that_served_the_call_outranks_the_one_that_was_asked_for() -> None:
    event = _event(**OPENAI, response={"model": "gpt-4o-mini", "usage": USAGE})
    assert (event.model, event.requested_model) == ("gpt-4o-mini", "gpt-4o")
    assert event.cost == Decimal("0.00000075")


def test_the_requested_model_is_kept_only_where_another_served() -> None:
    assert _event(**OPENAI, response={"usage": USAGE}).requested_model is None
    assert _event(**OPENAI, input_tokens=1).requested_model is None
    assert (
        _event(provider="openai", response={"model": "o3", "usage": USAGE}).requested_model is None
    )


def test_a_response_with_any_number_of_models_is_priced_with_few_lookups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    timeline = Catalogue.timeline

    def counting(catalogue: Catalogue, provider: str, model: str) -> Timeline | None:
        asked.append(model)
        return timeline(catalogue, provider, model)

    monkeypatch.setattr(Catalogue, "timeline", counting)
    advisor = {"type": "advisor_message", "input_tokens": 1, "output_tokens": 1}
    iterations = [{**advisor, "model": f"unheard-of-{n}"} for n in range(1_000)]
    usage = {"input_tokens": 1, "output_tokens": 1, "iterations": iterations}
    event = _event(provider="anthropic", model="claude-sonnet-4-5", response={"usage": usage})
    assert len(asked) <= 34
    assert len(event.cost_lines) == 2 * 34
    assert event.input_tokens == 1_001
    assert CostReason(CostReasonCode.CONTRADICTION, "usage.iterations") in event.cost_reasons


def test_what_the_caller_says_of_the_call_outranks_the_response() -> None:
    response = {"model": "gpt-5", "service_tier": "flex", "usage": USAGE}
    assert _event(provider="openai", response=response).service_tier == "flex"
    event = _event(provider="openai", response=response, service_tier="Priority", region="EU")
    assert (event.service_tier, event.region) == ("priority", "eu")


def test_a_reported_cost_is_read_from_the_response_unless_it_is_given() -> None:
    response = {"model": "openai/gpt-4o", "usage": {**USAGE, "cost": Decimal("0.0133176")}}
    read = _event(provider="openrouter", response=response)
    given = _event(provider="openrouter", response=response, reported_cost=Decimal(1))
    assert (read.reported_cost, given.reported_cost) == (Decimal("0.0133176"), Decimal(1))


def test_usage_that_nobody_reported_is_unknown_and_not_free() -> None:
    event = _event(**OPENAI)
    assert (event.cost, event.cost_status) == (None, CostStatus.UNPRICED)
    assert event.cost_reasons == (CostReason(CostReasonCode.NO_USAGE),)


def test_usage_that_is_said_to_be_zero_costs_zero() -> None:
    event = _event(**OPENAI, input_tokens=0, output_tokens=0)
    assert (event.cost, event.cost_status) == (Decimal(0), CostStatus.PRICED)


@pytest.mark.parametrize("year", [1, 1970, 2014])
def test_a_time_that_was_never_set_is_rejected(year: int) -> None:
    with pytest.raises(Rejected) as rejected:
        _event(**OPENAI, input_tokens=1, occurred_at=datetime(year, 1, 1, tzinfo=UTC))
    assert rejected.value.problem.code == "TIME_TOO_EARLY"


def test_the_earliest_time_can_be_set() -> None:
    moon = datetime(1969, 7, 20, tzinfo=UTC)
    event = EventInput(**OPENAI, input_tokens=1, occurred_at=moon)
    assert draft_event(1, event, BOOK, NOW, moon).event.occurred_at == moon


def test_metadata_keep_their_digits() -> None:
    event = _event(**OPENAI, metadata={"n": Decimal("1.10"), "big": 12345678901234567890})
    assert event.metadata == '{"n":1.10,"big":12345678901234567890}'


def test_a_cost_that_was_sent_is_kept_to_the_last_digit() -> None:
    event = _event(**OPENAI, cost=Decimal("0.123456789012345678901234"))
    assert (event.cost, event.cost_status) == (Decimal("0.123456789012345678901234"), "SUPPLIED")


def test_an_unknown_model_has_no_cost_rather_than_none_at_all() -> None:
    event = _event(provider="nobody", model="nothing", input_tokens=5)
    assert (event.cost, event.cost_status) == (None, "UNPRICED")


def test_a_custom_event_is_unpriced_until_its_unit_has_a_price() -> None:
    event = _event(type=EventType.CUSTOM, unit="pages", quantity=Decimal("3"))
    assert (event.cost, event.cost_status) == (None, "UNPRICED")
    assert [line.unit for line in event.cost_lines] == ["pages"]


def test_an_id_is_made_where_none_was_sent() -> None:
    first, second = _draft(**OPENAI), _draft(**OPENAI)
    assert first.event.id.startswith("evt_")
    assert first.event.id != second.event.id
    assert not first.given_id


def test_a_retry_without_a_time_has_the_same_fingerprint() -> None:
    later = draft_event(1, EventInput(**OPENAI), BOOK, NOW + timedelta(hours=1))
    assert later.fingerprint == _draft(**OPENAI).fingerprint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"cost": Decimal("1.0")}, {"cost": Decimal("1.00")}),
        ({"quantity": Decimal("100")}, {"quantity": Decimal("1E+2")}),
        ({"metadata": {"a": 1, "b": 2}}, {"metadata": {"b": 2, "a": 1}}),
        ({"id": "one"}, {"id": "other"}),
    ],
)
def test_the_same_content_has_the_same_fingerprint(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert fingerprint(EventInput(**one)) == fingerprint(EventInput(**other))


@pytest.mark.parametrize(
    "other",
    [
        {"input_tokens": 2},
        {"output_tokens": 1},
        {"customer_id": "a"},
        {"occurred_at": NOW},
        {"metadata": {"a": 1}},
        {"response": {"a": 1}},
        {"cost": Decimal(1)},
    ],
    ids=str,
)
def test_other_content_has_another_fingerprint(other: dict[str, Any]) -> None:
    assert fingerprint(EventInput(input_tokens=1)) != fingerprint(
        EventInput(**{"input_tokens": 1, **other})
    )


def test_fingerprints_are_what_they_were_in_earlier_versions() -> None:
    """Events sent again after an upgrade are the same events: this value must never change."""
    event = EventInput(
        id="x",
        provider="openai",
        model="gpt-4o",
        input_tokens=1,
        cost=Decimal("1.50"),
        occurred_at=NOW,
        metadata={"b": Decimal("1.10"), "a": "ü"},
        units=(UnitCount("web_searches", Decimal("2.0")),),
    )
    assert fingerprint(event).hex() == "00126c6d8bbea45f7dcb031bffcfe382"


@pytest.mark.parametrize(
    "words", [{"processing": "batch"}, {"service_tier": "batch"}, {"service_tier": "BATCH "}]
)
def test_a_batch_is_priced_as_one_whatever_field_says_so(words: dict[str, str]) -> None:
    event = _event(**OPENAI, input_tokens=1_000_000, **words)
    assert (event.processing, event.service_tier) == ("batch", None)
    assert event.cost == Decimal("1.25")
