"""Who is let in, and what is said to whom is not."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from linkwright.api.api_keys import ApiKeys, digest_of, new_key
from linkwright.api.front import Front
from linkwright.api.gate import Gate, GuardedGate, OpenGate
from linkwright.api.health import Health
from linkwright.api.identity import CALLER, Caller
from linkwright.api.tokens import Tokens
from linkwright.errors import Unavailable
from tests.api.issuer import AUDIENCE, ISSUER, Issuer
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ISSUING = Issuer(NOW)
KEY = new_key()
ORDERS = "/tmf-api/serviceOrdering/v4/serviceOrder"
AREAS = (("/tmf-api/serviceOrdering/v4/", "serviceOrdering"), ("/", "peerEvents"))


class Inside:
    """The application behind the gate; it tells who came in, and whether it was reached at all."""

    def __init__(self) -> None:
        self.callers: list[Caller] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.callers.append(scope["extensions"][CALLER])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


def _gate() -> GuardedGate:
    tokens = Tokens(issuer=ISSUER, audience=AUDIENCE, algorithms=("RS256",), keys=ISSUING, now=FakeClock(NOW))
    keys = ApiKeys({digest_of(KEY): Caller("partner-north", frozenset({"peerEvents:write"}))})
    return GuardedGate(AREAS, tokens=tokens, api_keys=keys)


def _asked(
    headers: Any, method: str = "GET", path: str = ORDERS, gate: Gate | None = None
) -> tuple[httpx.Response, list[Caller]]:
    inside = Inside()
    front = Front(inside, Health({}), gate or _gate())

    async def ask() -> httpx.Response:
        transport: Any = httpx.ASGITransport(front)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(ask()), inside.callers


def _bearer(**claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {ISSUING.token(**claims)}"}


def test_a_caller_with_the_scope_comes_in_under_his_own_name() -> None:
    answer, callers = _asked(_bearer())
    assert (answer.status_code, [caller.id for caller in callers]) == (200, ["bss"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer x.y.z"},
        {"X-API-Key": "guessed"},
        {"X-API-Key": "x" * 10_000},
        [("X-API-Key", KEY), ("X-API-Key", KEY)],
    ],
)
def test_whoever_cannot_be_told_gets_401_with_a_challenge_and_a_tmf_error(headers: Any) -> None:
    answer, callers = _asked(headers)
    assert (answer.status_code, callers) == (401, [])
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "401"
    assert KEY not in answer.text


@pytest.mark.parametrize(
    ("method", "scope"), [("POST", "serviceOrdering:write"), ("DELETE", "serviceOrdering:write"), ("GET", "")]
)
def test_a_caller_without_the_scope_of_the_verb_gets_403_that_names_it(method: str, scope: str) -> None:
    answer, callers = _asked(_bearer(scope="serviceOrdering:read"), method)
    if scope:
        assert (answer.status_code, callers) == (403, [])
        assert f'scope="{scope}"' in answer.headers["WWW-Authenticate"]
    else:
        assert answer.status_code == 200


def test_scopes_of_one_api_open_no_other() -> None:
    answer, _ = _asked({"X-API-Key": KEY})
    assert answer.status_code == 403


def test_a_key_opens_what_it_was_given_for() -> None:
    answer, callers = _asked({"X-API-Key": KEY}, "POST", "/listener/partner-north")
    assert (answer.status_code, callers[0].id) == (200, "partner-north")


def test_health_is_answered_to_everybody() -> None:
    answer, _ = _asked({}, path="/health/live")
    assert answer.status_code == 200


def test_without_authentication_everybody_may_do_everything() -> None:
    _, callers = _asked({}, gate=OpenGate())
    assert callers[0].id == "anonymous"
    assert callers[0].sees_only is None
    assert callers[0].sees_costs


def test_a_provider_that_cannot_be_read_is_503_and_no_refusal() -> None:
    class Silent:
        def keys(self, kid: str | None) -> Any:
            raise Unavailable("identity provider", "its keys cannot be read now")

    tokens = Tokens(issuer=ISSUER, audience=AUDIENCE, algorithms=("RS256",), keys=Silent(), now=FakeClock(NOW))
    answer, callers = _asked(_bearer(), gate=GuardedGate(AREAS, tokens=tokens, api_keys=None))
    assert (answer.status_code, callers) == (503, [])
    assert answer.headers["Retry-After"]


def test_a_mistake_of_ours_before_anybody_is_let_in_is_a_tmf_error_too() -> None:
    class Broken:
        async def admit(self, scope: Any) -> Any:
            raise RuntimeError("secret")

    answer, callers = _asked({}, gate=Broken())
    assert (answer.status_code, callers) == (500, [])
    assert (answer.json()["code"], "secret" in answer.text) == ("500", False)


@pytest.mark.parametrize(
    ("scopes", "only", "costs"),
    [(set(), "bss", False), ({"resources:all"}, None, False), ({"cost:read"}, "bss", True)],
)
def test_what_a_caller_sees_follows_from_his_scopes(scopes: set[str], only: str | None, costs: bool) -> None:
    caller = Caller("bss", frozenset(scopes))
    assert (caller.sees_only, caller.sees_costs) == (only, costs)
