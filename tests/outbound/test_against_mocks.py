"""The clients of this room against servers that know nothing of them but the contracts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import requests

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import used_by
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.requirement import Place, PlaceTrouble, PlaceWanted
from linkwright.errors import Unavailable
from linkwright.orders.errands import Errand, Seen
from linkwright.orders.ports import Errands
from linkwright.outbound.http import Client
from linkwright.outbound.partners.market import PartnerMarket
from linkwright.outbound.partners.pace import Pace
from linkwright.outbound.partners.standard import PartnerLine
from linkwright.outbound.tmf633_catalogue import Tmf633Catalogue
from linkwright.outbound.tmf638_services import ServiceRegistrations, Tmf638Services
from linkwright.outbound.tmf639_resources import Tmf639Inventory
from linkwright.outbound.tmf641_orders import allocation_orders, implementation_orders, partner_orders
from linkwright.outbound.tmf652_resource_orders import resource_orders
from linkwright.outbound.tmf657_quality import QualityErrands
from linkwright.outbound.tmf673_places import Tmf673Places
from linkwright.outbound.tmf685_reservations import RESERVATIONS, Reservations, reservations
from tests.builders import a_leg, a_requirement, a_solution
from tests.journeys.processes import clear_faults, mock_calls, mock_state, set_faults, until
from tests.orders.world import AVAILABLE, QUICK

from .builders import an_errand
from .fakes import numbered

RESOURCES = "tmf-api/resourceInventoryManagement/v4/resource"
ADDRESSES = "tmf-api/geographicAddressManagement/v4/geographicAddress"
HQ, DEPOT = PlaceWanted(kind="site", id="nordwind-hq"), PlaceWanted(kind="site", id="nordwind-depot")
PARTNERS = ("partner-metro", "partner-north")
Urls = Mapping[str, str]
_orders = count(1)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Outside:
    """Everything that is asked, with a client for each mock."""

    urls: Urls

    def client(self, name: str) -> Client:
        return Client(name, self.urls[name], connect_timeout_s=2.0, read_timeout_s=5.0)

    @cached_property
    def inventory(self) -> Tmf639Inventory:
        return Tmf639Inventory(self.client("resources"), now=now, network_freshness_s=300, access_freshness_s=60)

    def place(self, wanted: PlaceWanted) -> Place | PlaceTrouble:
        return Tmf673Places(self.client("places"), now=now, freshness_s=60).find_all([wanted])[0]

    def known_place(self, wanted: PlaceWanted) -> Place:
        found = self.place(wanted)
        assert isinstance(found, Place)
        return found

    def market(self, answer_within_s: float = 5.0) -> PartnerMarket:
        lines = [
            PartnerLine(partner=name, client=self.client(name), answer_within_s=answer_within_s, pace=Pace())
            for name in PARTNERS
        ]
        return PartnerMarket(lines, currency=lambda: self.inventory.network().currency, new_id=numbered())


@pytest.fixture
def outside(world: Urls) -> Iterator[Outside]:
    yield Outside(world)
    for name in world:
        clear_faults(world, name)


@pytest.fixture
def market(outside: Outside) -> Iterator[PartnerMarket]:
    market = outside.market()
    yield market
    market.close()


@pytest.fixture
def designed(outside: Outside) -> SiteSolution:
    """A design of the headquarters on its first own fibre."""
    place = outside.known_place(HQ)
    inventory = outside.inventory
    option = inventory.access_at(place.ids).options[0]
    leg = a_leg(access=option.id, pop=option.pop, nodes=(option.pop,), links=())
    return a_solution(place=place, cpe=inventory.network().cpe[0].model.id, legs=(leg,), requirement=_wanted())


def _wanted() -> Any:
    return a_requirement(specification="cfs-vpn-site", place=HQ, needed_by=now().date() + timedelta(days=200))


def an_order_of(solution: SiteSolution, kind: str, system: str, access: str | None = None) -> Errand:
    """A task that no other test has."""
    key = f"order-{next(_orders)}/{kind}/1"
    return an_errand(solution, key=key, kind=kind, system=system, access=access)


def placed(errands: Errands, errand: Errand) -> Errand:
    sent = errands.send(errand)
    return replace(errand, task=replace(errand.task, remote_id=sent.remote_id, remote_href=sent.href))


def followed(errands: Errands, errand: Errand) -> Seen:
    """What is seen at the end."""

    def over() -> Seen | None:
        seen = errands.look(errand)
        return seen if seen.state in ("done", "failed") else None

    seen: Seen = until(f"end of {errand.task.key}", over)
    return seen


def undone(errands: Errands, errand: Errand) -> Seen:
    """What is seen when nothing is waited for any more."""

    def over() -> Seen | None:
        seen = errands.undo(errand)
        return seen if seen.state != "waiting" else None

    seen: Seen = until(f"undo of {errand.task.key}", over)
    return seen


# Facts


def test_the_whole_network_is_read_and_nothing_of_it_is_incomplete(outside: Outside) -> None:
    facts = outside.inventory.network()
    raw = outside.client("resources")
    for category, found in (("pop", facts.nodes), ("link", facts.links), ("sharedRiskGroup", facts.srlgs)):
        listed = {one["id"] for one in raw.pages(RESOURCES, {"category": category})}
        assert len(found) == len(listed) > 0
    assert (facts.currency, facts.incomplete) == ("EUR", ())
    assert facts.snapshot == Outside(outside.urls).inventory.network().snapshot


def test_the_kinds_of_risk_of_the_world_reach_the_core(outside: Outside) -> None:
    kinds: dict[str, set[str]] = {}
    for group in outside.inventory.network().srlgs:
        kinds.setdefault(group.kind, set()).add(group.id.split("-")[1])
    assert kinds.keys() == {"risk", "entry"}
    assert kinds["risk"] >= {"duct", "bridge"}
    assert kinds["entry"] == {"entry"}


def test_the_ways_to_a_site_are_found_under_all_its_ids(outside: Outside) -> None:
    place = outside.known_place(HQ)
    facts = outside.inventory.access_at(place.ids)
    assert len(facts.options) == 2
    assert {option.srlgs for option in facts.options} == {("srg-entry-nordwind-hq",)}
    assert {option.place for option in facts.options} <= set(place.ids)
    assert facts.incomplete == ()


def test_a_place_is_found_unknown_or_ambiguous(outside: Outside) -> None:
    assert outside.known_place(HQ).ids == ("nordwind-hq", "addr-nordwind-hq")
    nowhere = outside.place(PlaceWanted(kind="site", id="nowhere"))
    assert isinstance(nowhere, PlaceTrouble)
    assert nowhere.kind == "unknown"
    listed = list(outside.client("places").pages(ADDRESSES))
    city = listed[0]["city"]
    there = [address["id"] for address in listed if address["city"] == city]
    assert len(there) > 1
    somewhere = outside.place(PlaceWanted(kind="value", value={"city": city}))
    assert isinstance(somewhere, PlaceTrouble)
    assert somewhere.kind == "ambiguous"
    assert set(somewhere.candidates) <= set(there)
    exact = {part: listed[0][part] for part in ("streetName", "streetNr", "postcode", "city") if part in listed[0]}
    assert outside.known_place(PlaceWanted(kind="value", value=exact)).id == listed[0]["id"]


def test_only_active_specifications_can_be_designed(outside: Outside) -> None:
    catalogue = Tmf633Catalogue(outside.client("catalogue"), now=now, freshness_s=60)
    assert [found.id for found in catalogue.designable()] == ["cfs-internet-access", "cfs-vpn-site"]
    retired = catalogue.specification("cfs-leased-line")
    assert retired is not None
    assert retired.designable is False
    assert catalogue.specification("cfs-unheard-of") is None


def test_what_is_reserved_from_a_later_day_on_is_a_fact_of_the_network(outside: Outside) -> None:
    pool, link = outside.client("pool"), outside.inventory.network().links[0].id
    period = {"startDateTime": "2099-01-01T00:00:00Z", "endDateTime": "2099-02-01T00:00:00Z"}
    body = {
        "relatedParty": [{"id": "somebody", "@referredType": "Organization"}],
        "reservationPeriod": period,
        "reservationItem": [
            {"quantity": 5, "relatedEntity": [{"id": link, "role": "reserved", "@referredType": "link"}]}
        ],
    }
    made = pool.post(RESERVATIONS, body, key="a-later-reservation").body
    inventory = Tmf639Inventory(
        outside.client("resources"),
        now=now,
        network_freshness_s=300,
        access_freshness_s=60,
        reservations=partial(reservations, pool),
    )
    facts = inventory.network()
    assert [(one.resource, one.quantity, one.start.year) for one in facts.bookings] == [(link, 5, 2099)]
    assert facts.links == outside.inventory.network().links
    pool.delete(f"{RESERVATIONS}/{made['id']}")


def test_a_service_that_was_registered_is_found_with_all_that_it_uses(outside: Outside, designed: SiteSolution) -> None:
    client = outside.client("services")
    errand = placed(ServiceRegistrations("services", client), an_order_of(designed, "register", "services"))
    remote_id = errand.task.remote_id or ""
    found = Tmf638Services(client).named([remote_id, "nobody-knows"])
    assert list(found) == [remote_id]
    assert dict(found[remote_id].uses) == used_by(designed)
    assert found[remote_id].state == "active"
    ServiceRegistrations("services", client).undo(errand)


# Partners


def test_partners_answer_with_offers_and_with_no_coverage(outside: Outside, market: PartnerMarket) -> None:
    questions = [
        (replace(_wanted(), ref="hq"), outside.known_place(HQ)),
        (replace(_wanted(), ref="depot", place=DEPOT), outside.known_place(DEPOT)),
    ]
    answers = {(answer.ref, answer.partner): answer for answer in market.ask(questions)}
    north, metro = answers["hq", "partner-north"], answers["hq", "partner-metro"]
    assert north.offer is not None
    assert metro.offer is not None
    assert (north.offer.nrc_minor, metro.offer.nrc_minor) == (380_000, 240_000)
    assert (north.offer.risks_declared, metro.offer.risks_declared) == (True, False)
    assert north.valid_until is not None
    assert north.valid_until > now()
    assert {answers["depot", name].asked for name in PARTNERS} == {"noCoverage"}


def test_a_partner_that_hangs_is_silent_and_the_other_still_answers(outside: Outside) -> None:
    set_faults(outside.urls, "partner-north", {"hang_s": 30.0})
    market = outside.market(answer_within_s=0.5)
    clear = {answer.partner: answer.asked for answer in market.ask([(_wanted(), outside.known_place(HQ))])}
    market.close()
    assert clear == {"partner-metro": "offered", "partner-north": "silent"}


def test_a_partner_that_fails_now_and_then_is_asked_again(outside: Outside, market: PartnerMarket) -> None:
    set_faults(outside.urls, "partner-north", {"fail_next": 2, "fail_status": 503})
    answers = market.ask([(_wanted(), outside.known_place(HQ))])
    assert [answer.asked for answer in answers] == ["offered", "offered"]


def test_c33_a_partner_that_counts_requests_never_has_to_turn_one_away(outside: Outside) -> None:
    """Its own failures count too, and all questions are answered, each once."""
    faults = {"max_per_s": 20, "fail_rate": 0.1, "seed": 4}
    set_faults(outside.urls, "partner-north", faults)
    before = len(mock_calls(outside.urls, "partner-north"))
    pace = Pace(20)
    client = Client(
        "partner-north", outside.urls["partner-north"], connect_timeout_s=2.0, read_timeout_s=5.0, turn=pace.turn
    )
    line = PartnerLine(partner="partner-north", client=client, pace=pace, answer_within_s=5.0, items_per_check=1)
    market = PartnerMarket([line], currency=lambda: "EUR", new_id=lambda: str(uuid4()))
    hq = outside.known_place(HQ)
    answers = market.ask([(replace(_wanted(), ref=str(n)), hq) for n in range(50)])
    market.close()
    assert {answer.asked for answer in answers} == {"offered"}
    calls = mock_calls(outside.urls, "partner-north")[before:]
    assert {call["status"] for call in calls} == {200, 503}
    answered = [call["key"] for call in calls if call["status"] == 200]
    assert len(answered) == len(set(answered)) == 50


# Errands


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"malformed": True}, {}])
def test_capacity_is_held_once_although_the_first_answer_is_lost(
    outside: Outside, designed: SiteSolution, fault: dict[str, Any]
) -> None:
    reservations = Reservations("pool", outside.client("pool"), now=now, hold=timedelta(days=14))
    errand = an_order_of(designed, "reserve", "pool")
    set_faults(outside.urls, "pool", {**fault, "times": 1, "operations": ["createReservation"]})
    errand = placed(reservations, errand)
    assert reservations.send(errand).remote_id == errand.task.remote_id
    assert [one["id"] for one in _holds(outside, errand)] == [errand.task.remote_id]
    assert reservations.look(errand).state == "done"
    assert reservations.send(errand).expires_at is not None
    assert reservations.undo(errand).state == "done"
    assert _holds(outside, errand) == []
    assert reservations.undo(errand).state == "done"


def test_a_hold_that_never_arrived_is_told_and_made_by_the_next_try(outside: Outside, designed: SiteSolution) -> None:
    reservations = Reservations("pool", outside.client("pool"), now=now, hold=timedelta(days=14))
    errand = an_order_of(designed, "reserve", "pool")
    set_faults(outside.urls, "pool", {"drop": "before", "times": 1, "operations": ["createReservation"]})
    with pytest.raises(Unavailable):
        reservations.send(errand)
    errand = placed(reservations, errand)
    assert len(_holds(outside, errand)) == 1
    reservations.undo(errand)


def test_a_hold_of_what_is_not_free_fails(outside: Outside, designed: SiteSolution) -> None:
    reservations = Reservations("pool", outside.client("pool"), now=now, hold=timedelta(days=14))
    first, second = (an_order_of(designed, "reserve", "pool") for _ in range(2))
    first, second = placed(reservations, first), placed(reservations, second)
    assert reservations.look(first).state == "done"
    taken = reservations.look(second)
    assert taken.state == "failed"
    assert designed.legs[0].access in taken.text
    reservations.undo(first)
    reservations.undo(second)


def _holds(outside: Outside, errand: Errand) -> list[Any]:
    stored = mock_state(outside.urls, "pool")["reservation"]
    return [one for one in stored if one["relatedEntity"][0]["id"] == errand.task.key]


@pytest.fixture
def outsourced(outside: Outside, designed: SiteSolution, market: PartnerMarket) -> SiteSolution:
    """A design of the headquarters on the northern partner's offer."""
    asked = market.ask([(designed.requirement, designed.place)])
    offer = next(answer.offer for answer in asked if answer.offer and answer.partner == "partner-north")
    leg: LegSolution = a_leg(
        access=offer.id,
        technology=offer.technology,
        supplier="partner-north",
        pop=offer.pop,
        quote=offer.quote,
        links=(),
    )
    return replace(designed, legs=(leg,), asked=asked)


