import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import orjson
import pytest
import requests
import responses
from structlog.testing import capture_logs

from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.footprints import Area, Footprint
from linkwright.designs.partner_book import Heard, NoBook, PartnerBook
from linkwright.designs.reasons import partner_findings
from linkwright.errors import Stopping, Unavailable
from linkwright.outbound.partners import desk
from linkwright.outbound.partners.market import PartnerMarket
from linkwright.outbound.partners.pace import Pace
from linkwright.outbound.partners.standard import BASE, PartnerLine
from linkwright.wire.design_document import write_partner_answer
from linkwright.wire.v4.design_words import asked_words
from linkwright.wire.v4.dialect import Dialect
from tests.builders import NOW, a_place, a_requirement

from .fakes import Clock, Ticking, a_client, numbered

CHECKS = "/tmf-api/serviceQualificationManagement/v4/checkServiceQualification"
ITEMS = "serviceQualificationItem"
NORTH, WEST = "http://north.test", "http://west.test"
OFFER = {
    "offer.technology": "fibre",
    "offer.bandwidthMbps": 100,
    "offer.availability": 0.9995,
    "offer.delayMs": 0.7,
    "offer.nrc": {"unit": "EUR", "value": 3800},
    "offer.mrc": {"unit": "EUR", "value": 910.5},
    "offer.leadTimeDays": 60,
    "offer.handoverPop": "pop-a",
    "offer.sharedRiskGroups": ["srg-street"],
}
Json = dict[str, Any]
MakeMarket = Callable[..., PartnerMarket]


@pytest.fixture
def a_market() -> Iterator[MakeMarket]:
    markets: list[PartnerMarket] = []

    def make(
        *partners: str,
        clock: Ticking | None = None,
        book: PartnerBook | None = None,
        now: Callable[[], datetime] = lambda: NOW,
        max_per_s: float | None = None,
        **line: Any,
    ) -> PartnerMarket:
        time = clock or Ticking()
        lines = []
        for name in partners or ("north",):
            pace = Pace(max_per_s, monotonic=time, pause=time.sleep)
            client = a_client(name, f"http://{name}.test", monotonic=time, turn=pace.turn)
            known = {"answer_within_s": 10.0, "at_once": 4} | line
            lines.append(PartnerLine(partner=name, client=client, pace=pace, **known))
        market = PartnerMarket(
            lines, currency=lambda: "EUR", new_id=numbered(), book=book, now=now, monotonic=time, pause=time.sleep
        )
        markets.append(market)
        return markets[-1]

    yield make
    for market in markets:
        market.close()


def a_check(result: str = "qualified", state: str = "done", **item: Any) -> Json:
    offered = [{"name": name, "value": value} for name, value in OFFER.items()] if result == "qualified" else []
    said = {
        "id": "1",
        "state": "done",
        "qualificationResult": result,
        "expirationDate": "2026-12-02T09:00:00.000Z",
        "service": {"serviceCharacteristic": offered},
    }
    return {
        "id": "c-1",
        "state": state,
        "qualificationResult": result,
        "expirationDate": "2026-12-31T09:00:00.000Z",
        "serviceQualificationItem": [said | item],
    }


def ask_one(market: PartnerMarket) -> PartnerAnswer:
    (answer,) = market.ask([(a_requirement(), a_place())])
    return answer


def test_an_offer_comes_with_its_price_its_date_and_its_validity(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, json=a_check())
    answer = ask_one(a_market())
    assert (answer.partner, answer.ref, answer.asked) == ("north", "1", "offered")
    assert answer.valid_until == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    assert answer.offer is not None
    assert (answer.offer.nrc_minor, answer.offer.mrc_minor, answer.offer.lead_days) == (380_000, 91_050, 60)
    assert (answer.offer.partner, answer.offer.pop, answer.offer.srlgs) == ("north", "pop-a", ("srg-street",))


def test_a_partner_is_asked_to_answer_at_once_about_one_item(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, json=a_check())
    ask_one(a_market())
    body = orjson.loads(peer.calls[0].request.body or b"")
    assert body["instantSyncQualification"] is True
    assert len(body["serviceQualificationItem"]) == 1


