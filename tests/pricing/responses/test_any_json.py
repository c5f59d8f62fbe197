"""Whatever JSON is sent as a response, it is read or refused: nothing else happens."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pricing.response import UnreadableResponse, read_response
from pricing.responses.envelope import opened
from pricing.responses.shape import layouts_of
from pricing.usage import check_quantities
from tests.pricing.oracle import PROVIDERS

# What the reader looks for, and what it looks for in there.
STEPS = {
    step
    for layout in layouts_of(None)
    for field in layout.fields
    for step in (*layout.root, *field.steps)
    if isinstance(step, str)
}
WORDS = {
    "action", "around", "body", "candidates", "choices", "cost", "cost_details",
    "cost_in_usd_ticks", "custom_id", "delta", "duration", "error", "groundingMetadata", "id",
    "image_gen", "inlinedResponses", "is_byok", "iterations", "key", "message", "model", "models",
    "num_requests", "output", "predictions", "response", "result", "results", "service_tier",
    "server_side_tool_usage_details", "tool_usage", "total_cost", "total_tokens",
    "totalTokenCount", "type", "upstream_inference_cost", "usage_breakdown", "web_search",
    "webSearchQueries", "x_groq",
}  # fmt: skip
TYPES = (
    "advisor_message", "compaction", "fallback_message", "image_generation_call", "message",
    "message_delta", "message_start", "text", "web_search_call",
)  # fmt: skip
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-1, 1 << 64)
    | st.integers(0, 20)
    | st.decimals()
    | st.text(max_size=3)
    | st.sampled_from(TYPES)
)
bodies = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sorted(STEPS | WORDS)), inner, max_size=8)
    ),
    max_leaves=40,
)
usages = st.dictionaries(
    st.sampled_from(sorted(STEPS | WORDS)), st.integers(0, 20) | bodies, max_size=12
)


@given(st.sampled_from([*PROVIDERS, "litellm", "nobody"]), bodies, st.none() | st.text(max_size=9))
def test_any_json_is_read_or_refused(provider: str, body: Any, model: str | None) -> None:
    with suppress(UnreadableResponse):
        read_response(provider, body, model)


@given(st.sampled_from([*PROVIDERS, "litellm", "nobody"]), usages)
def test_any_usage_is_read_as_counts_that_can_be(provider: str, usage: Any) -> None:
    body = {"usage": {"prompt_tokens": 10, "completion_tokens": Decimal(5), **usage}}
    with suppress(UnreadableResponse):
        check_quantities(read_response(provider, body).quantities)


@given(bodies)
def test_any_json_is_opened_or_refused(body: Any) -> None:
    with suppress(UnreadableResponse):
        opened(body)
