"""How the names of models are decorated: paths, regions, versions, other spellings, fine-tuning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# What holds the names of public models: Bedrock's ARNs and Vertex AI's paths. Other resources are
# a customer's own: deployments, profiles, fine-tuned models.
_PUBLIC_RESOURCE = re.compile(
    r"arn:aws[\w-]*:bedrock:[\w-]*:\d*:(?:foundation-model|inference-profile)/([^/]+)"
    r"|(?:projects/[^/]+/locations/[^/]+/)?publishers/[^/]+/models/([^/]+)",
    re.IGNORECASE,
)
_RESOURCE = re.compile(r"(?:^|/)(?:arn:|(?:projects|publishers|tunedmodels)/)", re.IGNORECASE)
_AWS_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d/(.+)", re.IGNORECASE)
_FINE_TUNED = re.compile(r"^ft:|[.:]ft-", re.IGNORECASE)
_GLOBAL = "global"
_REGIONS = ("us", "us-gov", "eu", "apac", "jp", "au", "ca", "in", "sa", "me", "af")
_VENDORS = (
    "ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshotai|nvidia"
    "|openai|qwen|stability|twelvelabs|writer|zai"
)
_BEDROCK = re.compile(
    rf"(?:({'|'.join((_GLOBAL, *_REGIONS))})\.)?({_VENDORS})\.(.+?)(-v\d+)?(:\d+(?::\w+)?)?",
    re.IGNORECASE,
)


def without_wrapping(name: str) -> str | None:
    """The public model that a resource's path names, or a name without an AWS region before it."""
    public = _PUBLIC_RESOURCE.fullmatch(name)
    if public is not None:
        return public[1] or public[2]
    regional = _AWS_REGION.fullmatch(name)
    return None if regional is None else regional[1]


def is_resource(name: str) -> bool:
    """Whether a name is a path to a resource of a customer, and not the name of a model."""
    return _RESOURCE.search(name) is not None


def is_fine_tuned(name: str) -> bool:
    """Whether a name says of itself that the model is fine-tuned (`ft:gpt-4o…`, `….ft-…`)."""
    return _FINE_TUNED.search(name) is not None


def without_fine_tuning(name: str) -> str:
    """The name with another word where it says that the model is fine-tuned; as genai-prices
    compares, in small letters."""
    return _FINE_TUNED.sub(lambda mark: mark[0].lower().replace("ft", "x"), name).lower()


def spellings(name: str) -> Iterator[str]:
    """How the same model is spelled elsewhere: Vertex AI's versions, Azure's GPT-3.5."""
    if name.endswith("@default"):
        yield name.removesuffix("@default")
    if re.search(r"@\d{8}$", name):
        yield name.replace("@", "-")
    if re.match(r"gpt-35-", name, re.IGNORECASE):
        yield f"gpt-3.5-{name[7:]}"


def is_regional_name_of(name: str, model: str) -> bool:
    """Whether a name is Bedrock's for the model in some region: prices hang on the region."""
    parts = BedrockName.parse(name)
    return parts is not None and parts.region is not None and parts.is_of(model)


class BedrockName(NamedTuple):
    """A name as Bedrock has them: `us.anthropic.claude-3-haiku-20240307-v1:0`."""

    region: str | None
    vendor: str
    model: str
    version: str
    revision: str

    @classmethod
    def parse(cls, name: str) -> BedrockName | None:
        parts = _BEDROCK.fullmatch(name)
        if parts is None:
            return None
        region, vendor, model, version, revision = parts.groups()
        return cls(region, vendor, model, version or "", revision or "")

    def is_of(self, model: str) -> bool:
        """Whether the model is called so where the decorations are left out."""
        return model.lower() in {self.model.lower(), *(each.lower() for each in self._versions())}

    def names(self) -> Iterator[str]:
        """With less and less of the version."""
        region = "" if self.region is None else f"{self.region}."
        yield from (f"{region}{self.vendor}.{model}" for model in self._versions())

    def names_without_region(self) -> Iterator[str]:
        """Nor with the vendor, at last. None for `global.`, which is never a region's price."""
        if (self.region or "").lower() != _GLOBAL:
            yield from (f"{self.vendor}.{model}" for model in self._versions())
            yield from self._versions()

    def names_in_told_regions(self) -> Iterator[str]:
        """The same model where it is sold if regions are told apart; none without a region."""
        if self.region is not None:
            for region in (_GLOBAL, "us"):
                yield from self._replace(region=region).names()

    def _versions(self) -> Iterator[str]:
        yield f"{self.model}{self.version}{self.revision}"
        if self.revision:
            yield f"{self.model}{self.version}"
        # The first version is the model itself; of a dated model, every version is.
        if self.version.lower() == "-v1" or (self.version and re.search(r"-\d{8}$", self.model)):
            yield self.model
