"""A file of prices in genai-prices' own format, taken only whole and valid."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from genai_prices.types import Provider, _providers_from_raw  # the one reader of the format
from pydantic import ValidationError

from models.catalogue_table import ModelName
from models.money import is_storable, plain
from models.price import Rate
from pricing.arithmetic import quotients
from pricing.catalogue import schedules
from pricing.provider import find_model, find_provider
from pricing.schedule import Part

# What a price, or the number of models, may change by before somebody has to look at it.
MAX_FACTOR = 10
MAX_LOST_SHARE = Decimal("0.1")
_MAX_TOLD = 3
_MAX_REASON = 300


class InvalidCatalogueFile(ValueError):
    """A file that cannot be read as prices; says where it is wrong."""


def read_catalogue_file(content: bytes) -> list[Provider]:
    """Raises InvalidCatalogueFile for anything but a list of providers with models and prices."""
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
    _check_use(providers)
    return providers


def _check_names(providers: Sequence[Provider]) -> None:
    if not any(provider.models for provider in providers):
        raise InvalidCatalogueFile("it has no models")
    names = [(provider.id, model.id) for provider in providers for model in provider.models]
    for what, given in (("provider", [p.id for p in providers]), ("model", names)):
        if len(given) != len(set(given)):
            raise InvalidCatalogueFile(f"a {what} is listed twice")


def _check_use(providers: Sequence[Provider]) -> None:
    """Do with the file what will be done with it, so that nothing fails when an event comes."""
    try:
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


def suspicions(
    known: Mapping[ModelName, Sequence[Part]], fresh: Mapping[ModelName, Sequence[Part]]
) -> list[str]:
    """What somebody should look at before prices change so; each says what, from and to.

    `known` and `fresh` are the days that hold before and after. Suspicious is a rate that moves
    more than 10 times, to or from nothing included, and a loss of over a tenth of the models.
    """
    found = []
    lost = len(known.keys() - fresh.keys())
    if lost > len(known) * MAX_LOST_SHARE:
        found.append(f"{lost} of {len(known)} models are gone")
    moves = [
        f"{name[0]} {name[1]} {move}"
        for name in known.keys() & fresh.keys()
        for move in _moves(known[name], fresh[name])
    ]
    return found + sorted(moves)


def told(reasons: Sequence[str]) -> str:
    """The first few reasons in one sentence."""
    more = len(reasons) - _MAX_TOLD
    return "; ".join(reasons[:_MAX_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _moves(before: Sequence[Part], after: Sequence[Part]) -> list[str]:
    old, new = _amounts(before), _amounts(after)
    return [
        f"{unit} from {plain(old[key])} to {plain(new[key])} USD for one"
        for key in old.keys() & new.keys()
        for unit in [key[0]]
        if max(old[key], new[key]) > MAX_FACTOR * min(old[key], new[key])
    ]


def _amounts(parts: Sequence[Part]) -> dict[tuple[object, ...], Decimal]:
    """USD for one of each unit, by all that a rate depends on."""
    return {
        (rate.unit, part, *_condition(rate)): quotients(rate.per).divide(
            rate.amount, Decimal(rate.per)
        )
        for part, (_, rates) in enumerate(parts)
        for rate in rates
    }


def _condition(rate: Rate) -> tuple[object, ...]:
    return rate.above_input_tokens, rate.processing, rate.service_tier, rate.speed


def _short(error: Exception) -> str:
    return str(error)[:_MAX_REASON]
