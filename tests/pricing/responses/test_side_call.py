"""Advisors, compaction, fallbacks and routers: other calls within a call."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from models.cost import CostReason, CostReasonCode
from models.event import SideCall
from pricing.response import UnreadableResponse, read_response


def _iteration(kind: str, given: int, output: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "input_tokens": given, "output_tokens": output, **more}


def _message(given: int, output: int, *iterations: Any, **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": given, "output_tokens": output, "iterations": list(iterations)}
    return {"model": "claude-sonnet-5", "usage": {**usage, **more}}


def _call(model: str, **units: int) -> SideCall:
    return SideCall(model, {unit: Decimal(count) for unit, count in units.items()})


ADVISED = _message(
    2417,
    133,
    _iteration("message", 1128, 121),
    _iteration("advisor_message", 2529, 38, model="claude-opus-4-8"),
    _iteration("message", 1289, 12),
)


def test_an_advisor_is_a_call_of_its_own_model() -> None:
    read = read_response("anthropic", ADVISED)
    assert read.side_calls == (_call("claude-opus-4-8", input_tokens=2529, output_tokens=38),)


def test_an_advisor_is_in_the_counts_of_the_whole_call() -> None:
    read = read_response("anthropic", ADVISED)
    assert read.quantities == {"input_tokens": 2417 + 2529, "output_tokens": 133 + 38}


def test_an_advisor_of_the_same_model_is_a_side_call_too() -> None:
    advisor = _iteration("advisor_message", 20, 3, model="claude-sonnet-5")
    read = read_response("anthropic", _message(10, 5, _iteration("message", 10, 5), advisor))
    assert read.side_calls == (_call("claude-sonnet-5", input_tokens=20, output_tokens=3),)


def test_calls_of_one_advisor_are_added_up() -> None:
    advisor = _iteration("advisor_message", 20, 3, model="a", cache_read_input_tokens=4)
    read = read_response("anthropic", _message(10, 5, advisor, advisor))
    assert read.side_calls == (_call("a", input_tokens=48, cache_read_tokens=8, output_tokens=6),)


def test_later_prompts_that_the_totals_leave_out_are_counted() -> None:
    # Anthropic's documentation of the advisor tool has this body.
    body = _message(
        412,
        531,
        _iteration("message", 412, 89),
        _iteration("advisor_message", 823, 1612, model="claude-fable-5"),
        _iteration("message", 1348, 442, cache_read_input_tokens=412),
    )
    assert read_response("anthropic", body).quantities == {
        "input_tokens": 412 + 1348 + 412 + 823,
        "cache_read_tokens": 412,
        "output_tokens": 531 + 1612,
    }


def test_compaction_is_counted_as_the_models_own() -> None:
    body = _message(229, 5, _iteration("compaction", 100, 131), _iteration("message", 229, 5))
    read = read_response("anthropic", body)
    assert (read.quantities, read.side_calls) == ({"input_tokens": 329, "output_tokens": 136}, ())


def _fallback(declined_output: int) -> dict[str, Any]:
    return {
        "model": "claude-opus-4-8",
        "usage": {
            "input_tokens": 412,
            "output_tokens": 264,
            "iterations": [
                _iteration("message", 408, declined_output, model="claude-fable-5"),
                _iteration("fallback_message", 412, 264, model="claude-opus-4-8"),
            ],
        },
    }


def test_an_attempt_that_was_declined_before_any_output_is_not_billed() -> None:
    read = read_response("anthropic", _fallback(0))
    assert (read.quantities, read.side_calls) == ({"input_tokens": 412, "output_tokens": 264}, ())


def test_an_attempt_that_was_declined_after_output_is_billed_at_its_own_model() -> None:
    read = read_response("anthropic", _fallback(7))
    assert read.side_calls == (_call("claude-fable-5", input_tokens=408, output_tokens=7),)


def test_the_bare_usage_of_a_fallback_is_read_alike() -> None:
    read = read_response("anthropic", _fallback(0)["usage"])
    assert (read.quantities, read.side_calls) == ({"input_tokens": 412, "output_tokens": 264}, ())


def _fallback_end() -> dict[str, Any]:
    return {"type": "message_delta", "delta": {}, "usage": _fallback(0)["usage"]}


FALLBACK_START = {
    "type": "message_start",
    "message": {
        "model": "claude-fable-5",
        "type": "message",
        "usage": {"input_tokens": 408, "output_tokens": 1},
    },
}
FALLBACK_BLOCK = {
    "type": "content_block_start",
    "index": 0,
    "content_block": {
        "type": "fallback",
        "from": {"model": "claude-fable-5"},
        "to": {"model": "claude-opus-4-8"},
    },
}


@pytest.mark.parametrize(
    "body",
    [
        [FALLBACK_START, FALLBACK_BLOCK, _fallback_end()],
        [FALLBACK_START, _fallback_end()],
        _fallback_end(),
        _fallback(0)["usage"],
        [
            FALLBACK_START,
            FALLBACK_BLOCK,
            {"type": "message_delta", "usage": {"input_tokens": 412, "output_tokens": 264}},
        ],
    ],
    ids=["stream", "start and end", "end alone", "bare usage", "stream without iterations"],
)
def test_the_model_that_answered_in_place_of_another_served_the_call(body: Any) -> None:
    read = read_response("anthropic", body, "claude-fable-5")
    assert (read.model, read.quantities, read.side_calls) == (
        "claude-opus-4-8",
        {"input_tokens": 412, "output_tokens": 264},
        (),
    )


DOUBTED = (CostReason(CostReasonCode.CONTRADICTION, "usage.iterations"),)


@pytest.mark.parametrize("iteration", [None, {}, 7, {"type": "compaction"}, {"input_tokens": 9}])
def test_an_iteration_without_its_counts_is_marked(iteration: Any) -> None:
    read = read_response("anthropic", _message(10, 5, iteration))
    assert (read.quantities, read.reasons) == ({"input_tokens": 10, "output_tokens": 5}, DOUBTED)


def test_no_iterations_are_not_marked() -> None:
    assert read_response("anthropic", _message(10, 5)).reasons == ()


def test_an_advisor_without_a_model_is_counted_and_marked() -> None:
    read = read_response("anthropic", _message(10, 5, _iteration("advisor_message", 20, 3)))
    assert read.side_calls == (_call("usage.iterations", input_tokens=20, output_tokens=3),)
    assert read.quantities == {"input_tokens": 30, "output_tokens": 8}
    assert read.reasons == DOUBTED


def test_an_advisor_that_used_nothing_is_no_side_call() -> None:
    advisor = _iteration("advisor_message", 0, 0, model="claude-opus-4-8")
    read = read_response("anthropic", _message(10, 5, advisor))
    assert (read.side_calls, read.reasons) == ((), ())


def _advisors(number: int) -> list[dict[str, Any]]:
    return [_iteration("advisor_message", 2, 1, model=f"m{n}") for n in range(number)]


def test_32_other_models_are_side_calls_of_their_own() -> None:
    read = read_response("anthropic", _message(10, 5, *_advisors(32)))
    assert ([call.model for call in read.side_calls], read.reasons) == (
        [f"m{n}" for n in range(32)],
        (),
    )


def test_models_beyond_32_are_one_side_call_and_marked() -> None:
    read = read_response("anthropic", _message(10, 5, *_advisors(40)))
    assert len(read.side_calls) == 33
    assert read.side_calls[-1] == _call("usage.iterations", input_tokens=16, output_tokens=8)
    assert read.quantities == {"input_tokens": 10 + 80, "output_tokens": 5 + 40}
    assert read.reasons == DOUBTED


def test_more_iterations_than_any_call_has_are_refused() -> None:
    with pytest.raises(UnreadableResponse, match="at most 1000 items"):
        read_response("anthropic", _message(10, 5, *_advisors(1_001)))


def test_a_broken_count_of_an_iteration_is_refused() -> None:
    with pytest.raises(UnreadableResponse, match="input_tokens is no count"):
        read_response("anthropic", _message(10, 5, {"input_tokens": "9", "output_tokens": 1}))


def _compound(*models: tuple[str, int, int]) -> dict[str, Any]:
    return {
        "model": "groq/compound",
        "usage": {"prompt_tokens": 30, "completion_tokens": 9, "total_tokens": 39},
        "usage_breakdown": {
            "models": [
                {"model": name, "usage": {"prompt_tokens": given, "completion_tokens": output}}
                for name, given, output in models
            ]
        },
    }


def test_a_routers_models_are_side_calls_within_its_counts() -> None:
    read = read_response("groq", _compound(("a", 10, 2), ("b", 5, 3), ("a", 15, 4)))
    assert read.side_calls == (
        _call("a", input_tokens=25, output_tokens=6),
        _call("b", input_tokens=5, output_tokens=3),
    )
    assert read.quantities == {"input_tokens": 30, "output_tokens": 9}


def test_a_routers_models_beyond_32_are_one_side_call_and_marked() -> None:
    body = _compound(*((f"m{n}", 1, 0) for n in range(34)))
    body["usage"] = {"prompt_tokens": 34, "completion_tokens": 9, "total_tokens": 43}
    read = read_response("groq", body)
    assert read.side_calls[32:] == (_call("usage_breakdown.models", input_tokens=2),)
    assert read.reasons == (CostReason(CostReasonCode.CONTRADICTION, "usage_breakdown.models"),)


def test_a_breakdown_over_the_counts_is_not_believed() -> None:
    assert read_response("groq", _compound(("a", 31, 2))).side_calls == ()


IMAGE = {"type": "image_generation_call", "status": "completed"}


def _with_images(**body: Any) -> dict[str, Any]:
    return {"model": "gpt-5", "usage": {"input_tokens": 10, "output_tokens": 5}, **body}


def test_images_that_a_model_had_made_are_another_models() -> None:
    tokens = {
        "input_tokens": 50,
        "input_tokens_details": {"image_tokens": 40, "text_tokens": 10},
        "output_tokens": 272,
        "output_tokens_details": {"image_tokens": 272, "text_tokens": 0},
    }
    tools = [{"type": "image_generation", "model": "gpt-image-1.5"}]
    body = _with_images(tools=tools, output=[IMAGE], tool_usage={"image_gen": tokens})
    read = read_response("openai", body)
    made = {"input_image_tokens": 40, "output_image_tokens": 272}
    assert read.side_calls == (_call("gpt-image-1.5", input_tokens=50, output_tokens=272, **made),)
    assert read.quantities == {"input_tokens": 60, "output_tokens": 277, **made}


def test_images_without_tokens_are_counted_by_the_piece() -> None:
    body = _with_images(output=[IMAGE, IMAGE, {**IMAGE, "status": "failed"}])
    read = read_response("openai", body)
    assert read.side_calls == (_call("image_generation", images=2),)
    assert read.quantities == {"input_tokens": 10, "output_tokens": 5, "images": 2}


def test_an_image_tool_that_did_nothing_is_no_call() -> None:
    body = _with_images(tool_usage={"image_gen": {"input_tokens": 0, "output_tokens": 0}})
    assert read_response("openai", body).side_calls == ()
