"""Facts and requirements become a problem of the core: units, dates and permissions."""

from datetime import date

from linkwright.design.model import Augment, Upgrade
from linkwright.designs.assemble import Candidate, allowed_options, assemble
from linkwright.designs.model import PaidAugment, PlannedUpgrade
from linkwright.designs.working_days import WorkingDays
from tests.builders import NOW, a_network, a_place, a_requirement, an_access

DAYS = WorkingDays(NOW.date())


def _problem(requirement=None, access=(), **network):  # type: ignore[no-untyped-def]
    candidate = Candidate(
        requirement=requirement or a_requirement(), place=a_place(), options=tuple(access or (an_access(),))
    )
    return assemble("case", (candidate,), a_network(**network), DAYS, partner_caps={"north": 2}).problem


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


def test_a_partner_that_hides_its_risks_is_no_diverse_leg() -> None:
    hidden = an_access(partner="north", risks_declared=False)
    kept, dropped = allowed_options(a_requirement(diversity="srlg"), (hidden,))
    assert kept == []
    assert "not declared" in dropped[0]
    assert allowed_options(a_requirement(diversity="node"), (hidden,))[0] == [hidden]


def test_forbidden_technologies_and_excluded_partners_are_left_out() -> None:
    own, mobile = an_access(), an_access(id="5g", technology="5g")
    partner = an_access(id="offer", technology="fibre", partner="north")
    requirement = a_requirement(technology_forbidden=("5g",), partner_excluded=("north",))
    assert allowed_options(requirement, (own, mobile, partner))[0] == [own]


def test_a_preferred_partner_drives_the_others_out_where_it_offers() -> None:
    north, metro = an_access(id="n", partner="north"), an_access(id="m", partner="metro")
    requirement = a_requirement(partner_preferred=("metro",))
    assert allowed_options(requirement, (north, metro))[0] == [metro]
    assert allowed_options(requirement, (north,))[0] == [north]


def test_a_partner_takes_no_more_orders_than_its_cap() -> None:
    assert _problem(access=(an_access(partner="north"),)).partners[0].max_orders == 2
