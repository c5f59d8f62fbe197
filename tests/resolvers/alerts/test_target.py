"""No webhook makes this server ask its own network."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from resolvers.alerts import target
from resolvers.alerts.target import RefusedTarget, UnknownHost, is_public, read_target, resolve


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_machines_on_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.5",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_others_are_not(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http:///path",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "http://8.8.8.8\\@example.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://exam ple.com/",
        "https://example.com/\r\nHost: other",
        "https://example.com/\x00",
        "https://example.com/\ud800",
        "https://[::1/",
        "https://example.com/" + "a" * 2_000,
    ],
)
def test_what_is_no_url_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(RefusedTarget):
        read_target(url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "0", "[::1]", "[::ffff:7f00:1]"],
)
async def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(RefusedTarget, match="LIVEMETER_ALERT_PRIVATE_TARGETS=true allows it"):
        await resolve(read_target(f"http://{host}/"), allow_private=False)


async def test_a_private_address_is_taken_where_it_is_allowed() -> None:
    found = await resolve(read_target("http://127.0.0.1/"), allow_private=True)
    assert found == [ip_address("127.0.0.1")]


async def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "_look_up", lambda *_: ["8.8.8.8", "10.0.0.5"])
    with pytest.raises(RefusedTarget, match=r"^two\.test leads to a private address"):
        await resolve(read_target("http://two.test/"), allow_private=False)


async def test_a_name_that_leads_nowhere_is_told_from_one_that_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> list[str]:
        raise OSError

    monkeypatch.setattr(target, "_look_up", fail)
    with pytest.raises(UnknownHost):
        await resolve(read_target("http://nowhere.test/"), allow_private=False)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com", "https://example.com"),
        ("https://example.com:8443/hook", "https://example.com:8443/…"),
        (
            "https://hooks.chat.test/services/T0/B0/secretsecret1234",
            "https://hooks.chat.test/…1234",
        ),
        ("https://example.com/?token=secretsecretsecretsecret", "https://example.com/…cret"),
    ],
)
def test_of_a_url_its_host_and_its_end_are_shown(url: str, shown: str) -> None:
    assert read_target(url).shown == shown