def test_a_partners_order_is_followed_to_its_completion_and_is_then_hard_to_undo(
    outside: Outside, outsourced: SiteSolution
) -> None:
    orders = partner_orders({name: outside.client(name) for name in PARTNERS})
    errand = placed(orders, an_order_of(outsourced, "procure", "partner-north", outsourced.legs[0].access))
    seen = followed(orders, errand)
    assert (seen.state, seen.remote_state) == ("done", "completed")
    assert orders.undo(errand).state == "failed"


def test_a_partners_order_is_placed_once_although_its_answer_is_lost(
    outside: Outside, outsourced: SiteSolution
) -> None:
    orders = partner_orders({name: outside.client(name) for name in PARTNERS})
    errand = an_order_of(outsourced, "procure", "partner-north", outsourced.legs[0].access)
    set_faults(outside.urls, "partner-north", {"drop": "after", "times": 1, "operations": ["createServiceOrder"]})
    errand = placed(orders, errand)
    stored = mock_state(outside.urls, "partner-north")["serviceOrder"]
    ids = [order["id"] for order in stored if order["externalId"] == errand.task.key]
    assert ids == [errand.task.remote_id]


def test_a_partners_order_that_is_not_delivered_yet_can_be_cancelled(
    outside: Outside, outsourced: SiteSolution
) -> None:
    orders = partner_orders({name: outside.client(name) for name in PARTNERS})

    def cancelled() -> Errand | None:
        """An order that was cancelled; None where the partner was quicker."""
        errand = placed(orders, an_order_of(outsourced, "procure", "partner-north", outsourced.legs[0].access))
        seen = undone(orders, errand)
        return errand if (seen.state, seen.remote_state) == ("done", "cancelled") else None

    errand = until("a cancel that is in time", cancelled)
    stored = mock_state(outside.urls, "partner-north")["cancelServiceOrder"]
    assert len([one for one in stored if one["serviceOrder"]["id"] == errand.task.remote_id]) == 1


