"""The keys under which responses hold usage, and those under which objects hold responses."""

from __future__ import annotations

from pricing.responses.field import JsonObject, within

# Keys of usage objects, and of counts that stand beside the text.
USAGE = frozenset(
    {
        "amazon-bedrock-invocationMetrics",
        "billed_units",
        "inputTextTokenCount",
        "prompt_eval_count",
        "prompt_token_count",
        "tokenUsage",
        "tokens_predicted",
        "usage",
        "usageMetadata",
        "usage_info",
        "usage_metadata",
    }
)
# Lists of responses in batch jobs.
LISTS = ("inlinedResponses", "inlined_responses")
# Keys under which the events of streams hold a response, or a part of one.
EVENT_WRAPPERS = ("response", "message", "metadata", "delta", "interaction", "x_groq")
# Keys under which batch lines, batch jobs and gateways hold a whole response.
WHOLE_WRAPPERS = ("result", "body", "modelOutput", "dest", *LISTS)
# All of them, in the order in which they are tried.
WRAPPERS = (*EVENT_WRAPPERS, *WHOLE_WRAPPERS)


def holds_usage(body: JsonObject) -> bool:
    """Whether an object has usage itself, so that it needs no unwrapping."""
    if not USAGE.isdisjoint(body) and any(body.get(key) is not None for key in USAGE):
        return True
    return "meta" in body and within(body, "meta", "billed_units") is not None


def is_batch_line(body: JsonObject) -> bool:
    """OpenAI's and Anthropic's lines, Bedrock's, Gemini's, Vertex AI's."""
    return (
        "custom_id" in body
        or "recordId" in body
        or any(key in body for key in LISTS)
        or ("response" in body and ("key" in body or "processed_time" in body))
    )
