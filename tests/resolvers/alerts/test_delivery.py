"""Deliveries arrive, whatever receivers do: at least once, in order, for a day."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest
from standardwebhooks import Webhook

from models.alert_delivery import Delivery, DeliveryKind, DeliveryState
from models.alert_destination import DestinationKind, change_secret, new_secret
from models.alert_outbox import CLAIM, claim, send_again, send_all_again
from models.database import Database
from models.errors import Unavailable
from resolvers.alerts.carrier import Carrier
from resolvers.alerts.courier import MAX_OF_WORKSPACE, Courier
from resolvers.alerts.delivery_settings import DeliverySettings
from resolvers.alerts.mail_server import Encryption, MailServer
from resolvers.alerts.post import Post
from tests.alert_receiver import AlertReceiver
from tests.alerts import MESSAGE, NOW, Clock, add_destination, deliveries, put
from tests.mail_receiver import MailReceiver

SETTINGS = DeliverySettings(allow_private=True, base_url="https://livemeter.example")
DAY = timedelta(days=1)


@pytest.fixture
async def receiver() -> AsyncIterator[AlertReceiver]:
    async with AlertReceiver() as receiver:
        yield receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _courier(
    database: Database, clock: Clock, settings: DeliverySettings = SETTINGS, seconds: float = 10
) -> Courier:
    post = Post(allow_private=settings.allow_private, total_seconds=seconds)
    carrier = Carrier(settings, post)
    return Courier(database, settings, clock=clock, carrier=carrier, random=Random(1))


@pytest.fixture
async def courier(database: Database, clock: Clock) -> AsyncIterator[Courier]:
    courier = _courier(database, clock)
    yield courier
    await courier.close()


async def _only(database: Database) -> Delivery:
    (delivery,) = await deliveries(database)
    return delivery


async def _carry_until(courier: Courier, clock: Clock, end: timedelta) -> None:
    """Minute by minute; the last look is at the end."""
    start = clock.at
    while clock.at < start + end:
        await courier.carry_due()
        clock.move(minutes=1)
    await courier.carry_due()


async def test_a_message_arrives(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    await put(database, await add_destination(database, receiver.url))
    await courier.carry_due()
    (received,) = receiver.received
    assert json.loads(received.body)["data"]["link"] == "https://livemeter.example/alerts"
    delivery = await _only(database)
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 1)
    assert (delivery.last_status, delivery.last_error) == (200, None)
    assert delivery.ended_at == NOW


async def test_a_webhooks_signature_holds(database: Database, receiver: AlertReceiver) -> None:
    """By the package of the specification's authors, which looks at the clock of the machine."""
    courier = Courier(database, SETTINGS)
    secret = new_secret()
    destination = await add_destination(database, receiver.url, secret=secret)
    (delivery,) = await put(database, destination)
    await courier.carry_due()
    await courier.close()
    (received,) = receiver.received
    assert Webhook(secret).verify(received.body, received.headers)["type"] == "alert.opened"
    assert received.headers["webhook-id"] == delivery


