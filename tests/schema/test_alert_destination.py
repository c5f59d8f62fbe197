"""Destinations made, shown and ended by GraphQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from models.database import Database
from resolvers.alerts import target
from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.alerts.destinations import MAX_DESTINATIONS
from resolvers.alerts.mail_server import Encryption, MailServer
from tests.alert_receiver import AlertReceiver
from tests.alerts import add_destination
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

FIELDS = "id name kind target createdAt createdBy"
CREATE = f"""
    mutation($input: CreateAlertDestinationInput!) {{
        createAlertDestination(input: $input) {{ secret destination {{ {FIELDS} }} }}
    }}
"""
LIST = f"{{ alertDestinations {{ {FIELDS} }} }}"
DELETE = "mutation($id: ID!) { deleteAlertDestination(id: $id) { id } }"
ROTATE = (
    "mutation($id: ID!) { rotateAlertDestinationSecret(id: $id) { secret destination { id } } }"
)
TEST = """
    mutation($id: ID!) { testAlertDestination(id: $id) {
        id kind state subject attempts lastStatus lastError sentAt givenUpAt nextAt destinationName
    } }
"""
AUDIT = "{ auditLog { action subject actor detail } }"
URL = "https://8.8.8.8/services/T000/B000/secretsecret1234"


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[InProcessServer]:
    """One that may send to this machine, and has a mail server by name."""
    mail = MailServer("127.0.0.1", 9, Encryption.NONE, "alerts@example.com")
    settings = DeliverySettings(allow_private=True, mail_server=mail)
    async with InProcessServer(database_url, delivery=settings) as server:
        yield server


@pytest.fixture
async def strict(database_url: str, keys: Keys) -> AsyncIterator[GraphQLClient]:
    """An admin's of a server as it is without any setting."""
    async with (
        InProcessServer(database_url, delivery=DeliverySettings()) as server,
        GraphQLClient(server.url, keys.admin) as client,
    ):
        yield client


async def _create(admin: GraphQLClient, **values: Any) -> Any:
    given = {"name": "on call", "kind": "WEBHOOK", "url": URL} | values
    return (await admin.data(CREATE, input=given))["createAlertDestination"]


async def _refused(admin: GraphQLClient, **values: Any) -> dict[str, Any]:
    given = {"name": "on call", "kind": "WEBHOOK", "url": URL} | values
    return await admin.error(CREATE, input=given)


async def test_a_webhook_is_made_with_a_secret(admin: GraphQLClient) -> None:
    made = await _create(admin)
    # Refuses what is no secret of the specification.
    assert Webhook(made["secret"])
    assert made["destination"]["target"] == "https://8.8.8.8/…1234"
    assert made["destination"]["createdBy"].startswith("admin")


async def test_the_secret_and_the_url_are_shown_nowhere_else(
    admin: GraphQLClient, database: Database
) -> None:
    made = await _create(admin)
    shown = str(await admin.data(LIST)) + str(await admin.data(AUDIT))
    assert made["secret"] not in shown
    assert "secretsecret" not in shown


async def test_a_chat_has_no_secret(admin: GraphQLClient) -> None:
    assert (await _create(admin, kind="SLACK"))["secret"] is None


async def test_an_e_mail_has_addresses(admin: GraphQLClient) -> None:
    addresses = ["Ops@example.com", "ops@example.com", "dev@example.com"]
    made = await _create(admin, kind="EMAIL", url=None, addresses=addresses)
    assert made["secret"] is None
    assert made["destination"]["target"] == "ops@example.com, dev@example.com"


async def test_who_only_reads_sees_hosts_and_counts(
    admin: GraphQLClient, client: GraphQLClient
) -> None:
    await _create(admin)
    await _create(admin, kind="EMAIL", url=None, addresses=["ops@example.com"])
    found = (await client.data(LIST))["alertDestinations"]
    assert [one["target"] for one in found] == ["8.8.8.8", "1 address"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"url": None}, "url"),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "https://user:password@example.com"}, "url"),
        ({"addresses": ["ops@example.com"]}, "addresses"),
        ({"kind": "EMAIL", "url": None}, "addresses"),
        ({"kind": "EMAIL", "url": None, "addresses": []}, "addresses"),
        ({"kind": "EMAIL", "url": None, "addresses": ["a@b.test"] * 21}, "addresses"),
        ({"kind": "EMAIL", "url": None, "addresses": ["nobody"]}, "addresses"),
        ({"kind": "EMAIL", "url": None, "addresses": ["a@b.test,c@d.test"]}, "addresses"),
        ({"kind": "EMAIL", "url": None, "addresses": ["a@b.test\r\nBcc: c@d.test"]}, "addresses"),
        ({"kind": "EMAIL", "addresses": ["a@b.test"]}, "url"),
    ],
    ids=str,
)
async def test_what_cannot_be_meant_is_refused(
    admin: GraphQLClient, values: dict[str, Any], field: str
) -> None:
    refused = await _refused(admin, **values)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", field)


async def test_a_private_address_is_refused_with_the_setting_that_allows_it(
    strict: GraphQLClient,
) -> None:
    refused = await _refused(strict, url="http://10.0.0.5/hook")
    assert refused["field"] == "url"
    assert refused["message"] == (
        "10.0.0.5 is a private address; LIVEMETER_ALERT_PRIVATE_TARGETS=true allows it."
    )


async def test_a_name_that_leads_to_a_private_address_is_refused(
    strict: GraphQLClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "_look_up", lambda *_: ["10.0.0.5"])
    refused = await _refused(strict, url="http://inside.test/")
    assert refused["message"].startswith("inside.test leads to a private address")


