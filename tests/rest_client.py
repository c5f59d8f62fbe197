"""The REST API over HTTP, with nothing between the test and the wire."""

from __future__ import annotations

from typing import Any, Self

import httpx2


class RestClient:
    """GET with a key; parameters as they are named, but for `None`s."""

    def __init__(self, url: str, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx2.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def get(self, path: str, **parameters: Any) -> httpx2.Response:
        return await self.http.get(path, params=parameters)

    async def usage(self, **parameters: Any) -> Any:
        """The `data` of an answer."""
        response = await self.get("/v1/analytics/usage", **parameters)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    async def export(self, **parameters: Any) -> bytes:
        """A whole file."""
        response = await self.get("/v1/events/export", **parameters)
        assert response.status_code == 200, response.text
        return response.content

    async def refusal(self, path: str, **parameters: Any) -> tuple[int, str, str | None]:
        """Status, code and field of an error."""
        response = await self.get(path, **parameters)
        error = response.json()["error"]
        assert set(error) == {"code", "message", "field"}
        return response.status_code, error["code"], error["field"]
