"""What a requester may wish reaches the design core, and comes back designed or refused with a reason."""

from dataclasses import replace
from datetime import date

import pytest

from linkwright.design.model import Fibre, Srlg
from linkwright.designs.facts import PlannedUpgrade
from linkwright.designs.requirement import PlaceWanted, Requirement
from linkwright.wire.v4.design_words import solution_words
from tests.builders import a_link, a_network, a_node, a_requirement, an_access
from tests.designs.answering import answer_to, codes, item_of, labels, offering, some_facts
from tests.fakes import FakeFacts


def _two_ways(**east: object) -> FakeFacts:
    """Fibre to the west, and something dearer to the east."""
    second = {"id": "east-1", "pop": "east", "nrc_minor": 200_000} | east
    return some_facts(access=(an_access(), an_access(**second)))


def _technologies(facts: FakeFacts, requirement: Requirement) -> tuple[str, ...]:
    solution = item_of(answer_to(facts, requirement)).solution
    assert solution is not None
    return tuple(leg.technology for leg in solution.legs)


def _refused(facts: FakeFacts, requirement: Requirement, code: str) -> str:
    item = item_of(answer_to(facts, requirement))
    assert item.result in ("alternate", "unqualified")
    assert code in codes(item)
    return labels(item)


def test_a_backup_is_of_the_technology_that_is_wanted_and_may_be_smaller() -> None:
    facts = _two_ways(technology="5g", bandwidth_mbps=20)
    wanted = a_requirement(backup="mobile", backup_mbps=20)
    assert _technologies(facts, wanted) == ("fibre", "5g")
    assert "SD-CAP-01" in codes(item_of(answer_to(facts, replace(wanted, backup_mbps=50))))
    assert "backup" in _refused(facts, a_requirement(backup="satellite"), "SD-DIV-01")


def test_a_backup_of_any_technology_is_of_another_than_the_first_leg() -> None:
    assert set(_technologies(_two_ways(technology="dsl"), a_requirement(backup="any"))) == {"fibre", "dsl"}
    assert _refused(_two_ways(), a_requirement(backup="any"), "SD-DIV-01")


def test_a_backup_that_is_missing_is_no_matter_of_what_partners_declare() -> None:
    facts = some_facts(answers=(offering("north", risks_declared=False),))
    for wanted in ("any", "mobile"):
        told = _refused(facts, a_requirement(backup=wanted), "SD-DIV-01")
        assert "declaring" not in told
        assert "all 2 ways to the place share the technology fibre" in told


@pytest.mark.parametrize(
    ("fact", "wish", "code", "told"),
    [
        ({"jitter_ms": 4.0}, {"jitter_ms": 3.0}, "SD-SLA-03", "fibre: 4 ms > 3 ms"),
        ({"loss": 0.004}, {"loss": 0.002}, "SD-SLA-04", "fibre: 0.4 % > 0.2 %"),
    ],
)
def test_a_limit_of_quality_is_kept_or_told_with_numbers(
    fact: dict[str, float], wish: dict[str, float], code: str, told: str
) -> None:
    dull = some_facts(access=(an_access(**fact),))
    assert told in _refused(dull, a_requirement(**wish), code)
    good = some_facts(access=(an_access(jitter_ms=1.0, loss=0.001),))
    assert item_of(answer_to(good, a_requirement(**wish))).result == "qualified"


@pytest.mark.parametrize(("wish", "told"), [("jitter_ms", "its jitter is"), ("loss", "its packet loss is")])
def test_what_is_not_known_of_an_access_is_not_taken_for_nothing(wish: str, told: str) -> None:
    asked = a_requirement(**{wish: 0.1})
    assert f"{told} not known" in _refused(some_facts(), asked, "SD-INF-01")
    known = an_access(id="fibre-2", jitter_ms=0.0, loss=0.0)
    assert item_of(answer_to(some_facts(access=(an_access(), known)), asked)).result == "qualified"