async def test_a_name_that_leads_nowhere_yet_is_taken(
    strict: GraphQLClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> list[str]:
        raise OSError

    monkeypatch.setattr(target, "_look_up", fail)
    await _create(strict, url="https://soon.test/")


async def test_without_a_mail_server_an_e_mail_is_refused_with_the_settings_it_wants(
    strict: GraphQLClient,
) -> None:
    refused = await _refused(strict, kind="EMAIL", url=None, addresses=["ops@example.com"])
    assert refused["field"] == "kind"
    assert refused["message"] == (
        "This server sends no e-mail yet: LIVEMETER_SMTP_URL and LIVEMETER_SMTP_FROM set it up."
    )


async def test_a_workspace_has_so_many_destinations(
    admin: GraphQLClient, database: Database
) -> None:
    for _ in range(MAX_DESTINATIONS):
        await add_destination(database, URL)
    refused = await _refused(admin)
    assert refused["message"] == "A workspace has at most 100 destinations."


async def test_a_deleted_destination_is_gone(admin: GraphQLClient) -> None:
    made = await _create(admin)
    await admin.data(DELETE, id=made["destination"]["id"])
    assert (await admin.data(LIST))["alertDestinations"] == []
    assert (await admin.error(DELETE, id=made["destination"]["id"]))["code"] == "NOT_FOUND"


async def test_a_secret_is_replaced_by_another(admin: GraphQLClient) -> None:
    made = await _create(admin)
    rotated = await admin.data(ROTATE, id=made["destination"]["id"])
    assert rotated["rotateAlertDestinationSecret"]["secret"] != made["secret"]
    assert Webhook(rotated["rotateAlertDestinationSecret"]["secret"])


async def test_what_has_no_secret_has_none_to_replace(admin: GraphQLClient) -> None:
    made = await _create(admin, kind="SLACK")
    assert (await admin.error(ROTATE, id=made["destination"]["id"]))["code"] == "CONFLICT"


async def test_who_did_it_is_kept(admin: GraphQLClient) -> None:
    made = await _create(admin)
    destination = made["destination"]["id"]
    await admin.data(ROTATE, id=destination)
    await admin.data(DELETE, id=destination)
    entries = (await admin.data(AUDIT))["auditLog"]
    assert [entry["action"] for entry in entries] == [
        "DESTINATION_DELETED",
        "DESTINATION_SECRET_ROTATED",
        "DESTINATION_CREATED",
    ]
    assert {entry["subject"] for entry in entries} == {destination}
    assert entries[0]["detail"] == {"name": "on call", "kind": "WEBHOOK"}


async def test_a_test_arrives_and_its_outcome_is_told(admin: GraphQLClient) -> None:
    async with AlertReceiver() as receiver:
        made = await _create(admin, url=receiver.url)
        data = await admin.data(TEST, id=made["destination"]["id"])
    sent = data["testAlertDestination"]
    (received,) = receiver.received
    assert Webhook(made["secret"]).verify(received.body, received.headers)["type"] == "alert.test"
    assert received.headers["webhook-id"] == sent["id"]
    assert (sent["state"], sent["kind"], sent["lastStatus"]) == ("SENT", "TEST", 200)
    assert sent["subject"] == "A test from Livemeter, workspace default"
    assert sent["destinationName"] == "on call"
    assert sent["sentAt"] is not None


async def test_a_test_that_fails_says_why_and_is_not_tried_again(admin: GraphQLClient) -> None:
    async with AlertReceiver(status=500) as receiver:
        made = await _create(admin, url=receiver.url)
        data = await admin.data(TEST, id=made["destination"]["id"])
    failed = data["testAlertDestination"]
    assert (failed["state"], failed["lastStatus"]) == ("DEAD", 500)
    assert failed["lastError"] == "The receiver answered 500."
    assert (failed["attempts"], failed["nextAt"]) == (1, None)
    assert len(receiver.received) == 1


async def test_a_test_of_an_e_mail_says_what_is_wrong(admin: GraphQLClient) -> None:
    made = await _create(admin, kind="EMAIL", url=None, addresses=["ops@example.com"])
    data = await admin.data(TEST, id=made["destination"]["id"])
    assert data["testAlertDestination"]["lastError"] == "The mail server could not be reached."


@pytest.mark.parametrize("document", [DELETE, ROTATE, TEST])
@pytest.mark.parametrize("id", ["destination_x", "", "\0"])
async def test_a_destination_that_is_not_there_is_not_found(
    admin: GraphQLClient, document: str, id: str
) -> None:
    refused = await admin.error(document, id=id)
    assert (refused["code"], refused["field"]) == ("NOT_FOUND", "id")


@pytest.mark.parametrize("document", [DELETE, ROTATE, TEST])
async def test_nobody_touches_another_workspaces(
    admin: GraphQLClient, server: InProcessServer, keys: Keys, document: str
) -> None:
    made = await _create(admin)
    async with GraphQLClient(server.url, keys.other_admin) as stranger:
        assert (await stranger.data(LIST))["alertDestinations"] == []
        refused = await stranger.error(document, id=made["destination"]["id"])
    assert refused["code"] == "NOT_FOUND"


@pytest.mark.parametrize("document", [DELETE, ROTATE, TEST])
async def test_who_only_reads_changes_nothing(client: GraphQLClient, document: str) -> None:
    assert (await client.error(document, id="destination_x"))["code"] == "FORBIDDEN"
