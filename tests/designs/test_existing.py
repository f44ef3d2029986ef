"""A change of a service that is there is designed as what is different; a release gives back what it used."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.design.model import CpeModel
from linkwright.design.solve import solve
from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.existing import ExistingService, with_what_it_is
from linkwright.designs.facts import CpeFact
from linkwright.designs.parts_of_answers import Given
from linkwright.designs.replay import outcome_bytes
from linkwright.designs.requirement import PlaceWanted, Requirement, Rollout, Span, Work
from tests.builders import a_link, a_network, a_node, a_requirement, an_access
from tests.designs.answering import Core, a_designer, answer_to, codes, item_of, labels, offering, some_facts
from tests.fakes import FakeFacts

SITE_1, SITE_2 = (PlaceWanted(kind="site", id=name) for name in ("site-1", "site-2"))
BIG = CpeFact(
    model=CpeModel(
        id="cpe-big",
        max_mbps=10_000,
        features=("ipv4",),
        nrc_minor=50_000,
        mrc_minor=9_000,
        availability=0.9999,
        delay_ms=0.1,
    )
)


def a_service(**changes: Any) -> ExistingService:
    """100 Mbit/s over the west fibre."""
    plain = ExistingService(
        id="s-1",
        state="active",
        requirement=a_requirement(ref="s-1", needed_by=date(2024, 1, 1)),
        uses={
            ("fibre-1", "accessOption"): 1,
            ("west-hub", "link"): 100,
            ("west", "pop"): 1,
            ("cpe-1", "cpeModel"): 1,
        },
        cpe="cpe-1",
        customer="nordwind",
    )
    return replace(plain, **changes)


def one_way(mbps: int = 1000, **changes: Any) -> Any:
    """A network with one link, on which so much is free beside the services that are there."""
    return a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=mbps),), **changes)


def facts_with(*services: ExistingService, **changes: Any) -> FakeFacts:
    return some_facts("site-1", "site-2", services={one.id: one for one in services or (a_service(),)}, **changes)


def a_change(**changes: Any) -> Requirement:
    plain = Requirement(ref="1", service="s-1", change="modify", needed_by=date(2027, 3, 1))
    return replace(plain, **changes)


def a_release(**changes: Any) -> Requirement:
    return a_change(change="delete", needed_by=None, **changes)


def a_new(**changes: Any) -> Requirement:
    return a_requirement(**({"ref": "2", "place": SITE_2} | changes))


def designed(item: ItemAnswer) -> SiteSolution:
    assert item.result == "qualified", labels(item)
    assert item.solution is not None
    return item.solution


# Change


def test_what_is_there_is_used_again_and_only_the_rest_is_new() -> None:
    solution = designed(item_of(answer_to(facts_with(), a_change(bandwidth_mbps=200))))
    assert (solution.legs[0].access, solution.legs[0].existing, solution.cpe_existing) == ("fibre-1", True, True)
    assert (solution.nrc_minor, solution.mrc_minor) == (0, 31_000 + 4_500 + 200 * 10)
    assert solution.ready == date(2026, 11, 2)
    assert solution.before is not None
    assert solution.before.mrc_minor == 31_000 + 4_500 + 100 * 10
    assert solution.before.released == ()


def test_what_a_change_does_not_say_stays_as_it_is_but_for_dates() -> None:
    old = a_service(requirement=replace(a_service().requirement, budget_nrc_minor=1, availability=0.995))
    solution = designed(item_of(answer_to(facts_with(old), a_change(bandwidth_mbps=200))))
    wanted = solution.requirement
    assert (wanted.destinations, wanted.availability, wanted.specification) == (("hub",), 0.995, "cfs")
    assert (wanted.needed_by, wanted.budget_nrc_minor, wanted.bandwidth_mbps) == (date(2027, 3, 1), None, 200)


def test_what_the_present_service_uses_is_free_for_its_change() -> None:
    facts = facts_with(facts=one_way(120))
    assert item_of(answer_to(facts, a_change(bandwidth_mbps=220))).result == "qualified"
    refused = item_of(answer_to(facts, a_change(bandwidth_mbps=221)))
    assert "SD-CAP-01" in codes(refused)
    full = a_network(nodes=(a_node("west", ports=0), a_node("hub")), links=one_way().links)
    assert item_of(answer_to(facts_with(facts=full), a_change(bandwidth_mbps=200))).result == "qualified"
    assert item_of(answer_to(facts_with(facts=full), a_requirement())).result == "unqualified"


def test_what_is_not_enough_any_more_is_replaced_and_given_back() -> None:
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=10_000),), cpe=(*a_network().cpe, BIG))
    wave = an_access(id="wave-1", technology="wave", bandwidth_mbps=10_000, nrc_minor=500_000)
    facts = facts_with(facts=network, access=(an_access(), wave))
    solution = designed(item_of(answer_to(facts, a_change(bandwidth_mbps=2000))))
    assert (solution.legs[0].access, solution.legs[0].existing) == ("wave-1", False)
    assert (solution.cpe, solution.cpe_existing) == ("cpe-big", False)
    assert solution.nrc_minor == 500_000 + 50_000
    assert solution.before is not None
    assert solution.before.released == (
        Given(resource="cpe-1", category="cpeModel", quantity=1),
        Given(resource="fibre-1", category="accessOption", quantity=1),
    )


def test_a_service_that_becomes_smaller_gives_back_the_difference() -> None:
    solution = designed(item_of(answer_to(facts_with(), a_change(bandwidth_mbps=40))))
    assert solution.before is not None
    assert solution.before.released == (Given(resource="west-hub", category="link", quantity=60),)


def test_a_second_leg_is_added_to_the_one_that_is_there() -> None:
    east = an_access(id="east-1", pop="east", nrc_minor=200_000)
    facts = facts_with(access=(an_access(), east))
    solution = designed(item_of(answer_to(facts, a_change(diversity="node"))))
    assert {leg.access: leg.existing for leg in solution.legs} == {"fibre-1": True, "east-1": False}
    assert solution.nrc_minor == 200_000


def test_a_cpe_is_kept_by_its_own_item_alone_and_only_if_there_are_enough() -> None:
    fibre = (an_access(), an_access(id="fibre-2", place="site-2"))
    answer = answer_to(facts_with(access=fibre), a_change(bandwidth_mbps=200), a_new())
    assert designed(item_of(answer)).nrc_minor == 0
    assert designed(item_of(answer, "2")).nrc_minor == 90_000 + 18_000
    east = an_access(id="east-1", pop="east")
    twice = a_change(diversity="link", cpe_per_leg=True)
    solution = designed(item_of(answer_to(facts_with(access=(an_access(), east)), twice)))
    assert (solution.cpe_existing, solution.cpe_kept, solution.cpe_quantity) == (False, 1, 2)


@pytest.mark.parametrize(("nrc_minor", "there"), [(18_000, 1), (18_001, 1), (18_001, 2), (18_000, 3)])
def test_only_the_cpe_that_is_missing_is_bought(nrc_minor: int, there: int) -> None:
    (plain,) = a_network().cpe
    network = a_network(cpe=(replace(plain, model=replace(plain.model, nrc_minor=nrc_minor), stock=2),))
    ways = tuple(an_access(id=f"way-{n}", technology=f"kind-{n}", pop=("west", "east")[n % 2]) for n in range(2))
    old = a_service(cpe_pieces=there, uses={("way-0", "accessOption"): 1, ("cpe-1", "cpeModel"): there})
    solution = designed(
        item_of(answer_to(facts_with(old, facts=network, access=ways), a_change(diversity="link", cpe_per_leg=True)))
    )
    new = max(2 - there, 0)
    assert (solution.cpe_kept, solution.cpe_existing) == (2 - new, new == 0)
    assert solution.nrc_minor == new * nrc_minor + sum(leg.nrc_minor for leg in solution.legs)


def test_cpe_that_is_put_by_for_a_change_is_nobody_elses() -> None:
    def answer(stock: int) -> Any:
        network = a_network(cpe=(replace(a_network().cpe[0], stock=stock),))
        ways = (an_access(), an_access(id="east-1", pop="east"), an_access(id="fibre-2", place="site-2"))
        facts = facts_with(facts=network, access=ways)
        return answer_to(facts, a_change(diversity="link", cpe_per_leg=True), a_new())

    assert [item.result for item in answer(2).items] == ["qualified", "qualified"]
    scarce = answer(1)
    assert sorted(str(item.result) for item in scarce.items) == ["qualified", "unqualified"]


def test_no_reason_and_no_change_speaks_of_what_keeps_a_cpe_at_its_item() -> None:
    facts = facts_with(facts=a_network(cpe=()))
    item = item_of(answer_to(facts, a_change(cpe_features=("ipsec",))))
    assert item.result == "unqualified"
    assert "kept" not in labels(item)


def test_a_service_that_moves_takes_nothing_along() -> None:
    facts = facts_with(access=(an_access(), an_access(id="fibre-2", place="site-2")))
    solution = designed(item_of(answer_to(facts, a_change(place=SITE_2))))
    assert (solution.legs[0].access, solution.legs[0].existing, solution.cpe_existing) == ("fibre-2", False, False)
    assert solution.before is not None
    assert {one.resource for one in solution.before.released} >= {"fibre-1"}


def test_what_a_partner_provides_is_not_reused_where_it_is_not_known_what_and_that_is_said() -> None:
    old = a_service(uses={("west", "pop"): 1, ("cpe-1", "cpeModel"): 1}, is_whole=False)
    facts = facts_with(old, access=())
    facts.answers = (offering("north"),)
    solution = designed(item_of(answer_to(facts, a_change(bandwidth_mbps=200))))
    assert (solution.legs[0].existing, solution.nrc_minor) == (False, 90_000)
    assert solution.confidence == "yellow"
    assert "s-1" in solution.confidence_reason
    assert solution.before is not None
    assert solution.before.mrc_minor is None


def with_a_partner(**changes: Any) -> ExistingService:
    """The cable of a partner, to the west, instead of the fibre."""
    (cable,) = [one.offer for one in [offering("north", ref="old", technology="cable", mrc_minor=20_000)]]
    assert cable is not None
    uses = {("west-hub", "link"): 100, ("west", "pop"): 1, ("cpe-1", "cpeModel"): 1}
    return a_service(**({"uses": uses, "partner_legs": (cable,), "partner_currency": "EUR"} | changes))


def test_what_a_partner_provides_is_used_again_at_its_rent() -> None:
    facts = facts_with(with_a_partner(), access=())
    facts.answers = (offering("north", technology="cable", nrc_minor=50_000),)
    solution = designed(item_of(answer_to(facts, a_change(bandwidth_mbps=200))))
    (leg,) = solution.legs
    assert (leg.existing, leg.supplier, leg.technology) == (True, "north", "cable")
    assert (solution.nrc_minor, solution.mrc_minor) == (0, 20_000 + 4_500 + 200 * 10)
    assert (solution.ready, solution.confidence) == (date(2026, 11, 2), "green")
    assert solution.before is not None
    assert solution.before.mrc_minor == 20_000 + 4_500 + 100 * 10


def test_what_a_partner_provides_does_not_move_with_the_service() -> None:
    facts = facts_with(with_a_partner(), access=(an_access(id="fibre-2", place="site-2"),))
    solution = designed(item_of(answer_to(facts, a_change(place=SITE_2))))
    assert [(leg.access, leg.existing) for leg in solution.legs] == [("fibre-2", False)]


def test_what_a_partner_provides_already_is_no_further_order_to_him() -> None:
    facts = facts_with(with_a_partner(), access=())
    facts.answers = (offering("north", ref="2"),)
    change, other = a_change(bandwidth_mbps=200), a_requirement(ref="2")
    assert designed(item_of(answer_to(facts, change, partner_caps={"north": 0}))).legs[0].existing
    answer = answer_to(facts, change, other, partner_caps={"north": 1})
    assert [[leg.supplier for leg in designed(item_of(answer, ref)).legs] for ref in ("1", "2")] == [["north"]] * 2
    refused = answer_to(facts, change, other, partner_caps={"north": 0})
    assert item_of(refused, "2").result == "unqualified"


def test_what_a_partner_provided_and_is_not_used_any_more_is_given_back() -> None:
    kept = designed(item_of(answer_to(facts_with(with_a_partner(), access=()), a_change(bandwidth_mbps=200))))
    assert kept.before is not None
    assert (kept.before.released, kept.before.kept) == ((), with_a_partner().partner_legs)
    (leg,) = with_a_partner().partner_legs
    gone = Given(resource=leg.id, category="accessOption", quantity=1, supplier="north", reference=leg.quote)
    dropped = designed(item_of(answer_to(facts_with(with_a_partner()), a_change(partner_excluded=("north",)))))
    assert dropped.before is not None
    assert dropped.before.released == (gone,)
    released = item_of(answer_to(facts_with(with_a_partner()), a_release())).before
    assert released is not None
    assert gone in released.released


def test_a_partner_that_is_excluded_now_does_not_stay() -> None:
    solution = designed(item_of(answer_to(facts_with(with_a_partner()), a_change(partner_excluded=("north",)))))
    assert [(leg.access, leg.existing) for leg in solution.legs] == [("fibre-1", False)]


def test_a_rent_that_cannot_be_compared_with_ours_is_not_known() -> None:
    facts = facts_with(with_a_partner(partner_currency="CHF"))
    solution = designed(item_of(answer_to(facts, a_change(bandwidth_mbps=200))))
    assert ([leg.existing for leg in solution.legs], solution.confidence) == ([False], "yellow")


def test_an_id_alone_is_a_change_where_the_service_is_known_and_else_a_new_service() -> None:
    known = designed(item_of(answer_to(facts_with(), a_requirement(service="s-1"))))
    assert known.legs[0].existing
    new = designed(item_of(answer_to(facts_with(), a_requirement(service="of-the-requester"))))
    assert (new.before, new.legs[0].existing) == (None, False)


def test_a_service_that_is_added_is_not_looked_up() -> None:
    solution = designed(item_of(answer_to(facts_with(), a_requirement(service="s-1", change="add"))))
    assert (solution.before, solution.nrc_minor) == (None, 108_000)


@pytest.mark.parametrize("change", ["modify", "delete", "noChange"])
@pytest.mark.parametrize(
    ("service", "wish", "code", "told"),
    [
        (a_service(), {"service": "s-9"}, "SD-INF-01", "service s-9 in the service inventory"),
        (a_service(state="terminated"), {}, "SD-POL-01", "Service s-1 is terminated"),
        (a_service(), {"customer": "suedwind"}, "SD-INF-01", "among the services of customer suedwind"),
    ],
)
def test_a_service_that_cannot_be_changed_is_refused_with_a_code(
    change: Any, service: ExistingService, wish: dict[str, str], code: str, told: str
) -> None:
    item = item_of(answer_to(facts_with(service), replace(a_change(change=change), **wish)))
    assert (item.result, codes(item)) == ("unqualified", [code])
    assert told in labels(item)


def test_a_service_is_changed_by_one_item() -> None:
    answer = answer_to(facts_with(), a_change(), a_release(ref="2"))
    assert [codes(item_of(answer, ref)) for ref in ("1", "2")] == [["SD-INF-01"]] * 2


# Release


def test_a_release_gives_back_capacity_and_what_it_costs_a_month() -> None:
    item = item_of(answer_to(facts_with(), a_release()))
    assert (item.result, item.solution) == ("qualified", None)
    assert item.before is not None
    assert (item.before.change, item.before.mrc_minor) == ("delete", 36_500)
    assert [(one.resource, one.quantity) for one in item.before.released] == [
        ("cpe-1", 1),
        ("fibre-1", 1),
        ("west", 1),
        ("west-hub", 100),
    ]


def test_what_is_released_is_there_for_the_others_from_its_date_on() -> None:
    facts = facts_with(facts=one_way(20), access=(an_access(), an_access(id="fibre-2", place="site-2")))
    both = answer_to(facts, a_release(), a_new())
    assert designed(item_of(both, "2")).mrc_minor == 36_500
    assert "SD-CAP-01" in codes(item_of(answer_to(facts, a_new()), "2"))
    late = replace(a_release(), needed_by=date(2027, 6, 1))
    assert "SD-CAP-02" in codes(item_of(answer_to(facts, late, a_new()), "2"))
    in_time = replace(a_release(), needed_by=date(2027, 2, 1))
    assert item_of(answer_to(facts, in_time, a_new()), "2").result == "qualified"


def test_a_port_that_is_released_too_late_is_not_counted() -> None:
    network = one_way(nodes=(a_node("west", ports=0), a_node("hub")))
    facts = facts_with(facts=network, access=(an_access(), an_access(id="fibre-2", place="site-2")))
    results = [
        item_of(answer_to(facts, replace(a_release(), needed_by=day), a_new()), "2").result
        for day in (None, date(2027, 3, 1), date(2027, 3, 2))
    ]
    assert results == ["qualified", "qualified", "unqualified"]


def test_an_access_that_is_in_use_is_nobody_elses_until_it_is_released() -> None:
    other = a_requirement(ref="2")
    kept = answer_to(facts_with(), a_change(bandwidth_mbps=200), other)
    assert codes(item_of(kept, "2")) == ["SD-ACC-01"]
    released = answer_to(facts_with(), replace(a_release(), needed_by=date(2027, 1, 15)), other)
    solution = designed(item_of(released, "2"))
    assert solution.legs[0].access == "fibre-1"
    assert solution.ready == date(2027, 2, 15)
    assert solution.nrc_minor == 108_000


def test_what_stays_as_it_is_needs_no_design_and_gives_nothing_back() -> None:
    item = item_of(answer_to(facts_with(), a_change(change="noChange")))
    assert (item.result, item.solution) == ("qualified", None)
    assert item.before is not None
    assert (item.before.change, item.before.released) == ("noChange", ())


def test_the_totals_compare_before_and_after() -> None:
    second = a_service(id="s-2", uses={("cpe-1", "cpeModel"): 1})
    totals = answer_to(facts_with(a_service(), second), a_change(), a_release(ref="2", service="s-2")).totals
    assert totals is not None
    assert (totals.mrc_minor, totals.mrc_before_minor) == (36_500, 36_500 + 4_500)
    unknown = replace(second, is_whole=False)
    totals = answer_to(facts_with(a_service(), unknown), a_change(), a_release(ref="2", service="s-2")).totals
    assert totals is not None
    assert totals.mrc_before_minor is None


def test_what_a_change_was_computed_from_can_be_kept_and_computed_again() -> None:
    kept = designed(item_of(answer_to(facts_with(), a_change(bandwidth_mbps=200)))).inputs
    again = kept.snapshot.problem()
    assert again == kept.problem
    assert outcome_bytes(solve(again, **kept.snapshot.asked().options())) == outcome_bytes(kept.outcome)


def test_the_same_change_gives_the_same_problem() -> None:
    cores = [Core(), Core()]
    for core in cores:
        a_designer(facts_with(), core).answer((a_change(bandwidth_mbps=200), a_new(ref="2", place=SITE_1)))
    assert cores[0].asked == cores[1].asked


# Accesses that somebody has of whom the request says nothing


def test_an_access_that_is_in_use_is_not_offered_to_a_new_item() -> None:
    dear = an_access(id="fibre-9", nrc_minor=900_000)
    solution = designed(item_of(answer_to(facts_with(access=(an_access(in_use=True), dear)), a_requirement())))
    assert solution.legs[0].access == "fibre-9"


def test_where_nothing_else_reaches_the_place_the_answer_says_that_it_is_in_use() -> None:
    item = item_of(answer_to(facts_with(access=(an_access(in_use=True),)), a_requirement()))
    assert (item.result, codes(item)) == ("unqualified", ["SD-CAP-01"])
    assert "fibre-1 (fibre)" in labels(item)


def test_whoever_has_an_access_keeps_it_and_who_is_released_leaves_it() -> None:
    facts = facts_with(access=(an_access(in_use=True),))
    assert designed(item_of(answer_to(facts, a_change(bandwidth_mbps=200)))).legs[0].existing
    after = answer_to(facts, a_release(), a_requirement(ref="2"))
    assert designed(item_of(after, "2")).legs[0].access == "fibre-1"


def test_what_a_change_gives_back_joins_nobody_who_has_no_use_for_it() -> None:
    """Two equal new services have room enough on their link without what the change leaves."""
    places = ("site-1", "a", "b")
    access = tuple(an_access(id=f"f-{name}", place=name) for name in places[1:])
    here = an_access(id="fibre-1", in_use=True)
    core = Core()
    facts = some_facts(*places, facts=one_way(), access=(here, *access), services={"s-1": a_service()})
    new = [a_requirement(ref=name, place=PlaceWanted(kind="site", id=name)) for name in places[1:]]
    answer = a_designer(facts, core).answer([a_change(bandwidth_mbps=50), *new])
    assert [len(problem.sites) for problem in core.asked] == [1] * len(core.asked)
    first, other = (designed(item_of(answer, name)) for name in places[1:])
    assert other.reused_from == first.design_id


def test_what_was_agreed_for_the_service_as_it_was_ordered_is_no_part_of_a_change() -> None:
    of_then: dict[str, Any] = {
        "price_nrc_minor": 1,
        "price_currency": "EUR",
        "design_scope": ("plan",),
        "site_access": (Span(start=date(2026, 6, 14), end=date(2026, 6, 17)),),
        "bespoke_activities": (Work(id="licence", nrc_minor=5),),
        "cost_currency": "EUR",
        "rollout": Rollout(pilot_items=1),
    }
    ordered = ExistingService(id="s", state="active", requirement=a_requirement(up_mbps=20, **of_then))

    changed = with_what_it_is(a_requirement(bandwidth_mbps=None), ordered)

    assert changed == a_requirement(up_mbps=20, change="modify")
