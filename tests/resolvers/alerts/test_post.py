"""Webhooks go to the address that was checked, once, and wait for nobody for long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from resolvers.alerts import target
from resolvers.alerts.outcome import Failed, Sent
from resolvers.alerts.post import Post
from tests.alert_receiver import AlertReceiver
from tests.certificate import make_certificate


@pytest.fixture
async def receiver() -> AsyncIterator[AlertReceiver]:
    async with AlertReceiver() as receiver:
        yield receiver


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    post = Post(allow_private=True)
    yield post
    await post.close()


@pytest.fixture
async def hasty() -> AsyncIterator[Post]:
    """Waits for a fifth of a second."""
    post = Post(allow_private=True, total_seconds=0.2)
    yield post
    await post.close()


def _lead(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Have every name lead there; which names were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return list(addresses)

    monkeypatch.setattr(target, "_look_up", look_up)
    return asked


async def test_a_message_arrives_as_it_is(receiver: AlertReceiver, post: Post) -> None:
    assert await post.send(receiver.url, b'{"a": 1}', {"webhook-id": "msg_1"}) == Sent(200)
    (received,) = receiver.received
    assert received.line == "POST /hook HTTP/1.1"
    assert received.body == b'{"a": 1}'
    assert received.headers["content-type"] == "application/json"
    assert received.headers["webhook-id"] == "msg_1"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"


async def test_any_status_of_success_is_one(receiver: AlertReceiver, post: Post) -> None:
    receiver.status = 202
    assert await post.send(receiver.url, b"{}", {}) == Sent(202)


async def test_an_error_is_told_with_its_status(receiver: AlertReceiver, post: Post) -> None:
    receiver.status = 500
    assert await post.send(receiver.url, b"{}", {}) == Failed("The receiver answered 500.", 500)


async def test_who_is_gone_is_not_asked_again(receiver: AlertReceiver, post: Post) -> None:
    receiver.status = 410
    outcome = await post.send(receiver.url, b"{}", {})
    assert isinstance(outcome, Failed)
    assert outcome.is_final


@pytest.mark.parametrize("status", [429, 503])
async def test_who_wants_to_be_left_alone_says_for_how_long(
    receiver: AlertReceiver, post: Post, status: int
) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": "120"}
    outcome = await post.send(receiver.url, b"{}", {})
    assert outcome == Failed(f"The receiver answered {status}.", status, 120.0)


@pytest.mark.parametrize(
    "given", ["soon", "-1", "١٢", "", "Wed, 21 Oct 99999999999999999999 07:28:00 GMT"]
)
async def test_a_retry_after_that_says_nothing_is_none(
    receiver: AlertReceiver, post: Post, given: str
) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": given.encode().decode("latin-1")}
    outcome = await post.send(receiver.url, b"{}", {})
    assert outcome == Failed("The receiver answered 503.", 503)


async def test_a_retry_after_may_be_a_date(receiver: AlertReceiver, post: Post) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": "Wed, 21 Oct 2999 07:28:00 GMT"}
    outcome = await post.send(receiver.url, b"{}", {})
    assert isinstance(outcome, Failed)
    assert outcome.retry_after is not None
    assert outcome.retry_after > 3_600


async def test_a_redirect_is_not_followed(receiver: AlertReceiver, post: Post) -> None:
    async with AlertReceiver() as other:
        receiver.status, receiver.headers = 302, {"Location": f"{other.url}?token=secret"}
        outcome = await post.send(receiver.url, b"{}", {})
        assert other.received == []
    assert outcome == Failed(f"It redirects to {other.url}; give the final address.", 302)


async def test_a_receiver_that_hangs_is_left(receiver: AlertReceiver, hasty: Post) -> None:
    receiver.hangs = True
    outcome = await hasty.send(receiver.url, b"{}", {})
    assert outcome == Failed("The receiver did not answer within 0.2 seconds.")


async def test_a_receiver_that_drips_its_answer_gets_no_more_time(
    receiver: AlertReceiver, hasty: Post
) -> None:
    receiver.drips = True
    outcome = await hasty.send(receiver.url, b"{}", {})
    assert outcome == Failed("The receiver did not answer within 0.2 seconds.")


async def test_who_has_answered_is_not_asked_again_for_a_body_that_hangs(
    receiver: AlertReceiver, post: Post
) -> None:
    receiver.hangs_in_body = True
    assert await post.send(receiver.url, b"{}", {}) == Sent(200)


async def test_of_an_endless_body_little_is_read(receiver: AlertReceiver, post: Post) -> None:
    receiver.endless = True
    assert await post.send(receiver.url, b"{}", {}) == Sent(200)
    await receiver.close()
    # What lies in the buffers of both sides.
    assert receiver.written < 16 * 1024 * 1024


async def test_where_nothing_listens_that_is_said(receiver: AlertReceiver, post: Post) -> None:
    await receiver.close()
    outcome = await post.send(receiver.url, b"{}", {})
    await receiver.open()
    problem = "The receiver could not be reached: nothing takes connections there."
    assert outcome == Failed(problem)


async def test_a_private_address_gets_no_connection(receiver: AlertReceiver) -> None:
    post = Post(allow_private=False)
    outcome = await post.send(receiver.url, b"{}", {})
    await post.close()
    assert outcome == Failed(
        "127.0.0.1 is a private address; LIVEMETER_ALERT_PRIVATE_TARGETS=true allows it.",
        is_final=True,
    )
    assert receiver.received == []


async def test_a_name_is_asked_for_once_and_no_other_address_is_taken(
    receiver: AlertReceiver, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _lead(monkeypatch, "127.0.0.1")
    # The system itself does not know this name.
    url = f"http://rebound.invalid:{receiver.port}/hook"
    assert await post.send(url, b"{}", {}) == Sent(200)
    assert asked == ["rebound.invalid"]
    assert receiver.received[0].headers["host"] == f"rebound.invalid:{receiver.port}"


async def test_an_address_that_takes_no_connection_gives_way_to_the_next(
    receiver: AlertReceiver, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lead(monkeypatch, "::1", "127.0.0.1")
    assert await post.send(f"http://two.test:{receiver.port}/", b"{}", {}) == Sent(200)
    assert len(receiver.received) == 1


async def test_a_certificate_is_checked_by_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lead(monkeypatch, "127.0.0.1")
    certificate = make_certificate(tmp_path, "hooks.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    post = Post(allow_private=True)
    async with AlertReceiver(tls=certificate.server) as receiver:
        right = await post.send(f"https://hooks.test:{receiver.port}/", b"{}", {})
        wrong = await post.send(f"https://other.test:{receiver.port}/", b"{}", {})
    await post.close()
    assert right == Sent(200)
    assert isinstance(wrong, Failed)
    assert wrong.problem.startswith("Its certificate does not hold")


async def test_no_proxy_of_the_environment_is_asked(
    receiver: AlertReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AlertReceiver() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        post = Post(allow_private=True)
        assert await post.send(receiver.url, b"{}", {}) == Sent(200)
        await post.close()
        assert proxy.received == []


async def test_no_cookie_is_kept(receiver: AlertReceiver, post: Post) -> None:
    receiver.headers = {"Set-Cookie": "session=1; Path=/"}
    for _ in range(2):
        await post.send(receiver.url, b"{}", {})
    assert [received.headers.get("cookie") for received in receiver.received] == [None, None]


async def test_what_is_no_http_is_a_failure(receiver: AlertReceiver, post: Post) -> None:
    receiver.headers = {"Broken": "\0"}
    outcome = await post.send(receiver.url, b"{}", {})
    assert outcome == Failed("The receiver broke off, or did not answer in HTTP.")
