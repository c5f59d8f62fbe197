"""Fees that a response tells of and no price has make a cost partial, not free."""

from __future__ import annotations

from typing import Any

import pytest

from models.cost import CostReason, CostReasonCode
from pricing.response import read_response

RESPONSES = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
CHAT = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
GEMINI = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
SEARCH = [{"type": "web_search_call", "action": {"type": "search"}}]


def _openai(model: str, tool: str, output: list[dict[str, Any]]) -> dict[str, Any]:
    return {"model": model, "tools": [{"type": tool}], "output": output, "usage": RESPONSES}


def _maps(chunk: dict[str, Any]) -> dict[str, Any]:
    candidate = {"groundingMetadata": {"groundingChunks": [chunk]}}
    return {"modelVersion": "gemini-2.5-flash", "candidates": [candidate], "usageMetadata": GEMINI}


@pytest.mark.parametrize(
    ("provider", "body", "fee"),
    [
        ("openai", _openai("gpt-4.1-mini", "web_search_preview", SEARCH), "web_search_preview"),
        (
            "openai",
            _openai("gpt-4o", "web_search_preview_2025_03_11", SEARCH),
            "web_search_preview",
        ),
        ("google", _maps({"maps": {"title": "x"}}), "google_maps"),
        ("x-ai", {"usage": {**CHAT, "num_sources_used": 3}}, "num_sources_used"),
    ],
    ids=["older search", "dated search", "maps", "sources"],
)
def test_a_fee_that_no_price_has_is_a_reason(provider: str, body: Any, fee: str) -> None:
    assert CostReason(CostReasonCode.UNKNOWN_FEE, fee) in read_response(provider, body).reasons


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("openai", _openai("gpt-5", "web_search_preview", SEARCH)),
        ("openai", _openai("o4-mini", "web_search_preview", SEARCH)),
        ("openai", _openai("gpt-4.1", "web_search", SEARCH)),
        ("openai", _openai("gpt-4.1", "web_search_preview", [])),
        ("google", _maps({"web": {"title": "x"}})),
        ("x-ai", {"usage": {**CHAT, "num_sources_used": 0}}),
        ("x-ai", {"usage": {**CHAT, "num_sources_used": 3, "cost_in_usd_ticks": 70}}),
        ("openai", {"usage": CHAT, "tools": "web_search_preview"}),
    ],
    ids=["reasoning", "o-series", "search", "unused", "web", "none", "charged", "odd"],
)
def test_what_is_priced_or_was_not_used_is_no_reason(provider: str, body: Any) -> None:
    assert read_response(provider, body).reasons == ()
