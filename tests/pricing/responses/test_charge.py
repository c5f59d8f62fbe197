"""What a provider or a gateway charged is read to the digit, or not at all."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from pricing.response import read_response
from tests.pricing.usage_objects import PLAIN_CHAT


def _body(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=int)


def _usage(more: str) -> dict[str, Any]:
    return {"usage": {**PLAIN_CHAT, **_body(more)}}


CHARGES: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "OpenRouter's": ("openrouter", _usage('{"cost": 0.0133176, "is_byok": false}'), "0.0133176"),
    "OpenRouter's to many digits": (
        "openrouter",
        _usage('{"cost": 0.0004970133333333333}'),
        "0.0004970133333333333",
    ),
    "OpenRouter's for nothing": ("openrouter", _usage('{"cost": 0, "is_byok": false}'), "0"),
    "OpenRouter's fee and the provider's charge, with a key of one's own": (
        "openrouter",
        _usage(
            '{"cost": 0.0001, "is_byok": true,'
            ' "cost_details": {"upstream_inference_cost": 0.00197}}'
        ),
        "0.00207",
    ),
    "OpenRouter's, with a key of one's own and no word of the provider": (
        "openrouter",
        _usage('{"cost": 0, "is_byok": true, "cost_details": null}'),
        None,
    ),
    "xAI's ticks": ("x-ai", _usage('{"cost_in_usd_ticks": 160708500}'), "0.01607085"),
    "Azure's ticks of nothing": ("azure", _usage('{"cost_in_usd_ticks": 0}'), None),
    "Perplexity's": (
        "perplexity",
        _usage('{"cost": {"request_cost": 0.005, "total_cost": 0.00502}}'),
        "0.00502",
    ),
    "LiteLLM's": (
        "litellm",
        {**_usage("{}"), "_hidden_params": {"response_cost": Decimal("0.00125")}},
        "0.00125",
    ),
    "LiteLLM's log": (
        "litellm",
        {"response_cost": Decimal("1.5E-7"), "response": _usage("{}")},
        "1.5E-7",
    ),
    "Vercel's, which is a string": (
        "vercel",
        {**_usage("{}"), "providerMetadata": {"gateway": {"cost": "0.0045405"}}},
        "0.0045405",
    ),
    "DeepInfra's": ("deepinfra", _usage('{"estimated_cost": 2.8e-08}'), "2.8E-8"),
    "nobody's": ("openai", _usage("{}"), None),
    "a negative one": ("openrouter", _usage('{"cost": -0.5}'), None),
    "one that is no number": ("openrouter", _usage('{"cost": true}'), None),
    "one that is a word": ("openrouter", _usage('{"cost": "free"}'), None),
    "one that is a list": ("openrouter", _usage('{"cost": [1]}'), None),
    "NaN": ("openrouter", {"usage": {**PLAIN_CHAT, "cost": Decimal("NaN")}}, None),
    "infinity": ("openrouter", {"usage": {**PLAIN_CHAT, "cost": Decimal("Infinity")}}, None),
    "more than any call costs": ("openrouter", _usage('{"cost": 1000001}'), None),
    "more digits than there can be": ("openrouter", _usage('{"cost": 1e400}'), None),
    "ticks without end": ("x-ai", _usage('{"cost_in_usd_ticks": 1' + "0" * 4000 + "}"), None),
}


@pytest.mark.parametrize(("provider", "body", "charge"), CHARGES.values(), ids=CHARGES)
def test_a_charge_is_read_exactly_or_not_at_all(
    provider: str, body: dict[str, Any], charge: str | None
) -> None:
    expected = None if charge is None else Decimal(charge)
    assert read_response(provider, body).reported_cost == expected


def test_digits_beyond_what_is_kept_are_rounded() -> None:
    body = _usage('{"cost": 1.2345678901234567e-10}')
    assert read_response("openrouter", body).reported_cost == Decimal("1.23456789012346E-10")
