"""Tools that a provider ran are counted in the units that it bills."""

from __future__ import annotations

from typing import Any

import pytest

from models.cost import CostReason, CostReasonCode
from pricing.response import read_response
from tests.pricing.usage_objects import PLAIN_CHAT, RESPONSES

SEARCH = {"type": "web_search_call", "action": {"type": "search", "query": "…"}}
OPEN = {"type": "web_search_call", "action": {"type": "open_page"}}
OLDER = {"type": "web_search_call", "status": "completed"}
GEMINI_USAGE = {"promptTokenCount": 10, "candidatesTokenCount": 5}


def _grounded(model: str | None, *queries: list[str]) -> dict[str, Any]:
    candidates = [{"groundingMetadata": {"webSearchQueries": each}} for each in queries]
    return {"candidates": candidates, "usageMetadata": GEMINI_USAGE, "modelVersion": model}


def _xai(**details: int) -> dict[str, Any]:
    usage = {**RESPONSES, "server_side_tool_usage_details": details}
    return {"output": [SEARCH], "usage": usage}


def _xai_items(used: int, *items: dict[str, Any]) -> dict[str, Any]:
    usage = {**RESPONSES, "num_sources_used": 0, "num_server_side_tools_used": used}
    return {"output": list(items), "usage": usage}


def _custom(name: str) -> dict[str, Any]:
    return {"type": "custom_tool_call", "name": name, "status": "completed"}


X_SEARCH = {"type": "x_search_call", "name": "x_semantic_search", "status": "completed"}


TOOLS: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "a search of OpenAI": ("openai", {"output": [SEARCH], "usage": RESPONSES}, {"web_searches": 1}),
    "a page that was opened": ("openai", {"output": [OPEN], "usage": RESPONSES}, {}),
    "a search of an older body": (
        "azure",
        {"output": [OLDER], "usage": RESPONSES},
        {"web_searches": 1},
    ),
    "searches that OpenAI counted": (
        "openai",
        {
            "output": [OLDER, OLDER],
            "tool_usage": {"web_search": {"num_requests": 1}},
            "usage": RESPONSES,
        },
        {"web_searches": 1},
    ),
    "files and code": (
        "openai",
        {
            "output": [
                {"type": "file_search_call"},
                {"type": "file_search_call"},
                {"type": "code_interpreter_call"},
                {"type": "message"},
            ],
            "usage": RESPONSES,
        },
        {"storage_searches": 2, "code_executions": 1},
    ),
    "a chat model that searches always": (
        "openai",
        {
            "model": "gpt-4o-search-preview-2025-03-11",
            "choices": [{"message": {"annotations": [{"type": "url_citation"}]}}],
            "usage": PLAIN_CHAT,
        },
        {"web_searches": 1},
    ),
    "annotations of another chat model": (
        "openai",
        {
            "model": "gpt-4o",
            "choices": [{"message": {"annotations": [{"type": "url_citation"}]}}],
            "usage": PLAIN_CHAT,
        },
        {},
    ),
    "xAI's tools": (
        "x-ai",
        _xai(
            web_search_calls=2,
            x_search_calls=3,
            document_search_calls=1,
            file_search_calls=1,
            code_interpreter_calls=4,
            mcp_calls=9,
        ),
        {"web_searches": 2, "social_searches": 3, "storage_searches": 2, "code_executions": 4},
    ),
    "a search of X": ("x-ai", _xai_items(1, X_SEARCH), {"social_searches": 1}),
    "searches of X by the names of xAI's tools": (
        "x-ai",
        _xai_items(3, _custom("x_keyword_search"), _custom("x_semantic_search"), _custom("view")),
        {"social_searches": 2},
    ),
    "xAI's tools that did nothing": ("x-ai", _xai(web_search_calls=0), {}),
    "Gemini": (
        "google",
        _grounded("gemini-3.5-flash", ["a", "b"], ["c"]),
        {"web_searches": 3},
    ),
    "Gemini 2, though it bills one of them": (
        "google",
        _grounded("gemini-2.5-flash", ["a", "b"], ["c"]),
        {"web_searches": 3},
    ),
    "Gemini without a query": ("google", _grounded("gemini-3.5-flash", []), {}),
    "a query of nothing": ("google", _grounded("gemini-3.5-flash", [""]), {}),
    "Gemini by its SDK": (
        "google",
        {
            "candidates": [{"grounding_metadata": {"web_search_queries": ["a", "b"]}}],
            "usage_metadata": {"prompt_token_count": 10, "candidates_token_count": 5},
            "model_version": "gemini-3-pro",
        },
        {"web_searches": 2},
    ),
    "Interactions": (
        "google",
        {
            "model": "gemini-3-pro",
            "steps": [{"type": "google_search_call", "arguments": {"queries": ["a", "b"]}}],
            "usage": {"total_input_tokens": 10, "total_output_tokens": 5},
        },
        {"web_searches": 2},
    ),
    "OpenRouter's": (
        "openrouter",
        {"usage": {**PLAIN_CHAT, "server_tool_use_details": {"web_search_requests": 2}}},
        {"web_searches": 2},
    ),
    "Claude's by LiteLLM": (
        "litellm",
        {"usage": {**PLAIN_CHAT, "server_tool_use": {"web_search_requests": 2}}},
        {"web_searches": 2},
    ),
    "Claude's on Vertex AI": (
        "google",
        {
            "usage": {
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_read_input_tokens": 0,
                "server_tool_use": {"web_search_requests": 2},
            }
        },
        {"web_searches": 2},
    ),
    "Claude's on Bedrock": (
        "aws",
        {
            "usage": {
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_read_input_tokens": 0,
                "server_tool_use": {"web_search_requests": 2},
            }
        },
        {"web_searches": 2},
    ),
}
KINDS = ("web_searches", "social_searches", "storage_searches", "code_executions")