async def test_after_a_change_of_the_secret_both_hold_for_a_day(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    destination = await add_destination(database, receiver.url)
    async with database.write() as session:
        await change_secret(session, 1, destination, new_secret(), NOW)
    signatures = []
    for moved in (0, 86_399, 1):
        clock.move(seconds=moved)
        await put(database, destination, key=str(moved), now=clock.at)
        await courier.carry_due()
        signatures.append(receiver.received[-1].headers["webhook-signature"].count("v1,"))
    assert signatures == [2, 2, 1]


async def test_a_chat_gets_what_chats_take_and_no_signature(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    destination = await add_destination(database, receiver.url, kind=DestinationKind.SLACK)
    await put(database, destination)
    await courier.carry_due()
    (received,) = receiver.received
    assert set(json.loads(received.body)) == {"text", "blocks"}
    assert "webhook-signature" not in received.headers


async def test_a_receiver_that_was_down_for_an_hour_gets_what_it_missed(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    await put(database, await add_destination(database, receiver.url))
    await receiver.close()
    await _carry_until(courier, clock, timedelta(hours=1))
    waiting = await _only(database)
    assert waiting.state is DeliveryState.PENDING
    assert waiting.last_error is not None
    assert "could not be reached" in waiting.last_error
    await receiver.open()
    await _carry_until(courier, clock, timedelta(hours=1))
    assert (await _only(database)).state is DeliveryState.SENT
    assert len(receiver.received) == 1


async def test_each_try_has_the_same_id_and_its_own_time(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    (delivery,) = await put(database, await add_destination(database, receiver.url))
    receiver.status = 500
    await courier.carry_due()
    clock.move(seconds=5)
    await courier.carry_due()
    assert [one.headers["webhook-id"] for one in receiver.received] == [delivery] * 2
    times = [int(one.headers["webhook-timestamp"]) for one in receiver.received]
    assert times[1] - times[0] == 5
    assert receiver.received[0].body == receiver.received[1].body


async def test_what_nobody_takes_in_a_day_is_given_up(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    await put(database, await add_destination(database, receiver.url))
    receiver.status = 500
    await _carry_until(courier, clock, DAY - timedelta(minutes=1))
    assert (await _only(database)).state is DeliveryState.PENDING
    clock.at = NOW + DAY
    await courier.carry_due()
    given_up = await _only(database)
    assert given_up.state is DeliveryState.DEAD
    assert given_up.last_error == "The receiver answered 500."
    assert given_up.attempts == len(receiver.received)
    assert 20 < given_up.attempts < 40


async def test_what_was_given_up_can_be_sent_again_for_another_day(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    (delivery,) = await put(database, await add_destination(database, receiver.url))
    receiver.status = 500
    await courier.carry_due()
    clock.move(days=2)
    await courier.carry_due()
    assert await send_again(database, 1, delivery, clock.at)
    await courier.carry_due()
    assert (await _only(database)).state is DeliveryState.PENDING
    receiver.status = 200
    clock.move(seconds=5)
    await courier.carry_due()
    sent = await _only(database)
    assert (sent.id, sent.state, sent.attempts) == (delivery, DeliveryState.SENT, 2)


async def test_all_that_was_given_up_of_a_destination_can_be_sent_again(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    destination = await add_destination(database, receiver.url)
    receiver.status = 410
    for key in "abc":
        await put(database, destination, key=key)
    await courier.carry_due()
    receiver.status = 200
    assert await send_all_again(database, 1, destination, NOW) == 3
    await courier.carry_due()
    assert {one.state for one in await deliveries(database)} == {DeliveryState.SENT}


async def test_who_is_gone_is_given_up_at_once(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    await put(database, await add_destination(database, receiver.url))
    receiver.status = 410
    await courier.carry_due()
    assert (await _only(database)).state is DeliveryState.DEAD


async def test_a_receiver_that_asks_for_time_is_left_alone_for_it(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    await put(database, await add_destination(database, receiver.url))
    receiver.status, receiver.headers = 429, {"Retry-After": "600"}
    await courier.carry_due()
    assert (await _only(database)).next_at == NOW + timedelta(seconds=600)


async def test_a_redirect_to_a_private_address_is_not_followed(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    await put(database, await add_destination(database, receiver.url))
    async with AlertReceiver() as inner:
        receiver.status, receiver.headers = 307, {"Location": inner.url}
        await courier.carry_due()
        assert inner.received == []
    waiting = await _only(database)
    assert waiting.last_error == f"It redirects to {inner.url}; give the final address."


async def test_a_private_address_is_given_up_at_once(
    database: Database, clock: Clock, receiver: AlertReceiver
) -> None:
    courier = _courier(database, clock, DeliverySettings())
    await put(database, await add_destination(database, receiver.url))
    await courier.carry_due()
    await courier.close()
    given_up = await _only(database)
    assert given_up.state is DeliveryState.DEAD
    assert given_up.last_error == (
        "127.0.0.1 is a private address; LIVEMETER_ALERT_PRIVATE_TARGETS=true allows it."
    )
    assert receiver.received == []


async def test_of_one_firing_what_was_first_arrives_first(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    destination = await add_destination(database, receiver.url)
    opened = await put(database, destination, kind=DeliveryKind.OPENED)
    receiver.status = 500
    await courier.carry_due()
    resolved = await put(database, destination, kind=DeliveryKind.RESOLVED)
    await courier.carry_due()
    receiver.status = 200
    clock.move(seconds=5)
    await courier.carry_due()
    ids = [received.headers["webhook-id"] for received in receiver.received]
    assert ids == [*opened, *opened, *resolved]


async def test_one_that_is_down_keeps_no_other_waiting(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    async with AlertReceiver(status=500) as broken:
        await put(database, await add_destination(database, broken.url))
        await courier.carry_due()
        await put(database, await add_destination(database, receiver.url))
        await courier.carry_due()
    assert len(receiver.received) == 1


async def test_those_that_hang_leave_places_to_others(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    """More messages for a receiver that hangs than there are places, and they came first."""
    courier.start()
    async with AlertReceiver(hangs=True) as hanging:
        destination = await add_destination(database, hanging.url)
        for number in range(2 * MAX_OF_WORKSPACE):
            await put(database, destination, key=str(number))
        courier.wake()
        while not hanging.received:
            await asyncio.sleep(0.01)
        await put(database, await add_destination(database, receiver.url))
        courier.wake()
        while not receiver.received:
            await asyncio.sleep(0.01)
        assert len(hanging.received) == 1


async def test_a_receiver_that_hangs_is_tried_again(
    database: Database, clock: Clock, receiver: AlertReceiver
) -> None:
    courier = _courier(database, clock, seconds=0.2)
    await put(database, await add_destination(database, receiver.url))
    receiver.hangs = True
    await courier.carry_due()
    waiting = await _only(database)
    assert waiting.last_error == "The receiver did not answer within 0.2 seconds."
    receiver.hangs = False
    clock.move(seconds=5)
    await courier.carry_due()
    await courier.close()
    assert (await _only(database)).state is DeliveryState.SENT


async def test_what_a_killed_process_was_sending_is_sent_again(
    database: Database, courier: Courier, clock: Clock, receiver: AlertReceiver
) -> None:
    """It had taken it up, and whether it was sent nobody knows."""
    (delivery,) = await put(database, await add_destination(database, receiver.url))
    await claim(database, 1, NOW, limit=1, busy=())
    await courier.carry_due()
    assert receiver.received == []
    clock.at = NOW + CLAIM
    await courier.carry_due()
    assert [one.headers["webhook-id"] for one in receiver.received] == [delivery]


async def test_what_was_sent_but_could_not_be_noted_is_sent_again(
    database: Database,
    courier: Courier,
    clock: Clock,
    receiver: AlertReceiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database went away in between."""

    async def fail(*_: object) -> None:
        raise Unavailable("away")

    (delivery,) = await put(database, await add_destination(database, receiver.url))
    with monkeypatch.context() as broken:
        broken.setattr("resolvers.alerts.courier.mark_sent", fail)
        await courier.carry_due()
    clock.at = NOW + CLAIM
    await courier.carry_due()
    assert [one.headers["webhook-id"] for one in receiver.received] == [delivery] * 2
    assert (await _only(database)).state is DeliveryState.SENT


async def test_several_processes_send_each_once(
    database: Database, clock: Clock, receiver: AlertReceiver
) -> None:
    couriers = [_courier(database, clock) for _ in range(3)]
    sent = []
    for number in range(10):
        destination = await add_destination(database, f"{receiver.url}/{number}")
        for key in "ab":
            sent += await put(database, destination, key=key)
    while await deliveries(database, DeliveryState.PENDING):
        await asyncio.gather(*(courier.carry_due() for courier in couriers))
    for courier in couriers:
        await courier.close()
    assert sorted(one.headers["webhook-id"] for one in receiver.received) == sorted(sent)


async def test_what_is_on_its_way_arrives_before_the_process_ends(
    database: Database, receiver: AlertReceiver, clock: Clock
) -> None:
    courier = _courier(database, clock)
    courier.start()
    receiver.drips = True
    await put(database, await add_destination(database, receiver.url))
    courier.wake()
    while not receiver.received:
        await asyncio.sleep(0.01)
    await courier.close()
    assert (await _only(database)).state is DeliveryState.SENT


async def test_what_was_put_in_by_another_process_is_found(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    """Nobody wakes this one."""
    courier.start()
    await put(database, await add_destination(database, receiver.url))
    while not receiver.received:
        await asyncio.sleep(0.01)


async def test_while_the_database_is_away_it_goes_on_looking(clock: Clock) -> None:
    looks = asyncio.Semaphore(0)

    async def pause() -> None:
        looks.release()
        await asyncio.sleep(0)

    away = Database("postgresql://127.0.0.1:1/away")
    courier = Courier(away, SETTINGS, clock=clock, pause=pause)
    courier.start()
    for _ in range(2):
        await looks.acquire()
    await courier.close()
    await away.close()


async def test_a_message_that_cannot_be_made_is_a_failure(
    database: Database, courier: Courier
) -> None:
    destination = await add_destination(database, "https://example.com", secret="whsec_x")
    await put(database, destination)
    await courier.carry_due()
    waiting = await _only(database)
    assert waiting.state is DeliveryState.PENDING
    assert waiting.last_error == (
        "The message could not be made or sent; the server's log says why."
    )


@pytest.fixture
async def mail() -> AsyncIterator[MailReceiver]:
    async with MailReceiver() as mail:
        yield mail


def _mail_courier(database: Database, clock: Clock, mail: MailReceiver) -> Courier:
    server = MailServer("127.0.0.1", mail.port, Encryption.NONE, "alerts@example.com")
    return _courier(database, clock, DeliverySettings(mail_server=server))


async def _mail_destination(database: Database, *addresses: str) -> str:
    return await add_destination(
        database, kind=DestinationKind.EMAIL, addresses=list(addresses or ["ops@example.com"])
    )


async def test_an_e_mail_arrives(database: Database, clock: Clock, mail: MailReceiver) -> None:
    courier = _mail_courier(database, clock, mail)
    await put(database, await _mail_destination(database, "ops@example.com", "dev@example.com"))
    await courier.carry_due()
    assert mail.recipients == [["ops@example.com", "dev@example.com"]]
    assert mail.mails[0]["Subject"] == "Alert: Spend of acme"
    assert (await _only(database)).state is DeliveryState.SENT


async def test_an_e_mail_has_the_same_id_at_each_try(
    database: Database, clock: Clock, mail: MailReceiver
) -> None:
    courier = _mail_courier(database, clock, mail)
    (delivery,) = await put(database, await _mail_destination(database))
    await claim(database, 1, NOW, limit=1, busy=())
    clock.at = NOW + CLAIM
    await courier.carry_due()
    assert mail.mails[0]["Message-ID"] == f"<{delivery}@example.com>"


async def test_a_mail_server_that_was_down_gets_what_it_missed(
    database: Database, clock: Clock, mail: MailReceiver
) -> None:
    courier = _mail_courier(database, clock, mail)
    await put(database, await _mail_destination(database))
    await mail.close()
    await courier.carry_due()
    assert (await _only(database)).last_error == "The mail server could not be reached."
    await mail.open()
    clock.move(seconds=5)
    await courier.carry_due()
    assert (await _only(database)).state is DeliveryState.SENT


async def test_who_has_an_e_mail_gets_no_second_one_for_a_neighbour(
    database: Database, clock: Clock, mail: MailReceiver
) -> None:
    courier = _mail_courier(database, clock, mail)
    mail.refused = {"dev@example.com": "451 Try again later"}
    await put(database, await _mail_destination(database, "ops@example.com", "dev@example.com"))
    await courier.carry_due()
    waiting = await _only(database)
    assert waiting.state is DeliveryState.PENDING
    assert waiting.last_error == "dev@example.com was refused: 451 Try again later"
    mail.refused = {}
    clock.move(seconds=5)
    await courier.carry_due()
    assert mail.recipients == [["ops@example.com"], ["dev@example.com"]]
    assert (await _only(database)).state is DeliveryState.SENT


async def test_without_a_mail_server_that_is_said(
    database: Database, courier: Courier, clock: Clock
) -> None:
    await put(database, await _mail_destination(database))
    await courier.carry_due()
    waiting = await _only(database)
    assert waiting.last_error == "No mail server is set: LIVEMETER_SMTP_URL names one."


async def test_what_is_kept_of_a_message_is_what_was_put_in(
    database: Database, courier: Courier
) -> None:
    await put(database, await add_destination(database, "https://example.com"))
    assert (await _only(database)).message == MESSAGE


async def test_an_outbox_that_fails_keeps_no_other_workspaces_waiting(
    database: Database, courier: Courier, receiver: AlertReceiver
) -> None:
    async with database.driver() as driver:
        await driver.execute("INSERT INTO workspaces (name) VALUES ('second'), ('third')")
    for workspace_id in (1, 2, 3):
        destination = await add_destination(database, receiver.url, workspace_id=workspace_id)
        await put(database, destination, workspace_id=workspace_id)
    async with database.driver() as driver:
        await driver.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'refused for the test'; END $$"
        )
        await driver.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON alert_deliveries FOR EACH ROW "
            "WHEN (NEW.workspace_id = 2) EXECUTE FUNCTION refuse()"
        )
    await courier.carry_due()
    for workspace_id in (1, 3):
        (delivery,) = await deliveries(database, workspace_id=workspace_id)
        assert delivery.state is DeliveryState.SENT
