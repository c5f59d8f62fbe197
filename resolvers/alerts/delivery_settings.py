"""What is set of how alerts are delivered."""

from __future__ import annotations

from dataclasses import dataclass

from resolvers.alerts.mail_server import MailServer


@dataclass(frozen=True)
class DeliverySettings:
    """`base_url`: where people reach this server, for links; None: there are none."""

    allow_private: bool = False
    mail_server: MailServer | None = None
    base_url: str | None = None

    def link(self, path: str) -> str | None:
        return None if self.base_url is None else f"{self.base_url}{path}"
