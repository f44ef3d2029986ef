"""The world that the mocks tell of: real graphs, repeatable facts, all of them said in the words of docs/words.md."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from mocks.world import METRO, NORTH, PARTNERS, UnknownTopology, World, build_world
from mocks.world.words import Json, fact, related

TODAY = date(2027, 1, 4)
TOPOLOGIES = ("germany50", "nobel-germany", "polska", "TataNld")
MANDATORY: dict[str, tuple[str, ...]] = {
    "pop": ("latitudeDeg", "longitudeDeg", "availability", "delayMs"),
    "link": ("lengthKm", "availability", "freeCapacityMbps", "mrcPerMbps"),
    "sharedRiskGroup": ("availability",),
    "plannedUpgrade": ("addsMbps",),
    "paidAugment": ("addsMbps", "nrc", "mrc", "leadTimeDays"),
    "accessOption": ("technology", "bandwidthMbps", "nrc", "mrc", "availability", "delayMs"),
    "sharedBuild": ("nrc", "mrc", "leadTimeDays"),
    "cpeModel": ("maxMbps", "nrc", "mrc", "availability", "delayMs"),
    "fieldCapacity": ("skill", "crewDays"),
    "crewPool": ("skill", "crews"),
    "staff": ("team", "skill", "people"),
    "skillNeed": ("team", "skill", "people"),
    "course": ("skill", "durationDays", "seats"),
}
DATED = {"plannedUpgrade": "startOperatingDate", "fieldCapacity": "endOperatingDate"}
RELATIONS: dict[str, dict[str, str]] = {
    "link": {"endA": "pop", "endZ": "pop", "sharesRisk": "sharedRiskGroup"},
    "plannedUpgrade": {"upgrades": "link"},
    "paidAugment": {"augments": "link"},
    "accessOption": {"terminatesAt": "pop", "sharesRisk": "sharedRiskGroup", "needsBuild": "sharedBuild"},
}
EXACTLY_ONE = {
    "link": ("endA", "endZ"),
    "plannedUpgrade": ("upgrades",),
    "paidAugment": ("augments",),
    "accessOption": ("terminatesAt",),
}


def of(world: World, category: str) -> list[Json]:
    return [thing for thing in world.resources() if thing["category"] == category]


@pytest.fixture(scope="module", params=TOPOLOGIES)
def any_world(request: pytest.FixtureRequest) -> World:
    return build_world(request.param, 7, TODAY)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world("germany50", 7, TODAY)


def everything(world: World) -> object:
    wanted = {"bandwidth": 100}
    places = sorted(place for partner in PARTNERS for place in world.partner_area(partner))
    offers = [world.partner_offer(partner, place, wanted) for partner in PARTNERS for place in places]
    return world.resources(), world.addresses, world.sites, world.specifications, world.hubs, offers


def test_equal_arguments_make_equal_worlds() -> None:
    assert everything(build_world("polska", 3, TODAY)) == everything(build_world("polska", 3, TODAY))


def test_another_seed_changes_the_facts_and_not_the_graph(world: World) -> None:
    other = build_world("germany50", 8, TODAY)

    def lengths(one: World) -> dict[str, float]:
        return {link["id"]: fact(link, "lengthKm") for link in of(one, "link")}

    def prices(one: World) -> list[Json]:
        return [fact(link, "mrcPerMbps") for link in of(one, "link")]

    assert lengths(other) == lengths(world)
    assert prices(other) != prices(world)


def test_the_pops_and_links_are_those_of_the_real_network(world: World) -> None:
    assert (len(of(world, "pop")), len(of(world, "link"))) == (50, 88)
    aachen, link = world.resource("pop-aachen"), world.resource("link-aachen-koeln")
    assert aachen is not None
    assert link is not None
    assert (fact(aachen, "latitudeDeg"), fact(aachen, "longitudeDeg")) == (50.76, 6.04)
    assert fact(link, "lengthKm") == pytest.approx(61.63 * 1.3, abs=0.01)
    assert (related(link, "endA"), related(link, "endZ")) == (["pop-aachen"], ["pop-koeln"])


def test_a_topology_is_found_by_its_key_and_in_any_letter_case() -> None:
    assert build_world("topozoo/Abilene", 7, TODAY).hubs == build_world("topozoo/Abilene", 7, TODAY).hubs
    assert build_world("tatanld", 7, TODAY).hubs == build_world("topozoo/TataNld", 7, TODAY).hubs


@pytest.mark.parametrize("name", ["germnay51", "sndlib/nowhere", "../germany50", ""])
def test_an_unknown_topology_is_refused_with_names_that_exist(name: str) -> None:
    with pytest.raises(UnknownTopology, match=r"sndlib/germany50.*sndlib/polska"):
        build_world(name, 7, TODAY)


@pytest.mark.parametrize("name", ["topozoo/Arpanet19719", "topozoo/Pacificwave", "topozoo/Renam"])
def test_cities_of_one_name_and_tiny_networks_still_make_a_world(name: str) -> None:
    world = build_world(name, 7, TODAY)
    ids = [thing["id"] for thing in world.resources()]
    assert len(set(ids)) == len(ids)
    assert {site["id"] for site in world.sites} >= {"nordwind-hq", "nordwind-plant", "nordwind-depot"}


def test_every_category_of_the_vocabulary_occurs(any_world: World) -> None:
    assert {thing["category"] for thing in any_world.resources()} == MANDATORY.keys()


def test_every_resource_has_the_mandatory_facts_of_its_category(any_world: World) -> None:
    lacking = [
        (thing["id"], name)
        for thing in any_world.resources()
        for name in MANDATORY[thing["category"]]
        if fact(thing, name) is None
    ]
    undated = [t["id"] for t in any_world.resources() if DATED.get(t["category"], "id") not in t]
    untimed = [
        option["id"]
        for option in of(any_world, "accessOption")
        if (fact(option, "leadTimeDays") is None) == (fact(option, "leadTimeCalendarDays") is None)
    ]
    assert (lacking, undated, untimed) == ([], [], [])


def test_availabilities_are_probabilities_and_prices_have_one_currency(any_world: World) -> None:
    for thing in any_world.resources():
        availability = fact(thing, "availability")
        assert availability is None or 0.9 < availability < 1
        for name in ("nrc", "mrc", "mrcPerMbps"):
            money = fact(thing, name)
            assert money is None or money["unit"] == "EUR"
            assert money is None or money["value"] == round(money["value"], 2) > 0


def test_every_relation_leads_to_a_resource_of_the_right_category(any_world: World) -> None:
    for thing in any_world.resources():
        kinds = Counter(r["relationshipType"] for r in thing["resourceRelationship"])
        for kind in kinds:
            category = RELATIONS[thing["category"]][kind]
            for other in map(any_world.resource, related(thing, kind)):
                assert other is not None
                assert other["category"] == category
        assert all(kinds[kind] == 1 for kind in EXACTLY_ONE.get(thing["category"], ()))


def test_every_access_option_is_at_a_place_that_exists(any_world: World) -> None:
    kinds = {
        **{a["id"]: "GeographicAddress" for a in any_world.addresses},
        **{s["id"]: "GeographicSite" for s in any_world.sites},
    }
    places = [option["place"] for option in of(any_world, "accessOption")]
    assert {kinds.get(place["id"]) for place in places} == {"GeographicAddress", "GeographicSite"}
    assert all(kinds[place["id"]] == place["@referredType"] for place in places)


def test_every_resource_says_that_it_is_synthetic(any_world: World) -> None:
    assert all(thing["description"].endswith("Synthetic, seeded.") for thing in any_world.resources())


def test_planned_things_are_dated_from_the_day_that_was_given() -> None:
    early, late = build_world("germany50", 7, TODAY), build_world("germany50", 7, date(2030, 6, 3))
    shift = date(2030, 6, 3) - TODAY
    dates = [[date.fromisoformat(u["startOperatingDate"][:10]) for u in of(w, "plannedUpgrade")] for w in (early, late)]
    assert dates[1] == [day + shift for day in dates[0]]
    assert min(dates[0]) > TODAY


def test_an_upgrade_whose_day_has_come_is_in_its_link_and_in_what_the_pool_has_of_it() -> None:
    world = build_world("germany50", 7, TODAY)
    planned = {link for one in of(world, "plannedUpgrade") for link in related(one, "upgrades")}
    links = {one["id"]: fact(one, "freeCapacityMbps") for one in of(world, "link")}
    assert links["link-berlin-magdeburg"] > 10_000
    assert "link-berlin-magdeburg" not in planned
    assert all(world.capacity(link) == free for link, free in links.items())


def test_some_links_share_a_duct_and_some_another_risk(any_world: World) -> None:
    users = Counter(group for link in of(any_world, "link") for group in related(link, "sharesRisk"))
    kinds = {fact(group, "kindOfRisk") for group in of(any_world, "sharedRiskGroup") if users[group["id"]] == 2}
    assert kinds == {"duct", "risk"}


def test_one_cpe_model_is_no_longer_made(world: World) -> None:
    ended = [m["id"] for m in of(world, "cpeModel") if "endOperatingDate" in m]
    assert ended == ["cpe-old"]
    assert len(of(world, "cpeModel")) == 5


@pytest.mark.parametrize(("prefix", "quantity"), [("link-", 300), ("pop-", 1), ("cpe-", 2), ("acc-", 1)])
def test_what_is_taken_is_no_longer_free_until_it_is_given_back(prefix: str, quantity: int) -> None:
    world = build_world("polska", 7, TODAY)
    taken = next(t["id"] for t in world.resources() if t["id"].startswith(prefix) and world.capacity(t["id"]))
    before, free = world.resource(taken), world.capacity(taken)
    assert free is not None
    world.take(taken, quantity)
    assert world.capacity(taken) == free - quantity
    assert world.resource(taken) != before
    world.give_back(taken, quantity)
    assert world.capacity(taken) == free
    assert world.resource(taken) == before


def test_more_than_there_is_can_neither_be_taken_nor_given_back() -> None:
    world = build_world("polska", 7, TODAY)
    option = of(world, "accessOption")[0]["id"]
    with pytest.raises(ValueError, match="1 free"):
        world.give_back(option, 1)
    world.take(option, 1)
    with pytest.raises(ValueError, match="0 free"):
        world.take(option, 1)
    assert world.capacity(option) == 0


def test_nothing_is_counted_of_a_duct_or_of_an_unknown_thing(world: World) -> None:
    assert world.capacity(of(world, "sharedRiskGroup")[0]["id"]) is None
    assert world.capacity("link-nowhere") is None
    with pytest.raises(KeyError):
        world.take("link-nowhere", 1)


def test_the_partners_overlap_and_neither_is_everywhere(any_world: World) -> None:
    north, metro = any_world.partner_area(NORTH), any_world.partner_area(METRO)
    places = {a["id"] for a in any_world.addresses} | {s["id"] for s in any_world.sites}
    assert north & metro
    assert north - metro
    assert metro - north
    assert (north | metro) < places


def test_the_northern_partner_covers_what_lies_north(world: World) -> None:
    lat_deg = {a["id"]: a["geographicLocation"]["bbox"][1] for a in world.addresses}
    inside = [lat_deg[p] for p in world.partner_area(NORTH) if p in lat_deg]
    outside = [lat for place, lat in lat_deg.items() if not world.partner_covers(NORTH, place)]
    assert sorted(inside)[len(inside) // 2] > sorted(outside)[len(outside) // 2]


def test_a_site_gets_the_offer_of_its_address(world: World) -> None:
    wanted = {"bandwidth": {"down": 100, "up": 20, "unit": "Mbit/s"}}
    for site in world.sites:
        address = site["place"][0]["id"]
        assert world.partner_offer(NORTH, site["id"], wanted) == world.partner_offer(NORTH, address, wanted)


def test_an_offer_grows_with_the_bandwidth_up_to_what_the_partner_has(world: World) -> None:
    offers = [
        world.partner_offer(NORTH, "nordwind-hq", {"bandwidth": {"down": g, "up": 1, "unit": "Gbit/s"}})
        for g in (1, 2, 40)
    ]
    assert [offer.bandwidth_mbps for offer in offers if offer] == [1000, 2000, 10_000]
    assert [offer.mrc for offer in offers if offer] == [Decimal("810.00"), Decimal("960.00"), Decimal("2160.00")]


def test_a_partner_offers_nothing_where_it_is_not_or_has_no_port_or_may_not_build(world: World) -> None:
    wanted = {"bandwidth": 100}
    refused = [p for p in world.partner_area(NORTH) if world.partner_offer(NORTH, p, wanted) is None]
    assert refused
    assert world.partner_offer(NORTH, "nordwind-depot", wanted) is None
    assert world.partner_offer(NORTH, "nowhere", wanted) is None
    assert world.partner_offer(NORTH, "nordwind-hq", {**wanted, "technologyForbidden": ["fibre"]}) is None


@pytest.mark.parametrize("bandwidth", [None, "much", 0, True, {"down": 5, "unit": "baud"}, {"unit": "Mbit/s"}])
def test_a_question_without_a_usable_bandwidth_is_refused(world: World, bandwidth: object) -> None:
    with pytest.raises(ValueError, match="positive number"):
        world.partner_offer(NORTH, "nordwind-hq", {"bandwidth": bandwidth})


def test_declared_groups_are_known_to_the_inventory_and_metro_keeps_some_secret(any_world: World) -> None:
    offers = {
        partner: [
            any_world.partner_offer(partner, place, {"bandwidth": 50}) for place in any_world.partner_area(partner)
        ]
        for partner in PARTNERS
    }
    declared = [group for many in offers.values() for o in many if o for group in o.shared_risk_groups or ()]
    assert all(any_world.resource(group) is not None for group in declared)
    assert all(o.shared_risk_groups for o in offers[NORTH] if o)
    assert {o.shared_risk_groups is None for o in offers[METRO] if o} == {True, False}
    assert all(any_world.resource(o.handover_pop) for many in offers.values() for o in many if o)


def test_two_specifications_can_be_designed_and_one_is_retired(any_world: World) -> None:
    lifecycles = {s["id"]: s["lifecycleStatus"] for s in any_world.specifications}
    assert lifecycles == {"cfs-internet-access": "Active", "cfs-leased-line": "Retired", "cfs-vpn-site": "Active"}
    for specification in any_world.specifications:
        words = {word["name"]: word for word in specification["specCharacteristic"]}
        defaults = {
            name: value["value"]
            for name, word in words.items()
            for value in word["characteristicValueSpecification"]
            if value["isDefault"]
        }
        assert defaults["designPattern"] == "siteToHub"
        assert defaults["destination"] == list(any_world.hubs)
        assert defaults["accessDiversity"] == "none"
        assert words["bandwidth"]["minCardinality"] == 1
        assert "bandwidth" not in defaults


def test_the_hubs_are_two_well_connected_pops(any_world: World) -> None:
    degree = Counter(end for link in of(any_world, "link") for end in related(link, "endA") + related(link, "endZ"))
    ranked = sorted(degree.values(), reverse=True)
    first, second = any_world.hubs
    assert first != second
    assert min(degree[first], degree[second]) >= ranked[len(ranked) // 4]


def test_every_skill_that_is_needed_is_one_of_a_technology_that_occurs_and_is_taught(world: World) -> None:
    technologies = {fact(option, "technology") for option in of(world, "accessOption")}
    taught = {fact(course, "skill") for course in of(world, "course")}
    needs = of(world, "skillNeed")
    assert len(needs) == 2
    assert {fact(need, "technology") for need in needs} <= technologies
    assert {fact(need, "skill") for need in needs} <= taught


def test_there_is_a_pool_of_crews_for_every_skill_that_has_crew_days(world: World) -> None:
    pools = {fact(pool, "skill") for pool in of(world, "crewPool")}
    assert pools == {fact(capacity, "skill") for capacity in of(world, "fieldCapacity")}
