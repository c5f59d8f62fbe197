"""A list is the chunks of one stream: they are read as the response that they are of."""

from __future__ import annotations

from typing import Any

import pytest

from pricing.response import UnreadableResponse, read_response
from tests.pricing.usage_objects import PLAIN_CHAT, PLAIN_COUNTS, RESPONSES, RESPONSES_COUNTS

START = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "model": "claude-sonnet-4-5",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 4, "output_tokens": 1},
    },
}
DELTA = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn"},
    "usage": {"output_tokens": 5},
}
CHUNK = {"id": "c1", "object": "chat.completion.chunk", "model": "gpt-4o"}
CLAUDE = {"input_tokens": 14, "cache_read_tokens": 4, "output_tokens": 5}


def _gemini(output: int, **more: Any) -> dict[str, Any]:
    usage = {"promptTokenCount": 10, "candidatesTokenCount": output}
    return {"responseId": "r1", "usageMetadata": usage, "modelVersion": "gemini-3-pro", **more}


STREAMS: dict[str, tuple[str, list[Any], str | None, dict[str, int]]] = {
    "the start and the end of Anthropic's": (
        "anthropic",
        [START, DELTA],
        "claude-sonnet-4-5",
        CLAUDE,
    ),
    "all of Anthropic's events": (
        "anthropic",
        [
            START,
            {"type": "content_block_start", "index": 0},
            {"type": "ping"},
            DELTA,
            {"type": "message_stop"},
        ],
        "claude-sonnet-4-5",
        CLAUDE,
    ),
    "Anthropic's on Bedrock, whose last event repeats the counts": (
        "aws",
        [
            START,
            DELTA,
            {
                "type": "message_stop",
                "amazon-bedrock-invocationMetrics": {
                    "inputTokenCount": 10,
                    "outputTokenCount": 5,
                    "cacheReadInputTokenCount": 4,
                },
            },
        ],
        "claude-sonnet-4-5",
        CLAUDE,
    ),
    "OpenAI's chunks": (
        "openai",
        [{**CHUNK, "usage": None}, {**CHUNK, "usage": None}, {**CHUNK, "usage": PLAIN_CHAT}],
        "gpt-4o",
        PLAIN_COUNTS,
    ),
    "chunks that each count all so far": (
        "perplexity",
        [
            {**CHUNK, "usage": {**PLAIN_CHAT, "completion_tokens": n, "total_tokens": 10 + n}}
            for n in range(1, 6)
        ],
        "gpt-4o",
        PLAIN_COUNTS,
    ),
    "OpenAI's events": (
        "openai",
        [
            {"type": "response.created", "response": {"id": "r", "usage": None, "output": []}},
            {
                "type": "response.completed",
                "response": {"id": "r", "model": "gpt-5", "usage": RESPONSES},
            },
        ],
        "gpt-5",
        RESPONSES_COUNTS,
    ),
    "Gemini's chunks, whose last has all": (
        "google",
        [_gemini(1), _gemini(3), _gemini(5)],
        "gemini-3-pro",
        PLAIN_COUNTS,
    ),
    "Bedrock's": (
        "aws",
        [
            {"messageStart": {"role": "assistant"}},
            {"messageStop": {"stopReason": "end_turn"}},
            {"metadata": {"usage": {"inputTokens": 10, "outputTokens": 5}}},
        ],
        None,
        PLAIN_COUNTS,
    ),
    "Ollama's": (
        "ollama",
        [
            {"model": "llama3", "done": False},
            {"model": "llama3", "done": True, "prompt_eval_count": 10, "eval_count": 5},
        ],
        "llama3",
        PLAIN_COUNTS,
    ),
    "Groq's": (
        "groq",
        [CHUNK, {**CHUNK, "x_groq": {"usage": PLAIN_CHAT}}],
        "gpt-4o",
        PLAIN_COUNTS,
    ),
    "a response alone in a list": ("openai", [{"usage": PLAIN_CHAT}], None, PLAIN_COUNTS),
}


@pytest.mark.parametrize(("provider", "events", "model", "counts"), STREAMS.values(), ids=STREAMS)
def test_the_chunks_of_a_stream_are_read_as_one_response(
    provider: str, events: list[Any], model: str | None, counts: dict[str, int]
) -> None:
    read = read_response(provider, events)
    assert (read.model, read.quantities) == (model, counts)


def test_searches_in_an_early_chunk_are_counted() -> None:
    grounded = {"candidates": [{"groundingMetadata": {"webSearchQueries": ["a", "b"]}}]}
    read = read_response("google", [_gemini(1, **grounded), _gemini(5, candidates=[{}])])
    assert read.quantities["web_searches"] == 2


