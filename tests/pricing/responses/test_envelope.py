"""What responses come in: lines of batch results, and what failed in them."""

from __future__ import annotations

from typing import Any

import pytest

from pricing.response import UnreadableResponse, read_response
from tests.pricing.usage_objects import PLAIN_CHAT, PLAIN_COUNTS

CHAT = {"object": "chat.completion", "model": "m", "usage": PLAIN_CHAT}
MESSAGE = {"type": "message", "model": "m", "usage": {"input_tokens": 10, "output_tokens": 5}}
GEMINI = {
    "modelVersion": "m",
    "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5},
}

LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "OpenAI's": ("openai", {"custom_id": "a", "response": {"status_code": 200, "body": CHAT}}),
    "Mistral's": ("mistral", {"custom_id": "a", "response": {"status_code": 200, "body": CHAT}}),
    "Groq's, with an error of null": (
        "groq",
        {"custom_id": "a", "response": {"status_code": 200, "body": CHAT}, "error": None},
    ),
    "Fireworks'": ("fireworks", {"custom_id": "a", "response": CHAT}),
    "Anthropic's": (
        "anthropic",
        {"custom_id": "a", "result": {"type": "succeeded", "message": MESSAGE}},
    ),
    "Gemini's file": ("google", {"key": "a", "response": GEMINI}),
    "Gemini's job": (
        "google",
        {
            "done": True,
            "response": {"inlinedResponses": {"inlinedResponses": [{"response": GEMINI}]}},
        },
    ),
    "Gemini's job by its SDK": (
        "google",
        {"dest": {"inlined_responses": [{"response": GEMINI, "error": None}]}},
    ),
    "Vertex AI's": ("google", {"processed_time": "…", "request": {}, "response": GEMINI}),
    "Bedrock's": ("aws", {"recordId": "a", "modelInput": {}, "modelOutput": MESSAGE}),
}


@pytest.mark.parametrize(("provider", "line"), LINES.values(), ids=LINES)
def test_a_line_of_a_batch_is_read_as_a_batchs(provider: str, line: dict[str, Any]) -> None:
    read = read_response(provider, line)
    assert (read.processing, read.model, read.quantities) == ("batch", "m", PLAIN_COUNTS)


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("openai", {"type": "response.incomplete", "response": MESSAGE}),
        (
            "cohere",
            {
                "event_type": "stream-end",
                "response": {"meta": {"billed_units": {"input_tokens": 10, "output_tokens": 5}}},
            },
        ),
        ("nobody", {"result": CHAT, "success": True}),
        ("nobody", {"choices": [{"finish_reason": "stop", "usage": PLAIN_CHAT}]}),
        (
            "google",
            {
                "event_type": "interaction.complete",
                "interaction": {"usage": {"total_input_tokens": 10, "total_output_tokens": 5}},
            },
        ),
    ],
    ids=["OpenAI's", "Cohere's first", "Cloudflare's", "Moonshot's", "Google's interactions'"],
)
def test_the_end_of_a_stream_is_no_batch(provider: str, body: dict[str, Any]) -> None:
    read = read_response(provider, body)
    assert (read.processing, read.quantities) == (None, PLAIN_COUNTS)


FAILED: dict[str, dict[str, Any]] = {
    "OpenAI's": {"custom_id": "a", "response": None, "error": {"code": "expired"}},
    "OpenAI's answered error": {
        "custom_id": "a",
        "response": {"status_code": 400, "body": {"error": {"message": "…"}}},
    },
    "Anthropic's": {"custom_id": "a", "result": {"type": "errored", "error": {"type": "error"}}},
    "Anthropic's expired": {"custom_id": "a", "result": {"type": "expired"}},
    "Gemini's": {"key": "a", "error": {"code": 4}},
    "Bedrock's": {"recordId": "a", "error": {"errorCode": 400}},
}


@pytest.mark.parametrize("line", FAILED.values(), ids=FAILED)
def test_a_line_that_failed_is_refused_as_an_error(line: dict[str, Any]) -> None:
    with pytest.raises(UnreadableResponse, match="error"):
        read_response("nobody", line)


def test_several_responses_are_refused_rather_than_added_up() -> None:
    job = {"response": {"inlinedResponses": {"inlinedResponses": [{"response": GEMINI}] * 2}}}
    with pytest.raises(UnreadableResponse, match="2 responses here: send an event for each"):
        read_response("google", job)


def test_a_body_that_is_wrapped_without_end_is_refused() -> None:
    body: dict[str, Any] = CHAT
    for _ in range(100_000):
        body = {"response": body}
    with pytest.raises(UnreadableResponse):
        read_response("openai", body)
