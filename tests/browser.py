"""A browser as the page uses it: one origin, cookies, and the page's own header."""

from __future__ import annotations

from typing import Any

import httpx2

from models.database import Database
from models.membership import Role
from resolvers.people.invitations import invite
from web.origin import PAGE_HEADER

PASSWORD = "correct horse battery"
VIEWER = "{ viewer { email scopes workspace { id name } workspaces { id name } } }"


class Browser(httpx2.AsyncClient):
    """`Livemeter-Workspace` is set by who wants another than the last used."""

    def __init__(self, url: str, **headers: str) -> None:
        super().__init__(
            base_url=url, headers={PAGE_HEADER: "1", **headers}, timeout=60, trust_env=False
        )

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx2.Response:
        return await self.post("/session", json={"email": email, "password": password})

    async def ask(self, query: str, **headers: str) -> dict[str, Any]:
        """The whole answer of GraphQL."""
        response = await self.post("/graphql", json={"query": query}, headers=headers)
        answer: dict[str, Any] = response.json()
        return answer

    async def viewer(self, **headers: str) -> Any:
        """Who the server says is asking; the code of the error where it does not."""
        answer = await self.ask(VIEWER, **headers)
        if "errors" in answer:
            return answer["errors"][0]["extensions"]["code"]
        return answer["data"]["viewer"]

    async def is_signed_in(self) -> bool:
        return await self.viewer() != "UNAUTHENTICATED"


async def invited(
    database: Database, email: str, role: Role = Role.MEMBER, workspace_id: int = 1
) -> str:
    """The token of an open invitation."""
    made = await invite(database, workspace_id, email, role, by="a test")
    return made.token


async def make_person(
    browser: Browser,
    database: Database,
    email: str = "ada@example.com",
    role: Role = Role.MEMBER,
    workspace_id: int = 1,
) -> None:
    """By an invitation that they accept; the browser is signed in then."""
    token = await invited(database, email, role, workspace_id)
    response = await browser.post("/invitation", json={"token": token, "password": PASSWORD})
    assert response.status_code == 204, response.text


def code(response: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, response.json()["error"]["code"]