def test_searches_of_a_stream_of_interactions_are_counted() -> None:
    search = {"type": "google_search_call", "arguments": {"queries": ["a", "b"]}}
    end = {"model": "gemini-3-pro", "usage": {"total_input_tokens": 1, "total_output_tokens": 1}}
    events = [
        {"event_type": "step.delta", "delta": search},
        {"event_type": "interaction.completed", "interaction": end},
    ]
    assert read_response("google", events).quantities["web_searches"] == 2


def test_the_callers_list_stays_as_it_was() -> None:
    events = [_gemini(1), _gemini(5)]
    read_response("google", events)
    assert events == [_gemini(1), _gemini(5)]


@pytest.mark.parametrize("events", [[START], [START, {"type": "content_block_start"}]])
def test_a_stream_without_its_end_is_refused(events: list[Any]) -> None:
    with pytest.raises(UnreadableResponse, match="output_tokens is missing: a message_start"):
        read_response("anthropic", events)


GEMINI = {"usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5}}
CONVERSE = {"inputTokens": 10, "outputTokens": 5}
# Two responses each, without ids, whose counts do not shrink but where the name says so.
SEVERAL: dict[str, list[Any]] = {
    "embeddings": [{"object": "list", "data": [], "usage": {"prompt_tokens": n}} for n in (8, 9)],
    "embeddings without object": [{"data": [], "usage": {"prompt_tokens": n}} for n in (8, 9)],
    "rankings": [{"results": [], "usage": {"total_tokens": n}} for n in (8, 9)],
    "Cohere's rankings": [{"results": [], "meta": {"billed_units": {"search_units": 1}}}] * 2,
    "ends of two streams of Cohere": [{"type": "message-end", "delta": {"usage": PLAIN_CHAT}}] * 2,
    "ends of two older streams of Cohere": [
        {"response": {"response_id": n, "meta": {"billed_units": {"input_tokens": 9}}}}
        for n in "ab"
    ],
    "embeddings of Vertex AI": [
        {"predictions": [{"embeddings": {"statistics": {"token_count": n}}}]} for n in (8, 9)
    ],
    "Converse's": [{"output": {}, "stopReason": "end_turn", "usage": CONVERSE}] * 2,
    "ends of two streams of Converse": [{"metadata": {"usage": CONVERSE}}] * 2,
    "messages without type": [
        {"stop_reason": "end_turn", "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}
    ]
    * 2,
    "chats without object": [{"choices": [{"message": {}}], "usage": PLAIN_CHAT}] * 2,
    "images": [{"created": 1, "data": [{}], "usage": {"input_tokens": 9, "output_tokens": 9}}] * 2,
    "documents": [{"pages": [], "usage_info": {"pages_processed": n}} for n in (8, 9)],
    "Whisper's": [{"text": "…", "duration": n} for n in (6, 600)],
    "transcripts with usage": [
        {"text": "…", "usage": {"type": "duration", "seconds": n}} for n in (6, 600)
    ],
    "Deepgram's": [{"metadata": {"duration": n}, "results": {}} for n in (6, 600)],
    "MiniMax's speech": [{"extra_info": {"usage_characters": n}} for n in (6, 600)],
    "Polly's": [{"RequestCharacters": n} for n in (6, 600)],
    "Ollama's": [{"done": True, "prompt_eval_count": 10, "eval_count": 5}] * 2,
    "llama.cpp's": [{"content": "…", "stop": True, "tokens_evaluated": 9, "tokens_predicted": 9}]
    * 2,
    "Titan's": [{"inputTextTokenCount": 9, "results": [{"tokenCount": 9}]}] * 2,
    "watsonx's": [
        {"results": [{"input_token_count": 9, "generated_token_count": 9, "stop_reason": "eos"}]}
    ]
    * 2,
    "wrapped by Cloudflare": [{"result": {"usage": PLAIN_CHAT}, "success": True}] * 2,
    "bare usage objects": [PLAIN_CHAT] * 2,
    "bare usage objects of Converse": [CONVERSE] * 2,
    "bare usage objects of Gemini": [GEMINI["usageMetadata"]] * 2,
    "objects with usage alone": [{"usage": PLAIN_CHAT}] * 2,
    "lines of Gemini's batch": [{"key": n, "response": GEMINI} for n in "ab"],
    "lines of Vertex AI's batch": [{"processed_time": "…", "response": GEMINI}] * 2,
    "lines of Bedrock's batch": [{"recordId": n, "modelOutput": {}} for n in "ab"],
    "Gemini's jobs": [{"dest": {"inlined_responses": [{"response": GEMINI}]}}] * 2,
    "a line and a response": [{"key": "a", "response": GEMINI}, {**GEMINI, "responseId": "b"}],
    "Replicate's": [{"id": n, "metrics": {"input_token_count": 9}} for n in "ab"],
    "Interactions": [{"interaction": {"id": n, "usage": {"total_tokens": 9}}} for n in "ab"],
    "input that shrinks": [
        {"usageMetadata": {"promptTokenCount": n, "candidatesTokenCount": 5}} for n in (1000, 8)
    ],
    "output that shrinks": [
        {"choices": [{"delta": {}}], "usage": {**PLAIN_CHAT, "completion_tokens": n}}
        for n in (9, 5)
    ],
}


@pytest.mark.parametrize(
    "bodies",
    [
        [{"object": "chat.completion", "usage": PLAIN_CHAT}] * 2,
        [
            {"custom_id": "a", "response": {"body": {}}},
            {"custom_id": "b", "response": {"body": {}}},
        ],
        [{**CHUNK, "usage": PLAIN_CHAT}, {**CHUNK, "id": "c2", "usage": PLAIN_CHAT}],
        [{"type": "response.completed", "response": {"id": n, "usage": RESPONSES}} for n in "ab"],
        [START, DELTA, {**START, "message": {**START["message"], "id": "msg_2"}}, DELTA],
        [{"type": "assistant", "message": START["message"]}] * 2,
        *SEVERAL.values(),
    ],
    ids=[
        "whole responses",
        "lines of a batch",
        "chunks of two streams",
        "ends of two streams",
        "two messages",
        "lines of Claude Code's log",
        *SEVERAL,
    ],
)
def test_several_responses_in_a_list_are_refused(bodies: list[Any]) -> None:
    with pytest.raises(UnreadableResponse, match="several responses here"):
        read_response("openai", bodies)


def test_the_last_count_of_gemini_replaces_all_before() -> None:
    # Recorded of gemini-3-flash-preview with tools: the last chunk counts no candidates any more.
    first = {"promptTokenCount": 9, "candidatesTokenCount": 21, "thoughtsTokenCount": 35}
    last = {"promptTokenCount": 87, "thoughtsTokenCount": 78, "totalTokenCount": 165}
    read = read_response("google", [{"usageMetadata": first}, {"usageMetadata": last}])
    assert (read.quantities, read.reasons) == (
        {"input_tokens": 87, "output_tokens": 78, "output_reasoning_tokens": 78},
        (),
    )


def test_a_start_that_came_twice_is_one_start() -> None:
    assert read_response("anthropic", [START, START, DELTA]).quantities == CLAUDE


def test_groqs_own_ids_are_no_ids_of_responses() -> None:
    last = {**CHUNK, "usage": PLAIN_CHAT, "x_groq": {"id": "req_1", "usage": PLAIN_CHAT}}
    read = read_response("groq", [{**CHUNK, "x_groq": {"id": "req_1"}}, last, last])
    assert read.quantities == PLAIN_COUNTS


def test_chunks_of_a_completion_that_count_nothing_are_chunks() -> None:
    chunk = {"id": "c", "object": "text_completion", "usage": None}
    read = read_response("vllm", [chunk, chunk, {**chunk, "usage": PLAIN_CHAT}])
    assert read.quantities == PLAIN_COUNTS


def test_10000_events_are_read() -> None:
    chunk = _gemini(5, candidates=[{}])
    assert read_response("google", [chunk] * 10_000).quantities == PLAIN_COUNTS


def test_more_events_are_refused() -> None:
    with pytest.raises(
        UnreadableResponse, match="at most 10000 events: send the last one with usage"
    ):
        read_response("openai", [{}] * 10_001)


def test_queries_that_several_chunks_repeat_are_counted_once() -> None:
    grounded = {"candidates": [{"groundingMetadata": {"webSearchQueries": ["a", "b"]}}]}
    read = read_response("google", [_gemini(1, **grounded), _gemini(5, **grounded)])
    assert read.quantities["web_searches"] == 2


def test_a_batch_line_alone_among_events_stays_a_batchs() -> None:
    line = {"key": "a", "response": _gemini(5)}
    read = read_response("google", [line, {"key": "b"}])
    assert (read.processing, read.quantities) == ("batch", PLAIN_COUNTS)


def _turn(tokens: int, **content: Any) -> dict[str, Any]:
    usage = {"promptTokenCount": tokens, "responseTokenCount": tokens}
    return {"serverContent": content, "usageMetadata": usage}


def test_turns_of_a_live_session_are_sent_one_by_one() -> None:
    turns = [{"setupComplete": {}}, _turn(50), {"serverContent": {}}, _turn(25)]
    with pytest.raises(UnreadableResponse, match="several turns of a Live session here"):
        read_response("google", turns)


def test_one_turn_of_a_live_session_is_read() -> None:
    turn = [{"setupComplete": {}}, {"serverContent": {}}, _turn(50, turnComplete=True)]
    assert read_response("google", turn).quantities == {"input_tokens": 50, "output_tokens": 50}
