"""Which of our specifications a partner is asked about, where its own catalogue says so."""

from collections.abc import Iterator, Mapping

import pytest
import requests
import responses
from structlog.testing import capture_logs

from linkwright.designs.facts import PartnerAnswer
from linkwright.outbound.partners.market import PartnerMarket
from linkwright.outbound.partners.own_catalogue import LONGEST_READING, READ_AGAIN, OwnCatalogue
from linkwright.outbound.partners.pace import Pace
from linkwright.outbound.partners.standard import PartnerLine
from linkwright.partner_settings import partner_of
from linkwright.settings import Settings
from linkwright.wiring.outside import outside_of
from tests.builders import a_place, a_requirement

from .fakes import BASE_URL, Clock, a_client, numbered
from .test_partner_market import CHECKS, a_check

SPECIFICATIONS = f"{BASE_URL}/tmf-api/serviceCatalogManagement/v4/serviceSpecification"
LISTED = [
    {"id": "cfs-vpn", "lifecycleStatus": "Active"},
    {"id": "cfs-old", "lifecycleStatus": "Retired"},
    {"id": "cfs-plain"},
]
FRESH_S = 3_600.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


def a_catalogue(clock: Clock, *declared: str) -> OwnCatalogue:
    return OwnCatalogue(a_client("north"), declared=frozenset(declared), fresh_s=FRESH_S, now=clock)


def asked_about(catalogue: OwnCatalogue, specification: str | None) -> bool:
    return catalogue.why_not(a_requirement(specification=specification), a_place()) is None


@pytest.fixture
def market(clock: Clock) -> Iterator[PartnerMarket]:
    client = a_client("north")
    catalogue = OwnCatalogue(client, declared=frozenset(), fresh_s=FRESH_S, now=clock)
    line = PartnerLine(partner="north", client=client, pace=Pace(), answer_within_s=5.0, catalogue=catalogue)
    market = PartnerMarket([line], currency=lambda: "EUR", new_id=numbered(), now=clock)
    yield market
    market.close()


def test_a_catalogue_that_does_not_end_is_not_read_for_long(peer: responses.RequestsMock, clock: Clock) -> None:
    def page(_request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        clock.pass_s(LONGEST_READING.total_seconds() / 4)
        is_last = len(peer.calls) > 20
        return 200, {}, "[]" if is_last else f'[{{"id": "cfs-{len(peer.calls)}"}}]'

    peer.add_callback("GET", SPECIFICATIONS, page)
    assert asked_about(a_catalogue(clock, "cfs-vpn"), "cfs-vpn")
    assert len(peer.calls) < 10


def test_a_partner_is_asked_about_what_is_on_sale_there_and_about_nothing_else(
    peer: responses.RequestsMock, market: PartnerMarket
) -> None:
    peer.get(SPECIFICATIONS, json=LISTED)
    peer.post(f"{BASE_URL}{CHECKS}", json=a_check())
    wanted = [a_requirement(ref=name, specification=name) for name in ("cfs-vpn", "cfs-old", "cfs-new")]
    found: Mapping[str, PartnerAnswer] = {one.ref: one for one in market.ask([(one, a_place()) for one in wanted])}
    assert {ref: one.asked for ref, one in found.items()} == {
        "cfs-vpn": "offered",
        "cfs-old": "notAsked",
        "cfs-new": "notAsked",
    }
    assert "cfs-new is not among its specifications" in found["cfs-new"].text


def test_a_catalogue_is_read_once_as_long_as_it_holds(peer: responses.RequestsMock, clock: Clock) -> None:
    read = peer.get(SPECIFICATIONS, json=LISTED)
    catalogue = a_catalogue(clock)
    assert asked_about(catalogue, "cfs-plain")
    assert asked_about(catalogue, None)
    pages = read.call_count
    clock.pass_s(FRESH_S - 1)
    assert not asked_about(catalogue, "cfs-new")
    assert read.call_count == pages
    clock.pass_s(2)
    peer.replace(responses.GET, SPECIFICATIONS, json=[{"id": "cfs-new"}])
    assert asked_about(catalogue, "cfs-new")
    assert not asked_about(catalogue, "cfs-plain")


@pytest.mark.parametrize("says", [{"status": 500}, {"body": requests.ConnectionError("gone")}, {"json": []}])
def test_without_an_answer_what_is_declared_counts(
    peer: responses.RequestsMock, clock: Clock, says: Mapping[str, object]
) -> None:
    peer.get(SPECIFICATIONS, **says)
    assert asked_about(a_catalogue(clock), "cfs-new")
    declared = a_catalogue(clock, "cfs-vpn")
    assert asked_about(declared, "cfs-vpn")
    assert not asked_about(declared, "cfs-new")


def test_a_catalogue_that_does_not_answer_is_left_alone_for_a_while(peer: responses.RequestsMock, clock: Clock) -> None:
    down = peer.get(SPECIFICATIONS, status=503)
    catalogue = a_catalogue(clock)
    with capture_logs() as logged:
        assert asked_about(catalogue, "cfs-new")
        assert asked_about(catalogue, "cfs-new")
    assert down.call_count == 1
    assert [line["partner"] for line in logged] == ["north"]
    peer.replace(responses.GET, SPECIFICATIONS, json=LISTED)
    clock.pass_s(READ_AGAIN.total_seconds())
    assert not asked_about(catalogue, "cfs-new")


def test_the_catalogue_of_a_partner_of_the_world_is_read(world: Mapping[str, str], clock: Clock) -> None:
    client = a_client("partner-north", world["partner-north"])
    catalogue = OwnCatalogue(client, declared=frozenset(), fresh_s=FRESH_S, now=clock)
    wanted = ("cfs-vpn-site", "cfs-leased-line", "cfs-unheard-of")
    assert [asked_about(catalogue, one) for one in wanted] == [True, False, False]


def test_who_configures_a_catalogue_lets_it_count_instead_of_what_is_declared(world: Mapping[str, str]) -> None:
    table = {"url": world["partner-north"], "catalogue_s": 60, "specifications": ["cfs-leased-line"]}
    partner = partner_of("partner-north", table, {})
    outside = outside_of(Settings(systems={"resources": world["resources"]}, partners=(partner,)))
    wanted = [a_requirement(ref=name, specification=name) for name in ("cfs-vpn-site", "cfs-leased-line")]
    found = {one.ref: one.asked for one in outside.market.ask([(one, a_place()) for one in wanted])}
    assert found == {"cfs-vpn-site": "noCoverage", "cfs-leased-line": "notAsked"}
    outside.close()
