"""GraphQL over HTTP, with nothing between the test and the wire."""

from __future__ import annotations

from typing import Any, Self

import httpx2


class GraphQLClient:
    """Keeps one connection; `errors` are returned, not raised."""

    def __init__(self, url: str, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx2.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def post(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        response = await self.http.post("/graphql", json={"query": query, "variables": variables})
        answer: dict[str, Any] = response.json()
        return answer

    async def data(self, query: str, **variables: Any) -> Any:
        """The answer's data, where there are no errors."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def error(self, query: str, **variables: Any) -> dict[str, Any]:
        """The one error's extensions and message, where there is one error."""
        answer = await self.post(query, **variables)
        (error,) = answer["errors"]
        return {"message": error["message"], **error["extensions"]}

    async def record(self, *events: dict[str, Any], fields: str = "") -> Any:
        """`recordEvents` with what most tests look at."""
        query = (
            "mutation($events: [UsageEventInput!]!) { recordEvents(events: $events) {"
            " recorded duplicates conflicts rejected results { index id status"
            " problem { code field message } event { id FIELDS } } } }"
        )
        data = await self.data(query.replace("FIELDS", fields), events=list(events))
        return data["recordEvents"]
