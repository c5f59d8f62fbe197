"""The layouts that responses of a provider are read by.

These are genai-prices' descriptions of the provider's own APIs, then those of APIs that other
providers copied. Each layout also knows the names that APIs of its family use for parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from genai_prices.data import providers as bundled_providers
from genai_prices.types import ExtractPath, Provider, UsageExtractor

from pricing.responses.family import (
    AI_SDK,
    AI_SDK_4,
    CHAT,
    CONVERSE,
    EMBEDDINGS,
    FURTHER,
    GEMINI,
    IMAGES,
    MESSAGES,
    REALTIME,
    RESPONSES,
)
from pricing.responses.layout import Layout
from pricing.responses.own_api import OWN_APIS

_ROOT = "usageMetadata"
_SNAKE_ROOT = "usage_metadata"
# APIs that other providers copied. Where two fit equally, the first is taken.
_TAKEN_OVER = (
    ("openai", "chat"),
    ("openai", "responses"),
    ("anthropic", "default"),
    ("aws", "default"),
    ("google", "default"),
    ("openai", "realtime"),
    ("openai", "images"),
    ("openai", "embeddings"),
    ("openai", "live"),
    ("cohere", "default"),
    ("cohere", "embeddings"),
    ("mistral", "ocr"),
)
# The fields that all APIs of a family require.
_WHOLES = {
    CHAT: ("prompt_tokens", "completion_tokens"),
    RESPONSES: ("input_tokens", "output_tokens"),
    CONVERSE: ("inputTokens", "outputTokens"),
    EMBEDDINGS: ("prompt_tokens",),
}


def layouts_of(provider: Provider | None) -> Iterator[Layout]:
    """The provider's own layouts, then those of families that it has no layout of."""
    had = set()
    for extractor in _spellings((provider and provider.extractors) or ()):
        layout = _layout(extractor)
        had.add((layout.family, layout.root[-1]))
        yield layout
    for extractor in _shared_apis():
        # A bare `input_tokens` may be Cohere's embeddings, or a token count before a call.
        layout = _layout(extractor, is_bare=isinstance(extractor.root, str) or _has_two(extractor))
        if (layout.family, layout.root[-1]) not in had:
            yield layout


def _layout(extractor: UsageExtractor, is_bare: bool = True) -> Layout:
    family = _family(extractor)
    return Layout(extractor, family, FURTHER.get(family, ()), is_bare)


def _has_two(extractor: UsageExtractor) -> bool:
    return sum(each.required for each in extractor.mappings) > 1


@cache
def _shared_apis() -> tuple[UsageExtractor, ...]:
    """The copied APIs, and those that genai-prices does not describe."""
    providers = {provider.id: provider for provider in bundled_providers}
    taken_over = [
        extractor
        for name, flavor in _TAKEN_OVER
        for extractor in providers[name].extractors or ()
        if extractor.api_flavor == flavor
    ]
    return (*_spellings(taken_over), *OWN_APIS)


def _spellings(extractors: Iterable[UsageExtractor]) -> Iterator[UsageExtractor]:
    """The same, and Google's also with the names of its Live API and of its SDK."""
    for extractor in extractors:
        yield _with_wholes(extractor) if extractor.api_flavor == REALTIME else extractor
        if extractor.root == _ROOT:
            live = _renamed(extractor, "live", _ROOT, _live)
            yield live
            yield _renamed(extractor, "snake", _SNAKE_ROOT, _snake)
            yield _renamed(live, "snake live", _SNAKE_ROOT, _snake)


def _with_wholes(extractor: UsageExtractor) -> UsageExtractor:
    """Requires input and output where nothing is required, so that half a response does not fit."""
    if any(mapping.required for mapping in extractor.mappings):
        return extractor
    mappings = [
        replace(each, required=each.path in ("input_tokens", "output_tokens"))
        for each in extractor.mappings
    ]
    return replace(extractor, mappings=mappings)


def _renamed(
    extractor: UsageExtractor, flavor: str, root: str, rename: Callable[[str], str]
) -> UsageExtractor:
    mappings = [replace(each, path=_renamed_path(each.path, rename)) for each in extractor.mappings]
    return replace(extractor, root=root, api_flavor=flavor, mappings=mappings)


def _renamed_path(path: ExtractPath, rename: Callable[[str], str]) -> ExtractPath:
    steps = [path] if isinstance(path, str) else path
    return [rename(step) if isinstance(step, str) else step for step in steps]


def _live(name: str) -> str:
    """Google's Live API says `response` where its other APIs say `candidates`."""
    return name.replace("candidates", "response")


def _snake(name: str) -> str:
    """Google's Python SDK writes snake case: `prompt_token_count`."""
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def _family(extractor: UsageExtractor) -> str:
    """The family of an API. An API of no known family gets a name made of its required fields."""
    if extractor.api_flavor in (AI_SDK, AI_SDK_4, REALTIME, IMAGES):
        return extractor.api_flavor
    names = {_dotted(each.path): each.required for each in extractor.mappings}
    if extractor.root in (_ROOT, _SNAKE_ROOT) and "input_tokens" not in names:
        return f"{GEMINI} {extractor.api_flavor}"
    for family, wholes in _WHOLES.items():
        if all(names.get(whole) is True for whole in wholes):
            is_anthropics = any(name.startswith("cache_read_input") for name in names)
            return MESSAGES if family == RESPONSES and is_anthropics else family
    return " ".join(sorted(name for name, required in names.items() if required))


def _dotted(path: ExtractPath) -> str:
    return path if isinstance(path, str) else ".".join(map(str, path))
