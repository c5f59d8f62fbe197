"""Sending an e-mail: handed to the mail server, which takes it for each address or not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from functools import cache

import aiosmtplib
from aiosmtplib import SMTPRecipientRefused

from resolvers.alerts.mail_server import URL_SETTING, Encryption, MailServer
from resolvers.alerts.message_words import plain_line
from resolvers.alerts.outcome import Failed, Outcome, Sent

TOTAL_SECONDS = 30.0
NOT_SET = f"No mail server is set: {URL_SETTING} names one."


async def send_mail(
    server: MailServer,
    mail: EmailMessage,
    recipients: Sequence[str],
    *,
    total_seconds: float = TOTAL_SECONDS,
) -> Outcome:
    """What came of it; nothing is raised for what a mail server does.

    Who refuses an address for good (5xx) is not asked again; who refuses it for now (4xx) is, for
    that address alone.
    """
    try:
        async with asyncio.timeout(total_seconds):
            refused = await _hand_over(server, mail, recipients)
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = {one.recipient: one for one in error.recipients}
    except aiosmtplib.SMTPAuthenticationError as error:
        return Failed(f"The mail server does not let us in: it answered {error.code}.", error.code)
    except aiosmtplib.SMTPResponseException as error:
        answer = plain_line(f"{error.code} {error.message}")
        return Failed(f"The mail server answered {answer}", error.code)
    except (TimeoutError, aiosmtplib.SMTPTimeoutError):
        return Failed(f"The mail server did not answer within {total_seconds:g} seconds.")
    except aiosmtplib.SMTPConnectError:
        return Failed("The mail server could not be reached.")
    except (aiosmtplib.SMTPException, OSError) as error:
        return Failed(f"The mail could not be handed over: {plain_line(str(error))}")
    return _judged(recipients, refused)


async def _hand_over(
    server: MailServer, mail: EmailMessage, recipients: Sequence[str]
) -> dict[str, SMTPRecipientRefused]:
    """Those addresses that were refused while others were not."""
    refused, _ = await aiosmtplib.send(
        mail,
        recipients=list(recipients),
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.encryption is Encryption.TLS,
        start_tls=server.encryption is Encryption.STARTTLS,
        tls_context=server.tls_context or _trusted(),
        # Else this machine's whole name is looked up, which may take long and tells much.
        local_hostname=server.domain,
        timeout=TOTAL_SECONDS,
    )
    return {
        address: SMTPRecipientRefused(code, message, address)
        for address, (code, message) in refused.items()
    }


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the system trusts; reading that takes long."""
    return ssl.create_default_context()


def _judged(recipients: Sequence[str], refused: dict[str, SMTPRecipientRefused]) -> Outcome:
    accepted = tuple(address for address in recipients if address not in refused)
    if not refused:
        return Sent(250, accepted=accepted)
    problem = "; ".join(
        plain_line(f"{address} was refused: {one.code} {one.message}")
        for address, one in refused.items()
    )
    code = max(one.code for one in refused.values())
    if any(one.code < 500 for one in refused.values()):
        return Failed(problem, code, accepted=accepted)
    if accepted:
        return Sent(250, problem, accepted)
    return Failed(problem, code, is_final=True)
