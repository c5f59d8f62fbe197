"""A message as an e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from models.alert_message import AlertMessage
from resolvers.alerts.mail_server import MailServer
from resolvers.alerts.message_words import body_lines, headline, plain_line


def mail_message(
    message: AlertMessage,
    link: str | None,
    *,
    delivery_id: str,
    server: MailServer,
    recipients: Sequence[str],
) -> EmailMessage:
    """The same for each try, its Message-ID too, so that a second one can be known as such.

    Subjects are one line whatever names hold: no header can be slipped in.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = server.sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = headline(message)
    mail["Date"] = format_datetime(message.timestamp.astimezone(UTC))
    mail["Message-ID"] = f"<{delivery_id}@{server.domain}>"
    # RFC 3834: no holiday notes in answer.
    mail["Auto-Submitted"] = "auto-generated"
    lines = [*body_lines(message), "", f"Workspace: {plain_line(message.workspace)}"]
    if link is not None:
        lines.append(link)
    mail.set_content("\n".join(lines) + "\n")
    return mail