def test_resources_are_provided(outside: Outside, designed: SiteSolution) -> None:
    orders = resource_orders("resource-orders", outside.client("resource-orders"))
    errand = placed(orders, an_order_of(designed, "provide", "resource-orders"))
    assert followed(orders, errand).state == "done"


def test_parameters_are_allocated_and_the_implementation_waits_for_them(
    outside: Outside, designed: SiteSolution
) -> None:
    client = outside.client("downstream")
    allocations, implementations = allocation_orders("downstream", client), implementation_orders("downstream", client)
    allocation = placed(allocations, an_order_of(designed, "allocate", "downstream"))
    implementation = an_order_of(designed, "implement", "downstream")
    implementation = placed(implementations, replace(implementation, done={allocation.task.key: allocation.task}))
    assert followed(implementations, implementation).state == "done"
    allocated = allocations.look(allocation)
    assert allocated.state == "done"
    assert allocated.parameters["1"]
    stored = mock_state(outside.urls, "downstream")["serviceOrder"]
    relations = next(one["orderRelationship"] for one in stored if one["id"] == implementation.task.remote_id)
    assert [one["id"] for one in relations] == [allocation.task.remote_id]


@pytest.mark.parametrize("fault", [{"drop": "after"}, {}])
def test_a_service_is_registered_once_and_can_be_taken_out(
    outside: Outside, designed: SiteSolution, fault: dict[str, Any]
) -> None:
    registrations = ServiceRegistrations("services", outside.client("services"))
    errand = an_order_of(designed, "register", "services")
    set_faults(outside.urls, "services", {**fault, "times": 1, "operations": ["createService"]})
    errand = placed(registrations, errand)
    assert registrations.send(errand).remote_id == errand.task.remote_id
    seen = registrations.look(errand)
    assert (seen.state, seen.remote_state) == ("done", "active")
    assert registrations.undo(errand).state == "done"
    assert registrations.look(errand).state == "unknown"


