"""Sockets whose natural place is of no use."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web.embedded.account import Account
from web.embedded.postgres import EmbeddedPostgres, running_url
from web.embedded.socket_dir import socket_dir_for

Sql = Callable[[str, str], list[Any]]


@pytest.fixture
def long_dir(data_dir: Path) -> Path:
    return data_dir / ("long" * 20) / ("longer" * 20)


def test_a_long_data_dir_works(long_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(long_dir) as server:
        assert sql(server.url, "select 1")[0][0] == 1


def test_the_server_of_a_long_data_dir_is_found(long_dir: Path) -> None:
    with EmbeddedPostgres(long_dir) as server:
        assert running_url(long_dir) == server.url


def test_the_folder_made_for_a_long_data_dir_goes_with_the_server(long_dir: Path) -> None:
    with EmbeddedPostgres(long_dir) as server:
        folder = Path(server.url.partition("host=")[2])
    assert not folder.exists()


@pytest.mark.parametrize("name", ["with space", "with,comma", "with:colon", "wïth\"quote'", "50%"])
def test_any_name_of_a_data_dir_works(name: str, data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir / name) as server:
        assert sql(server.url, "select 1")[0][0] == 1


@pytest.mark.usefixtures("as_root")
def test_a_folder_that_another_user_made_first_is_not_used(long_dir: Path) -> None:
    own = Account(os.geteuid(), os.getegid())
    expected = socket_dir_for(long_dir, own)
    os.chown(expected, 12345, 12345)
    try:
        chosen = socket_dir_for(long_dir, own)
        chosen.rmdir()
    finally:
        expected.rmdir()
    assert chosen != expected


def test_a_folder_that_others_may_enter_is_not_used(long_dir: Path) -> None:
    own = Account(os.geteuid(), os.getegid())
    expected = socket_dir_for(long_dir, own)
    expected.chmod(0o755)
    try:
        chosen = socket_dir_for(long_dir, own)
        chosen.rmdir()
    finally:
        expected.rmdir()
    assert chosen != expected
