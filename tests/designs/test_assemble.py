"""Facts and requirements become a problem of the core: units, dates and permissions."""

from dataclasses import replace
from datetime import date

import pytest

from linkwright.design.model import (
    Augment,
    Budget,
    Goal,
    LegWish,
    Meeting,
    Problem,
    Retirement,
    Separation,
    Stock,
    Upgrade,
    Worth,
)
from linkwright.design.wishes import wishes_of
from linkwright.designs.assemble import Candidate, assemble
from linkwright.designs.facts import PaidAugment, PlannedRetirement, PlannedUpgrade, StockArrival
from linkwright.designs.requirement import Requirement
from linkwright.plan.working_days import WorkingDays
from tests.builders import NOW, a_network, a_place, a_requirement, an_access

DAYS = WorkingDays(NOW.date())


def _problem(requirement=None, access=(), **network):  # type: ignore[no-untyped-def]
    candidate = Candidate(
        requirement=requirement or a_requirement(), place=a_place(), options=tuple(access or (an_access(),))
    )
    return assemble("case", (candidate,), a_network(**network), DAYS, partner_caps={"north": 2}).problem


def _joint(*requirements: Requirement) -> Problem:
    candidates = [
        Candidate(requirement=one, place=a_place(), options=(an_access(id=f"fibre-{one.ref}"),)) for one in requirements
    ]
    return assemble("case", candidates, a_network(), DAYS, partner_caps={}).problem


def test_a_round_trip_becomes_half_of_it_one_way() -> None:
    assert _problem(a_requirement(round_trip_ms=30.0)).sites[0].max_latency_ms == 15.0


def test_a_planned_upgrade_counts_from_its_day_on_and_a_past_one_at_once() -> None:
    upgrades = (
        PlannedUpgrade(id="u1", link="west-hub", adds_mbps=500, in_service=date(2026, 11, 9)),
        PlannedUpgrade(id="u2", link="west-hub", adds_mbps=70, in_service=date(2026, 11, 1)),
    )
    link = _problem(upgrades=upgrades).network.links[0]
    assert link.capacity_mbps == 1070
    assert link.upgrades == (Upgrade(day=5, adds_mbps=500),)


def test_a_paid_augment_lies_on_its_link() -> None:
    augment = PaidAugment(id="a1", link="west-hub", adds_mbps=1000, nrc_minor=5, mrc_minor=6, lead_days=7)
    link = _problem(augments=(augment,)).network.links[0]
    assert link.augment == Augment(adds_mbps=1000, nrc_minor=5, mrc_minor=6, lead_days=7)


def test_access_that_waits_for_a_card_is_ready_after_it() -> None:
    planned = an_access(usable_from=date(2026, 11, 6), lead_days=3)
    assert _problem(access=(planned,)).access_options[0].lead_days == 5 + 3


def test_a_lead_time_in_calendar_days_ends_on_a_working_day() -> None:
    assert _problem(access=(an_access(calendar=True, lead_days=5),)).access_options[0].lead_days == 5


def test_a_risk_group_that_only_a_partner_knows_is_a_component_without_failures_of_its_own() -> None:
    foreign = an_access(partner="north", srlgs=("north-duct-7",))
    groups = {group.id: group.availability for group in _problem(access=(foreign,)).network.srlgs}
    assert groups == {"north-duct-7": 1.0}


def test_what_a_partner_hides_is_undeclared_in_the_words_of_diversity() -> None:
    hidden = an_access(partner="north", risks_declared=False, entry_declared=False)
    assert _problem(access=(hidden,)).access_options[0].undeclared == ("srlg", "entry")
    assert _problem().access_options[0].undeclared == ()


def test_permitted_technologies_and_partners_are_rules_of_the_item() -> None:
    requirement = a_requirement(
        technology_forbidden=("5g",), technology_allowed=("fibre",), partner_excluded=("n",), partner_preferred=("m",)
    )
    site = _problem(requirement).sites[0]
    assert (site.technologies_allowed, site.technologies_forbidden) == (("fibre",), ("5g",))
    assert (site.partners_excluded, site.partners_preferred) == (("n",), ("m",))


def test_the_limits_of_quality_reach_the_item_one_way() -> None:
    limits = {"jitter_ms": 3.0, "loss": 0.001, "optical_db": 20.0, "differential_round_trip_ms": 2.0}
    site = _problem(a_requirement(**limits)).sites[0]
    assert (site.max_jitter_ms, site.max_loss, site.max_optical_db, site.max_differential_ms) == (3.0, 0.001, 20.0, 1.0)


