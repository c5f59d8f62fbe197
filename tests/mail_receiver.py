"""A real mail server on loopback that takes e-mail, or refuses it."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailReceiver:
    """`refused`: what it answers to which address; `answer`: what to all mail."""

    answer: str = "250 OK"
    refused: dict[str, str] = field(default_factory=dict)
    # By STARTTLS, or from the start.
    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    login: tuple[str, str] | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    # To whom each was, by the envelope.
    recipients: list[list[str]] = field(default_factory=list)
    # Whether each came encrypted.
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> MailReceiver:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        tls = self.tls if self.from_the_start else None
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def _session(self) -> SMTP:
        starttls = None if self.from_the_start else self.tls
        return SMTP(
            self,
            hostname="localhost",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=self.login is not None,
            authenticator=self._authenticate,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.recipients.append(list(envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None)
        return self.answer
