"""What a message says by each way, whatever names and keys hold."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import msgspec
import pytest

from models.alert_message import (
    AlertMessage,
    AlertMessageType,
    read_message,
    write_message,
)
from resolvers.alerts.chat_body import chat_body
from resolvers.alerts.mail_message import mail_message
from resolvers.alerts.mail_server import Encryption, MailServer
from resolvers.alerts.message_words import headline
from resolvers.alerts.webhook_body import webhook_body
from tests.alerts import FIRING, MESSAGE, NOW, RULE

LINK = "https://livemeter.example/alerts"
TEST = AlertMessage(AlertMessageType.TEST, NOW, "default")


def _named(name: str) -> AlertMessage:
    return msgspec.structs.replace(MESSAGE, rule=msgspec.structs.replace(RULE, name=name))


def _firing(**values: Any) -> AlertMessage:
    firing = msgspec.structs.replace(FIRING, **values)
    return msgspec.structs.replace(MESSAGE, firings=(firing,))


def _mail(message: AlertMessage, link: str | None = LINK) -> EmailMessage:
    """As it is read at the other end."""
    mail = mail_message(
        message,
        link,
        delivery_id="msg_1",
        server=MailServer("localhost", 25, Encryption.NONE, "Livemeter <alerts@example.com>"),
        recipients=["ops@example.com", "dev@example.com"],
    )
    read = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def test_what_is_kept_is_what_was_said() -> None:
    assert read_message(write_message(MESSAGE)) == MESSAGE


def test_the_body_of_a_webhook() -> None:
    assert json.loads(webhook_body(MESSAGE, LINK)) == {
        "type": "alert.opened",
        "timestamp": "2026-11-25T12:00:00Z",
        "data": {
            "workspace": "default",
            "rule": {
                "id": "rule_1",
                "name": "Spend of acme",
                "measure": "COST",
                "condition": "cost of a customer reaches 100 USD",
                "window": "within 1 hour",
            },
            "firings": [
                {
                    "id": "firing_1",
                    "value": "120.50",
                    "unit": "USD",
                    "openedAt": "2026-11-25T12:00:00Z",
                    "dimension": "CUSTOMER",
                    "key": "acme",
                    "threshold": "100",
                    "baseline": None,
                    "resolvedAt": None,
                }
            ],
            "total": 1,
            "link": LINK,
        },
    }


def test_the_body_of_a_test() -> None:
    assert json.loads(webhook_body(TEST, None)) == {
        "type": "alert.test",
        "timestamp": "2026-11-25T12:00:00Z",
        "data": {"workspace": "default", "rule": None, "firings": [], "total": 0, "link": None},
    }


def test_a_body_is_the_same_bytes_whenever_it_is_made() -> None:
    again = read_message(write_message(MESSAGE))
    assert webhook_body(again, LINK) == webhook_body(MESSAGE, LINK)


def test_a_chats_text_says_what_happened() -> None:
    assert json.loads(chat_body(MESSAGE, LINK))["text"] == (
        "*Alert: Spend of acme*\n"
        "cost of a customer reaches 100 USD within 1 hour\n"
        "customer acme: 120.50 USD (threshold 100 USD), since 2026-11-25 12:00 UTC\n"
        f"<{LINK}|Open in Livemeter>"
    )


def test_a_chats_blocks_say_the_same() -> None:
    body = json.loads(chat_body(MESSAGE, LINK))
    assert "\n".join(block["text"]["text"] for block in body["blocks"]) == body["text"]


def test_nothing_in_a_name_mentions_anybody_or_links_anywhere() -> None:
    text = json.loads(chat_body(_named("<!channel> & <https://evil.test|here>"), None))["text"]
    assert "*Alert: &lt;!channel&gt; &amp; &lt;https://evil.test|here&gt;*" in text
    assert "<" not in text


def test_a_block_is_no_longer_than_a_chat_takes() -> None:
    firings = (msgspec.structs.replace(FIRING, key="&" * 300),) * 20
    body = json.loads(chat_body(msgspec.structs.replace(MESSAGE, firings=firings), None))
    assert all(len(block["text"]["text"]) <= 3_000 for block in body["blocks"])


def test_an_e_mail_says_what_happened() -> None:
    mail = _mail(MESSAGE)
    assert mail["Subject"] == "Alert: Spend of acme"
    assert mail["From"] == "Livemeter <alerts@example.com>"
    assert mail["To"] == "ops@example.com, dev@example.com"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == [
        "cost of a customer reaches 100 USD within 1 hour",
        "customer acme: 120.50 USD (threshold 100 USD), since 2026-11-25 12:00 UTC",
        "",
        "Workspace: default",
        LINK,
    ]


def test_an_e_mail_is_known_again() -> None:
    assert _mail(MESSAGE)["Message-ID"] == "<msg_1@example.com>"


@pytest.mark.parametrize(
    "name",
    ["x\r\nBcc: evil@evil.test", "x\nBcc: evil@evil.test", "x\x0bBcc: a", "x\u2028Bcc: a", "x\0y"],
)
def test_no_header_is_slipped_into_an_e_mail(name: str) -> None:
    mail = _mail(_named(name))
    assert mail["Bcc"] is None
    assert len(mail["Subject"].splitlines()) == 1


def test_no_line_is_slipped_into_an_e_mail() -> None:
    lines = _mail(_firing(key="acme\n\nAll is well.")).get_content().splitlines()
    assert lines[1].startswith("customer acme All is well.: 120.50 USD")


def test_an_e_mail_holds_any_letters() -> None:
    mail = _mail(_named("Ausgaben über 100 € 🚨"))
    assert mail["Subject"] == "Alert: Ausgaben über 100 € 🚨"


def test_without_an_address_of_the_server_there_is_no_link() -> None:
    assert "http" not in _mail(MESSAGE, None).get_content()
    assert "http" not in json.loads(chat_body(MESSAGE, None))["text"]


def test_what_was_usual_is_said() -> None:
    text = json.loads(chat_body(_firing(threshold=None, baseline="12"), None))["text"]
    assert "customer acme: 120.50 USD (usually 12 USD), since" in text


def test_of_no_key_the_whole_workspace_is_meant() -> None:
    text = json.loads(chat_body(_firing(dimension=None, key=None), None))["text"]
    assert "The whole workspace: 120.50 USD" in text


def test_when_it_was_over_is_said() -> None:
    text = json.loads(chat_body(_firing(resolved_at=NOW), None))["text"]
    assert text.endswith("since 2026-11-25 12:00 UTC until 2026-11-25 12:00 UTC")


def test_what_is_left_out_is_counted() -> None:
    digest = msgspec.structs.replace(MESSAGE, type=AlertMessageType.DIGEST, total=1_021)
    assert headline(digest) == "Alert digest: Spend of acme: 1,021 fired"
    assert json.loads(chat_body(digest, None))["text"].endswith("and 1,020 more")


@pytest.mark.parametrize(
    ("type", "words"),
    [
        (AlertMessageType.OPENED, "Alert: Spend of acme"),
        (AlertMessageType.RESOLVED, "Resolved: Spend of acme"),
        (AlertMessageType.DIGEST, "Alert digest: Spend of acme: 1 fired"),
    ],
)
def test_a_headline_says_what_kind_it_is(type: AlertMessageType, words: str) -> None:
    assert headline(msgspec.structs.replace(MESSAGE, type=type)) == words


def test_a_long_name_is_cut() -> None:
    assert len(headline(_named("a" * 10_000))) < 250
