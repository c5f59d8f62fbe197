"""Deliveries as GraphQL lists them, and those that were given up sent again."""

from __future__ import annotations

import pytest

from models.alert_outbox import Report, claim, mark_dead
from models.database import Database
from resolvers.alerts.delivery_settings import DeliverySettings
from tests.alert_receiver import AlertReceiver
from tests.alerts import NOW, add_destination, put
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

LIST = """
    query($state: AlertDeliveryState, $first: Int! = 50, $after: Cursor) {
        alertDeliveries(state: $state, first: $first, after: $after) {
            nodes {
                id destinationId destinationName kind state subject attempts createdAt nextAt
                sentAt givenUpAt lastError lastStatus
            }
            edges { cursor node { id } }
            pageInfo { hasNextPage hasPreviousPage endCursor }
        }
    }
"""
RESEND = "mutation($id: ID!) { resendAlertDelivery(id: $id) { id state attempts } }"
RESEND_ALL = "mutation($id: ID!) { resendDeadAlertDeliveries(destinationId: $id) }"


@pytest.fixture
async def destination(database: Database) -> str:
    return await add_destination(database, "https://8.8.8.8/hook")


async def _give_up(database: Database, destination: str, key: str = "a") -> str:
    (delivery,) = await put(database, destination, key=key)
    for claimed in await claim(database, 1, NOW, limit=1, busy=()):
        await mark_dead(database, claimed, NOW, Report("The receiver answered 500.", 500))
    return delivery


async def test_what_was_given_up_is_listed_with_its_reason(
    admin: GraphQLClient, database: Database, destination: str
) -> None:
    given_up = await _give_up(database, destination)
    await put(database, destination, key="b")
    (found,) = (await admin.data(LIST, state="DEAD"))["alertDeliveries"]["nodes"]
    assert found == {
        "id": given_up,
        "destinationId": destination,
        "destinationName": "on call",
        "kind": "OPENED",
        "state": "DEAD",
        "subject": "Alert: Spend of acme",
        "attempts": 1,
        "createdAt": "2026-11-25T12:00:00Z",
        "nextAt": None,
        "sentAt": None,
        "givenUpAt": "2026-11-25T12:00:00Z",
        "lastError": "The receiver answered 500.",
        "lastStatus": 500,
    }


async def test_pages_go_from_the_newest_to_the_oldest(
    admin: GraphQLClient, database: Database, destination: str
) -> None:
    made = [(await put(database, destination, key=str(number)))[0] for number in range(5)]
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = (await admin.data(LIST, first=2, after=after))["alertDeliveries"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == made[::-1]
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "endCursor": page["edges"][-1]["cursor"],
    }


@pytest.mark.parametrize("first", [-1, 1_001])
async def test_a_page_has_a_size(admin: GraphQLClient, first: int) -> None:
    refused = await admin.error(LIST, first=first)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "first")


async def test_a_cursor_of_another_kind_is_refused(admin: GraphQLClient) -> None:
    refused = await admin.error(LIST, after="nothing")
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "after")


async def test_what_was_given_up_is_sent_again(
    admin: GraphQLClient, database: Database, destination: str
) -> None:
    given_up = await _give_up(database, destination)
    queued = (await admin.data(RESEND, id=given_up))["resendAlertDelivery"]
    assert queued == {"id": given_up, "state": "PENDING", "attempts": 0}


async def test_what_waits_is_not_sent_again(
    admin: GraphQLClient, database: Database, destination: str
) -> None:
    (waiting,) = await put(database, destination)
    assert (await admin.error(RESEND, id=waiting))["code"] == "CONFLICT"


async def test_all_that_was_given_up_of_a_destination_is_sent_again(
    admin: GraphQLClient, database: Database, destination: str
) -> None:
    for key in "ab":
        await _give_up(database, destination, key)
    other = await add_destination(database, "https://8.8.8.8/other")
    await _give_up(database, other)
    data = await admin.data(RESEND_ALL, id=destination)
    assert data == {"resendDeadAlertDeliveries": 2}


async def test_a_process_that_sends_takes_up_what_is_sent_again(
    database: Database, database_url: str, keys: Keys
) -> None:
    async with AlertReceiver() as receiver:
        given_up = await _give_up(database, await add_destination(database, receiver.url))
        settings = DeliverySettings(allow_private=True)
        async with (
            InProcessServer(database_url, delivery=settings) as server,
            GraphQLClient(server.url, keys.admin) as admin,
        ):
            await admin.data(RESEND, id=given_up)
            while not (await admin.data(LIST, state="SENT"))["alertDeliveries"]["nodes"]:
                pass
    assert [one.headers["webhook-id"] for one in receiver.received] == [given_up]


@pytest.mark.parametrize("id", ["msg_x", "\0"])
async def test_a_delivery_that_is_not_there_is_not_found(admin: GraphQLClient, id: str) -> None:
    assert (await admin.error(RESEND, id=id))["code"] == "NOT_FOUND"


async def test_nobody_touches_another_workspaces(
    server: InProcessServer, keys: Keys, database: Database, destination: str
) -> None:
    given_up = await _give_up(database, destination)
    async with GraphQLClient(server.url, keys.other_admin) as stranger:
        assert (await stranger.data(LIST))["alertDeliveries"]["nodes"] == []
        assert (await stranger.error(RESEND, id=given_up))["code"] == "NOT_FOUND"
        data = await stranger.data(RESEND_ALL, id=destination)
    assert data == {"resendDeadAlertDeliveries": 0}


async def test_deliveries_are_for_admins(client: GraphQLClient) -> None:
    assert (await client.error(LIST))["code"] == "FORBIDDEN"
