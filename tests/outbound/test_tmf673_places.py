from functools import partial
from typing import Any

import orjson
import pytest
import responses

from linkwright.designs.requirement import Place, PlaceTrouble, PlaceWanted, Whereabouts
from linkwright.errors import Unavailable
from linkwright.outbound.tmf673_places import Tmf673Places

from .fakes import BASE_URL, Clock, a_client

ADDRESSES = f"{BASE_URL}/tmf-api/geographicAddressManagement/v4/geographicAddress"
SITES = f"{BASE_URL}/tmf-api/geographicSiteManagement/v4/geographicSite"
HARBOUR_1 = {"id": "a1", "streetName": "Harbour Road", "streetNr": "1", "postcode": "20457", "city": "Hamburg"}
HARBOUR_2 = {**HARBOUR_1, "id": "a2", "streetNr": "2"}


def places(clock: Clock | None = None) -> Tmf673Places:
    return Tmf673Places(a_client("places"), now=clock or Clock(), freshness_s=60)


def find(register: Tmf673Places, wanted: PlaceWanted) -> Place | PlaceTrouble:
    (found,) = register.find_all([wanted])
    return found


def by_value(**parts: str) -> PlaceWanted:
    return PlaceWanted(kind="value", value=parts)


def test_a_site_is_filed_under_its_own_id_and_those_of_its_addresses(peer: responses.RequestsMock) -> None:
    peer.get(f"{SITES}/s1", json={"id": "s1", "name": "Head office", "place": [{"id": "a1"}, {"id": "a2"}]})
    found = find(places(), PlaceWanted(kind="site", id="s1"))
    assert found == Place(id="s1", name="Head office", ids=("s1", "a1", "a2"))


def test_an_address_is_named_by_its_street_and_town(peer: responses.RequestsMock) -> None:
    peer.get(f"{ADDRESSES}/a1", json=HARBOUR_1)
    found = find(places(), PlaceWanted(kind="address", id="a1"))
    assert found == Place(id="a1", name="Harbour Road 1, 20457 Hamburg", ids=("a1",))


@pytest.mark.parametrize(("kind", "collection"), [("site", SITES), ("address", ADDRESSES)])
def test_an_id_that_nobody_knows_is_an_unknown_place(peer: responses.RequestsMock, kind: str, collection: str) -> None:
    peer.get(f"{collection}/x", json={"code": "404", "reason": "not found"}, status=404)
    found = find(places(), PlaceWanted(kind=kind, id="x"))  # type: ignore[arg-type]
    assert isinstance(found, PlaceTrouble)
    assert (found.kind, found.candidates) == ("unknown", ())


def test_a_reference_without_id_is_an_unknown_place() -> None:
    found = find(places(), PlaceWanted(kind="site"))
    assert isinstance(found, PlaceTrouble)
    assert found.kind == "unknown"


def test_an_address_by_value_is_looked_up_by_the_parts_that_are_given(peer: responses.RequestsMock) -> None:
    peer.get(ADDRESSES, json=[HARBOUR_1])
    found = find(places(), by_value(streetName="Harbour Road", streetNr="1", city="Hamburg"))
    assert isinstance(found, Place)
    assert found.ids == ("a1",)
    asked = peer.calls[0].request.params
    assert asked == {
        "streetName": "Harbour Road",
        "streetNr": "1",
        "city": "Hamburg",
        "offset": "0",
        "limit": "500",
    }


def test_words_that_are_no_part_of_an_address_are_no_filter(peer: responses.RequestsMock) -> None:
    peer.get(ADDRESSES, json=[HARBOUR_1])
    find(places(), by_value(city="Hamburg", name="our office", limit="1"))
    assert set(peer.calls[0].request.params) == {"city", "offset", "limit"}
    assert peer.calls[0].request.params["limit"] == "500"


def test_several_fitting_addresses_are_ambiguous_and_told_as_candidates(peer: responses.RequestsMock) -> None:
    peer.get(ADDRESSES, json=[HARBOUR_1, HARBOUR_2])
    found = find(places(), by_value(streetName="harbour  road", city="HAMBURG"))
    assert isinstance(found, PlaceTrouble)
    assert (found.kind, found.candidates) == ("ambiguous", ("a1", "a2"))
    assert "2 addresses like harbour  road, HAMBURG" in found.text


def test_a_register_that_ignores_filters_is_filtered_here(peer: responses.RequestsMock) -> None:
    peer.get(ADDRESSES, json=[HARBOUR_1, HARBOUR_2, {**HARBOUR_1, "id": "a3", "city": "Bremen"}])
    found = find(places(), by_value(streetNr="2", city="Hamburg"))
    assert isinstance(found, Place)
    assert found.id == "a2"


def test_very_many_candidates_are_cut_short(peer: responses.RequestsMock) -> None:
    peer.get(ADDRESSES, json=[{**HARBOUR_1, "id": f"a{n}"} for n in range(50)])
    found = find(places(), by_value(city="Hamburg"))
    assert isinstance(found, PlaceTrouble)
    assert len(found.candidates) == 20
    assert "more than 20 addresses" in found.text