@pytest.mark.parametrize(("provider", "body", "counts"), TOOLS.values(), ids=TOOLS)
def test_hosted_tools_are_counted(
    provider: str, body: dict[str, Any], counts: dict[str, int]
) -> None:
    read = read_response(provider, body).quantities
    assert {unit: read[unit] for unit in KINDS if read.get(unit)} == counts


SEARCHING = "gpt-4o-search-preview"


@pytest.mark.parametrize(
    "body",
    [
        {"model": SEARCHING, "choices": [{"message": {"content": "…"}}], "usage": PLAIN_CHAT},
        {"model": "gpt-5-search-api-2025-10-14", "usage": PLAIN_CHAT},
        [
            {"id": "c", "model": SEARCHING, "choices": [{"delta": {"annotations": [{}]}}]},
            {"id": "c", "model": SEARCHING, "choices": [], "usage": PLAIN_CHAT},
        ],
    ],
    ids=["without annotations", "without choices", "streamed"],
)
def test_a_model_that_searches_always_is_counted_one_search_a_call(body: Any) -> None:
    assert read_response("openai", body).quantities["web_searches"] == 1


def test_another_model_with_a_similar_name_does_not_search() -> None:
    body = {"model": "acme-search-preview", "usage": PLAIN_CHAT}
    assert "web_searches" not in read_response("acme", body).quantities


def test_a_query_that_several_candidates_repeat_is_one() -> None:
    read = read_response("google", _grounded("gemini-3.5-flash", ["a", "b"], ["b", "a"]))
    assert read.quantities["web_searches"] == 2


def test_the_callers_model_tells_that_openai_searched_where_the_body_names_none() -> None:
    choices = [{"message": {"annotations": [{"type": "url_citation"}]}}]
    body = {"choices": choices, "usage": PLAIN_CHAT}
    read = read_response("openai", body, "gpt-4o-search-preview")
    assert read.quantities["web_searches"] == 1


UNTOLD = CostReason(CostReasonCode.CONTRADICTION, "num_server_side_tools_used")


@pytest.mark.parametrize(
    "body",
    [
        _xai_items(2, X_SEARCH, {"type": "message"}, {"type": "function_call"}),
        _xai_items(1)["usage"],
    ],
    ids=["an item for one of two", "bare usage"],
)
def test_more_tools_of_xai_than_the_response_names_are_a_contradiction(
    body: dict[str, Any],
) -> None:
    assert read_response("x-ai", body).reasons == (UNTOLD,)


@pytest.mark.parametrize(
    "body",
    [
        _xai_items(0),
        _xai_items(2, X_SEARCH, OPEN),
        # Recorded of grok-4-fast-reasoning: pages that were opened are not billed.
        {
            "output": [X_SEARCH, SEARCH],
            "usage": {**_xai(x_search_calls=1)["usage"], "num_server_side_tools_used": 6},
        },
    ],
    ids=["no tool", "an item for each", "counts by tool"],
)
def test_tools_of_xai_that_the_response_names_are_no_contradiction(body: dict[str, Any]) -> None:
    assert read_response("x-ai", body).reasons == ()
