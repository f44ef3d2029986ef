import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import requests
import responses

from linkwright.designs.facts import PartnerAnswer
from linkwright.outbound.partners.standard import PartnerLine, PartnerMarket
from tests.builders import a_place, a_requirement

from .fakes import Ticking, a_client, numbered

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

    def make(*partners: str, clock: Ticking | None = None, at_once: int = 4) -> PartnerMarket:
        time = clock or Ticking()
        lines = [
            PartnerLine(
                partner=name,
                client=a_client(name, f"http://{name}.test", monotonic=time),
                answer_within_s=10.0,
                at_once=at_once,
            )
            for name in partners or ("north",)
        ]
        market = PartnerMarket(lines, currency=lambda: "EUR", new_id=numbered(), monotonic=time, pause=time.sleep)
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


def test_a_passing_failure_is_asked_again_with_the_same_key(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    peer.post(NORTH + CHECKS, status=503)
    peer.post(NORTH + CHECKS, body=requests.ConnectionError("reset"))
    peer.post(NORTH + CHECKS, json=a_check())
    assert ask_one(a_market()).asked == "offered"
    assert {call.request.headers["Idempotency-Key"] for call in peer.calls} == {"id-1"}


def test_a_partner_that_keeps_failing_is_given_up(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    peer.post(NORTH + CHECKS, status=500)
    assert ask_one(a_market()).asked == "failed"
    assert len(peer.calls) == 3


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


def test_an_offer_in_a_foreign_currency_is_no_offer(peer: responses.RequestsMock, a_market: MakeMarket) -> None:
    dear = [
        {"name": name, "value": value | {"unit": "CHF"} if isinstance(value, dict) else value}
        for name, value in OFFER.items()
    ]
    peer.post(NORTH + CHECKS, json=a_check(service={"serviceCharacteristic": dear}))
    answer = ask_one(a_market())
    assert (answer.asked, answer.offer) == ("failed", None)
    assert "CHF" in answer.text


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
    assert len(peer.calls) == 3


def answering_all(request: Any) -> tuple[int, dict[str, str], str]:
    """An offer for every item; the check is called like the key that it came with."""
    asked = orjson.loads(request.body)
    items = [a_check(id=item["id"])[ITEMS][0] for item in asked[ITEMS]]
    return 200, {}, orjson.dumps({**a_check(), "id": asked["externalId"], ITEMS: items}).decode()


def _items(call: Any) -> list[Json]:
    items: list[Json] = orjson.loads(call.request.body)[ITEMS]
    return items