@pytest.mark.parametrize(("code", "asked"), [("N-02", "refused"), ("N-01", "noCoverage")])
def test_a_partner_that_cannot_says_whether_it_is_not_there_or_does_not_want(
    peer: responses.RequestsMock, a_market: MakeMarket, code: str, asked: str
) -> None:
    why = [{"code": code, "label": "No port is free."}]
    peer.post(NORTH + CHECKS, json=a_check("unqualified", eligibilityUnavailabilityReason=why))
    answer = ask_one(a_market())
    assert (answer.asked, answer.offer) == (asked, None)
    assert "No port is free." in answer.text


def test_a_partner_that_is_too_slow_is_silent_and_not_asked_again(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, body=requests.ReadTimeout("slow"))
    assert ask_one(a_market()).asked == "silent"
    assert len(peer.calls) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 400, "json": {"code": "20", "reason": "what is that"}},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
        {"status": 201, "json": {"state": "accepted"}},
        {"status": 200, "json": []},
        {"status": 200, "json": {"id": "c-1", "state": "terminatedWithError"}},
        {"status": 200, "json": {"id": "c-1", "state": "done", "serviceQualificationItem": "none"}},
        {"status": 200, "json": a_check(service={"serviceCharacteristic": [{"name": "offer.nrc", "value": "free"}]})},
    ],
)
def test_an_answer_that_is_none_is_a_failure_and_never_a_refusal(
    peer: responses.RequestsMock, a_market: MakeMarket, fault: Json
) -> None:
    peer.post(NORTH + CHECKS, **fault)
    answer = ask_one(a_market())
    assert (answer.asked, answer.offer) == ("failed", None)
    assert answer.text


INNARDS = "NullPointerException at db-7.internal"


@pytest.mark.parametrize(
    ("fault", "asked", "text", "said"),
    [
        ({"status": 400, "json": {"reason": INNARDS}}, "failed", "it answered with HTTP status 400", INNARDS),
        ({"status": 500, "json": {"message": INNARDS}}, "failed", "it answered with HTTP status 500", INNARDS),
        (
            {"json": {"state": "terminatedWithError", "terminationError": [{"value": INNARDS}]}},
            "failed",
            "its check ended without an answer",
            INNARDS,
        ),
        ({"body": requests.ReadTimeout(INNARDS)}, "silent", "no answer in time", "no answer within"),
        (
            {"body": requests.ConnectionError(INNARDS)},
            "failed",
            "it cannot be reached, or its answer cannot be used",
            "no connection (ConnectionError)",
        ),
    ],
)
def test_a_requester_is_told_in_our_words_that_a_partner_failed_and_operators_in_its_own(
    peer: responses.RequestsMock, a_market: MakeMarket, fault: Json, asked: str, text: str, said: str
) -> None:
    peer.post(NORTH + CHECKS, **fault)
    with capture_logs() as logged:
        answer = ask_one(a_market())
    assert (answer.asked, answer.text) == (asked, text)
    told = str([asked_words([answer], "EUR"), partner_findings([answer]), write_partner_answer(answer)])
    assert INNARDS not in told
    (line,) = [one for one in logged if one["event"] == "a partner gave no answer"]
    assert (line["partner"], line["told"], line["said"]) == ("north", text, answer.raw)
    assert said in line["said"]


