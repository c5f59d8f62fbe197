"""E-mail is handed to the mail server, encrypted but on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from resolvers.alerts.mail import send_mail
from resolvers.alerts.mail_message import mail_message
from resolvers.alerts.mail_server import Encryption, MailServer, read_mail_server
from resolvers.alerts.outcome import Failed, Sent
from tests.alerts import MESSAGE
from tests.certificate import make_certificate
from tests.mail_receiver import MailReceiver

OPS, DEV = "ops@example.com", "dev@example.com"
FROM = "alerts@example.com"


@pytest.fixture
async def receiver() -> AsyncIterator[MailReceiver]:
    async with MailReceiver() as receiver:
        yield receiver


def _mail() -> EmailMessage:
    server = MailServer("localhost", 25, Encryption.NONE, FROM)
    return mail_message(MESSAGE, None, delivery_id="msg_1", server=server, recipients=[OPS, DEV])


def _plain(receiver: MailReceiver) -> MailServer:
    return MailServer("127.0.0.1", receiver.port, Encryption.NONE, FROM)


async def test_it_is_for_whom_it_is_meant(receiver: MailReceiver) -> None:
    outcome = await send_mail(_plain(receiver), _mail(), [OPS])
    assert outcome == Sent(250, accepted=(OPS,))
    assert receiver.recipients == [[OPS]]


async def test_an_address_that_is_refused_for_good_is_told_of(receiver: MailReceiver) -> None:
    receiver.refused = {DEV: "550 No such user"}
    outcome = await send_mail(_plain(receiver), _mail(), [OPS, DEV])
    assert outcome == Sent(250, f"{DEV} was refused: 550 No such user", (OPS,))


async def test_where_all_are_refused_for_good_that_is_final(receiver: MailReceiver) -> None:
    receiver.refused = {OPS: "550 No such user"}
    outcome = await send_mail(_plain(receiver), _mail(), [OPS])
    assert outcome == Failed(f"{OPS} was refused: 550 No such user", 550, is_final=True)


async def test_where_one_is_refused_for_now_there_is_another_try(receiver: MailReceiver) -> None:
    receiver.refused = {OPS: "550 No such user", DEV: "450 Later"}
    outcome = await send_mail(_plain(receiver), _mail(), [OPS, DEV])
    assert isinstance(outcome, Failed)
    assert not outcome.is_final


async def test_a_mail_that_is_refused_is_told_with_the_answer(receiver: MailReceiver) -> None:
    receiver.answer = "554 Looks like spam"
    outcome = await send_mail(_plain(receiver), _mail(), [OPS])
    assert outcome == Failed("The mail server answered 554 Looks like spam", 554)


async def test_a_mail_server_that_says_nothing_is_left() -> None:
    loop = asyncio.get_running_loop()
    silent = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    server = MailServer("127.0.0.1", port, Encryption.NONE, FROM)
    outcome = await send_mail(server, _mail(), [OPS], total_seconds=0.2)
    silent.close()
    assert outcome == Failed("The mail server did not answer within 0.2 seconds.")


async def test_by_starttls_it_is_encrypted_and_signed_in(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    login = ("livemeter", "p:ss/w@rd")
    async with MailReceiver(tls=certificate.server, login=login) as receiver:
        server = MailServer(
            "localhost",
            receiver.port,
            Encryption.STARTTLS,
            FROM,
            *login,
            tls_context=certificate.client,
        )
        assert await send_mail(server, _mail(), [OPS]) == Sent(250, accepted=(OPS,))
    assert receiver.encrypted == [True]


async def test_by_tls_it_is_encrypted_from_the_start(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    async with MailReceiver(tls=certificate.server, from_the_start=True) as receiver:
        server = MailServer(
            "localhost", receiver.port, Encryption.TLS, FROM, tls_context=certificate.client
        )
        assert await send_mail(server, _mail(), [OPS]) == Sent(250, accepted=(OPS,))
    assert receiver.recipients == [[OPS]]


async def test_a_wrong_password_is_told_of_without_it(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    async with MailReceiver(tls=certificate.server, login=("livemeter", "right")) as receiver:
        server = MailServer(
            "localhost",
            receiver.port,
            Encryption.STARTTLS,
            FROM,
            "livemeter",
            "wrong-password",
            tls_context=certificate.client,
        )
        outcome = await send_mail(server, _mail(), [OPS])
    assert outcome == Failed("The mail server does not let us in: it answered 535.", 535)


async def test_nothing_is_sent_in_the_clear_where_encryption_is_wanted(
    receiver: MailReceiver,
) -> None:
    """This one does not know STARTTLS."""
    server = MailServer("127.0.0.1", receiver.port, Encryption.STARTTLS, FROM)
    assert isinstance(await send_mail(server, _mail(), [OPS]), Failed)
    assert receiver.mails == []


async def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    async with MailReceiver(tls=certificate.server) as receiver:
        server = MailServer("localhost", receiver.port, Encryption.STARTTLS, FROM)
        assert isinstance(await send_mail(server, _mail(), [OPS]), Failed)
    assert receiver.mails == []


@pytest.mark.parametrize(
    ("url", "host", "port", "encryption"),
    [
        ("smtp://mail.example", "mail.example", 587, Encryption.STARTTLS),
        ("smtp://mail.example:25", "mail.example", 25, Encryption.STARTTLS),
        ("smtps://mail.example", "mail.example", 465, Encryption.TLS),
        ("smtp://mail.example:25?tls=none", "mail.example", 25, Encryption.NONE),
        ("smtp://localhost:25", "localhost", 25, Encryption.NONE),
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, Encryption.NONE),
        ("smtp://[::1]:25", "::1", 25, Encryption.NONE),
        ("smtp://localhost:25?tls=starttls", "localhost", 25, Encryption.STARTTLS),
    ],
)
def test_only_on_this_machine_mail_goes_in_the_clear_unasked(
    url: str, host: str, port: int, encryption: Encryption
) -> None:
    assert read_mail_server(url, FROM) == MailServer(host, port, encryption, FROM)


def test_a_name_and_a_password_may_hold_anything() -> None:
    server = read_mail_server("smtp://a%40b:p%3As%2Fs@mail.example", FROM)
    assert (server.user, server.password) == ("a@b", "p:s/s")
    assert "p:s/s" not in repr(server)
