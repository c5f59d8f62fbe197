"""What providers publish and the catalogue lacks or has wrong, with where and when it was read.

Each adds to what genai-prices has, in its own types, before anything is made of its prices. What
the catalogue knows by itself is left as it is; a test says which of these it has caught up with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, time
from functools import cache

from genai_prices.data import providers as bundled_providers
from genai_prices.types import ModelInfo, Provider

from pricing.correcting import (
    Add,
    AddVariant,
    Change,
    Copy,
    Earlier,
    Replace,
    SameAs,
    Scale,
    has_hours,
)
from pricing.tariff import Tariff, Tariffs

# The day of the last change here, and which of that day it is. It makes installations learn the
# prices anew.
REVISION = "2026.11.29.2"


@dataclass(frozen=True)
class Correction:
    """A change of the prices of a provider's models; `models` is a pattern of whole ids.

    `since` is the day from which the provider's price holds, or one before anybody could pay it.
    """

    provider: str
    models: str
    change: Change
    since: date
    source: str
    read_on: date

    def apply(self, model: ModelInfo) -> ModelInfo:
        if re.fullmatch(self.models, model.id) is None:
            return model
        if has_hours(model) and not isinstance(self.change, Tariffs):
            return model
        return self.change.apply(model, self.since)


_READ = date(2026, 11, 29)
_BATCH = {"processing": "batch"}
_FLEX = {"service_tier": "flex"}
_PRIORITY = {"service_tier": "priority"}
_FAST = {"service_tier": "fast"}
_US = {"region": "us"}

_ANTHROPIC = "https://platform.claude.com/docs/en/about-claude/pricing"
_AWS_BATCH = (
    "https://docs.aws.amazon.com/bedrock/latest/userguide/capacity-limits-cost-optimization.html"
)
_AWS_TIERS = "https://aws.amazon.com/bedrock/pricing/"
_DEEPSEEK = "https://api-docs.deepseek.com/quick_start/pricing"
_GOOGLE = "https://ai.google.dev/gemini-api/docs/pricing"
_GOOGLE_TIERS = "https://ai.google.dev/gemini-api/docs/optimization"
_GROQ_BATCH = "https://console.groq.com/docs/batch"
_GROQ_FLEX = "https://console.groq.com/docs/flex-processing"
_MISTRAL = "https://docs.mistral.ai/capabilities/batch/"
_OPENAI = "https://developers.openai.com/api/docs/pricing"
_OPENAI_BATCH = "https://developers.openai.com/api/docs/guides/batch"
_PERPLEXITY = "https://docs.perplexity.ai/docs/getting-started/pricing"
_X_AI = "https://docs.x.ai/developers/pricing"

# Anthropic's models before Opus 4.6 cannot be asked for in a region.
_NO_REGION = r"claude-(v1|2|3-.*|opus-4-[015]|sonnet-4-[05]|haiku-4-5)"
# Nova, gpt-oss and Qwen3 have tiers on Bedrock; the others would refuse the word.
_AWS_TIERED = r".*(amazon\.nova-(?!.*sonic)|openai\.gpt-oss|qwen\.qwen3).*"
_OPENAI_BATCHED = (
    r"text-embedding-.*|o1-mini|gpt-4\.5-preview|gpt-4-32k|computer-use|davinci-002|babbage-002"
    r"|o3-deep-research|o4-mini-deep-research"
)
_OPENAI_SEARCHING = r"gpt-5\.3|gpt-5\.3-codex|gpt-5\.1-codex-mini|gpt-chat-latest|gpt-\d.*-cyber"

# DeepSeek's peak hours, in UTC. At weekends there are none: pricing/timeline.py.
_PEAK = (
    (time(1, tzinfo=UTC), time(4, tzinfo=UTC)),
    (time(6, tzinfo=UTC), time(10, tzinfo=UTC)),
)
# Its earlier tariff was cheaper at night; these are the hours of the day.
_DAY = ((time(0, 30, tzinfo=UTC), time(16, 30, tzinfo=UTC)),)


def _tokens(read: str, fresh: str, output: str) -> Mapping[str, str]:
    """DeepSeek's three rates, USD for a million tokens: cache hits, other input, output."""
    return {"cache_read_mtok": read, "input_mtok": fresh, "output_mtok": output}


