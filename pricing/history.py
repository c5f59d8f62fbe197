"""What changes in the catalogue's history when a source's prices are learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.catalogue_table import ModelName, PriceText
from models.price import KeptPrice
from pricing.schedule import Schedule, kept_schedule, merged
from pricing.suspicion import has_price, loss, moves
from pricing.timeline import timeline


@dataclass
class Changes:
    """Prices to be kept (new ones, and known ones that end otherwise), and what is to be unlisted.

    `suspicious` says what somebody should look at before these changes are made.
    """

    kept: list[KeptPrice] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    suspicious: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.kept or self.unlisted)


def changes(
    known: Mapping[ModelName, Sequence[PriceText]],
    learnt: Mapping[ModelName, Schedule],
    learnt_at: datetime,
) -> Changes:
    """What a source's prices add to those that are known.

    A model's first prices are as the source has them, since ever. A model that the source lists
    no more keeps its last price.
    """
    found = Changes()
    lost = priced = 0
    for name, texts in known.items():
        schedule, was_priced = _learn_model(found, name, texts, learnt.get(name), learnt_at)
        priced += was_priced
        lost += was_priced and (schedule is None or not has_price(schedule, learnt_at))
    for name, new in learnt.items():
        if name not in known:
            prices = timeline(*name, new).prices()
            found.kept += [KeptPrice(price, learnt_at) for price in prices]
    found.suspicious = [*loss(lost, priced), *sorted(found.suspicious)]
    return found


def _learn_model(
    found: Changes,
    name: ModelName,
    texts: Sequence[PriceText],
    learnt: Schedule | None,
    learnt_at: datetime,
) -> tuple[Schedule | None, bool]:
    """Adds a known model's changes. Returns what was learnt, and whether it had a price so far."""
    prices = [text.read().price for text in texts]
    schedule = kept_schedule(prices)
    if learnt is not None:
        joined = merged(schedule, learnt, learnt_at)
        if joined != schedule:
            found.suspicious += [
                f"{name[0]} {name[1]} {move}" for move in moves(schedule, joined, learnt_at)
            ]
            known = {price.id: price.effective_to for price in prices}
            listed = list(timeline(*name, joined).prices())
            found.kept += [
                KeptPrice(price, learnt_at)
                for price in listed
                if price.id not in known or known[price.id] != price.effective_to
            ]
            found.unlisted += known.keys() - {price.id for price in listed}
    return learnt, has_price(schedule, learnt_at)