def test_light_must_arrive_where_an_optical_budget_is_given() -> None:
    lit = tuple(replace(link, fibre=Fibre(db_per_km=0.2)) for link in a_network().links)
    facts = some_facts(facts=a_network(links=lit), access=(an_access(optical_db=2.0),))
    assert item_of(answer_to(facts, a_requirement(optical_db=22.0))).result == "qualified"
    assert "22 dB is the least" in _refused(facts, a_requirement(optical_db=21.0), "SD-SLA-02")
    assert "opticalLossDb of fibre-1" in _refused(some_facts(), a_requirement(optical_db=99.0), "SD-INF-01")
    dark = some_facts(access=(an_access(optical_db=2.0),))
    assert "links" in _refused(dark, a_requirement(optical_db=99.0), "SD-INF-01")


def test_the_delays_of_two_legs_may_not_be_too_different() -> None:
    facts = _two_ways(delay_ms=2.1)
    assert (
        item_of(answer_to(facts, a_requirement(diversity="link", differential_round_trip_ms=4.0))).result == "qualified"
    )
    wanted = a_requirement(diversity="link", differential_round_trip_ms=3.9)
    assert "4 ms is the least" in _refused(facts, wanted, "SD-SLA-02")


def test_two_legs_need_two_entries_into_the_building() -> None:
    network = a_network(srlgs=(Srlg(id="door", availability=1.0, kind="entry"),))
    one_door = some_facts(
        facts=network, access=(an_access(srlgs=("door",)), an_access(id="e", pop="east", srlgs=("door",)))
    )
    assert "door" in _refused(one_door, a_requirement(diversity="entry"), "SD-DIV-01")
    assert item_of(answer_to(one_door, a_requirement(diversity="srlg"))).result == "qualified"
    assert item_of(answer_to(_two_ways(), a_requirement(diversity="entry"))).result == "qualified"


@pytest.mark.parametrize(
    ("diversity", "pop", "told"),
    [
        ("link", "west", "all 2 ways to the place share link west-hub."),
        ("node", "west", "all 2 ways to the place share link west-hub, node west."),
        ("node", "mid", "all 2 ways to the place share link west-hub, node west."),
        ("srlg", "east", "all 2 ways to the place share bridge;"),
    ],
)
def test_what_no_route_can_avoid_is_named(diversity: str, pop: str, told: str) -> None:
    """From west one link leads to the hub, from mid it is reached by west alone, and both roads pass the bridge."""
    network = a_network()
    links = {link.id: replace(link, srlgs=("bridge",)) for link in network.links}
    if pop != "east":
        del links["east-hub"]
    more = (a_link("mid-west", "mid", "west"), a_link("mid-west-2", "mid", "west"))
    facts = some_facts(
        facts=replace(
            network,
            nodes=(*network.nodes, a_node("mid")),
            links=(*links.values(), *more),
            srlgs=(Srlg(id="bridge", availability=1.0),),
        ),
        access=(an_access(), an_access(id="second", pop=pop, nrc_minor=200_000)),
    )
    assert told.rstrip(".;") in _refused(facts, a_requirement(diversity=diversity), "SD-DIV-01")


def test_two_legs_need_two_carriers_and_that_alone_has_a_code_of_its_own() -> None:
    assert _refused(_two_ways(), a_requirement(diversity="carrier"), "SD-DIV-02")
    facts = some_facts()
    facts.answers = (offering("north", pop="east"),)
    assert item_of(answer_to(facts, a_requirement(diversity="carrier"))).result == "qualified"


@pytest.mark.parametrize(
    ("east", "asked", "achieved"),
    [
        ({}, {"diversity": "link"}, "srlg"),
        ({"srlgs": ("door",)}, {"diversity": "srlg"}, "entry"),
        ({"pop": "west"}, {"diversity": "link"}, "link"),
        ({"srlgs": ("duct",)}, {"diversity": "node"}, "node"),
        ({"technology": "5g"}, {"backup": "mobile"}, "srlg+technology"),
    ],
    ids=["ducts", "entries", "links", "nodes", "a backup"],
)
def test_what_legs_differ_in_is_told_as_it_is_and_not_as_it_was_asked_for(
    east: dict[str, object], asked: dict[str, object], achieved: str
) -> None:
    groups = [Srlg(id=name, availability=1.0, kind="entry") for name in ("door", "gate")]
    network = a_network(srlgs=(*groups, Srlg(id="duct", availability=1.0)))
    parallel = a_link("west-hub-2", "west", "hub")
    first = an_access(srlgs=("duct",) if east.get("srlgs") == ("duct",) else ("gate",))
    facts = some_facts(
        facts=replace(network, links=(*network.links, parallel)),
        access=(first, an_access(**{"id": "east-1", "pop": "east"} | east)),
    )
    solution = item_of(answer_to(facts, a_requirement(**asked))).solution
    assert solution is not None
    assert solution.diverse_in == achieved