_V4_FLASH = _tokens("0.0028", "0.14", "0.28")
_V4_1_FLASH = _tokens("0.003", "0.15", "0.6"), _PEAK, _tokens("0.006", "0.3", "1.2")
_V4_PRO = _tokens("0.022", "0.66", "1.98"), _PEAK, _tokens("0.044", "1.32", "3.96")
# From 6 September 2025 on one price for both, day and night. From 24 April 2026 on the names led
# to V4 Flash, until DeepSeek withdrew them on 24 July.
_BEFORE_V4 = (
    Tariff(date(2025, 9, 6), _tokens("0.07", "0.56", "1.68")),
    Tariff(date(2025, 9, 29), _tokens("0.028", "0.28", "0.42")),
    Tariff(date(2026, 4, 24), _V4_FLASH),
)
_NIGHT = _tokens("0.035", "0.135", "0.55")
_DEEPSEEK_TARIFFS = {
    "deepseek-v4-flash": (
        Tariff(None, _V4_FLASH),
        Tariff(
            date(2026, 8, 17),
            _tokens("0.007", "0.22", "0.66"),
            _PEAK,
            _tokens("0.014", "0.44", "1.32"),
        ),
        Tariff(date(2026, 9, 10), *_V4_1_FLASH),
    ),
    "deepseek-v4-pro": (
        Tariff(None, _tokens("0.003625", "0.435", "0.87")),
        Tariff(date(2026, 8, 17), *_V4_PRO),
    ),
    "deepseek-chat": (
        Tariff(None, _NIGHT, _DAY, _tokens("0.07", "0.27", "1.1")),
        *_BEFORE_V4,
    ),
    "deepseek-reasoner": (
        Tariff(None, _NIGHT, _DAY, _tokens("0.14", "0.55", "2.19")),
        *_BEFORE_V4,
    ),
}


def _known(
    provider: str, models: str, change: Change, since: tuple[int, int, int], source: str
) -> Correction:
    return Correction(provider, models, change, date(*since), source, _READ)


