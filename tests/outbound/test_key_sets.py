"""The keys of the identity provider: when they are read, and what is made of a bad answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
import responses
from joserfc.jwk import ECKey, RSAKey

from linkwright.errors import Unavailable
from linkwright.outbound.http import Client
from linkwright.outbound.key_sets import LEAST_AGE_S, LONGEST_AGE_S, PublishedKeys

URL = "https://id.example/keys"


class Seconds:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def web():  # type: ignore[no-untyped-def]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def _published(clock: Seconds) -> PublishedKeys:
    client = Client("identity provider", "https://id.example", connect_timeout_s=1, read_timeout_s=1)
    return PublishedKeys(client, "keys", monotonic=clock)


def _set(*kids: str) -> dict[str, object]:
    return {"keys": [ECKey.generate_key("P-256", {"kid": kid}).as_dict(private=False) for kid in kids]}


def _kids(published: PublishedKeys, kid: str | None) -> list[str | None]:
    return [key.kid for key in published.keys(kid).keys]


def test_keys_are_read_once_as_long_as_they_are_known(web: responses.RequestsMock) -> None:
    web.get(URL, json=_set("a"))
    published = _published(Seconds())
    assert _kids(published, "a") == _kids(published, "a") == ["a"]
    assert len(web.calls) == 1


def test_an_unknown_key_makes_them_be_read_again_but_not_more_often_than_allowed(web: responses.RequestsMock) -> None:
    clock = Seconds()
    web.get(URL, json=_set("a"))
    published = _published(clock)
    for kid in ("a", "b", "c", "d"):
        published.keys(kid)
    assert len(web.calls) == 1
    clock.now_s += LEAST_AGE_S
    web.replace(responses.GET, URL, json=_set("b"))
    assert _kids(published, "b") == ["b"]
    assert len(web.calls) == 2


class Slow:
    """A provider that does not answer before it is told to, in the place of a client."""

    system = "identity provider"

    def __init__(self, *answers: dict[str, object]) -> None:
        self._answers = list(answers)
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()

    def get(self, _path: str) -> dict[str, object]:
        self.asked.set()
        assert self.may_answer.wait(30)
        return self._answers.pop(0)


def test_while_keys_are_read_anew_nobody_waits_for_one_that_is_known() -> None:
    clock, provider = Seconds(), Slow(_set("a"), _set("a", "b"))
    published = PublishedKeys(cast(Client, provider), "keys", monotonic=clock, patience_s=0.0)
    published.keys("a")
    provider.asked.clear()
    provider.may_answer.clear()
    clock.now_s += LONGEST_AGE_S
    with ThreadPoolExecutor() as threads:
        reading = threads.submit(_kids, published, "b")
        try:
            assert provider.asked.wait(30)
            assert threads.submit(_kids, published, "a").result(timeout=10) == ["a"]
            with pytest.raises(Unavailable):
                threads.submit(_kids, published, "b").result(timeout=10)
        finally:
            provider.may_answer.set()
        assert reading.result() == ["a", "b"]


def test_old_keys_are_renewed_even_if_they_are_known(web: responses.RequestsMock) -> None:
    clock = Seconds()
    web.get(URL, json=_set("a", "b"))
    published = _published(clock)
    published.keys("a")
    clock.now_s += LONGEST_AGE_S
    web.replace(responses.GET, URL, json=_set("a"))
    assert _kids(published, "a") == ["a"]


def test_keys_that_were_read_stay_good_while_nobody_answers(web: responses.RequestsMock) -> None:
    clock = Seconds()
    web.get(URL, json=_set("a"))
    published = _published(clock)
    published.keys("a")
    clock.now_s += LONGEST_AGE_S
    web.replace(responses.GET, URL, status=503)
    assert _kids(published, "a") == ["a"]


@pytest.mark.parametrize("answer", [{"status": 500}, {"body": "no JSON"}, {"json": []}, {"json": {"keys": 3}}])
def test_without_any_keys_nobody_can_be_told(web: responses.RequestsMock, answer: dict[str, object]) -> None:
    clock = Seconds()
    web.get(URL, **answer)
    published = _published(clock)
    with pytest.raises(Unavailable):
        published.keys("a")
    clock.now_s += 1
    web.replace(responses.GET, URL, json=_set("a"))
    assert _kids(published, "a") == ["a"]


def test_keys_of_an_unknown_kind_are_left_out(web: responses.RequestsMock) -> None:
    good = RSAKey.generate_key(2048, {"kid": "a"}).as_dict(private=False)
    web.get(URL, json={"keys": [{"kty": "MAGIC", "kid": "m"}, "text", good]})
    assert _kids(_published(Seconds()), "a") == ["a"]
