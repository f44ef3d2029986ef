"""A client that asks a mock's application directly, without a socket."""

import asyncio
from typing import Any, Self

import httpx

from mocks.faults import Faults
from mocks.frame import build_app, default_contracts_dir
from mocks.roles import Clock, Mock


class AsgiClient:
    """Blocking calls to one mock; an answer that its own contract forbids comes back as a 500."""

    def __init__(self, mock: Mock) -> None:
        app = build_app(mock, contracts_dir=default_contracts_dir(), faults=Faults(), clock=Clock(), check_answers=True)
        self._loop = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock.test")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._http.aclose())
        self._loop.close()

    def get(self, url: str, **params: str) -> httpx.Response:
        return self._ask("GET", url, params=params)

    def post(self, url: str, body: Any, key: str | None = None) -> httpx.Response:
        return self._ask("POST", url, json=body, headers={} if key is None else {"Idempotency-Key": key})

    def patch(self, url: str, body: Any) -> httpx.Response:
        return self._ask("PATCH", url, json=body)

    def delete(self, url: str) -> httpx.Response:
        return self._ask("DELETE", url)

    def all_pages(self, url: str, **filters: str) -> list[Any]:
        """The whole list, read a hundred at a time."""
        found: list[Any] = []
        while True:
            page = self.get(url, offset=str(len(found)), limit="100", **filters)
            assert page.status_code == 200, page.text
            found.extend(page.json())
            if len(found) >= int(page.headers["X-Total-Count"]) or not page.json():
                return found

    def _ask(self, method: str, url: str, **options: Any) -> httpx.Response:
        return self._loop.run(self._http.request(method, url, **options))
