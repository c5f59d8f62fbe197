"""91 real responses, and 18 inputs from the field, as events: what each cost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.cost import CostStatus, ReportedCostStatus
from models.event import Outcome, UsageEvent
from pricing.catalogue import Catalogue
from pricing.event_cost import event_quantities
from pricing.price_book import PriceBook, PriceRevision
from resolvers.recording.draft import draft_event
from resolvers.recording.event_input import EventInput
from resolvers.recording.rejection import Rejected
from schema.recording import build_event
from schema.scalars import parse_datetime

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
BOOK = PriceBook(Catalogue.bundled(), [], PriceRevision(1, 0))


def _read(name: str) -> list[dict[str, Any]]:
    trials: list[dict[str, Any]] = json.loads((DATA / name).read_text(), parse_float=Decimal)
    return trials


RESPONSES = [
    trial for trial in _read("response_trials.json") if trial["expected_counts"] is not None
]
PRICED = [trial for trial in RESPONSES if trial["expected_cost"] is not None]
# Of these the gateway's charge was worked out, and no price book can know it.
CHARGED = ("openrouter", "x-ai")
FIELD = [trial for trial in _read("field_trials.json") if "event" in trial]
# What else must be answered in the field is tested where it is answered.
FIELD_EVENTS = [
    trial for trial in FIELD if trial.keys() & {"cost", "status", "status_not", "reported_cost"}
]


def _event(trial: dict[str, Any]) -> UsageEvent:
    given = EventInput(provider=trial["provider"], model=trial["model"], response=trial["response"])
    return draft_event(1, given, BOOK, NOW).event


def _names(trials: list[dict[str, Any]], key: str) -> list[str]:
    return [f"{number}-{trial[key][:50]}" for number, trial in enumerate(trials)]


@pytest.mark.parametrize("trial", PRICED, ids=_names(PRICED, "note"))
def test_a_response_costs_what_was_worked_out(trial: dict[str, Any]) -> None:
    event = _event(trial)
    expected = Decimal(trial["expected_cost"])
    if trial["provider"] in CHARGED and event.reported_cost is not None:
        assert event.reported_cost == expected
    else:
        assert event.cost == expected


@pytest.mark.parametrize("trial", PRICED, ids=_names(PRICED, "note"))
def test_a_cost_that_differs_from_the_charge_says_so(trial: dict[str, Any]) -> None:
    event = _event(trial)
    if event.reported_cost is None:
        assert event.reported_cost_status is None
    elif event.cost is None:
        assert event.reported_cost_status is ReportedCostStatus.NOT_COMPARED
    else:
        is_near = abs(event.cost - event.reported_cost) <= max(
            event.reported_cost / 100, Decimal("0.0005")
        )
        assert is_near or event.reported_cost_status is ReportedCostStatus.DIFFERS


@pytest.mark.parametrize("trial", RESPONSES, ids=_names(RESPONSES, "note"))
def test_the_lines_of_a_response_add_up_to_its_cost(trial: dict[str, Any]) -> None:
    event = _event(trial)
    known = [line.amount for line in event.cost_lines if line.amount is not None]
    assert event.cost == (sum(known) if event.cost_status is not CostStatus.UNPRICED else None)


@pytest.mark.parametrize("trial", RESPONSES, ids=_names(RESPONSES, "note"))
def test_a_cost_is_known_in_full_or_says_why_not(trial: dict[str, Any]) -> None:
    event = _event(trial)
    assert (event.cost_status is CostStatus.PRICED) == (event.cost_reasons == ())


@pytest.mark.parametrize("trial", FIELD_EVENTS, ids=_names(FIELD_EVENTS, "essence"))
def test_an_input_from_the_field_is_answered_rightly(trial: dict[str, Any]) -> None:
    try:
        event = draft_event(1, _field_input(trial["event"]), BOOK, NOW).event
    except Rejected:
        assert trial.get("status") == "REJECTED"
        return
    if "cost" in trial:
        assert event.cost == (None if trial["cost"] is None else Decimal(trial["cost"]))
    if "status" in trial:
        assert event.cost_status == trial["status"]
    if "status_not" in trial:
        assert event.cost_status != trial["status_not"]
    if "reported_cost" in trial:
        assert event.reported_cost == Decimal(trial["reported_cost"])


@pytest.mark.parametrize(
    "trial",
    [trial for trial in FIELD if "counts" in trial],
    ids=_names([trial for trial in FIELD if "counts" in trial], "essence"),
)
def test_an_input_from_the_field_has_the_right_counts(trial: dict[str, Any]) -> None:
    event = draft_event(1, _field_input(trial["event"]), BOOK, NOW).event
    counts = event_quantities(event)
    assert {unit: counts.get(unit) for unit in trial["counts"]} == trial["counts"]


def _field_input(sent: dict[str, Any]) -> EventInput:
    """The input as GraphQL would coerce it."""
    given = dict(sent)
    for name in ("inputTokens", "outputTokens"):
        if name in given:
            given[name] = int(given[name])
    if "occurredAt" in given:
        given["occurredAt"] = parse_datetime(given["occurredAt"])
    if "outcome" in given:
        given["outcome"] = Outcome(given["outcome"])
    return build_event(given)