@pytest.mark.parametrize("name", ["pool", "resource-orders", "downstream", "partner-north"])
def test_every_system_with_a_hub_takes_our_listener(outside: Outside, name: str) -> None:
    client = outside.client(name)
    errands: Mapping[str, Errands] = {
        "pool": Reservations("pool", client, now=now, hold=timedelta(days=14)),
        "resource-orders": resource_orders("resource-orders", client),
        "downstream": allocation_orders("downstream", client),
        "partner-north": partner_orders({"partner-north": client}),
    }
    callback = f"http://127.0.0.1:9/listener/{name}"
    assert errands[name].subscribe(name, callback)
    hub = mock_state(outside.urls, name)["hub"]
    assert [one["callback"] for one in hub] == [callback]


def test_a_system_without_hub_is_looked_at_instead(outside: Outside) -> None:
    registrations = ServiceRegistrations("services", outside.client("services"))
    assert registrations.subscribe("services", "http://127.0.0.1:9/listener/services") is None


def test_the_mocks_saw_a_key_on_everything_that_was_posted(outside: Outside, designed: SiteSolution) -> None:
    reservations = Reservations("pool", outside.client("pool"), now=now, hold=timedelta(days=14))
    errand = placed(reservations, an_order_of(designed, "reserve", "pool"))
    reservations.undo(errand)
    calls = requests.get(f"{outside.urls['pool']}/mock-control/calls", timeout=10).json()
    keys = [call["key"] for call in calls if call["method"] == "POST" and call["path"].endswith("/reservation")]
    assert all(keys)
    assert keys[-1] == errand.task.key


@pytest.mark.parametrize("lost", ["createServiceLevelObjective", "createServiceLevelSpecification"])
def test_objectives_are_published_once_and_taken_out_again(outside: Outside, designed: SiteSolution, lost: str) -> None:
    quality = QualityErrands("service-quality", outside.client("service-quality"))
    errand = an_order_of(replace(designed, objectives=(AVAILABLE, QUICK)), "publish", "service-quality")
    set_faults(outside.urls, "service-quality", {"drop": "after", "times": 1, "operations": [lost]})
    errand = placed(quality, errand)
    assert quality.send(errand).remote_id == errand.task.remote_id

    def published() -> list[str]:
        state = mock_state(outside.urls, "service-quality")
        things = [*state["serviceLevelObjective"], *state["serviceLevelSpecification"]]
        return [one["name"] for one in things if one["name"].startswith(errand.task.key)]

    assert published() == [f"{errand.task.key}/1", f"{errand.task.key}/2", errand.task.key]
    seen = quality.look(errand)
    assert (seen.state, list(seen.reported["1"]["objectives"])) == ("done", ["availability", "round trip"])
    assert quality.undo(errand).state == "done"
    assert published() == []
    assert quality.look(errand).state == "unknown"
