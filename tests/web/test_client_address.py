"""Only a trusted proxy is believed what it says of its client."""

from __future__ import annotations

import pytest

from tests.livemeter_server import InProcessServer
from tests.rest_client import RestClient
from web.client_address import TrustedProxies, address_group, client_address
from web.limits import Limits, RateLimits
from web.settings import Settings


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.1", 5), "192.0.2.1"),
        (("::ffff:192.0.2.1", 5), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 5), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 5), "fe80::/64"),
        (("unknown", 0), "unknown"),
        (None, "local"),
    ],
    ids=str,
)
def test_what_counts_as_one_client(client: tuple[str, int] | None, address: str) -> None:
    assert client_address({"client": client}) == address


def test_a_name_that_a_proxy_gives_is_cut_off() -> None:
    assert len(address_group("x" * 10_000)) == 64


@pytest.mark.parametrize("host", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_a_network_of_proxies_is_trusted_whole(host: str) -> None:
    assert TrustedProxies(["10.0.0.0/8"]).has(host)


def test_what_is_beside_a_network_is_not_trusted() -> None:
    assert not TrustedProxies(["10.0.0.0/8"]).has("::ffff:11.1.2.3")


@pytest.mark.parametrize("proxies", ["nonsense", "10.0.0.1/40", "10.0.0.5/8", "*"])
def test_a_typing_error_in_the_setting_is_told(proxies: str) -> None:
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies=proxies)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        (("127.0.0.1",), ["192.0.2.1", "192.0.2.2"], 401),
        ((), ["192.0.2.1", "192.0.2.2"], 429),
        (("127.0.0.1",), ["192.0.2.9, 192.0.2.1", "192.0.2.8, 192.0.2.1"], 429),
        (
            ("127.0.0.1", "192.0.2.0/24"),
            ["198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1"],
            401,
        ),
    ],
    ids=["by a trusted proxy", "by nobody we know", "made up before it", "by two proxies"],
)
async def test_limits_go_by_the_address_that_a_trusted_proxy_tells(
    database_url: str, proxies: tuple[str, ...], forwarded: list[str], status: int
) -> None:
    limits = Limits(rates=RateLimits(per_address=1), trusted_proxies=proxies)
    async with (
        InProcessServer(database_url, limits=limits) as server,
        RestClient(server.url) as client,
    ):
        headers = [{"X-Forwarded-For": address} for address in forwarded]
        answers = [await client.http.get("/v1/analytics/usage", headers=one) for one in headers]
    assert [answer.status_code for answer in answers] == [401, status]


async def test_a_proxy_that_comes_by_ipv4_is_known_where_the_server_listens_by_ipv6(
    database_url: str,
) -> None:
    limits = Limits(rates=RateLimits(per_address=1), trusted_proxies=("127.0.0.0/8",))
    async with InProcessServer(database_url, limits=limits, host="::") as server:
        port = server.url.rpartition(":")[2]
        async with RestClient(f"http://127.0.0.1:{port}") as client:
            headers = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in (1, 2)]
            answers = [await client.http.get("/v1/analytics/usage", headers=one) for one in headers]
    assert [answer.status_code for answer in answers] == [401, 401]