@pytest.mark.parametrize("answer", [{"json": []}, {"status": 404}])
def test_no_fitting_address_is_an_unknown_place(peer: responses.RequestsMock, answer: dict[str, object]) -> None:
    peer.get(ADDRESSES, **answer)  # type: ignore[arg-type]
    found = find(places(), by_value(city="Atlantis"))
    assert isinstance(found, PlaceTrouble)
    assert found.kind == "unknown"
    assert "Atlantis" in found.text


def test_an_address_without_any_part_is_not_looked_up() -> None:
    found = find(places(), by_value(name="somewhere"))
    assert isinstance(found, PlaceTrouble)
    assert found.kind == "unknown"


def test_a_place_that_was_found_is_not_looked_up_again_while_it_is_fresh(peer: responses.RequestsMock) -> None:
    peer.get(f"{SITES}/s1", json={"id": "s1", "name": "Head office"})
    clock = Clock()
    register = places(clock)
    for _ in range(2):
        find(register, PlaceWanted(kind="site", id="s1"))
    assert len(peer.calls) == 1
    clock.pass_s(60)
    find(register, PlaceWanted(kind="site", id="s1"))
    assert len(peer.calls) == 2


def test_an_unknown_place_is_looked_up_again_every_time(peer: responses.RequestsMock) -> None:
    peer.get(f"{SITES}/s1", status=404)
    peer.get(f"{SITES}/s1", json={"id": "s1", "name": "New office"})
    register, wanted = places(), PlaceWanted(kind="site", id="s1")
    assert isinstance(find(register, wanted), PlaceTrouble)
    assert isinstance(find(register, wanted), Place)


def test_a_register_that_is_down_is_no_unknown_place(peer: responses.RequestsMock) -> None:
    peer.get(f"{SITES}/s1", status=500)
    with pytest.raises(Unavailable):
        find(places(), PlaceWanted(kind="site", id="s1"))


def test_many_places_are_read_at_once_and_told_in_order(peer: responses.RequestsMock) -> None:
    peer.get(ADDRESSES, json=[HARBOUR_2, HARBOUR_1])
    wanted = [PlaceWanted(kind="address", id=name) for name in ("a1", "a2", "a1")]
    assert [place.id for place in places().find_all(wanted) if isinstance(place, Place)] == ["a1", "a2", "a1"]
    assert {call.request.params["id"] for call in peer.calls} == {"a1,a2"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("listed", [[], [HARBOUR_2, {"id": "a3"}], [HARBOUR_1]])
def test_a_register_that_does_not_list_by_ids_is_asked_for_each(peer: responses.RequestsMock, listed: object) -> None:
    peer.get(ADDRESSES, json=listed)
    peer.get(f"{ADDRESSES}/a1", json=HARBOUR_1)
    peer.get(f"{ADDRESSES}/a2", json=HARBOUR_2)
    peer.assert_all_requests_are_fired = False
    found = places().find_all([PlaceWanted(kind="address", id=name) for name in ("a1", "a2")])
    assert [place.id for place in found if isinstance(place, Place)] == ["a1", "a2"]


def test_a_place_is_where_its_register_says(peer: responses.RequestsMock) -> None:
    located = {**HARBOUR_1, "country": "Germany", "geographicLocation": {"bbox": [9.98, 53.54, 9.98, 53.54]}}
    peer.get(f"{ADDRESSES}/a1", json=located)
    found = find(places(), PlaceWanted(kind="address", id="a1"))
    assert isinstance(found, Place)
    assert found.at == Whereabouts(postcode="20457", city="Hamburg", country="Germany", lat_deg=53.54, lon_deg=9.98)


def test_sites_that_only_refer_to_their_addresses_are_located_by_these_many_at_once(
    peer: responses.RequestsMock,
) -> None:
    sites = [{"id": f"s{n}", "place": [{"id": f"a{n}"}]} for n in range(60)]
    addresses = [{"id": f"a{n}", "postcode": f"{20000 + n}"} for n in range(60)]
    for collection, listed in ((SITES, sites), (ADDRESSES, addresses)):
        peer.add_callback("GET", collection, partial(_listing, listed))
    register = Tmf673Places(a_client("places"), now=Clock(), freshness_s=60, sites_located=True)
    wanted = [PlaceWanted(kind="site", id=f"s{n}") for n in range(60)]
    found = register.find_all(wanted)
    assert [one.at for one in found if isinstance(one, Place)] == [
        Whereabouts(postcode=f"{20000 + n}") for n in range(60)
    ]
    assert len(peer.calls) == 4
    assert register.find_all(wanted) == found
    assert len(peer.calls) == 4


def test_a_site_whose_address_is_unknown_is_found_all_the_same(peer: responses.RequestsMock) -> None:
    peer.get(f"{SITES}/s1", json={"id": "s1", "place": [{"id": "a1"}]})
    peer.get(f"{ADDRESSES}/a1", status=404, json={})
    register = Tmf673Places(a_client("places"), now=Clock(), freshness_s=60, sites_located=True)
    found = find(register, PlaceWanted(kind="site", id="s1"))
    assert isinstance(found, Place)
    assert found.at is None


def _listing(listed: Any, request: Any) -> tuple[int, dict[str, str], bytes]:
    ids = request.params["id"].split(",")
    page = [one for one in listed if one["id"] in ids][int(request.params["offset"]) :]
    return 200, {"X-Total-Count": str(len(ids))}, orjson.dumps(page)
