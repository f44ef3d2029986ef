"""The day that is promised to each item: on no earlier one would the design be true, and on that day it is."""

from dataclasses import replace

from linkwright.design.instead.thresholds import start_day
from linkwright.design.model import (
    Augment,
    CpeModel,
    Design,
    FieldCapacity,
    Link,
    Problem,
    Site,
    Stock,
    Upgrade,
    Verdict,
)
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.designs.ready import ready_days
from tests.design.pieces import a_case, a_cpe, a_link, a_network, a_site, an_option
from tests.design.tiny_all import drawn_from

DRAWN = 400


def _ready(problem: Problem) -> dict[str, int]:
    design, verdict = _designed(problem)
    return ready_days(problem, design, verdict)


def _designed(problem: Problem) -> tuple[Design, Verdict]:
    outcome = solve(problem)
    assert outcome.design is not None
    assert outcome.verdict is not None
    return outcome.design, outcome.verdict


def _across(link: Link, *sites: Site, lead_days: int = 10, box: CpeModel | None = None, **more: object) -> Problem:
    ways = [an_option(f"{site.id}-1", site.id, "p", lead_days=lead_days, work={"dig": 1}) for site in sites]
    return a_case(a_network("ph", [link]), sites, ways, cpe_models=(box or a_cpe(),), **more)


def test_an_access_is_all_that_is_waited_for_where_there_is_room() -> None:
    assert _ready(_across(a_link("l", "ph"), a_site("s"))) == {"s": 10}


def test_who_needs_an_augment_waits_for_it() -> None:
    augment = Augment(adds_mbps=100, nrc_minor=5, mrc_minor=0, lead_days=25)
    assert _ready(_across(a_link("l", "ph", capacity_mbps=5, augment=augment), a_site("s"))) == {"s": 25}


def test_who_needs_an_upgrade_waits_for_it() -> None:
    link = a_link("l", "ph", capacity_mbps=5, upgrades=(Upgrade(day=40, adds_mbps=100),))
    assert _ready(_across(link, a_site("s"))) == {"s": 40}


def test_crews_and_boxes_go_to_those_first_who_need_them_first() -> None:
    sites = [a_site("late"), a_site("soon", required_day=20)]
    crews = (FieldCapacity(skill="dig", by_day=30, crew_days=1),)
    assert _ready(_across(a_link("l", "ph"), *sites, field_capacity=crews)) == {"late": 31, "soon": 10}
    box = a_cpe(stock=(Stock(by_day=50, pieces=1),))
    assert _ready(_across(a_link("l", "ph"), *sites, box=box)) == {"late": 51, "soon": 10}


def test_on_the_days_that_are_promised_every_design_is_true() -> None:
    later = 0
    for seed in range(DRAWN):
        problem = drawn_from(seed).problem
        outcome = solve(problem)
        if outcome.design is None or outcome.verdict is None or any(s.end_day or s.frees for s in problem.sites):
            continue
        days = ready_days(problem, outcome.design, outcome.verdict)
        then = replace(problem, sites=tuple(replace(site, required_day=days[site.id]) for site in problem.sites))
        assert check(then, outcome.design).violations == (), problem.name
        assert all(days[site.id] <= site.required_day for site in problem.sites), problem.name
        if len(problem.sites) == 1:
            (only,) = problem.sites
            assert days[only.id] == start_day(problem, outcome.design, outcome.verdict, only.required_day)
        later += any(days[report.site] > report.ready_day for report in outcome.verdict.sites)
    assert later > DRAWN / 40