def test_a_leg_of_a_partner_is_of_another_carrier_and_undeclared_ducts_are_no_diversity() -> None:
    facts = some_facts()
    for declared, achieved in ((True, "carrier+srlg"), (False, "carrier+node")):
        facts.answers = (offering("north", pop="east", risks_declared=declared),)
        solution = item_of(answer_to(facts, a_requirement(diversity="link"))).solution
        assert solution is not None
        assert solution.diverse_in == achieved
    alone = item_of(answer_to(facts, a_requirement())).solution
    assert alone is not None
    assert alone.diverse_in is None


def test_an_entry_that_a_partner_does_not_declare_may_be_the_same() -> None:
    facts = some_facts()
    facts.answers = (offering("north", pop="east", entry_declared=False),)
    assert "north not declaring" in _refused(facts, a_requirement(diversity="entry"), "SD-DIV-01")
    assert item_of(answer_to(facts, a_requirement(diversity="srlg"))).result == "qualified"


def test_an_access_that_is_given_up_before_the_service_ends_is_not_used() -> None:
    facts = some_facts(access=(an_access(usable_until=date(2027, 5, 31)),))
    until = a_requirement(service_end=date(2027, 5, 31))
    assert item_of(answer_to(facts, until)).result == "qualified"
    longer = a_requirement(service_end=date(2027, 6, 30))
    assert "2027-05-31 < 2027-06-30" in _refused(facts, longer, "SD-TIM-02")


def test_the_last_day_that_can_be_had_is_offered() -> None:
    facts = some_facts(access=(an_access(usable_until=date(2027, 5, 31)),))
    item = item_of(answer_to(facts, a_requirement(service_end=date(2027, 6, 30))))
    (proposal,) = item.proposals
    assert item.result == "alternate"
    assert (proposal.dimension, proposal.wanted, proposal.offered) == ("period", "2027-06-30", "2027-05-31")
    assert proposal.solution.requirement.service_end == date(2027, 5, 31)


def test_capacity_that_comes_later_has_a_code_of_its_own_and_both_ways_out_are_told() -> None:
    network = a_network()
    narrow = tuple(replace(link, capacity_mbps=50) if link.a == "west" else link for link in network.links)
    upgrade = PlannedUpgrade(id="card", link="west-hub", adds_mbps=50, in_service=date(2027, 4, 1))
    facts = some_facts(facts=replace(network, links=narrow, upgrades=(upgrade,)))
    told = _refused(facts, a_requirement(), "SD-CAP-02")
    assert "would be feasible if link west-hub capacity were 100 Mbit/s or if the date were 2027-04-01." in told
    assert "SD-CAP-01" not in codes(item_of(answer_to(facts, a_requirement())))
    never = some_facts(facts=replace(network, links=narrow))
    assert "the date" not in _refused(never, a_requirement(), "SD-CAP-01")


def test_a_design_names_the_upgrades_that_it_stands_on_and_no_later_ones() -> None:
    network = a_network()
    narrow = tuple(replace(link, capacity_mbps=50) if link.a == "west" else link for link in network.links)
    days = {"card": date(2027, 4, 1), "second": date(2027, 5, 3), "third": date(2027, 5, 4)}
    cards = tuple(PlannedUpgrade(id=id, link="west-hub", adds_mbps=30, in_service=day) for id, day in days.items())
    facts = some_facts(facts=replace(network, links=narrow, upgrades=cards))
    (solution,) = [item_of(answer_to(facts, a_requirement(needed_by=date(2027, 6, 1)))).solution]
    assert solution is not None
    words = solution_words(solution)
    assert (words["capacity.basis"], words["capacity.plannedResource"]) == ("planned", ["card", "second"])
    assert words["capacity.plannedInService"] == "2027-05-03"


