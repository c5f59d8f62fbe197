"""Admins invite, change and remove members; one admin always stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.database import Database
from models.invitation import new_invitation
from models.membership import Role
from resolvers.people.members import add_known_person
from tests.browser import PASSWORD, Browser, code, make_person
from tests.conftest import Keys
from tests.graphql_client import GraphQLClient
from tests.livemeter_server import InProcessServer

BOSS, ADA = "boss@example.com", "ada@example.com"
INVITE = """mutation($email: String!, $role: Role!) {
  inviteMember(email: $email, role: $role) { path invitation { id email role invitedBy } } }"""
REVOKE = "mutation($id: ID!) { revokeInvitation(id: $id) { email } }"
CHANGE = "mutation($id: ID!, $role: Role!) { changeMemberRole(id: $id, role: $role) { role } }"
REMOVE = "mutation($id: ID!) { removeMember(id: $id) { email } }"
MEMBERS = "{ members { id email role } }"


@pytest.fixture
async def boss(
    server: InProcessServer, database: Database, admin: GraphQLClient
) -> AsyncIterator[Browser]:
    """The workspace's only person, an admin."""
    async with Browser(server.url) as browser:
        await make_person(browser, database, BOSS, Role.ADMIN)
        yield browser


async def _ids(admin: GraphQLClient) -> dict[str, str]:
    found = (await admin.data(MEMBERS))["members"]
    return {member["email"]: member["id"] for member in found}


async def _add(server: InProcessServer, database: Database, email: str, role: Role) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, email, role)


async def test_an_invitation_is_a_path_that_lets_its_person_in(
    server: InProcessServer, admin: GraphQLClient, boss: Browser
) -> None:
    made = (await admin.data(INVITE, email=f" {ADA.upper()}", role="MEMBER"))["inviteMember"]
    path, _, token = made["path"].partition("#")
    assert path == "/invitation"
    async with Browser(server.url) as browser:
        await browser.post("/invitation", json={"token": token, "password": PASSWORD})
        assert (await browser.viewer())["email"] == ADA


async def test_open_invitations_are_listed_without_their_tokens(
    admin: GraphQLClient, boss: Browser
) -> None:
    made = (await admin.data(INVITE, email=ADA, role="ADMIN"))["inviteMember"]["invitation"]
    listed = await admin.data("{ invitations { id email role invitedBy } }")
    assert listed == {"invitations": [made]}
    assert made["invitedBy"].startswith("admin (key_")


async def test_an_invitation_is_withdrawn(admin: GraphQLClient) -> None:
    made = (await admin.data(INVITE, email=ADA, role="ADMIN"))["inviteMember"]["invitation"]
    assert await admin.data(REVOKE, id=made["id"]) == {"revokeInvitation": {"email": ADA}}
    assert await admin.data("{ invitations { id } }") == {"invitations": []}
    assert (await admin.error(REVOKE, id=made["id"]))["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "email", ["", "ada", "a@b c", "@example.com", "a\x00@b", "x" * 251 + "@b.c"]
)
async def test_what_is_no_address_is_not_invited(admin: GraphQLClient, email: str) -> None:
    error = await admin.error(INVITE, email=email, role="MEMBER")
    assert (error["code"], error["field"]) == ("BAD_INPUT", "email")


async def test_a_member_is_not_invited_again(admin: GraphQLClient, boss: Browser) -> None:
    assert (await admin.error(INVITE, email=BOSS, role="MEMBER"))["code"] == "CONFLICT"


async def test_a_role_is_changed(
    server: InProcessServer, database: Database, admin: GraphQLClient, boss: Browser
) -> None:
    await _add(server, database, ADA, Role.MEMBER)
    ids = await _ids(admin)
    changed = await admin.data(CHANGE, id=ids[ADA], role="ADMIN")
    assert changed == {"changeMemberRole": {"role": "ADMIN"}}


@pytest.mark.parametrize(
    ("query", "variables"), [(CHANGE, {"role": "MEMBER"}), (REMOVE, {})], ids=["change", "remove"]
)
async def test_the_last_admin_stays_one(
    server: InProcessServer,
    database: Database,
    admin: GraphQLClient,
    boss: Browser,
    query: str,
    variables: Any,
) -> None:
    await _add(server, database, ADA, Role.MEMBER)
    error = await admin.error(query, id=(await _ids(admin))[BOSS], **variables)
    assert error["code"] == "CONFLICT"


