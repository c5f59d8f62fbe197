"""Which units pay for others that have no rate: what a provider counts twice, and bills once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pricing.rate_card import UnitRate, nearest_rate
from pricing.units import IMAGES, UNITS, Unit

_TOKENS = "tokens"
_TIME = "durations"


def paid_by(unit: str, names: Collection[str], rates: Mapping[str, UnitRate]) -> tuple[str, ...]:
    """The counted units that pay for this one where they were used; none where it has a rate.

    Images are paid by image tokens. Audio tokens are paid by seconds of audio, and so is text
    where the price has rates for nothing but time, as of models that transcribe or talk.
    """
    if unit in rates or unit not in UNITS:
        return ()
    if unit == IMAGES:
        return tuple(_rated(names, rates, _TOKENS, "image"))
    if UNITS[unit].family == _TOKENS and (_is_audio(UNITS[unit]) or not _has_tokens(rates)):
        return tuple(_rated(names, rates, _TIME, "audio"))
    return ()


def _rated(
    names: Collection[str], rates: Mapping[str, UnitRate], family: str, modality: str
) -> Iterator[str]:
    for name in names:
        unit = UNITS.get(name)
        is_meant = unit is not None and (unit.family, unit.modality) == (family, modality)
        if is_meant and nearest_rate(name, rates) is not None:
            yield name


def _is_audio(unit: Unit) -> bool:
    return unit.modality == "audio"


def _has_tokens(rates: Mapping[str, UnitRate]) -> bool:
    return any(name in UNITS and UNITS[name].family == _TOKENS for name in rates)
