"""How people and other origins' pages get in, as it is set."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.page_session import SessionSpan
from web.oidc.provider import ProviderSettings


@dataclass(frozen=True)
class Access:
    """`origins`: whose pages may ask with keys and customers' tokens; "*" is any.

    `base_url`: where people reach this server, without a slash at its end.
    """

    span: SessionSpan = field(default_factory=SessionSpan)
    origins: tuple[str, ...] = ()
    base_url: str | None = None
    provider: ProviderSettings | None = None


DEFAULTS = Access()