async def test_two_admins_who_remove_each_other_at_once_do_not_both_go(
    server: InProcessServer, database: Database, admin: GraphQLClient, boss: Browser
) -> None:
    await _add(server, database, ADA, Role.ADMIN)
    ids = await _ids(admin)
    answers = await asyncio.gather(*(admin.post(REMOVE, id=ids[email]) for email in (ADA, BOSS)))
    assert sorted("errors" in answer for answer in answers) == [False, True]


async def test_one_of_two_admins_may_go(
    server: InProcessServer, database: Database, admin: GraphQLClient, boss: Browser
) -> None:
    await _add(server, database, ADA, Role.ADMIN)
    await admin.data(REMOVE, id=(await _ids(admin))[BOSS])
    assert list(await _ids(admin)) == [ADA]
    while await boss.viewer() != "FORBIDDEN":
        pass  # Credentials are remembered for half a second.


async def test_who_joins_leaves_no_invitation_open(
    server: InProcessServer, database: Database, admin: GraphQLClient, boss: Browser
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA, workspace_id=2)
    await admin.data(INVITE, email=ADA, role="ADMIN")
    async with database.write() as session:
        assert await add_known_person(session, 1, ADA, Role.MEMBER, by="the command line")
    assert await admin.data("{ invitations { id } }") == {"invitations": []}


async def test_no_old_invitation_lets_a_removed_member_back_in(
    server: InProcessServer, database: Database, admin: GraphQLClient, boss: Browser
) -> None:
    await _add(server, database, ADA, Role.MEMBER)
    invitation, token = new_invitation(1, ADA, Role.ADMIN, "before there was a rule")
    async with database.write() as session:
        session.add(invitation)
    await admin.data(REMOVE, id=(await _ids(admin))[ADA])
    async with Browser(server.url) as browser:
        response = await browser.post("/invitation", json={"token": token, "password": PASSWORD})
    assert code(response) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "id_", ["0", "", "-1", "x", "9" * 30, "2147483647", "²", "0" * 11 + "9" * 12, "0" * 5_000]
)
async def test_nobody_is_removed_by_an_id_that_is_no_members(
    admin: GraphQLClient, boss: Browser, id_: str
) -> None:
    assert (await admin.error(REMOVE, id=id_))["code"] == "NOT_FOUND"


async def test_another_workspaces_members_and_invitations_are_not_there(
    server: InProcessServer, database: Database, admin: GraphQLClient, boss: Browser
) -> None:
    async with Browser(server.url) as other:
        await make_person(other, database, "else@example.com", Role.ADMIN, 2)
        answer = await other.ask(MEMBERS)
        assert [one["email"] for one in answer["data"]["members"]] == ["else@example.com"]
        mine = (await _ids(admin))[BOSS]
        removed = await other.ask(f'mutation {{ removeMember(id: "{mine}") {{ id }} }}')
    assert removed["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "query",
    [
        MEMBERS,
        "{ invitations { id } }",
        'mutation { inviteMember(email: "a@b.c", role: ADMIN) { path } }',
        'mutation { revokeInvitation(id: "1") { id } }',
        'mutation { changeMemberRole(id: "1", role: ADMIN) { id } }',
        'mutation { removeMember(id: "1") { id } }',
    ],
)
async def test_who_is_no_admin_does_none_of_it(
    server: InProcessServer, database: Database, keys: Keys, query: str
) -> None:
    async with Browser(server.url) as browser:
        await make_person(browser, database, ADA)
        answer = await browser.ask(query)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_who_did_what_is_kept(
    server: InProcessServer, database: Database, admin: GraphQLClient, boss: Browser
) -> None:
    await _add(server, database, ADA, Role.MEMBER)
    id_ = (await _ids(admin))[ADA]
    await admin.data(CHANGE, id=id_, role="ADMIN")
    await admin.data(REMOVE, id=id_)
    log = (await admin.data("{ auditLog { action subject } }"))["auditLog"]
    of_ada = [entry["action"] for entry in log if entry["subject"] == ADA]
    assert of_ada == [
        "MEMBER_REMOVED",
        "MEMBER_CHANGED",
        "SIGN_IN",
        "MEMBER_ADDED",
        "MEMBER_INVITED",
    ]
