"""The public prices, as genai-prices has them: which one held for a model at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version as package_version

from genai_prices.data import providers as bundled_providers
from genai_prices.types import Provider

from models.price import Price
from pricing.provider import MAX_NAME, find_model
from pricing.timeline import Timeline, timeline

# A timeline has some kilobytes; the names under which it is asked for are the callers' own.
_MAX_NAMES = 4096


class Catalogue:
    """Prices of models. It never changes: newer prices are another catalogue.

    Looking a model up that was seen before costs some 1 µs, any other some 100 µs. What callers
    ask for is kept within bounds, known or not.
    """

    __slots__ = ("_lookup", "_models", "_providers", "_source", "_timelines", "_version")

    def __init__(self, providers: Iterable[Provider], *, source: str, version: str) -> None:
        self._providers = tuple(providers)
        self._source = source
        self._version = version
        self._models = sum(len(provider.models) for provider in self._providers)
        # By identity: the models live as long as the catalogue does.
        self._timelines: dict[tuple[str, int], Timeline] = {}
        self._lookup = lru_cache(maxsize=_MAX_NAMES)(self._find)

    @classmethod
    def bundled(cls) -> Catalogue:
        """The prices that came with the installed genai-prices."""
        return cls(
            bundled_providers,
            source="genai-prices (bundled)",
            version=package_version("genai-prices"),
        )

    @property
    def source(self) -> str:
        """What the prices were taken from."""
        return self._source

    @property
    def version(self) -> str:
        """The source's version."""
        return self._version

    @property
    def models(self) -> int:
        """How many models there are, each counted once for each provider."""
        return self._models

    def price(self, provider: str, model: str, at: datetime) -> Price | None:
        """The price of a model at an aware moment; None where none is known.

        Names are resolved as genai-prices does, prefixes such as `models/` aside. The price has
        the catalogue's own names: the provider asked for, and the model it stands for.
        """
        if len(provider) > MAX_NAME or len(model) > MAX_NAME:
            return None
        found = self._lookup(provider, model)
        return None if found is None else found.at(at)

    def timeline(self, provider: str, model: str) -> Timeline | None:
        """All prices of a model, past and to come; None where the model is not known."""
        if len(provider) > MAX_NAME or len(model) > MAX_NAME:
            return None
        return self._lookup(provider, model)

    def _find(self, provider_name: str, model_name: str) -> Timeline | None:
        found = find_model(self._providers, provider_name, model_name)
        if found is None:
            return None
        provider, model = found
        key = (provider.id, id(model))
        if key not in self._timelines:
            # Another provider's model has its standard prices: tiers and batches are its own.
            own = any(model is candidate for candidate in provider.models)
            self._timelines[key] = timeline(provider.id, model, variants=own)
        return self._timelines[key]
