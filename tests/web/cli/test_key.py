"""`livemeter key`: steady enough for scripts."""

from __future__ import annotations

import pytest

from models.audit import read_audit
from models.database import Database
from models.key import Scope, find_key, hash_secret, list_keys, new_key
from resolvers.keys import KeyRing
from resolvers.viewer import Credential, CredentialKind
from tests.command import livemeter


async def _create(database_url: str, *options: str) -> str:
    outcome = await livemeter("key", "create", "app", *options, database_url=database_url)
    assert outcome.status == 0, outcome
    return outcome.output.splitlines()[-1]


async def test_the_secret_stands_alone_on_the_last_line_and_works(
    database_url: str, database: Database
) -> None:
    secret = await _create(database_url, "--scope", "EVENTS_WRITE", "--scope", "USAGE_READ")
    viewer = await KeyRing(database).viewer(Credential(CredentialKind.KEY, secret))
    assert (viewer.workspace_name, viewer.scopes) == ("default", {"EVENTS_WRITE", "USAGE_READ"})


async def test_only_the_hash_of_a_secret_is_kept(database_url: str, database: Database) -> None:
    secret = await _create(database_url, "--scope", "USAGE_READ")
    async with database.read_as_owner() as session:
        key = await find_key(session, secret)
    assert key is not None
    assert key.secret_hash == hash_secret(secret)
    assert secret not in str(key.model_dump())


async def test_a_revoked_key_is_listed_as_revoked(database_url: str) -> None:
    await _create(database_url, "--scope", "USAGE_READ")
    listed = await livemeter("key", "list", database_url=database_url)
    key_id = next(word for word in listed.output.split() if word.startswith("key_"))
    revoked = await livemeter("key", "revoke", key_id, database_url=database_url)
    assert revoked.status == 0, revoked
    again = await livemeter("key", "list", database_url=database_url)
    assert "revoked" in again.output


async def test_a_workspace_that_is_not_there_is_said_with_those_that_are(
    database_url: str,
) -> None:
    outcome = await livemeter(
        "key", "create", "app", "--scope", "ADMIN", "--workspace", "x", database_url=database_url
    )
    assert outcome.status == 1
    assert "there are: default" in outcome.errors


async def test_a_scope_that_is_none_is_a_wrong_command() -> None:
    outcome = await livemeter("key", "create", "app", "--scope", "ROOT")
    assert outcome.status == 2


async def test_what_the_command_line_does_to_keys_is_in_the_audit_log(
    database_url: str, database: Database
) -> None:
    await _create(database_url, "--scope", "USAGE_READ")
    async with database.read_as_owner() as session:
        (key,) = await list_keys(session, 1)
    await livemeter("key", "revoke", key.id, database_url=database_url)
    async with database.read_as_owner() as session:
        entries = await read_audit(session, 1, before=None, limit=10)
    assert [(entry.action, entry.actor, entry.subject) for entry in entries] == [
        ("KEY_REVOKED", "command line", key.id),
        ("KEY_CREATED", "command line", key.id),
    ]


async def _make_keys(database: Database, *ids: str) -> None:
    async with database.write() as session:
        for id in ids:
            key, _ = new_key(1, f"name of {id}", [Scope.USAGE_READ])
            key.id = id
            session.add(key)


async def _revoked(database: Database) -> set[str]:
    async with database.read_as_owner() as session:
        return {key.id for key in await list_keys(session, 1) if key.revoked_at}


async def test_a_list_shows_whole_ids_however_narrow_the_terminal_is(
    database_url: str, database: Database
) -> None:
    await _make_keys(database, "key_0123456789abcdef")
    listed = await livemeter(
        "key", "list", database_url=database_url, variables={"COLUMNS": "20", "LINES": "5"}
    )
    (line,) = listed.output.splitlines()[1:]
    assert line.startswith("key_0123456789abcdef  name of key_0123456789abcdef  ")


async def test_a_name_with_line_breaks_stays_one_line_of_a_list(
    database_url: str, database: Database
) -> None:
    async with database.write() as session:
        session.add(new_key(1, "one\ntwo\x1b[2J", [Scope.USAGE_READ])[0])
    listed = await livemeter("key", "list", database_url=database_url)
    (line,) = listed.output.splitlines()[1:]
    assert "one·two·[2J" in line


async def test_a_key_is_revoked_by_the_beginning_of_its_id(
    database_url: str, database: Database
) -> None:
    await _make_keys(database, "key_aa11", "key_ab22")
    outcome = await livemeter("key", "revoke", "key_ab", database_url=database_url)
    assert (outcome.status, "key_ab22" in outcome.output) == (0, True), outcome
    assert await _revoked(database) == {"key_ab22"}


async def test_a_beginning_that_several_ids_have_revokes_none_and_lists_them(
    database_url: str, database: Database
) -> None:
    await _make_keys(database, "key_aa11", "key_ab22", "key_b")
    outcome = await livemeter("key", "revoke", "key_a", database_url=database_url)
    assert outcome.status == 1
    line = outcome.errors.splitlines()[-1]
    assert "key_aa11 ('name of key_aa11'), key_ab22 ('name of key_ab22')" in line
    assert await _revoked(database) == set()


async def test_a_whole_id_means_its_key_though_others_begin_with_it(
    database_url: str, database: Database
) -> None:
    await _make_keys(database, "key_aa", "key_aa11")
    outcome = await livemeter("key", "revoke", "key_aa", database_url=database_url)
    assert outcome.status == 0, outcome
    assert await _revoked(database) == {"key_aa"}


@pytest.mark.parametrize("beginning", ["key_", "", "key_%", "nothing"])
async def test_what_begins_no_id_revokes_none_and_is_said_in_one_line(
    database_url: str, database: Database, beginning: str
) -> None:
    await _make_keys(database, "key_aa11")
    outcome = await livemeter("key", "revoke", beginning, database_url=database_url)
    assert outcome.status == 1
    assert "no key whose id begins with" in outcome.errors.splitlines()[-1]
    assert await _revoked(database) == set()
