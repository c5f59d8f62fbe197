"""The public prices, as genai-prices has them: which one held for a model at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version as package_version

from genai_prices.data import providers as bundled_providers
from genai_prices.types import ModelInfo, Provider

from models.catalogue_table import ModelName, PriceText
from models.price import Price
from pricing.corrections import REVISION, corrected_bundled
from pricing.provider import MAX_NAME, candidate_names, find_model, find_provider
from pricing.schedule import Schedule, kept_schedule, model_schedule
from pricing.timeline import Timeline, timeline

BUNDLED_SOURCE = "genai-prices (bundled)"
# A timeline has some kilobytes; the names under which it is asked for are the callers' own.
_MAX_NAMES = 4096


class Catalogue:
    """Prices of models. It never changes: newer prices are another catalogue.

    `providers` know which model a name means, `kept` what the models cost over time; a model that
    is not kept has the prices of `providers`. Looking a model up that was seen before costs some
    1 µs, any other some 100 µs. What callers ask for is kept within bounds, known or not.
    """

    __slots__ = ("_active", "_kept", "_kept_names", "_lookup", "_timelines", "providers")

    def __init__(
        self,
        providers: Sequence[Provider],
        kept: Mapping[ModelName, Sequence[PriceText]] | None = None,
    ) -> None:
        self.providers = tuple(providers)
        self._kept = kept or {}
        self._kept_names = {(p.lower(), m.lower()): (p, m) for p, m in self._kept}
        self._timelines: dict[ModelName, Timeline] = {}
        self._active: tuple[Timeline, ...] | None = None
        self._lookup = lru_cache(maxsize=_MAX_NAMES)(self._find)

    @classmethod
    def bundled(cls) -> Catalogue:
        """The prices that came with the installed genai-prices, corrected."""
        return cls(corrected_bundled())

    def price(self, provider: str, model: str, at: datetime) -> Price | None:
        """The price of a model at an aware moment; None where none is known.

        Names are resolved as genai-prices does, prefixes such as `models/` aside. The price has
        the catalogue's own names: the provider asked for, and the model it stands for.
        """
        found = self.timeline(provider, model)
        return None if found is None else found.at(at)

    def timeline(self, provider: str, model: str) -> Timeline | None:
        """All prices of a model, past and to come; None where the model is not known."""
        if len(provider) > MAX_NAME or len(model) > MAX_NAME:
            return None
        return self._lookup(provider, model)

    def active(self) -> Sequence[Timeline]:
        """The prices of each model that its provider lists, by the name that it is called by.

        Without what the provider calls deprecated, and names that mean no model or another one, as
        those of other people's fine-tuned models. The first time takes some 0.2 s.
        """
        if self._active is None:
            self._active = tuple(
                self._timeline((provider.id, model.id), model, provider)
                for provider in self.providers
                for model in provider.models
                if not model.deprecated and self._is_called_so(provider, model)
            )
        return self._active

    def _is_called_so(self, provider: Provider, model: ModelInfo) -> bool:
        found = find_model(self.providers, provider.id, model.id)
        return found is not None and found[1] is model

    def _find(self, provider_name: str, model_name: str) -> Timeline | None:
        found = find_model(self.providers, provider_name, model_name)
        if found is not None:
            provider, model = found
            return self._timeline((provider.id, model.id), model, provider)
        return self._gone(provider_name, model_name)

    def _gone(self, provider_name: str, model_name: str) -> Timeline | None:
        """A model that the source lists no more keeps the last price that was known.

        By the names that the installed package knows it by, or by its own.
        """
        found = find_model(bundled_providers, provider_name, model_name)
        if found is not None and (found[0].id, found[1].id) in self._kept:
            return self._timeline((found[0].id, found[1].id))
        named = find_provider(self.providers, provider_name, model_name)
        provider = provider_name if named is None else named.id
        for name in candidate_names(self.providers, model_name):
            kept = self._kept_names.get((provider.lower(), name.lower()))
            if kept is not None:
                return self._timeline(kept)
        return None

    def _timeline(
        self, name: ModelName, model: ModelInfo | None = None, provider: Provider | None = None
    ) -> Timeline:
        if name not in self._timelines:
            if name in self._kept:
                schedule = kept_schedule([text.read().price for text in self._kept[name]])
            else:
                assert model is not None
                assert provider is not None
                schedule = model_schedule(model, variants=is_own(provider, model))
            self._timelines[name] = timeline(*name, schedule)
        return self._timelines[name]


def bundled_version() -> str:
    """The installed genai-prices' version, and that of our corrections: `0.2.3+2026.11.29`."""
    return f"{package_version('genai-prices')}+{REVISION}"


def is_own(provider: Provider, model: ModelInfo) -> bool:
    """Whether a provider lists the model itself.

    Another provider's model has its standard prices: tiers and batches are its own.
    """
    return any(model is candidate for candidate in provider.models)


def schedules(providers: Sequence[Provider]) -> Iterator[tuple[ModelName, Schedule]]:
    """What each provider sells and at which prices, other providers' models included."""
    by_id = {provider.id: provider for provider in providers}
    for provider in providers:
        sold = {model.id: model for model in reversed(provider.models)}
        for other in provider.fallback_model_providers or ():
            for model in by_id[other].models if other in by_id else ():
                sold.setdefault(model.id, model)
        for model in sold.values():
            name = (provider.id, model.id)
            yield name, model_schedule(model, variants=is_own(provider, model))