def test_a_backup_is_a_second_wish_of_another_technology() -> None:
    site = _problem(a_requirement(backup="mobile", backup_mbps=20, diversity="node")).sites[0]
    primary, backup = wishes_of(site)
    assert (primary.mbps, primary.technologies, backup.mbps) == (100, None, 20)
    assert backup.technologies == frozenset({"5g", "4g", "lte"})
    assert site.diversity == "node+technology"
    anything = _problem(a_requirement(backup="any")).sites[0]
    assert [wish.technologies for wish in wishes_of(anything)] == [None, None]
    assert _problem(a_requirement(backup="none")).sites[0].legs == ()
    assert not site.backup_of_other_technology


def test_so_many_working_legs_as_are_wanted_are_wished_for() -> None:
    several = _problem(a_requirement(access_legs=3, diversity="srlg")).sites[0]
    assert (several.legs, several.diversity) == ((LegWish(),) * 3, "srlg")
    two = _problem(a_requirement(access_legs=2)).sites[0]
    assert (two.legs, two.diversity) == ((LegWish(),) * 2, "none")
    silent = _problem(a_requirement(diversity="srlg")).sites[0]
    assert (silent.legs, len(wishes_of(silent))) == ((), 2)


def test_the_backup_of_several_working_legs_is_of_another_technology_than_all_of_them() -> None:
    site = _problem(a_requirement(access_legs=2, backup="mobile", backup_mbps=20, diversity="srlg")).sites[0]
    *working, backup = site.legs
    assert working == [LegWish()] * 2
    assert (backup.role, backup.bandwidth_mbps, backup.technologies) == ("backup", 20, ("5g", "4g", "lte"))
    assert (site.diversity, site.backup_of_other_technology) == ("srlg", True)


def test_a_service_for_a_time_has_an_end_and_its_own_term() -> None:
    one = a_requirement(needed_by=date(2026, 11, 9), service_end=date(2026, 11, 15), term_months=1)
    site = _joint(one, a_requirement(ref="2", term_months=36)).sites[0]
    assert (site.required_day, site.end_day, site.term_months) == (5, 9, 1)


def test_the_terms_of_others_do_not_change_what_an_item_counts() -> None:
    problem = _joint(a_requirement(term_months=12), a_requirement(ref="2", term_months=36))
    assert (problem.term_months, [site.term_months for site in problem.sites]) == (36, [12, None])


def test_among_others_an_item_has_its_own_budget() -> None:
    dear = a_requirement(budget_nrc_minor=5, budget_mrc_minor=6)
    assert _joint(dear, a_requirement(ref="2")).sites[0].budget == Budget(nrc_minor=5, mrc_minor=6)
    assert _problem(dear).sites[0].budget is None


def test_an_objective_reaches_the_problem_with_its_coefficients() -> None:
    assert _problem(a_requirement(objective="date")).goal == Goal(kind="date")
    problem = _problem(a_requirement(objective="npv", npv_nrc_factor=0.98))
    assert problem.goal == Goal(kind="npv", worth=Worth(nrc=0.98, mrc=36.0))
    assert problem.sites[0].npv == Worth(nrc=0.98, mrc=36.0)
    assert _problem().goal == Goal()


def test_items_that_are_to_be_apart_are_so_once_in_all_words_that_are_said() -> None:
    one = a_requirement(diverse_from=("2",), diversity="srlg")
    other = a_requirement(ref="2", service="svc-2", protects=("1",), diverse_from=("1",))
    assert _joint(one, other).apart == (Separation(a="1", b="2", diversity="srlg"),)
    plain = a_requirement(diverse_from=("svc-2",))
    assert _joint(plain, a_requirement(ref="2", service="svc-2")).apart == (Separation(a="1", b="2", diversity="node"),)
    assert _problem(one).apart == ()


def test_what_protects_an_item_is_as_diverse_from_it_as_that_is_in_itself() -> None:
    protecting = a_requirement(ref="0", protects=("1",), diversity="link")
    (apart,) = _joint(protecting, a_requirement(diversity="srlg")).apart
    assert apart == Separation(a="0", b="1", diversity="srlg")


