"""`livemeter member` and `livemeter workspace`: how the first people get in."""

from __future__ import annotations

import pytest

from models.audit import read_audit
from models.database import Database
from models.membership import Role
from models.reach import Reach
from resolvers.people.members import members
from tests.browser import PASSWORD, Browser, make_person
from tests.command import Outcome, livemeter
from tests.livemeter_server import InProcessServer, ServerProcess

ADA = "ada@example.com"


async def _done(database_url: str, *arguments: str) -> Outcome:
    outcome = await livemeter(*arguments, database_url=database_url)
    assert outcome.status == 0, outcome
    return outcome


async def test_adding_prints_a_link_that_lets_its_person_in(
    database_url: str, server: InProcessServer
) -> None:
    outcome = await _done(
        database_url, "member", "add", ADA, "--role", "ADMIN", "--base-url", server.url + "/"
    )
    link, _, token = outcome.output.splitlines()[-1].partition("#")
    assert link == f"{server.url}/invitation"
    async with Browser(server.url) as browser:
        await browser.post("/invitation", json={"token": token, "password": PASSWORD})
        assert (await browser.viewer())["scopes"] == ["ADMIN", "USAGE_READ"]


async def test_who_has_an_account_is_simply_added(
    database_url: str, server: InProcessServer, database: Database
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        await _done(database_url, "workspace", "create", "second")
        await _done(database_url, "member", "add", ADA, "--workspace", "second")
        while len((await browser.viewer())["workspaces"]) < 2:
            pass  # Credentials are remembered for half a second.


async def test_members_are_listed_changed_and_removed(
    database_url: str, server: InProcessServer, database: Database
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, "boss@example.com", Role.ADMIN)
        await make_person(browser, database, ADA)
    await _done(database_url, "member", "role", ADA, "ADMIN")
    listed = (await _done(database_url, "member", "list")).output
    assert [line.split()[:2] for line in listed.splitlines()[1:]] == [
        [ADA, "ADMIN"],
        ["boss@example.com", "ADMIN"],
    ]
    await _done(database_url, "member", "remove", ADA)
    assert [one.email for one in await members(database, 1)] == ["boss@example.com"]


async def test_lists_show_whole_addresses_and_names_however_narrow_the_terminal_is(
    database_url: str, server: InProcessServer, database: Database
) -> None:
    address, name = f"{'a' * 40}@example.com", "w" * 90
    async with Browser(server.url) as browser:
        await make_person(browser, database, address)
    await _done(database_url, "workspace", "create", name)
    for command, value in (("member", address), ("workspace", name)):
        listed = await livemeter(
            command, "list", database_url=database_url, variables={"COLUMNS": "20"}
        )
        assert value in listed.output.splitlines()[-1]


async def test_who_has_forgotten_their_password_is_given_a_new_one(
    database_url: str, server: InProcessServer, database: Database
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        new = b"another password\n"
        outcome = await livemeter(
            "member", "password", ADA, database_url=database_url, given=new + new
        )
        assert outcome.status == 0, outcome
        while await browser.is_signed_in():
            pass  # Credentials are remembered for half a second.
        assert (await browser.sign_in(ADA)).status_code == 401
        assert (await browser.sign_in(ADA, "another password")).status_code == 204


async def test_the_last_admin_stays(
    database_url: str, server: InProcessServer, database: Database
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA, Role.ADMIN)
    outcome = await livemeter("member", "remove", ADA, database_url=database_url)
    assert (outcome.status, "last admin" in outcome.errors) == (1, True)


async def test_workspaces_are_made_and_listed(database_url: str) -> None:
    await _done(database_url, "workspace", "create", "second")
    listed = (await _done(database_url, "workspace", "list")).output
    assert [line.split()[:2] for line in listed.splitlines()[1:]] == [
        ["1", "default"],
        ["2", "second"],
    ]


async def test_a_workspaces_name_is_taken_once(database_url: str) -> None:
    outcome = await livemeter("workspace", "create", "default", database_url=database_url)
    assert (outcome.status, "already" in outcome.errors) == (1, True)


async def test_that_a_workspace_was_made_is_kept(database_url: str, database: Database) -> None:
    await _done(database_url, "workspace", "create", "second")
    async with database.read(Reach(2)) as session:
        (entry,) = await read_audit(session, 2, before=None, limit=10)
    assert (entry.action, entry.actor, entry.subject) == (
        "WORKSPACE_CREATED",
        "command line",
        "second",
    )


def test_a_server_without_members_says_how_to_make_one(database_url: str) -> None:
    process = ServerProcess("--port", "0", environment={"DATABASE_URL": database_url})
    with process:
        assert process.process is not None
        assert process.process.stdout is not None
        line = process.process.stdout.readline()
        assert f"livemeter member add YOU@EXAMPLE.COM --role ADMIN --base-url {process.url}" in line


async def test_settings_that_do_not_fit_are_told_plainly(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEMETER_OIDC_ISSUER", "https://id.example")
    outcome = await livemeter("serve", "--port", "0", database_url=database_url)
    assert outcome.status == 1
    assert "LIVEMETER_OIDC_CLIENT_ID" in outcome.errors
    assert "Traceback" not in outcome.errors
