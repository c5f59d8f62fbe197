"""A file of prices in genai-prices' own format, taken only whole and valid."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from genai_prices.types import Provider, _providers_from_raw  # the one reader of the format
from pydantic import ValidationError

from models.money import is_storable
from models.text import is_text
from pricing.catalogue import schedules
from pricing.corrections import corrected
from pricing.provider import MAX_NAME, find_model, find_provider

_MAX_REASON = 300


class InvalidCatalogueFile(ValueError):
    """A file that cannot be read as prices; says where it is wrong."""


def read_catalogue_file(content: bytes) -> list[Provider]:
    """The providers of a file, their prices corrected as the installed package's are.

    Raises InvalidCatalogueFile for anything but a list of providers with models and prices.
    """
    try:
        # Amounts are never floats.
        raw = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise InvalidCatalogueFile(f"it is no JSON: {_short(error)}") from error
    if not isinstance(raw, list):
        raise InvalidCatalogueFile("it is no list of providers")
    try:
        providers = _providers_from_raw(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"][:6])
        raise InvalidCatalogueFile(f"{place}: {first['msg'][:_MAX_REASON]}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidCatalogueFile(_short(error)) from error
    _check_names(providers)
    return _usable(providers)


def _check_names(providers: Sequence[Provider]) -> None:
    if not any(provider.models for provider in providers):
        raise InvalidCatalogueFile("it has no models")
    names = [(provider.id, model.id) for provider in providers for model in provider.models]
    for provider_id, model_id in names:
        if not all(0 < len(name) <= MAX_NAME and is_text(name) for name in (provider_id, model_id)):
            raise InvalidCatalogueFile(f"a name is no text of 1 to {MAX_NAME} characters")
    for what, given in (("provider", [p.id for p in providers]), ("model", names)):
        if len(given) != len(set(given)):
            raise InvalidCatalogueFile(f"a {what} is listed twice")


def _usable(providers: Sequence[Provider]) -> list[Provider]:
    """Do with the file what will be done with it, so that nothing fails when an event comes."""
    try:
        providers = corrected(providers)
        find_model(providers, providers[0].id, "no such model")
        for provider in providers:
            find_provider(providers, provider.id, "no such model")
            provider.find_model("no such model", all_providers=list(providers))
        amounts = [
            rate.amount
            for _, schedule in schedules(providers)
            for day in schedule.days
            for _, rates in day
            for rate in rates
        ]
    except Exception as error:  # whatever it is, it would come again with each event
        raise InvalidCatalogueFile(_short(error)) from error
    if not all(amount >= 0 and is_storable(amount) for amount in amounts):
        raise InvalidCatalogueFile("an amount is no number from 0 up of at most 40 digits")
    return providers


def _short(error: Exception) -> str:
    return str(error)[:_MAX_REASON]
