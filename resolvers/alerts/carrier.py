"""One try to deliver one message, by whatever way its destination has."""

from __future__ import annotations

from datetime import datetime

from models.alert_destination import DestinationKind
from models.alert_outbox import DELETED, Claimed
from resolvers.alerts.chat_body import chat_body
from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.alerts.mail import NOT_SET, send_mail
from resolvers.alerts.mail_message import mail_message
from resolvers.alerts.outcome import Failed, Outcome, Sent
from resolvers.alerts.post import Post
from resolvers.alerts.signature import signed_headers
from resolvers.alerts.webhook_body import webhook_body


class Carrier:
    """Knows the ways; when to try, and what follows, is the courier's."""

    def __init__(self, settings: DeliverySettings, post: Post | None = None) -> None:
        self._settings = settings
        self._post = post or Post(allow_private=settings.allow_private)

    async def close(self) -> None:
        await self._post.close()

    async def carry(self, claimed: Claimed, now: datetime) -> Outcome:
        """`now`: the moment that a webhook's signature names."""
        if claimed.deleted_at is not None:
            return Failed(DELETED, is_final=True)
        match claimed.destination_kind:
            case DestinationKind.WEBHOOK:
                return await self._webhook(claimed, now)
            case DestinationKind.SLACK:
                return await self._chat(claimed)
            case DestinationKind.EMAIL:
                return await self._mail(claimed)

    async def _webhook(self, claimed: Claimed, now: datetime) -> Outcome:
        assert claimed.url is not None
        body = webhook_body(claimed.message, self._link(claimed))
        headers = signed_headers(claimed.id, now, body, _secrets(claimed, now))
        return await self._post.send(claimed.url, body, headers)

    async def _chat(self, claimed: Claimed) -> Outcome:
        assert claimed.url is not None
        body = chat_body(claimed.message, self._link(claimed))
        return await self._post.send(claimed.url, body, {})

    async def _mail(self, claimed: Claimed) -> Outcome:
        server = self._settings.mail_server
        if server is None:
            return Failed(NOT_SET)
        waiting = [address for address in claimed.addresses if address not in claimed.accepted]
        if not waiting:
            return Sent()
        mail = mail_message(
            claimed.message,
            self._link(claimed),
            delivery_id=claimed.id,
            server=server,
            recipients=claimed.addresses,
        )
        return await send_mail(server, mail, waiting)

    def _link(self, claimed: Claimed) -> str | None:
        return self._settings.link(claimed.message.path)


def _secrets(claimed: Claimed, now: datetime) -> list[str]:
    assert claimed.secret is not None
    until = claimed.earlier_secret_until
    if claimed.earlier_secret is None or until is None or until <= now:
        return [claimed.secret]
    return [claimed.secret, claimed.earlier_secret]
