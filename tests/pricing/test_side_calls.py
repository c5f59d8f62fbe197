"""Usage of other models within a call: each at its own model's price, all once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from models.cost import CostReason, CostReasonCode, CostStatus
from models.event import SideCall
from pricing.catalogue import Catalogue
from pricing.cost import Cost, joined_cost
from pricing.price_book import Call, PriceBook, PriceRevision
from pricing.rate_card import CallContext

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BOOK = PriceBook(Catalogue.bundled(), (), PriceRevision(1, 1))
MILLION = 1_000_000


def _side(model: str, **units: int) -> SideCall:
    return SideCall(model, {unit: Decimal(count) for unit, count in units.items()})


def _cost(model: str, counts: dict[str, int | Decimal], *sides: SideCall) -> Cost:
    return BOOK.cost(Call("anthropic", model, NOW, side_calls=sides), counts)


def test_a_side_call_is_at_its_own_models_price() -> None:
    # 3M of sonnet * $3/M, and of opus 1M in * $5/M and 1M out * $25/M.
    used = _cost(
        "claude-sonnet-4-6",
        {"input_tokens": 4 * MILLION, "output_tokens": MILLION},
        _side("claude-opus-4-8", input_tokens=MILLION, output_tokens=MILLION),
    )
    assert (used.amount, used.status) == (Decimal(39), CostStatus.PRICED)


def test_a_side_calls_lines_name_its_model() -> None:
    used = _cost("claude-sonnet-4-6", {"input_tokens": 4}, _side("claude-opus-4-8", input_tokens=1))
    assert [(line.model, line.quantity) for line in used.lines] == [
        (None, 3),
        ("claude-opus-4-8", 1),
    ]


def test_lines_with_side_calls_add_up_to_the_cost() -> None:
    used = _cost(
        "claude-sonnet-4-6",
        {"input_tokens": 9, "cache_read_tokens": 5, "output_tokens": 4},
        _side("claude-opus-4-8", input_tokens=4, cache_read_tokens=2, output_tokens=1),
        _side("claude-haiku-4-5", input_tokens=1, output_tokens=1),
    )
    assert sum(line.amount or 0 for line in used.lines) == used.amount


def test_a_model_that_only_passes_calls_on_needs_no_price() -> None:
    call = Call(
        "groq", "groq/compound", NOW, side_calls=(_side("llama-3.3-70b-versatile", input_tokens=5),)
    )
    used = BOOK.cost(call, {"input_tokens": 5, "output_tokens": 0})
    assert (used.amount, used.status) == (Decimal("0.00000295"), CostStatus.PRICED)


def test_a_side_call_of_a_model_without_a_price_is_named() -> None:
    used = _cost("claude-sonnet-4-6", {"input_tokens": 4}, _side("mystery", input_tokens=1))
    assert used.reasons == (CostReason(CostReasonCode.NO_PRICE, "mystery"),)
    assert used.amount == Decimal("0.000009")


def test_more_at_the_side_than_in_all_is_a_contradiction() -> None:
    used = _cost(
        "claude-sonnet-4-6",
        {"input_tokens": 4, "output_tokens": 9},
        _side("claude-opus-4-8", input_tokens=MILLION, output_tokens=0),
    )
    # The side call's 1M * $5/M, and 9 * $15/M; of the model's own input nothing is known.
    assert (used.amount, used.status) == (Decimal("5.000135"), CostStatus.PARTIAL)
    assert used.reasons == (CostReason(CostReasonCode.CONTRADICTION, "input_tokens"),)


def test_a_side_call_of_nothing_leaves_the_cost_as_it_is() -> None:
    used = _cost("claude-sonnet-4-6", {"input_tokens": 4}, SideCall("claude-opus-4-8", {}))
    assert (used.status, used.reasons) == (CostStatus.PRICED, ())


def test_many_side_calls_are_joined_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[int] = []

    def counting(*parts: Cost) -> Cost:
        joined.append(len(parts))
        return joined_cost(*parts)

    monkeypatch.setattr("pricing.price_book.joined_cost", counting)
    sides = [_side(f"m{n}", input_tokens=1) for n in range(33)]
    used = _cost("claude-sonnet-4-6", {"input_tokens": 40}, *sides)
    assert (joined, len(used.lines)) == ([34], 34)


def test_a_call_is_run_in_one_way_its_side_calls_included() -> None:
    call = Call(
        "anthropic",
        "claude-sonnet-4-6",
        NOW,
        CallContext("batch"),
        side_calls=(_side("claude-opus-4-8", input_tokens=MILLION),),
    )
    assert BOOK.cost(call, {"input_tokens": 2 * MILLION}).amount == Decimal(4)