def test_a_passing_failure_is_asked_again_with_the_same_key(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    peer.post(NORTH + CHECKS, status=503)
    peer.post(NORTH + CHECKS, body=requests.ConnectionError("reset"))
    peer.post(NORTH + CHECKS, json=a_check())
    assert ask_one(a_market()).asked == "offered"
    assert {call.request.headers["Idempotency-Key"] for call in peer.calls} == {"id-1"}


def test_a_partner_that_keeps_failing_is_given_up(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    peer.post(NORTH + CHECKS, status=500)
    assert ask_one(a_market()).asked == "failed"
    assert len(peer.calls) == 5


def test_a_partner_that_wants_to_be_asked_after_its_time_limit_has_failed(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, status=503, headers={"Retry-After": "60"})
    clock = Ticking()
    assert ask_one(a_market(clock=clock)).asked == "failed"
    assert clock.now_s == 0.0


def test_a_check_that_is_only_accepted_is_read_until_it_is_done(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, status=201, json={"id": "c/1", "state": "accepted", "href": "http://evil.test/"})
    peer.get(f"{NORTH}{CHECKS}/c%2F1", json={"id": "c/1", "state": "InProgress"})
    peer.get(f"{NORTH}{CHECKS}/c%2F1", json=a_check(state="Done"))
    clock = Ticking()
    answer = ask_one(a_market(clock=clock))
    assert answer.asked == "offered"
    assert answer.took_s == clock.now_s > 0


def test_a_check_that_is_done_when_it_is_made_is_not_read_again(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, status=201, json=a_check())
    assert ask_one(a_market()).asked == "offered"


def test_a_check_that_is_never_done_is_silence_after_the_time_limit(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, status=201, json={"id": "c1", "state": "accepted"})
    peer.get(f"{NORTH}{CHECKS}/c1", json={"id": "c1", "state": "inProgress"})
    clock = Ticking()
    answer = ask_one(a_market(clock=clock))
    assert answer.asked == "silent"
    assert 5.0 < clock.now_s <= 10.0


def test_every_partner_answers_every_question_and_one_that_is_down_spoils_nothing(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, json=a_check())
    peer.post(WEST + CHECKS, body=requests.ConnectionError("down"))
    questions = [(a_requirement(ref=str(n)), a_place()) for n in (1, 2, 3)]
    answers = a_market("north", "west").ask(questions)
    assert [(a.ref, a.partner, a.asked) for a in answers] == [
        (ref, partner, asked) for ref in "123" for partner, asked in (("north", "offered"), ("west", "failed"))
    ]


def test_a_silent_partner_costs_its_time_limit_once_and_not_for_every_question(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, body=requests.ReadTimeout("slow"))
    answers = a_market(at_once=2).ask([(a_requirement(ref=str(n)), a_place()) for n in range(300)])
    assert {answer.asked for answer in answers} == {"silent"}
    assert 2 <= len(peer.calls) <= 3
    assert "not asked" in answers[-1].text


def test_a_partner_that_was_silent_is_asked_again_the_next_time(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    market = a_market(at_once=1)
    peer.post(NORTH + CHECKS, body=requests.ReadTimeout("slow"))
    peer.post(NORTH + CHECKS, json=a_check())
    assert [ask_one(market).asked, ask_one(market).asked] == ["silent", "offered"]


def test_each_question_has_a_key_of_its_own_so_that_old_prices_do_not_come_back(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(re.compile(NORTH), json=a_check())
    market = a_market()
    ask_one(market)
    ask_one(market)
    assert len({call.request.headers["Idempotency-Key"] for call in peer.calls}) == 2


def test_of_an_offer_in_a_foreign_currency_no_price_is_known(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    dear = [
        {"name": name, "value": value | {"unit": "CHF"} if isinstance(value, dict) else value}
        for name, value in OFFER.items()
    ]
    peer.post(NORTH + CHECKS, json=a_check(service={"serviceCharacteristic": dear}))
    answer = ask_one(a_market())
    assert answer.asked == "offered"
    assert answer.offer is not None
    assert (answer.offer.unpriced, answer.offer.stated_in) == (("nrc", "mrc"), "CHF")
    assert (answer.offer.nrc_minor, answer.offer.mrc_minor) == (0, 0)


def _no_facts() -> str:
    raise AssertionError("no facts are needed when nobody is asked")


def test_without_partners_nobody_is_asked() -> None:
    assert PartnerMarket([], currency=_no_facts, new_id=numbered()).ask([(a_requirement(), a_place())]) == ()


def test_many_questions_travel_together_and_each_gets_its_own_answer(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.add_callback("POST", NORTH + CHECKS, answering_all)
    answers = a_market(at_once=2).ask([(a_requirement(ref=str(n)), a_place()) for n in range(120)])
    assert sorted(len(_items(call)) for call in peer.calls) == [20, 50, 50]
    assert [answer.ref for answer in answers] == [str(n) for n in range(120)]
    quotes = {answer.offer.quote for answer in answers if answer.offer}
    assert len(quotes) == 120


def test_few_questions_are_asked_one_by_one_and_at_the_same_time(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.add_callback("POST", NORTH + CHECKS, answering_all)
    a_market(at_once=4).ask([(a_requirement(ref=str(n)), a_place()) for n in range(4)])
    assert [len(_items(call)) for call in peer.calls] == [1, 1, 1, 1]


@pytest.mark.parametrize("refusal", [(422, {}, "{}"), (200, {}, orjson.dumps(a_check()).decode())])
def test_a_partner_that_knows_one_item_at_a_time_is_asked_for_each(
    peer: responses.RequestsMock, a_market: MakeMarket, refusal: tuple[int, dict[str, str], str]
) -> None:
    def one_by_one(request: Any) -> tuple[int, dict[str, str], str]:
        return answering_all(request) if len(orjson.loads(request.body)[ITEMS]) == 1 else refusal

    peer.add_callback("POST", NORTH + CHECKS, one_by_one)
    answers = a_market(at_once=1).ask([(a_requirement(ref=str(n)), a_place()) for n in range(3)])
    assert [answer.asked for answer in answers] == ["offered"] * 3


def test_a_partner_that_is_down_is_not_asked_for_each_question(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.post(NORTH + CHECKS, status=503)
    answers = a_market(at_once=1).ask([(a_requirement(ref=str(n)), a_place()) for n in range(40)])
    assert {answer.asked for answer in answers} == {"failed"}
    assert len(peer.calls) == 5


def answering_all(request: Any) -> tuple[int, dict[str, str], str]:
    """An offer for every item; the check is called like the key that it came with."""
    asked = orjson.loads(request.body)
    items = [a_check(id=item["id"])[ITEMS][0] for item in asked[ITEMS]]
    return 200, {}, orjson.dumps({**a_check(), "id": asked["externalId"], ITEMS: items}).decode()


def _items(call: Any) -> list[Json]:
    items: list[Json] = orjson.loads(call.request.body)[ITEMS]
    return items


# Who is asked


def test_c33_a_partner_is_only_asked_about_places_in_its_area(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    peer.add_callback("POST", NORTH + CHECKS, answering_all)
    here = Footprint(areas=(Area(places=tuple(f"site-{n}" for n in range(0, 2000, 100))),))
    questions = [(a_requirement(ref=str(n)), a_place(f"site-{n}")) for n in range(2000)]
    answers = a_market(footprint=here).ask(questions)
    assert sum(len(_items(call)) for call in peer.calls) == 20
    assert [answer.asked for answer in answers[:2]] == ["offered", "noCoverage"]
    assert "not asked" in answers[1].text
    assert [answer.ref for answer in answers] == [requirement.ref for requirement, _ in questions]


def test_a_partner_is_not_asked_for_what_it_does_not_offer(a_market: MakeMarket) -> None:
    market = a_market(footprint=Footprint(technologies=frozenset({"fibre"})))
    wanted = a_requirement(technology_forbidden=("fibre",))
    (answer,) = market.ask([(wanted, a_place())])
    assert (answer.asked, answer.offer) == ("notAsked", None)


# Answers that are used again


class Book(NoBook):
    """Remembers in memory what a database would."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now, self.kept, self.counted, self.spared = now, dict[tuple[str, str], Heard](), Counter[str](), 0

    def fresh(self, partner: str, keys: Sequence[str]) -> dict[str, PartnerAnswer]:
        found = {key: self.kept.get((partner, key)) for key in keys}
        return {key: one.answer for key, one in found.items() if one and one.until and one.until > self.now()}

    def keep(self, partner: str, heard: Sequence[Heard]) -> None:
        self.counted.update(one.answer.asked for one in heard)
        self.kept |= {(partner, one.key): one for one in heard if one.until is not None}

    def reused(self, partner: str, count: int) -> None:
        self.spared += count


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(clock: Clock) -> Book:
    return Book(clock)


def test_an_answer_is_used_again_by_whoever_asks_the_same(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock
) -> None:
    peer.post(NORTH + CHECKS, json=a_check())
    first = ask_one(a_market(book=book, now=clock))
    written = {"bandwidth": "100 Mbit/s", "priceRecurring": {"unit": "EUR", "value": 89}}
    asked = a_requirement(ref="other", characteristics=written)
    (again,) = a_market(book=book, now=clock).ask([(asked, a_place())])
    assert (again.ref, again.offer, again.asked, again.took_s) == ("other", first.offer, "offered", 0.0)
    assert (len(peer.calls), book.spared) == (1, 1)


@pytest.mark.parametrize("changed", [{"bandwidth_mbps": 200}, {"jitter_ms": 5.0}])
def test_a_changed_requirement_is_another_question(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock, changed: Json
) -> None:
    peer.post(NORTH + CHECKS, json=a_check())
    market = a_market(book=book, now=clock)
    ask_one(market)
    market.ask([(a_requirement(**changed), a_place())])
    market.ask([(a_requirement(), a_place("elsewhere"))])
    assert len(peer.calls) == 3


@pytest.mark.parametrize(("reuse_s", "held_s"), [(1e9, 30 * 86_400), (3600.0, 3600)])
def test_an_answer_is_not_used_beyond_its_validity_nor_longer_than_is_wanted(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock, reuse_s: float, held_s: float
) -> None:
    peer.post(NORTH + CHECKS, json=a_check(expirationDate="2026-12-02T09:00:00.000Z"))
    market = a_market(book=book, now=clock, reuse_s=reuse_s)
    ask_one(market)
    clock.pass_s(held_s - 1)
    ask_one(market)
    assert len(peer.calls) == 1
    clock.pass_s(1)
    ask_one(market)
    assert len(peer.calls) == 2


def test_an_answer_without_validity_is_for_one_who_asks(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock
) -> None:
    peer.post(NORTH + CHECKS, json={**a_check(expirationDate=None), "expirationDate": None})
    market = a_market(book=book, now=clock)
    assert [ask_one(market).asked, ask_one(market).asked] == ["offered", "offered"]
    assert len(peer.calls) == 2


@pytest.mark.parametrize("fault", [{"body": requests.ReadTimeout("slow")}, {"status": 400, "json": {}}])
def test_silence_and_failure_are_never_used_again(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock, fault: Json
) -> None:
    peer.post(NORTH + CHECKS, **fault)
    peer.post(NORTH + CHECKS, json=a_check())
    market = a_market(book=book, now=clock)
    assert ask_one(market).offer is None
    assert ask_one(market).asked == "offered"


def test_a_refusal_is_used_again_as_long_as_the_partner_says(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock
) -> None:
    why = [{"code": "N-02", "label": "No port is free."}]
    peer.post(NORTH + CHECKS, json=a_check("unqualified", eligibilityUnavailabilityReason=why))
    market = a_market(book=book, now=clock)
    assert [ask_one(market).asked, ask_one(market).asked] == ["refused", "refused"]
    assert len(peer.calls) == 1


def test_two_accesses_at_one_place_are_two_offers(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock
) -> None:
    peer.add_callback("POST", NORTH + CHECKS, answering_all)
    market = a_market(book=book, now=clock)
    both = [(a_requirement(ref=ref), a_place()) for ref in ("1", "2")]
    first, again = market.ask(both), market.ask(both)
    assert len({answer.offer.quote for answer in first if answer.offer}) == 2
    assert [answer.offer for answer in again] == [answer.offer for answer in first]


def test_the_same_question_that_is_open_already_is_waited_for(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    """The partner answers only when both have asked."""
    spared = threading.Event()

    class Spared(NoBook):
        def reused(self, partner: str, count: int) -> None:
            spared.set()

    market, found = a_market(book=Spared()), dict[str, PartnerAnswer]()

    def ask(ref: str) -> None:
        (found[ref],) = market.ask([(a_requirement(ref=ref), a_place())])

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        second.start()
        spared.wait(10)
        return answering_all(request)

    peer.add_callback("POST", NORTH + CHECKS, answer)
    second = threading.Thread(target=ask, args=("b",))
    ask("a")
    second.join()
    assert len(peer.calls) == 1
    assert found["a"].offer == found["b"].offer
    assert [found[ref].ref for ref in "ab"] == ["a", "b"]


def test_what_all_partners_are_done_with_is_told_while_others_are_waited_for(
    peer: responses.RequestsMock, a_market: MakeMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """West answers nothing more before it was told what both have answered, and then that nothing is new."""
    monkeypatch.setattr(desk, "LOOK_EVERY_S", 0.01)
    is_told, told = threading.Event(), list[dict[int, list[str]]]()

    def late(request: Any) -> tuple[int, dict[str, str], str]:
        if orjson.loads(request.body)[ITEMS][0]["service"]["place"][0]["id"] == "late":
            assert is_told.wait(10)
        return answering_all(request)

    def heard(answers: Any) -> None:
        told.append({number: [one.partner for one in said] for number, said in answers.items()})
        if not told[-1] and any(told):
            is_told.set()

    for partner, answer in ((NORTH, answering_all), (WEST, late)):
        peer.add_callback("POST", partner + CHECKS, answer)
    questions = [(a_requirement(ref=ref), a_place(ref)) for ref in ("late", "soon")]
    answers = a_market("north", "west", items_per_check=1).ask(questions, heard=heard)
    assert next(one for one in told if one) == {1: ["north", "west"]}
    assert [(one.ref, one.asked) for one in answers] == [
        ("late", "offered"),
        ("late", "offered"),
        ("soon", "offered"),
        ("soon", "offered"),
    ]


def test_a_book_that_cannot_be_opened_spoils_no_answer(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    class Burnt(NoBook):
        def fresh(self, partner: str, keys: Sequence[str]) -> dict[str, PartnerAnswer]:
            raise Unavailable("store", "down")

        def keep(self, partner: str, heard: Sequence[Heard]) -> None:
            raise Unavailable("store", "down")

    peer.post(NORTH + CHECKS, json=a_check())
    assert ask_one(a_market(book=Burnt())).asked == "offered"


def test_what_becomes_of_each_question_is_counted(
    peer: responses.RequestsMock, a_market: MakeMarket, book: Book, clock: Clock
) -> None:
    peer.post(NORTH + CHECKS, json=a_check())
    peer.post(NORTH + CHECKS, status=400, json={})
    market = a_market(book=book, now=clock)
    ask_one(market)
    market.ask([(a_requirement(), a_place("elsewhere"))])
    assert book.counted == {"offered": 1, "failed": 1}


# How often, and when no more


def test_c33_retries_count_and_no_second_has_more_requests_than_a_partner_takes(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    """528 questions, of which some fail at first: each is answered once, and never with another key than before."""
    time, chance, came, good = Ticking(), Random(3), list[float](), list[str]()

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        came.append(time.now_s)
        if chance.random() < 0.03:
            return 503, {}, "{}"
        good.append(request.headers["Idempotency-Key"])
        return answering_all(request)

    peer.add_callback("POST", NORTH + CHECKS, answer)
    market = a_market(clock=time, max_per_s=5, items_per_check=1, at_once=1)
    answers = market.ask([(a_requirement(ref=str(n)), a_place(f"site-{n}")) for n in range(528)])
    assert {one.asked for one in answers} == {"offered"}
    assert max(sum(1 for one in came if first <= one < first + 1) for first in came[:: len(came) // 50]) <= 5
    assert len(came) > len(good) == len(set(good)) == 528
    assert time.now_s >= 105


def test_waiting_for_a_turn_is_not_the_partners_silence(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    peer.add_callback("POST", NORTH + CHECKS, answering_all)
    market = a_market(max_per_s=0.1, items_per_check=1, at_once=1, answer_within_s=2.0)
    answers = market.ask([(a_requirement(ref=str(n)), a_place(f"site-{n}")) for n in range(12)])
    assert {answer.asked for answer in answers} == {"offered"}
    assert max(answer.took_s for answer in answers) < 2.0


def test_a_partner_that_is_asked_too_often_by_its_own_word_is_left_alone_so_long(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    time = Ticking()
    peer.post(NORTH + CHECKS, status=429, headers={"Retry-After": "7"})
    peer.post(NORTH + CHECKS, json=a_check())
    assert ask_one(a_market(clock=time)).asked == "offered"
    assert time.now_s == 7.0


def test_a_partner_that_stays_silent_is_not_asked_for_a_while(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    time = Ticking()
    market = a_market(clock=time, breaker_most=2, breaker_pause_s=30.0)
    peer.post(NORTH + CHECKS, body=requests.ReadTimeout("slow"))
    peer.post(NORTH + CHECKS, body=requests.ReadTimeout("slow"))
    peer.post(NORTH + CHECKS, json=a_check())
    assert [ask_one(market).asked for _ in range(3)] == ["silent"] * 3
    assert len(peer.calls) == 2
    time.sleep(30.0)
    assert [ask_one(market).asked for _ in range(2)] == ["offered"] * 2


def test_who_asks_little_does_not_wait_for_one_who_asks_much(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    market, order = a_market(at_once=1, items_per_check=1), list[str]()
    small = threading.Thread(target=lambda: market.ask([(a_requirement(), a_place("small"))]))

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        order.append(_item_places(request)[0])
        if len(order) == 1:
            small.start()
            while len(market._desks[0]._turns) < 2:
                time.sleep(0.001)
        return answering_all(request)

    peer.add_callback("POST", NORTH + CHECKS, answer)
    market.ask([(a_requirement(), a_place(f"large-{n}")) for n in range(30)])
    small.join()
    assert order.index("small") <= 2


def test_when_nobody_waits_any_more_the_rest_is_not_asked(
    peer: responses.RequestsMock, a_market: MakeMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LOOK_EVERY_S", 0.001)
    removed, looked = threading.Event(), threading.Event()

    def stop() -> bool:
        if removed.is_set():
            looked.set()
        return removed.is_set()

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        removed.set()
        looked.wait(10)
        return answering_all(request)

    peer.add_callback("POST", NORTH + CHECKS, answer)
    market = a_market(at_once=1, items_per_check=1)
    answers = market.ask([(a_requirement(), a_place(f"site-{n}")) for n in range(30)], stop=stop)
    assert {one.asked for one in answers} == {"failed"}
    market.close()
    deadline = time.monotonic() + 10
    while not peer.calls and time.monotonic() < deadline:  # the one that is out is noted when it ends
        time.sleep(0.001)
    assert len(peer.calls) <= 2


def test_what_waits_when_all_ends_is_given_up(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    market = a_market(at_once=1, items_per_check=1)

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        market.close()
        return answering_all(request)

    peer.add_callback("POST", NORTH + CHECKS, answer)
    with pytest.raises(Stopping):
        market.ask([(a_requirement(), a_place(f"site-{n}")) for n in range(3)])
    assert len(peer.calls) == 1


def test_whoever_asks_after_the_end_is_told_that_it_is_the_end(
    peer: responses.RequestsMock, a_market: MakeMarket
) -> None:
    market = a_market()
    market.close()
    with pytest.raises(Stopping):
        ask_one(market)
    assert len(peer.calls) == 0


def test_whoever_asks_the_same_after_the_end_does_not_wait_for_nobody(a_market: MakeMarket) -> None:
    market = a_market()
    market.close()
    for _ in range(2):
        with pytest.raises(Stopping):
            market.ask([(a_requirement(), a_place())], stop=lambda: True)


def test_a_partner_with_words_and_paths_of_its_own_is_asked_in_them(peer: responses.RequestsMock) -> None:
    peer.post(f"{NORTH}/sq/v4/checkServiceQualification", json=a_check())
    pace = Pace()
    headers, paths = {"Authorization": "Bearer secret"}, {BASE: "sq/v4"}
    client = a_client("north", NORTH, turn=pace.turn, headers=headers, paths=paths)
    dialect = Dialect(bandwidth="quantity", names={"bandwidth": "accessSpeed"})
    line = PartnerLine(partner="north", client=client, pace=pace, answer_within_s=5.0, dialect=dialect)
    market = PartnerMarket([line], currency=lambda: "EUR", new_id=numbered())
    ask_one(market)
    market.close()
    (call,) = peer.calls
    service = orjson.loads(call.request.body or b"")[ITEMS][0]["service"]
    said = {one["name"]: one["value"] for one in service["serviceCharacteristic"]}
    assert said["accessSpeed"] == {"amount": 100, "units": "Mbps"}
    assert "bandwidth" not in said
    assert call.request.headers["Authorization"] == "Bearer secret"


def _item_places(request: Any) -> list[str]:
    return [one["service"]["place"][0]["id"] for one in orjson.loads(request.body)[ITEMS]]