def test_any_to_any_meets_at_a_common_end_and_takes_half_of_the_way() -> None:
    members = [
        a_requirement(ref=ref, pattern="anyToAny", destinations=ends, round_trip_ms=30.0, loss=0.19)
        for ref, ends in (("1", ("west", "hub")), ("2", ("hub", "east")), ("3", ("hub",)))
    ]
    problem = _joint(*members)
    assert problem.meets == (Meeting(id="cfs", sites=("1", "2", "3"), nodes=("hub",)),)
    assert problem.sites[0].max_latency_ms == 7.5
    assert problem.sites[0].max_loss == pytest.approx(0.1)
    assert _problem(members[0]).meets == ()


def test_carriers_are_groups_only_where_somebody_asks_for_them() -> None:
    ways = (
        an_access(),
        an_access(id="n", partner="north", entries=("door",)),
        an_access(id="m", partner="metro", carriers=("north", "x")),
    )
    problem = _problem(a_requirement(diversity="carrier"), access=ways)
    assert [option.srlgs for option in problem.access_options] == [
        ("carrier:own",),
        ("door", "carrier:north"),
        ("carrier:north", "carrier:x"),
    ]
    kinds = {group.id: (group.kind, group.availability) for group in problem.network.srlgs}
    assert kinds["door"] == ("entry", 1.0)
    assert kinds["carrier:own"] == kinds["carrier:x"] == ("carrier", 1.0)
    assert [option.srlgs for option in _problem(access=ways).access_options] == [(), ("door",), ()]


def test_an_access_is_there_up_to_its_last_working_day() -> None:
    passing = an_access(usable_until=date(2026, 11, 8), jitter_ms=0.4, loss=0.01, optical_db=3.0)
    option = _problem(access=(passing,)).access_options[0]
    assert (option.until_day, option.jitter_ms, option.loss, option.optical_db) == (4, 0.4, 0.01, 3.0)


def test_capacity_that_is_retired_is_gone_on_the_next_working_day() -> None:
    retired = PlannedRetirement(id="r", link="west-hub", removes_mbps=400, until=date(2026, 11, 6))
    assert _problem(retirements=(retired,)).network.links[0].retirements == (Retirement(day=5, removes_mbps=400),)


def test_stock_grows_with_every_arrival_and_then_no_more() -> None:
    (model,) = a_network().cpe
    arrivals = (
        StockArrival(id="b", model="cpe-1", pieces=5, on=date(2026, 11, 16)),
        StockArrival(id="a", model="cpe-1", pieces=3, on=date(2026, 11, 9)),
        StockArrival(id="c", model="other", pieces=9, on=date(2026, 11, 9)),
    )
    (stocked,) = _problem(cpe=(replace(model, stock=2),), arrivals=arrivals).cpe_models
    assert stocked.stock == (Stock(by_day=4, pieces=2), Stock(by_day=9, pieces=5), Stock(by_day=DAYS.last, pieces=10))
    assert _problem(cpe=(model,), arrivals=arrivals).cpe_models[0].stock == ()
    assert _problem(cpe=(replace(model, stock=0),)).cpe_models == ()


@pytest.mark.parametrize(
    ("restock_days", "stock"),
    [
        (0, ()),
        (3, (Stock(by_day=2, pieces=2),)),
        (5, (Stock(by_day=4, pieces=2),)),
        (8, (Stock(by_day=4, pieces=2), Stock(by_day=7, pieces=5))),
    ],
)
def test_stock_limits_only_what_is_needed_before_more_can_be_had(restock_days: int, stock: tuple[Stock, ...]) -> None:
    model = replace(a_network().cpe[0], stock=2, restock_days=restock_days)
    arrivals = (StockArrival(id="a", model="cpe-1", pieces=3, on=date(2026, 11, 9)),)

    (stocked,) = _problem(cpe=(model,), arrivals=arrivals).cpe_models

    assert stocked.stock == stock


def test_a_model_of_which_there_is_none_yet_can_be_had_once_it_is_there_again() -> None:
    gone = replace(a_network().cpe[0], stock=0)

    assert _problem(cpe=(gone,)).cpe_models == ()
    (later,) = _problem(cpe=(replace(gone, restock_days=30),)).cpe_models
    assert later.stock == (Stock(by_day=29, pieces=0),)


def test_a_partner_takes_no_more_orders_than_its_cap() -> None:
    assert _problem(access=(an_access(partner="north"),)).partners[0].max_orders == 2
