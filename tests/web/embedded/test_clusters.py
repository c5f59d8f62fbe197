"""Clusters that are half made, another version's, or no clusters at all."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from web.embedded.errors import DataDirUnusable, OtherMajorVersion
from web.embedded.postgres import EmbeddedPostgres

Sql = Callable[[str, str], list[Any]]
Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture
def interrupted(data_dir: Path, new_owner: Callable[[], Any], eventually: Eventually) -> None:
    """Its initdb and the owner were killed midway."""
    owner = new_owner()
    eventually(lambda: any(data_dir.glob("postgres.new-*/base/1")))
    starter = psutil.Process(owner.process.pid)
    for process in [starter, *starter.children(recursive=True)]:
        # Those that were killed before may have taken this one with them.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    owner.kill()
    assert not (data_dir / "postgres").exists()


@pytest.mark.usefixtures("interrupted")
def test_an_interrupted_initdb_is_healed_at_the_next_start(data_dir: Path, sql: Sql) -> None:
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select current_database()")[0][0] == "livemeter"


@pytest.mark.usefixtures("interrupted")
def test_an_interrupted_initdb_leaves_no_files(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        assert list(data_dir.glob("postgres.new-*")) == []


def test_an_initdb_that_outlives_its_owner_is_waited_for(
    data_dir: Path, new_owner: Callable[[], Any], eventually: Eventually, sql: Sql
) -> None:
    owner = new_owner()
    eventually(lambda: any(data_dir.glob("postgres.new-*")))
    owner.kill()
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select 1")[0][0] == 1


def test_another_major_version_is_refused_with_what_to_do(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        pass
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherMajorVersion, match=r"Postgres 17.*pg_dump"):
        EmbeddedPostgres(data_dir).start()


def test_a_file_in_the_place_of_the_data_directory_is_refused(data_dir: Path) -> None:
    data_dir.write_text("")
    with pytest.raises(DataDirUnusable, match="is a file"):
        EmbeddedPostgres(data_dir).start()


def test_a_file_above_the_data_directory_is_refused(data_dir: Path) -> None:
    data_dir.write_text("")
    with pytest.raises(DataDirUnusable, match=r"Not a directory|File exists"):
        EmbeddedPostgres(data_dir / "deeper").start()


def test_files_of_others_in_the_clusters_place_are_refused(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "letter.txt").write_text("mine")
    with pytest.raises(DataDirUnusable, match="in the way"):
        EmbeddedPostgres(data_dir).start()


def test_an_empty_folder_in_the_clusters_place_is_used(data_dir: Path, sql: Sql) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    with EmbeddedPostgres(data_dir) as server:
        assert sql(server.url, "select 1")[0][0] == 1


@pytest.mark.usefixtures("as_root")
def test_a_cluster_that_belongs_to_root_is_refused_with_what_to_do(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        pass
    os.chown(data_dir / "postgres", 0, 0)
    with pytest.raises(DataDirUnusable, match="chown -R"):
        EmbeddedPostgres(data_dir).start()
