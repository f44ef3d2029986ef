"""The clients of the pool over its mock, both in this process, with the time of the world."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from linkwright.outbound.http import Client
from linkwright.outbound.tmf685_reservations import RESERVATIONS, HoldPool, Reservations
from tests.mocks.driven import Driven, Stock

OURS, THEIRS = "linkwright-1", "linkwright-2"
USED = ("fibre-1", "west", "west-hub", "cpe-1")
"""What the designs of these tests are made of."""
LEAST = "cpe-1"


class _IntoMock(HTTPAdapter):
    """Requests go straight into the mock."""

    def __init__(self, pool: "MockPool") -> None:
        super().__init__()
        self._pool = pool

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        self._pool.before(str(request.method))
        answered = self._pool.mock.call(
            str(request.method),
            str(request.url).removeprefix("http://pool.test"),
            key=request.headers.get("Idempotency-Key"),
            **self._content(request),
        )
        raw = HTTPResponse(
            body=BytesIO(answered.content),
            status=answered.status_code,
            headers=dict(answered.headers),
            preload_content=False,
        )
        return self.build_response(request, raw)

    @staticmethod
    def _content(request: requests.PreparedRequest) -> Mapping[str, Any]:
        return {} if request.body is None else {"body": requests.models.complexjson.loads(request.body)}


class MockPool:
    """Does for both kinds of hold what `FakePool` does, by HTTP and the contract."""

    def __init__(self, mock: Driven, stock: Stock, clock: Callable[[], datetime], holder: str = OURS) -> None:
        self.mock, self.stock, self.clock = mock, stock, clock
        self.down, self.extends = False, True
        self.meanwhile: Callable[[], object] = lambda: None
        self.posts = list[str]()
        client = Client(
            "pool",
            "http://pool.test",
            connect_timeout_s=5,
            read_timeout_s=5,
            session_factory=self._session,
        )
        self.orders = Reservations("pool", client, now=clock, hold=timedelta(days=14), holder=holder)
        self.checks = HoldPool(client, holder=holder)
        for name in ("send", "look", "undo", "subscribe", "extend"):
            setattr(self, name, getattr(self.orders, name))
        for name in ("place", "find", "release", "ours"):
            setattr(self, name, getattr(self.checks, name))

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.mount("http://pool.test", _IntoMock(self))
        return session

    def before(self, method: str) -> None:
        """What happens on the way there."""
        self.mock.clock.set(self.clock())
        if self.down:
            raise requests.ConnectionError("silent")
        if method == "PATCH" and not self.extends:
            self.mock.have(fail_next=1, fail_status=405, operations=["patchReservation"])
        if method == "POST":
            self.posts.append("a reservation")
            meanwhile, self.meanwhile = self.meanwhile, lambda: None
            meanwhile()

    def reservations(self) -> list[Any]:
        self.mock.clock.set(self.clock())
        return cast(list[Any], self.mock.get(f"/{RESERVATIONS}"))

    def active(self) -> list[str]:
        return [key_of(one) for one in self.reservations() if one["state"] == "completed"]

    def drop(self, key: str) -> None:
        for one in self.reservations():
            if key_of(one) == key:
                self.mock.call("DELETE", f"/{RESERVATIONS}/{one['id']}")

    @property
    def room(self) -> int:
        return self.stock.free[LEAST] + len(self.active())

    @room.setter
    def room(self, so_many: int) -> None:
        self.stock.free[LEAST] = so_many - len(self.active())


def key_of(reservation: Any) -> str:
    return next(str(one["id"]) for one in reservation["relatedEntity"] if one["role"] == "externalId")
