"""Bearer tokens, right and wrong."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from linkwright.api.identity import Caller
from linkwright.api.tokens import LONGEST_TOKEN, Tokens
from linkwright.errors import Unauthorized
from tests.api.issuer import AUDIENCE, ISSUER, Issuer, symmetric_key
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ALGORITHMS = ("RS256", "ES256")


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(NOW)


def _tokens(issuer: Issuer, clock: FakeClock | None = None) -> Tokens:
    return Tokens(issuer=ISSUER, audience=AUDIENCE, algorithms=ALGORITHMS, keys=issuer, now=clock or FakeClock(NOW))


def test_a_valid_token_names_its_client_and_scopes(issuer: Issuer) -> None:
    caller = _tokens(issuer).caller(issuer.token())
    assert caller == Caller("bss", frozenset({"serviceOrdering:read", "serviceOrdering:write"}))


@pytest.mark.parametrize("claims", [{"scope": None, "scp": ["a", "b"]}, {"scope": "a b"}])
def test_scopes_are_read_in_both_spellings(issuer: Issuer, claims: dict[str, Any]) -> None:
    assert _tokens(issuer).caller(issuer.token(**claims)).scopes == {"a", "b"}


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_spelling_of_scopes_does_not_stand_before_the_other(issuer: Issuer, empty: Any) -> None:
    key = issuer.published["first"]
    claims = jwt.decode(issuer.token(scp=["a"]), key).claims | {"scope": empty}
    token = jwt.encode({"alg": "RS256", "kid": "first"}, claims, key)
    assert _tokens(issuer).caller(token).scopes == {"a"}


@pytest.mark.parametrize("scope", [5, True, {"a": "b"}, [["a"], 1]])
def test_scopes_that_are_none_allow_nothing(issuer: Issuer, scope: Any) -> None:
    assert _tokens(issuer).caller(issuer.token(scope=scope)).scopes == frozenset()


@pytest.mark.parametrize("name", ["azp", "sub"])
def test_the_client_stands_in_one_of_several_claims(issuer: Issuer, name: str) -> None:
    assert _tokens(issuer).caller(issuer.token(client_id=None, **{name: "other"})).id == "other"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://evil.example"}, "issuer, audience or time"),
        ({"aud": "another"}, "issuer, audience or time"),
        ({"exp": int((NOW - timedelta(minutes=5)).timestamp())}, "expired"),
        ({"exp": 10**400}, "malformed"),
        ({"exp": None}, "lacks"),
        ({"iss": None}, "lacks"),
        ({"aud": None}, "lacks"),
        ({"nbf": int((NOW + timedelta(hours=1)).timestamp())}, "not valid"),
        ({"client_id": None}, "names no client"),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(issuer: Issuer, claims: dict[str, Any], why: str) -> None:
    with pytest.raises(Unauthorized, match=why):
        _tokens(issuer).caller(issuer.token(**claims))


def test_a_token_signed_by_somebody_else_under_our_key_id_is_refused(issuer: Issuer) -> None:
    forged = issuer.token(key=RSAKey.generate_key(2048, {"kid": "first"}))
    with pytest.raises(Unauthorized, match="signature"):
        _tokens(issuer).caller(forged)


def test_an_algorithm_that_the_token_chooses_itself_does_not_count(issuer: Issuer) -> None:
    with pytest.raises(Unauthorized, match="algorithm is not allowed"):
        _tokens(issuer).caller(issuer.token(key=symmetric_key(), alg="HS256"))


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "..",
        f"{_part({'alg': 'none'})}.{_part({'iss': ISSUER, 'aud': AUDIENCE, 'exp': 9e9, 'client_id': 'x'})}.",
        f"{_part(['alg'])}.{_part({})}.x",
        f"{_part({'alg': 'RS256', 'kid': 'first'})}.{_part([])}.x",
        f"{_part({'alg': 'RS256', 'kid': {'a': 1}})}.{_part({})}.x",
        "é" * 10,
        "x" * (LONGEST_TOKEN + 1),
    ],
)
def test_what_is_no_token_is_refused_in_our_own_words(issuer: Issuer, token: str) -> None:
    with pytest.raises(Unauthorized) as refused:
        _tokens(issuer).caller(token)
    assert token == "" or token not in str(refused.value)


def test_a_token_of_a_key_that_is_new_is_taken_and_one_of_a_key_that_is_gone_is_not() -> None:
    issuer = Issuer(NOW)
    tokens, old = _tokens(issuer), issuer.token()
    tokens.caller(old)
    issuer.rotate("second")
    assert tokens.caller(issuer.token()).id == "bss"
    with pytest.raises(Unauthorized, match="key is not known"):
        tokens.caller(old)


def test_a_checked_token_is_remembered_for_a_while_and_never_beyond_its_expiry(issuer: Issuer) -> None:
    clock = FakeClock(NOW)
    tokens, token = _tokens(issuer, clock), issuer.token(exp=int(NOW.timestamp()) + 20)
    assert tokens.remembered(token) is None
    caller = tokens.caller(token)
    assert tokens.remembered(token) == caller
    clock.time = NOW + timedelta(seconds=51)
    assert tokens.remembered(token) is None


def test_a_remembered_token_is_looked_at_again_so_that_a_withdrawn_key_is_noticed(issuer: Issuer) -> None:
    clock = FakeClock(NOW)
    tokens, token = _tokens(issuer, clock), issuer.token()
    tokens.caller(token)
    clock.time = NOW + timedelta(seconds=61)
    assert tokens.remembered(token) is None