def test_a_loss_that_can_be_had_is_offered_without_the_noise_of_its_last_bits() -> None:
    (proposal,) = item_of(answer_to(some_facts(access=(an_access(loss=0.0001),)), a_requirement(loss=5e-5))).proposals
    assert proposal.offered == 0.0001


def test_a_backup_that_is_too_small_is_told_by_its_own_bandwidth_and_offered_with_less() -> None:
    wanted = a_requirement(backup="mobile", backup_mbps=50)
    item = item_of(answer_to(_two_ways(technology="5g", bandwidth_mbps=20), wanted))
    assert "(5g: 20 Mbit/s < 50 Mbit/s)" in labels(item)
    offered = {one.dimension: one.offered for proposal in item.proposals for one in proposal.relaxed}
    assert offered == {"backup": "none", "bandwidth": 20, "backup_bandwidth": 20}


def test_what_is_not_permitted_is_told_by_name() -> None:
    facts = _two_ways(technology="5g")
    assert "fibre is not permitted" in _refused(facts, a_requirement(technology_allowed=("dsl",)), "SD-POL-01")
    offered = some_facts(access=())
    offered.answers = (offering("north"),)
    assert "fibre of north is not" in _refused(offered, a_requirement(partner_excluded=("north",)), "SD-POL-01")


def test_items_that_are_to_be_diverse_from_each_other_are() -> None:
    facts = some_facts(
        "site-1", "site-2",
        access=(
            an_access(), an_access(id="fibre-2", place="site-2"),
            an_access(id="east-2", place="site-2", pop="east", nrc_minor=200_000),
        ),
    )  # fmt: skip
    first, second = a_requirement(), a_requirement(ref="2", place=replace(a_requirement().place, id="site-2"))
    together = answer_to(facts, first, second)
    apart = answer_to(facts, first, replace(second, diverse_from=("1",)))
    assert [item_of(together, ref).solution.legs[0].pop for ref in ("1", "2")] == ["west", "west"]
    assert [item_of(apart, ref).solution.legs[0].pop for ref in ("1", "2")] == ["west", "east"]
    alone = some_facts("site-1", "site-2")
    refused = [
        item for item in answer_to(alone, first, replace(second, diverse_from=("1",))).items if not item.solution
    ]
    assert [code for item in refused for code in codes(item) if code == "SD-DIV-01"]


def test_an_item_that_is_not_asked_for_cannot_be_kept_away_from() -> None:
    item = item_of(answer_to(some_facts(), a_requirement(diverse_from=("elsewhere",))))
    assert (item.result, codes(item)) == ("unqualified", ["SD-INF-01"])
    assert "diverseFrom to elsewhere" in labels(item)


def test_the_earliest_design_may_cost_more() -> None:
    facts = _two_ways(lead_days=5, technology="5g")
    assert _technologies(facts, a_requirement()) == ("fibre",)
    assert _technologies(facts, a_requirement(objective="date")) == ("5g",)
    assert _technologies(facts, a_requirement(objective="availability")) == ("fibre",)


def test_discounted_money_may_choose_otherwise() -> None:
    facts = _two_ways(technology="5g", mrc_minor=25_000)
    assert _technologies(facts, a_requirement()) == ("5g",)
    assert _technologies(facts, a_requirement(objective="npv", npv_mrc_factor=10.0)) == ("fibre",)


def test_a_request_has_one_objective() -> None:
    facts = some_facts("site-1", "site-2")
    second = a_requirement(ref="2", place=replace(a_requirement().place, id="site-2"), objective="cost")
    answer = answer_to(facts, a_requirement(objective="date"), second)
    assert codes(item_of(answer, "2")) == ["SD-INF-01"]
    assert item_of(answer, "1").result == "qualified"


