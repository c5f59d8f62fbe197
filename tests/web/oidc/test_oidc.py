"""Signing in by a provider: who it proves gets in, and nobody else does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlmodel import select

from models.audit import AUDIT_ENTRIES
from models.database import Database
from models.membership import Role
from models.person import PEOPLE
from resolvers.people.members import members, remove_member
from tests.browser import Browser, invited, make_person
from tests.conftest import Keys
from tests.livemeter_server import InProcessServer
from tests.web.oidc.provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, Lies
from web.access import Access
from web.oidc.provider import ProviderSettings

ADA = "ada@example.com"
BASE = "https://livemeter.example"


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider() as provider:
        yield provider


def _server(database_url: str, provider: FakeProvider, **settings: Any) -> InProcessServer:
    set_ = ProviderSettings(
        provider.issuer, CLIENT_ID, CLIENT_SECRET, f"{BASE}/sign-in/oidc/callback", **settings
    )
    return InProcessServer(database_url, access=Access(base_url=BASE, provider=set_))


@pytest.fixture
async def browser(database_url: str, provider: FakeProvider) -> AsyncIterator[Browser]:
    """Of a server that lets only the invited in."""
    async with _server(database_url, provider) as server, Browser(server.url) as browser:
        yield browser


@pytest.fixture
async def invitation(database: Database) -> str:
    return await invited(database, ADA)


async def _begin(browser: Browser, next: str | None = None) -> str:
    """Where the browser is sent."""
    response = await browser.get("/sign-in/oidc", params={} if next is None else {"next": next})
    assert response.status_code == 303
    return str(response.headers["location"])


async def _come_back(browser: Browser, answer: dict[str, str]) -> str:
    """Where the browser ends up."""
    response = await browser.get("/sign-in/oidc/callback", params=answer)
    assert response.status_code == 303
    return str(response.headers["location"])


async def _sign_in(browser: Browser, provider: FakeProvider, next: str | None = None) -> str:
    return await _come_back(browser, provider.authorize(await _begin(browser, next)))


async def test_who_is_invited_gets_in(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    assert await _sign_in(browser, provider) == "/"
    assert (await browser.viewer())["email"] == ADA


async def test_invitations_are_accepted_by_the_way(
    browser: Browser, provider: FakeProvider, database: Database, invitation: str, keys: Keys
) -> None:
    await invited(database, ADA, Role.ADMIN, 2)
    await _sign_in(browser, provider)
    assert len((await browser.viewer())["workspaces"]) == 2
    assert (await browser.post("/invitation", json={"token": invitation})).status_code == 404


async def test_who_is_not_invited_does_not(browser: Browser, provider: FakeProvider) -> None:
    assert await _sign_in(browser, provider) == "/sign-in?problem=not-invited"
    assert await browser.viewer() == "UNAUTHENTICATED"


async def test_the_provider_is_asked_with_pkce_state_and_nonce(
    browser: Browser, provider: FakeProvider
) -> None:
    query = parse_qs(urlsplit(await _begin(browser)).query)
    assert set(query) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert query["redirect_uri"] == [f"{BASE}/sign-in/oidc/callback"]
    assert query["scope"] == ["openid email"]


async def test_no_two_attempts_have_anything_in_common(
    browser: Browser, provider: FakeProvider
) -> None:
    first, second = [parse_qs(urlsplit(await _begin(browser)).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


async def test_the_browser_goes_to_the_page_that_was_wanted(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    assert await _sign_in(browser, provider, "/prices?search=a%20b") == "/prices?search=a%20b"


@pytest.mark.parametrize("next", ["//evil.example", "/\\evil.example", "https:evil.example"])
async def test_the_browser_goes_nowhere_else(
    browser: Browser, provider: FakeProvider, invitation: str, next: str
) -> None:
    assert await _sign_in(browser, provider, next) == "/"


async def test_a_person_is_known_again_by_subject_whatever_their_address_is_by_then(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    await _sign_in(browser, provider)
    provider.person["email"] = "ada@elsewhere.example"
    assert await _sign_in(browser, provider) == "/"
    assert (await browser.viewer())["email"] == ADA


async def test_who_gets_an_address_after_somebody_does_not_get_their_account(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    await _sign_in(browser, provider)
    provider.person["sub"] = "another-1"
    assert await _sign_in(browser, provider) == "/sign-in?problem=not-invited"


async def test_a_new_address_does_not_take_up_invitations_to_others(
    browser: Browser, provider: FakeProvider, database: Database, invitation: str, keys: Keys
) -> None:
    await _sign_in(browser, provider)
    await invited(database, ADA, Role.ADMIN, 2)
    provider.person["email"] = "ada@elsewhere.example"
    await _sign_in(browser, provider)
    assert len((await browser.viewer())["workspaces"]) == 1


async def test_an_account_with_a_password_is_linked_and_its_password_ends(
    browser: Browser, provider: FakeProvider, database: Database
) -> None:
    async with Browser(str(browser.base_url)) as before:
        await make_person(before, database, ADA)
        assert await _sign_in(browser, provider) == "/"
        assert (await browser.viewer())["email"] == ADA
        # Whoever chose it had not proved that the address is theirs.
        while await before.is_signed_in():
            pass
        assert (await before.sign_in(ADA)).status_code == 401
    async with database.read_as_owner() as session:
        assert await session.scalar(select(PEOPLE.c.password_hash)) is None


async def test_who_was_removed_does_not_come_back_by_themselves(
    database_url: str, database: Database, provider: FakeProvider
) -> None:
    async with (
        _server(database_url, provider, domains=("example.com",), workspace="default") as server,
        Browser(server.url) as browser,
    ):
        await _sign_in(browser, provider)
        (member,) = await members(database, 1)
        await remove_member(database, 1, member.id, by="a test")
        assert await _sign_in(browser, provider) == "/sign-in?problem=not-invited"


@pytest.mark.parametrize(
    ("domains", "outcome"),
    [
        (("example.com",), "/"),
        (("*",), "/"),
        (("elsewhere.example", "example.com"), "/"),
        (("elsewhere.example",), "/sign-in?problem=not-invited"),
        (("ample.com",), "/sign-in?problem=not-invited"),
    ],
    ids=str,
)
async def test_where_it_is_set_so_unknown_people_of_a_domain_enter_as_members(
    database_url: str, provider: FakeProvider, domains: tuple[str, ...], outcome: str
) -> None:
    async with (
        _server(database_url, provider, domains=domains, workspace="default") as server,
        Browser(server.url) as browser,
    ):
        assert await _sign_in(browser, provider) == outcome
        if outcome == "/":
            assert (await browser.viewer())["scopes"] == ["USAGE_READ"]


async def test_a_domain_that_may_not_enter_keeps_the_invited_out_too(
    database_url: str, provider: FakeProvider, invitation: str
) -> None:
    async with (
        _server(database_url, provider, domains=("elsewhere.example",)) as server,
        Browser(server.url) as browser,
    ):
        assert await _sign_in(browser, provider) == "/sign-in?problem=not-invited"


_LATER = 3_600
_REFUSED = {
    "another nonce": Lies({"nonce": "another"}),
    "no nonce": Lies(without=("nonce",)),
    "another audience": Lies({"aud": "another-client"}),
    "another audience that names us as its party": Lies({"aud": "other", "azp": CLIENT_ID}),
    "made for another party": Lies({"aud": [CLIENT_ID, "other"], "azp": "other"}),
    "no audience": Lies(without=("aud",)),
    "another issuer": Lies({"iss": "https://id.example"}),
    "no issuer": Lies(without=("iss",)),
    "no subject": Lies(without=("sub",)),
    "expired": Lies({"exp": int(time.time()) - _LATER}),
    "no expiry": Lies(without=("exp",)),
    "not valid yet": Lies({"nbf": int(time.time()) + _LATER}),
    "another access token's": Lies({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    "signed by another": Lies(foreign_key=True),
    "signed with what is public": Lies(algorithm="HS256"),
    "not signed": Lies(algorithm="none"),
    "none at all": Lies(no_token=True),
}


@pytest.mark.parametrize("lie", list(_REFUSED))
async def test_a_token_that_does_not_hold_lets_nobody_in(
    browser: Browser, provider: FakeProvider, invitation: str, lie: str
) -> None:
    provider.lies = _REFUSED[lie]
    assert await _sign_in(browser, provider) == "/sign-in?problem=refused"
    assert await browser.viewer() == "UNAUTHENTICATED"


async def test_a_provider_that_signs_with_no_key_of_its_own_lets_nobody_in(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    provider.algorithms = ["HS256", "none"]
    assert await _sign_in(browser, provider) == "/sign-in?problem=refused"


@pytest.mark.parametrize("aud", [[CLIENT_ID], CLIENT_ID], ids=str)
async def test_one_audience_may_be_a_list(
    browser: Browser, provider: FakeProvider, invitation: str, aud: object
) -> None:
    provider.lies = Lies({"aud": aud})
    assert await _sign_in(browser, provider) == "/"


@pytest.mark.parametrize("verified", [False, None, "false", 1, "absent"], ids=str)
async def test_an_address_that_the_provider_does_not_vouch_for_is_nobodys(
    browser: Browser, provider: FakeProvider, invitation: str, verified: object
) -> None:
    absent = verified == "absent"
    provider.lies = Lies(
        {} if absent else {"email_verified": verified},
        without=("email_verified",) if absent else (),
    )
    assert await _sign_in(browser, provider) == "/sign-in?problem=unverified"


@pytest.mark.parametrize("email", ["", "no address", None, 5, ["ada@example.com"]], ids=str)
async def test_without_an_address_nobody_gets_in(
    browser: Browser, provider: FakeProvider, invitation: str, email: object
) -> None:
    provider.lies = Lies({"email": email})
    assert await _sign_in(browser, provider) == "/sign-in?problem=unverified"


async def test_an_answer_that_this_browser_did_not_begin_is_not_taken(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    """Else somebody could sign others in as themselves."""
    answer = provider.authorize(await _begin(browser))
    async with Browser(str(browser.base_url)) as victim:
        assert await _come_back(victim, answer) == "/sign-in?problem=expired"
    assert provider.exchanges == []


@pytest.mark.parametrize("state", ["", "another", "\u00e9"])
async def test_another_state_is_not_taken(
    browser: Browser, provider: FakeProvider, invitation: str, state: str
) -> None:
    answer = provider.authorize(await _begin(browser))
    assert await _come_back(browser, {**answer, "state": state}) == "/sign-in?problem=expired"
    assert provider.exchanges == []


async def test_an_answer_counts_once(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    answer = provider.authorize(await _begin(browser))
    await _come_back(browser, answer)
    assert await _come_back(browser, answer) == "/sign-in?problem=expired"


async def test_a_code_that_was_used_is_refused_by_the_provider_too(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    answer = provider.authorize(await _begin(browser))
    cookies = httpx2.Cookies(browser.cookies)
    await _come_back(browser, answer)
    browser.cookies = cookies
    assert await _come_back(browser, answer) == "/sign-in?problem=refused"


async def test_a_stolen_code_is_of_no_use_in_another_attempt(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    stolen = provider.authorize(await _begin(browser))["code"]
    own = provider.authorize(await _begin(browser))
    outcome = await _come_back(browser, {"code": stolen, "state": own["state"]})
    assert outcome == "/sign-in?problem=refused"


async def test_an_answer_that_names_another_issuer_is_not_taken(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    answer = provider.authorize(await _begin(browser)) | {"iss": "https://id.example"}
    assert await _come_back(browser, answer) == "/sign-in?problem=refused"
    assert provider.exchanges == []


async def test_a_no_of_the_provider_is_a_no(browser: Browser, provider: FakeProvider) -> None:
    state = provider.authorize(await _begin(browser))["state"]
    answer = {"error": "access_denied", "error_description": "<script>", "state": state}
    assert await _come_back(browser, answer) == "/sign-in?problem=refused"


async def test_a_provider_that_is_away_is_said_to_be(
    browser: Browser, provider: FakeProvider
) -> None:
    await provider.stop()
    assert await _begin(browser) == "/sign-in?problem=away"


async def test_a_provider_that_goes_away_meanwhile_is_said_to_be(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    answer = provider.authorize(await _begin(browser))
    await provider.stop()
    assert await _come_back(browser, answer) == "/sign-in?problem=away"


async def test_a_document_of_another_issuer_is_not_believed(
    browser: Browser, provider: FakeProvider
) -> None:
    provider.issuer_published = "https://id.example"
    assert await _begin(browser) == "/sign-in?problem=away"


async def test_a_new_key_of_the_provider_is_fetched_when_it_is_needed(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    await _sign_in(browser, provider)
    provider.new_key("second")
    assert await _sign_in(browser, provider) == "/"


async def test_signing_in_ends_the_session_that_was(
    browser: Browser, provider: FakeProvider, invitation: str
) -> None:
    await _sign_in(browser, provider)
    old = browser.cookies["livemeter_session"]
    await _sign_in(browser, provider)
    async with Browser(str(browser.base_url)) as thief:
        thief.cookies.set("livemeter_session", old)
        while await thief.is_signed_in():
            pass


async def test_who_signed_in_or_failed_to_by_the_provider_is_kept(
    browser: Browser, provider: FakeProvider, database: Database
) -> None:
    await _sign_in(browser, provider)
    await invited(database, ADA)
    await _sign_in(browser, provider)
    columns = AUDIT_ENTRIES.c
    async with database.read_as_owner() as session:
        rows = await session.execute(
            select(columns.action, columns.actor, columns.detail)
            .where(columns.action.like("SIGN%"))
            .order_by(columns.id)
        )
        assert [tuple(row) for row in rows] == [
            ("SIGN_IN_FAILED", ADA, {"by": "oidc"}),
            ("SIGN_IN", ADA, {"by": "oidc"}),
        ]


async def _failures(database: Database) -> list[tuple[int | None, str]]:
    """The workspaces that were told, and by which name."""
    columns = AUDIT_ENTRIES.c
    async with database.read_as_owner() as session:
        rows = await session.execute(
            select(columns.workspace_id, columns.actor).where(columns.action == "SIGN_IN_FAILED")
        )
        return [(workspace_id, actor) for workspace_id, actor in rows]


async def test_an_account_that_another_identity_wants_is_told_to_its_workspaces(
    browser: Browser, provider: FakeProvider, database: Database, invitation: str
) -> None:
    await _sign_in(browser, provider)
    provider.person["sub"] = "another-1"
    await _sign_in(browser, provider)
    assert await _failures(database) == [(1, ADA)]


async def test_an_address_of_a_domain_that_may_not_enter_is_kept(
    database_url: str, provider: FakeProvider, database: Database
) -> None:
    async with (
        _server(database_url, provider, domains=("elsewhere.example",)) as server,
        Browser(server.url) as browser,
    ):
        await _sign_in(browser, provider)
    assert await _failures(database) == [(None, ADA)]


async def test_the_page_is_told_whether_there_is_a_provider(
    browser: Browser, server: InProcessServer
) -> None:
    assert (await browser.get("/sign-in/ways")).json() == {"oidc": "/sign-in/oidc"}
    async with Browser(server.url) as without:
        assert (await without.get("/sign-in/ways")).json() == {"oidc": None}


@pytest.mark.parametrize("path", ["/sign-in/oidc", "/sign-in/oidc/callback"])
async def test_without_a_provider_there_is_no_way_to_it(server: InProcessServer, path: str) -> None:
    async with Browser(server.url) as browser:
        assert (await browser.get(path)).status_code == 404
