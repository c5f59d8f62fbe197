"""`livemeter key`: steady enough for scripts."""

from __future__ import annotations

from models.audit import read_audit
from models.database import Database
from models.key import find_key, hash_secret, list_keys
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