def test_there_is_no_more_cpe_than_there_is() -> None:
    (model,) = a_network().cpe
    facts = some_facts("site-1", "site-2", facts=a_network(cpe=(replace(model, stock=1),)))
    second = a_requirement(ref="2", place=replace(a_requirement().place, id="site-2"))
    answer = answer_to(facts, a_requirement(), second)
    (refused,) = [item for item in answer.items if item.result != "qualified"]
    assert "SD-CPE-01" in codes(refused)
    assert "2 pieces would be needed" in labels(refused)


def test_any_to_any_meets_at_one_node() -> None:
    facts = some_facts("site-1", "site-2", access=(an_access(), an_access(id="fibre-2", place="site-2", pop="east")))
    ends = {"destinations": ("west", "east"), "pattern": "anyToAny"}
    first = a_requirement(**ends)
    second = a_requirement(ref="2", place=replace(a_requirement().place, id="site-2"), **ends)
    answer = answer_to(facts, first, second)
    reached = {item_of(answer, ref).solution.legs[0].nodes[-1] for ref in ("1", "2")}
    assert len(reached) == 1


def _from_point_to_point(**far: object) -> FakeFacts:
    """West fibre at one end; at the other east fibre, with what `far` says of it."""
    end = {"id": "fibre-2", "place": "site-2", "pop": "east", "nrc_minor": 70_000} | far
    return some_facts("site-1", "site-2", access=(an_access(), an_access(**end)))


P2P = a_requirement(
    pattern="pointToPoint", destinations=None, far_place=PlaceWanted(kind="site", id="site-2"), round_trip_ms=30.0
)


def test_a_service_from_point_to_point_has_an_access_and_a_cpe_at_both_ends() -> None:
    item = item_of(answer_to(_from_point_to_point(), P2P))
    solution = item.solution
    assert solution is not None
    near, far = solution.legs
    assert (near.access, near.end, near.links, near.nrc_minor) == ("fibre-1", "a", ("west-east",), 90_000)
    assert (far.access, far.end, far.links, far.nrc_minor) == ("fibre-2", "z", (), 70_000)
    assert solution.place.far is not None
    assert (solution.place.id, solution.place.far.id, solution.cpe_quantity) == ("site-1", "site-2", 2)
    assert solution.nrc_minor == 90_000 + 70_000 + 2 * 18_000


def test_what_is_wrong_at_the_far_end_is_told() -> None:
    assert "5g: 2027-04" in _refused(_from_point_to_point(technology="5g", lead_days=110), P2P, "SD-TIM-01")
    nobody = some_facts("site-1", "site-2", access=(an_access(),))
    assert "reaches site-2" in _refused(nobody, P2P, "SD-ACC-01")


def test_partners_are_asked_about_both_ends() -> None:
    facts = some_facts("site-1", "site-2", access=(an_access(),))
    facts.answers = (offering("north", place="site-2", pop="east"),)
    solution = item_of(answer_to(facts, P2P)).solution
    assert solution is not None
    assert [(leg.supplier, leg.end) for leg in solution.legs] == [("own", "a"), ("north", "z")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"far_place": None}, "siteZ"),
        ({"far_place": PlaceWanted(kind="site", id="site-1")}, "Both ends"),
        ({"pattern": "siteToHub", "destinations": ("hub",)}, "Two places"),
    ],
)
def test_a_service_from_point_to_point_has_two_places_and_no_other_has(change: dict[str, object], told: str) -> None:
    item = item_of(answer_to(_from_point_to_point(), replace(P2P, **change)))
    assert item.result == "unqualified"
    assert told in labels(item)


def test_the_cheapest_change_is_offered_first() -> None:
    """What is good comes late and is dear; what comes soon is cheap and fails more often."""
    late = an_access(nrc_minor=900_000, lead_days=90)
    weak = an_access(id="radio-1", technology="5g", nrc_minor=1_000, availability=0.9, lead_days=1)
    wanted = a_requirement(availability=0.99, needed_by=date(2027, 1, 29))
    item = item_of(answer_to(some_facts(access=(late, weak)), wanted))
    assert [proposal.dimension for proposal in item.proposals] == ["availability", "date"]
