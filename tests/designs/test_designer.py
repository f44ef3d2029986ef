"""Requirements in, verified answers out."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkwright.design.ask import Ask
from linkwright.design.model import Budget, Build, Outcome, Problem, Srlg
from linkwright.designs.answers import ItemAnswer
from linkwright.designs.requirement import PlaceTrouble, Requirement, Whereabouts
from linkwright.errors import BadProblem, Unavailable
from tests.builders import NOW, a_link, a_network, a_place, a_requirement, a_specification, an_access
from tests.designs.answering import (
    Core,
    a_designer,
    answer_to,
    codes,
    item_of,
    labels,
    offering,
    refs,
    silent,
    some_facts,
)
from tests.fakes import FakeFacts


def _two_legs(**changes: object) -> FakeFacts:
    """West by fibre in duct k1, east by microwave."""
    network = a_network(srlgs=(Srlg(id="k1", availability=0.9998),))
    access = (
        an_access(id="fibre-1", srlgs=("k1",)),
        an_access(id="radio-1", technology="microwave", pop="east", availability=0.998),
    )
    return some_facts(facts=network, access=access, **changes)


def test_a_feasible_requirement_is_qualified_with_a_verified_design() -> None:
    item = item_of(answer_to(some_facts(), a_requirement()))
    assert item.result == "qualified"
    assert item.solution is not None
    assert [leg.technology for leg in item.solution.legs] == ["fibre"]
    assert item.solution.nrc_minor == 90_000 + 18_000
    assert item.solution.mrc_minor == 31_000 + 4_500 + 100 * 10
    assert item.solution.ready == date(2026, 11, 30)
    assert item.solution.gap == 0.0
    assert item.solution.valid_until == NOW + timedelta(days=30)


def test_a_design_tells_where_its_place_and_its_nodes_are_as_far_as_they_are_known() -> None:
    facts = some_facts()
    facts.known_places["site-1"] = replace(a_place("site-1"), at=Whereabouts(lat_deg=50.5, lon_deg=8.25))
    (item,) = a_designer(facts).answer((a_requirement(),)).items
    assert item.solution is not None
    assert [(one.role, one.id) for one in item.solution.where] == [
        ("place", "site-1"),
        ("node", "west"),
        ("node", "hub"),
    ]
    assert (item.solution.where[0].lat_deg, item.solution.where[0].lon_deg) == (50.5, 8.25)

    (item,) = a_designer(some_facts()).answer((a_requirement(),)).items
    assert item.solution is not None
    assert [one.role for one in item.solution.where] == ["node", "node"]


def test_an_empty_requirement_is_unqualified_for_want_of_information() -> None:
    item = item_of(answer_to(some_facts(), Requirement(ref="1")))
    assert item.result == "unqualified"
    assert set(codes(item)) == {"SD-INF-01"}
    assert "service specification" in labels(item)
    assert "place" in labels(item)


def test_the_catalogue_fills_what_the_requester_leaves_open() -> None:
    defaults = Requirement(ref="", bandwidth_mbps=200, availability=0.99, destinations=("hub",))
    facts = some_facts(specifications={"cfs": a_specification(defaults=defaults)})
    asked = a_requirement(bandwidth_mbps=None, destinations=None, availability=None)
    solution = item_of(answer_to(facts, asked)).solution
    assert solution is not None
    assert solution.requirement.bandwidth_mbps == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"specification": "unheard-of"}, "SD-CAT-01"),
        ({"destinations": ("mars",)}, "SD-INF-01"),
        ({"bandwidth_mbps": None}, "SD-INF-01"),
        ({"misread": ("Characteristic backup is not designed yet.",)}, "SD-INF-01"),
        ({"technology_forbidden": ("fibre",)}, "SD-POL-01"),
        ({"technology_allowed": ("5g",)}, "SD-POL-01"),
        ({"bandwidth_mbps": 2000}, "SD-CAP-01"),
        ({"round_trip_ms": 0.5}, "SD-SLA-02"),
        ({"availability": 0.99999}, "SD-SLA-01"),
        ({"needed_by": date(2026, 11, 10)}, "SD-TIM-01"),
        ({"diversity": "link"}, "SD-DIV-01"),
        ({"cpe_features": ("macsec",)}, "SD-CPE-01"),
        ({"budget_nrc_minor": 100_000}, "SD-BUD-01"),
        ({"budget_mrc_minor": 36_000}, "SD-BUD-02"),
    ],
)
def test_each_obstacle_has_its_code(change: dict[str, object], code: str) -> None:
    item = item_of(answer_to(some_facts(), a_requirement(**change)))
    assert item.result in ("alternate", "unqualified")
    assert code in codes(item)


def test_nobody_reaches_the_place() -> None:
    item = item_of(answer_to(some_facts(access=()), a_requirement()))
    assert (item.result, codes(item)) == ("unqualified", ["SD-ACC-01"])
    assert "would be feasible if" in labels(item)


@pytest.mark.parametrize(("kind", "code"), [("unknown", "SD-GEO-01"), ("ambiguous", "SD-GEO-02")])
def test_a_place_that_is_not_found_says_which_trouble_it_is(kind: Any, code: str) -> None:
    facts = some_facts()
    facts.find = lambda _wanted: PlaceTrouble(kind=kind, text="several places match")  # type: ignore[method-assign]
    assert codes(item_of(answer_to(facts, a_requirement()))) == [code]


def test_what_is_too_late_is_offered_later() -> None:
    item = item_of(answer_to(some_facts(), a_requirement(needed_by=date(2026, 11, 10))))
    assert item.result == "alternate"
    (proposal,) = item.proposals
    assert (proposal.dimension, proposal.wanted, proposal.offered) == ("date", "2026-11-10", "2026-11-30")
    assert proposal.solution.ready == date(2026, 11, 30)
    assert proposal.solution.requirement.needed_by == date(2026, 11, 30)
    assert "would be feasible if the date were 2026-11-30" in labels(item)


def test_latency_is_told_as_round_trip_and_the_smallest_relaxation_is_enough() -> None:
    facts = some_facts()
    item = item_of(answer_to(facts, a_requirement(round_trip_ms=0.5)))
    (proposal,) = item.proposals
    again = item_of(answer_to(facts, a_requirement(round_trip_ms=proposal.offered)))
    assert again.result == "qualified"
    assert "0.5 ms round trip is wanted" in labels(item)


def test_availability_is_offered_as_it_is_and_never_rounded_up() -> None:
    item = item_of(answer_to(some_facts(), a_requirement(availability=0.9999)))
    (proposal,) = item.proposals
    assert proposal.solution.availability >= proposal.offered
    assert proposal.offered < 0.9999


def test_two_diverse_legs_are_found_where_one_alone_would_be_cheaper() -> None:
    solution = item_of(answer_to(_two_legs(), a_requirement(diversity="srlg", availability=0.9998))).solution
    assert solution is not None
    assert {leg.pop for leg in solution.legs} == {"west", "east"}


def test_a_partners_offer_takes_part_and_the_rest_of_the_market_is_told() -> None:
    facts = _two_legs()
    facts.access = facts.access[:1]
    facts.answers = (offering("north", pop="east", srlgs=("k9",), nrc_minor=380_000), silent("east"))
    item = item_of(answer_to(facts, a_requirement(diversity="srlg")))
    assert item.result == "qualified"
    assert item.solution is not None
    assert {leg.supplier for leg in item.solution.legs} == {"own", "north"}
    assert item.solution.valid_until == NOW + timedelta(days=9)
    assert [(answer.partner, answer.asked) for answer in item.asked] == [("north", "offered"), ("east", "silent")]


def test_a_silent_partner_is_no_refusal() -> None:
    facts = some_facts(access=(), answers=(silent("east"),))
    item = item_of(answer_to(facts, a_requirement()))
    assert "SD-PTR-03" in codes(item)
    assert "SD-PTR-02" not in codes(item)


def test_an_undeclared_partner_route_is_not_taken_for_diverse() -> None:
    facts = _two_legs()
    facts.access = facts.access[:1]
    facts.answers = (offering("north", pop="east", risks_declared=False),)
    item = item_of(answer_to(facts, a_requirement(diversity="srlg")))
    assert item.result != "qualified"
    assert "SD-DIV-01" in codes(item)


def test_an_undeclared_partner_route_lowers_confidence_where_it_is_used() -> None:
    facts = some_facts(access=(), answers=(offering("north", risks_declared=False),))
    solution = item_of(answer_to(facts, a_requirement())).solution
    assert solution is not None
    assert solution.confidence == "yellow"
    assert "declare" in solution.confidence_reason


def test_a_partner_that_hands_over_at_an_unknown_pop_is_left_out_and_told() -> None:
    facts = some_facts(access=(), answers=(offering("north", pop="atlantis"),))
    item = item_of(answer_to(facts, a_requirement()))
    assert item.result == "unqualified"
    assert "PoP atlantis is not in the inventory" in labels(item)


def test_a_preferred_partner_goes_before_the_others() -> None:
    cheap, dear = offering("cheap", mrc_minor=1_000), offering("dear", mrc_minor=99_000)
    facts = some_facts(access=(), answers=(cheap, dear))
    solution = item_of(answer_to(facts, a_requirement(partner_preferred=("dear",)))).solution
    assert solution is not None
    assert solution.legs[0].supplier == "dear"


def _narrow(*sites: str) -> FakeFacts:
    """One link with room for a single site of 100 Mbit/s."""
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=150),))
    return some_facts(*sites, facts=network)


def _requirements(*names: str, **changes: object) -> list[Requirement]:
    return [a_requirement(ref=name, place=replace(_PLACE, id=name), **changes) for name in names]


_PLACE = a_requirement().place or pytest.fail("the builder has a place")


def test_sites_that_compete_are_chosen_together_and_as_many_as_possible_are_served() -> None:
    answer = answer_to(_narrow("a", "b"), *_requirements("a", "b"))
    assert len(refs(answer.items, "qualified")) == 1
    crowded = next(item for item in answer.items if item.result != "qualified")
    assert "only 1 of these 2 items can be served together" in labels(crowded)
    assert "link west-hub capacity allows 150 Mbit/s, 200 Mbit/s would be needed" in labels(crowded)


def test_a_site_that_is_impossible_alone_does_not_hold_up_the_others() -> None:
    facts = some_facts("a", "b")
    asked = [*_requirements("a"), *_requirements("b", bandwidth_mbps=5000)]
    answer = answer_to(facts, *asked)
    assert item_of(answer, "a").result == "qualified"
    assert item_of(answer, "b").result != "qualified"


def test_a_proposal_for_one_stands_beside_the_answers_of_the_others() -> None:
    """The partner takes one order; whoever does not get it waits for the fibre."""
    access = tuple(an_access(id=f"fibre-{site}", place=site, lead_days=40) for site in ("a", "b"))
    facts = some_facts("a", "b", access=access)
    facts.answers = tuple(offering("north", ref=site, place=site, lead_days=10) for site in ("a", "b"))
    asked = _requirements("a", "b", needed_by=date(2026, 11, 20))
    answer = answer_to(facts, *asked, partner_caps={"north": 1})
    crowded = next(item for item in answer.items if item.result != "qualified")
    assert crowded.result == "alternate"
    (proposal,) = crowded.proposals
    assert proposal.dimension == "date"
    assert [leg.technology for leg in proposal.solution.legs] == ["fibre"]
    assert "partner north max orders allows 1, 2 would be needed" in labels(crowded)


def _bundle(**changes: object) -> Requirement:
    return Requirement(ref="all", bundles=(), **changes)  # type: ignore[arg-type]


def test_a_bundle_carries_totals_and_the_worst_of_its_members() -> None:
    facts = some_facts("a", "b")
    answer = answer_to(facts, _bundle(), *_requirements("a"), *_requirements("b", bandwidth_mbps=5000))
    assert item_of(answer, "all").result == item_of(answer, "b").result
    assert answer.totals is not None
    assert answer.totals.nrc_minor == 108_000
    assert (answer.totals.qualified, answer.totals.alternate + answer.totals.unqualified) == (1, 1)


@pytest.mark.parametrize(
    ("budget", "code"),
    [({"budget_nrc_minor": 108_000}, "SD-BUD-01"), ({"budget_mrc_minor": 40_000}, "SD-BUD-02")],
)
def test_the_budget_of_a_bundle_binds_the_sum_of_its_items(budget: dict[str, int], code: str) -> None:
    answer = answer_to(some_facts("a", "b"), _bundle(**budget), *_requirements("a", "b"))
    assert len(refs(answer.items, "qualified")) == 1
    left = next(item for item in answer.items if item.ref in ("a", "b") and item.result != "qualified")
    assert code in codes(left)


def test_a_budget_in_another_currency_than_the_prices_is_not_compared_with_them() -> None:
    foreign = {"budget_nrc_minor": 100_000_000, "budget_currency": "USD"}
    item = item_of(answer_to(some_facts(), a_requirement(**foreign)))
    assert (item.result, codes(item)) == ("unqualified", ["SD-INF-01"])
    assert "USD" in labels(item)
    bundle = answer_to(some_facts("a"), _bundle(**foreign | {"budget_nrc_minor": 1}), *_requirements("a"))
    assert codes(item_of(bundle, "all")) == ["SD-INF-01"]
    assert item_of(bundle, "a").result == "qualified"
    own = {"budget_nrc_minor": 100_000_000, "budget_currency": "eur"}
    assert item_of(answer_to(some_facts(), a_requirement(**own))).result == "qualified"


def test_a_bundle_with_a_wish_that_is_not_understood_says_so_itself() -> None:
    answer = answer_to(some_facts("a"), _bundle(misread=("Characteristic x is not understood.",)), *_requirements("a"))
    assert codes(item_of(answer, "all")) == ["SD-INF-01"]
    assert item_of(answer, "a").result == "qualified"


def test_what_two_bundles_allow_is_compared_afterwards() -> None:
    first = Requirement(ref="x", bundles=("a",), budget_nrc_minor=1)
    second = Requirement(ref="y", bundles=("b",))
    answer = answer_to(some_facts("a", "b"), first, second, *_requirements("a", "b"))
    assert codes(item_of(answer, "x")) == ["SD-BUD-01"]
    assert item_of(answer, "y").result == "qualified"


def test_a_site_whose_share_would_exceed_its_own_budget_keeps_to_its_own_best_design() -> None:
    """Together the sites would open the build, half of which is more than one of them allows."""
    build = Build(id="duct", nrc_minor=120_000, mrc_minor=0, lead_days=20)
    access = [
        an_access(id=f"{kind}-{site}", place=site, nrc_minor=nrc_minor, mrc_minor=mrc_minor, build=needs)
        for site in ("a", "b")
        for kind, nrc_minor, mrc_minor, needs in (("fibre", 50_000, 31_000, None), ("new", 0, 30_000, "duct"))
    ]
    facts = some_facts("a", "b", facts=a_network(builds=(build,)), access=tuple(access))
    free = answer_to(facts, *_requirements("a", "b"))
    assert [leg.build for item in free.items if item.solution for leg in item.solution.legs] == ["duct", "duct"]
    bound = answer_to(facts, *_requirements("a", budget_nrc_minor=70_000), *_requirements("b"))
    assert refs(bound.items, "qualified") == ["a", "b"]
    solution = item_of(bound, "a").solution
    assert solution is not None
    assert solution.nrc_minor == 68_000


def test_a_resource_domain_that_is_silent_is_an_error_and_no_answer() -> None:
    with pytest.raises(Unavailable):
        answer_to(some_facts(down=True), a_requirement())


def test_contradicting_facts_are_told_for_the_items_and_not_raised() -> None:
    class Contradicted(Core):
        def solve(self, problem, ask, **_):  # type: ignore[no-untyped-def]
            raise BadProblem("links[0]", "ends nowhere")

    item = item_of(a_designer(some_facts(), Contradicted()).answer((a_requirement(),)))
    assert (item.result, item.broken) == (None, "links[0]: ends nowhere")


def test_what_the_core_could_not_decide_is_no_answer_and_says_why() -> None:
    class Undecided(Core):
        def solve(self, problem, ask, **_):  # type: ignore[no-untyped-def]
            return Outcome(status="unknown", guards=("time 60 s",))

    item = item_of(a_designer(some_facts(), Undecided()).answer((a_requirement(),)))
    assert (item.result, item.findings) == (None, ())
    assert item.broken is not None
    assert "(time 60 s)" in item.broken


def test_nothing_is_read_when_nothing_can_be_designed() -> None:
    item = item_of(answer_to(some_facts(down=True), Requirement(ref="1")))
    assert item.result == "unqualified"


def test_a_query_without_specification_tries_every_designable_one() -> None:
    specifications = {
        "a": a_specification(id="a"),
        "b": a_specification(id="b", defaults=Requirement(ref="", bandwidth_mbps=9000)),
        "c": a_specification(id="c", designable=False),
    }
    facts = some_facts(specifications=specifications)
    asked = a_requirement(specification=None, bandwidth_mbps=None)
    offers = a_designer(facts).offers(asked)
    results = {item.ref: item.result for answer in offers for item in answer.items}
    assert set(results) == {"a", "b"}
    assert results["b"] != "qualified"


def test_a_query_that_nobody_waits_for_stops_its_search_and_tries_no_other_specification() -> None:
    facts = some_facts(specifications={name: a_specification(id=name) for name in ("a", "b")})
    core = _Left()
    offers = list(a_designer(facts, core).offers(a_requirement(specification=None), stop=core.gone.is_set))
    assert [offer.items[0].ref for offer in offers] == ["a"]
    assert core.heard[:2] == [False, True]


def test_the_design_core_hears_that_nobody_waits_for_an_answer() -> None:
    core = _Left()
    a_designer(some_facts(), core).answer([a_requirement()], stop=core.gone.is_set)
    assert core.heard[:2] == [False, True]


class _Left(Core):
    """Its caller leaves while it computes; `heard` is what it is told before and after that."""

    def __init__(self) -> None:
        super().__init__()
        self.gone, self.heard = threading.Event(), list[bool]()

    def solve(self, problem: Problem, ask: Ask, **waits: Any) -> Outcome:
        self.heard.append(waits["stop"]())
        self.gone.set()
        self.heard.append(waits["stop"]())
        return super().solve(problem, ask)


def _offered(facts: FakeFacts, **asked: Any) -> ItemAnswer:
    (offer,) = a_designer(facts).offers(a_requirement(**asked))
    return item_of(offer)


def test_a_question_about_a_place_alone_is_answered_with_the_most_that_can_be_had() -> None:
    offered = _offered(some_facts(), bandwidth_mbps=None, destinations=None)
    assert (offered.result, offered.proposals) == ("qualified", ())
    assert offered.solution is not None
    wanted = offered.solution.requirement
    assert wanted.bandwidth_mbps == some_facts().access[0].bandwidth_mbps
    assert wanted.destinations == (offered.solution.legs[0].nodes[-1],)


def test_the_most_that_can_be_had_is_what_every_part_carries() -> None:
    """The access carries more than any equipment."""
    wide = an_access(id="fibre-1", place="site-1", bandwidth_mbps=400_000)
    offered = _offered(some_facts(access=(wide,)), bandwidth_mbps=None)
    assert offered.result == "qualified"
    assert offered.solution is not None
    assert offered.solution.requirement.bandwidth_mbps == max(cpe.model.max_mbps for cpe in a_network().cpe)


def test_what_a_question_about_a_place_names_is_kept() -> None:
    assert _offered(some_facts(), bandwidth_mbps=400_000).result != "qualified"
    assert _offered(some_facts(access=()), bandwidth_mbps=None).result == "unqualified"


def test_the_same_question_gets_the_same_answer() -> None:
    asked = _requirements("a", "b", "c")
    first, second = (answer_to(some_facts("a", "b", "c"), *asked) for _ in range(2))
    assert first == second


def test_the_problem_names_no_limit_that_nobody_set() -> None:
    core = Core()
    a_designer(some_facts(), core).answer((a_requirement(),))
    assert core.asked[0].budget == Budget()


def test_working_days_leave_out_the_configured_holidays() -> None:
    free = (date(2026, 11, 9), date(2026, 11, 10))
    solution = item_of(answer_to(some_facts(), a_requirement(), holidays=free)).solution
    assert solution is not None
    assert solution.ready == date(2026, 12, 2)


def test_a_planned_access_is_told_with_yellow_confidence() -> None:
    facts = some_facts(access=(an_access(usable_from=date(2027, 1, 15)),))
    solution = item_of(answer_to(facts, a_requirement())).solution
    assert solution is not None
    assert solution.legs[0].planned
    assert solution.confidence == "yellow"


def test_an_access_that_lacks_a_fact_is_named_when_nothing_else_is_there() -> None:
    place = a_place()
    facts = some_facts(access=())
    facts.incomplete = {place.id: ("accessOption fibre-9 is left out: nrc is missing.",)}
    item = item_of(answer_to(facts, a_requirement()))
    assert codes(item) == ["SD-INF-01"]
    assert "nrc is missing" in labels(item)