CORRECTIONS: Sequence[Correction] = (
    # Anthropic: half price for batches, 1.1 times for inference in the US, both at once and with
    # fast mode too.
    _known("anthropic", "claude-.*", Earlier(_BATCH), (2024, 10, 1), _ANTHROPIC),
    _known("anthropic", r"claude-(?!v1|2$).*", Scale(_BATCH, "0.5"), (2024, 10, 1), _ANTHROPIC),
    _known(
        "anthropic",
        rf"(?!{_NO_REGION}$)claude-.*",
        Scale(_US, "1.1", combined=True),
        (2026, 2, 1),
        _ANTHROPIC,
    ),
    # OpenAI: dates of the catalogue are those of learning; legacy models have batches, too.
    _known("openai", ".*", Earlier(_BATCH), (2024, 4, 1), _OPENAI_BATCH),
    _known("openai", ".*", Earlier(_FLEX), (2025, 4, 1), _OPENAI),
    _known("openai", ".*", Earlier(_PRIORITY), (2025, 6, 1), _OPENAI),
    _known("openai", ".*", Earlier(_FAST), (2025, 6, 1), _OPENAI),
    _known("openai", _OPENAI_BATCHED, Scale(_BATCH, "0.5"), (2024, 4, 1), _OPENAI),
    _known("openai", _OPENAI_SEARCHING, Add({"web_searches_kcount": "10"}), (2025, 3, 1), _OPENAI),
    # Speech and pictures are all that these models give: their price for output is that of them.
    _known("openai", ".*-tts", Copy("output_audio_mtok", "output_mtok"), (2024, 1, 1), _OPENAI),
    _known(
        "openai",
        r"gpt-image-(1|1-mini|2|2\.5-.*)",
        Copy("output_image_mtok", "output_mtok"),
        (2024, 1, 1),
        _OPENAI,
    ),
    _known(
        "google", "gemini-.*-tts.*", Copy("output_audio_mtok", "output_mtok"), (2024, 1, 1), _GOOGLE
    ),
    # Google: batch and flex are half the standard price, but for what was cached.
    _known("google", "gemini-.*", Earlier(_BATCH), (2025, 7, 1), _GOOGLE_TIERS),
    _known(
        "google",
        "gemini-.*",
        Scale(_BATCH, "0.5", but=frozenset({"cache_read_mtok", "cache_audio_read_mtok"})),
        (2025, 7, 1),
        _GOOGLE_TIERS,
    ),
    _known("google", "gemini-.*", SameAs(_FLEX, _BATCH), (2025, 7, 1), _GOOGLE_TIERS),
    # Mistral: half price for batches.
    _known("mistral", ".*", Earlier(_BATCH), (2024, 11, 1), _MISTRAL),
    _known("mistral", ".*", Scale(_BATCH, "0.5", everything=True), (2024, 11, 1), _MISTRAL),
    # Groq: half price for batches, cached tokens aside; flex costs what on demand does.
    _known("groq", ".*", Earlier(_BATCH), (2025, 3, 1), _GROQ_BATCH),
    _known(
        "groq",
        ".*",
        Scale(_BATCH, "0.5", everything=True, but=frozenset({"cache_read_mtok"})),
        (2025, 3, 1),
        _GROQ_BATCH,
    ),
    _known("groq", ".*", Scale(_FLEX, "1", everything=True), (2025, 3, 1), _GROQ_FLEX),
    # Amazon: half price for batches and flex, 1.75 times for priority.
    _known("aws", ".*", Scale(_BATCH, "0.5"), (2024, 8, 1), _AWS_BATCH),
    _known("aws", _AWS_TIERED, Scale(_FLEX, "0.5"), (2025, 11, 18), _AWS_TIERS),
    _known("aws", _AWS_TIERED, Scale(_PRIORITY, "1.75"), (2025, 11, 18), _AWS_TIERS),
    # DeepSeek: the catalogue's hours have no date from which they hold.
    *(
        _known("deepseek", model, Tariffs(tariffs), (2025, 9, 6), _DEEPSEEK)
        for model, tariffs in _DEEPSEEK_TARIFFS.items()
    ),
    # x-ai: tools by the call, 1.1 times for inference in the US.
    _known(
        "x-ai",
        r"grok-(?!voice|2).*",
        Add(
            {
                "web_searches_kcount": "5",
                "social_searches_kcount": "5",
                "code_executions_kcount": "5",
                "storage_searches_kcount": "2.5",
            }
        ),
        (2025, 11, 1),
        _X_AI,
    ),
    _known("x-ai", "grok-.*", Earlier(_BATCH), (2026, 1, 1), _X_AI),
    _known("x-ai", r"grok-(?!voice).*", Scale(_US, "1.1", combined=True), (2026, 1, 1), _X_AI),
    # Perplexity: a request's fee goes by the size of the search's context, `low` where none is
    # asked for. The catalogue has the highest.
    *(
        correction
        for models, high, medium, low in (
            ("sonar|sonar-reasoning", "12", "8", "5"),
            ("sonar-pro|sonar-reasoning-pro", "14", "10", "6"),
        )
        for correction in (
            _known(
                "perplexity",
                models,
                Replace("requests_kcount", high, low),
                (2025, 4, 18),
                _PERPLEXITY,
            ),
            *(
                _known(
                    "perplexity",
                    models,
                    AddVariant({"search_context_size": size}, {"requests_kcount": fee}),
                    (2025, 4, 18),
                    _PERPLEXITY,
                )
                for size, fee in (("low", low), ("medium", medium), ("high", high))
            ),
        )
    ),
)


def corrected(
    providers: Iterable[Provider], corrections: Sequence[Correction] | None = None
) -> list[Provider]:
    """The providers with their models' prices corrected; those given stay as they are."""
    corrections = CORRECTIONS if corrections is None else corrections
    by_provider: Mapping[str, list[Correction]] = {
        provider: [each for each in corrections if each.provider == provider]
        for provider in {each.provider for each in corrections}
    }
    return [_corrected(each, by_provider.get(each.id, [])) for each in providers]


@cache
def corrected_bundled() -> tuple[Provider, ...]:
    """The providers that came with the installed genai-prices, corrected."""
    return tuple(corrected(bundled_providers))


def _corrected(provider: Provider, corrections: Sequence[Correction]) -> Provider:
    if not corrections:
        return provider
    models = []
    for model in provider.models:
        for correction in corrections:
            model = correction.apply(model)
        models.append(model)
    return replace(provider, models=models)
