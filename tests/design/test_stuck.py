"""Many items that cannot be served although they are alone: each has reasons of its own."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from linkwright.design.model import Problem, Reason, Site
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why import stuck
from linkwright.design.why.narrowed import only
from linkwright.design.why.relaxed import with_value
from tests.design.medium import a_medium_problem

from .pieces import a_case, a_link, a_network, a_site, an_option

MANY = 24


def _late(name: str, day: int, lead_days: int = 30) -> tuple[Site, Sequence[object]]:
    return a_site(name, required_day=day), [
        an_option(f"{name}-dug", name, "p", 5, lead_days=lead_days),
        an_option(f"{name}-old", name, "q", 9, lead_days=lead_days + 5),
    ]


def _with_late(days: Sequence[int], able: int = 3) -> Problem:
    """Items that are wanted on these days, of which the first access is there on day 30, and some without trouble."""
    drawn = [_late(f"s{number:02}", day) for number, day in enumerate(days)]
    drawn += [_late(f"t{number}", 40) for number in range(able)]
    network = a_network("pqh", [a_link("l", "ph"), a_link("m", "qh")])
    return a_case(network, [site for site, _ in drawn], [option for _, own in drawn for option in own])


def _of(reasons: Sequence[Reason], site_id: str) -> list[Reason]:
    return [reason for reason in reasons if reason.constraint.startswith(f"site:{site_id}/")]


def _worse(number: int, site: Site) -> Site:
    """Out of reach in one of several ways, or not at all."""
    return (
        replace(site, max_latency_ms=0.4),
        replace(site, required_day=2),
        replace(site, features=("nobody has this",)),
        replace(site, min_availability=0.999999),
        replace(site, max_latency_ms=0.4, required_day=2),
        site,
    )[number % 6]


def test_each_of_many_has_the_reasons_that_it_would_have_alone() -> None:
    drawn = a_medium_problem("germany50", sites=36, seed=4)
    problem = replace(drawn, sites=tuple(_worse(number, site) for number, site in enumerate(drawn.sites)))
    outcome = solve(problem)
    assert outcome.status == "infeasible"
    for number, site in enumerate(problem.sites):
        told = _of(outcome.reasons, site.id)
        alone = solve(only(problem, [site.id]))
        assert bool(told) == (number % 6 != 5) == (alone.status == "infeasible")
        known = {(reason.constraint, reason.option) for reason in told}
        assert known == {(reason.constraint, reason.option) for reason in alone.reasons}
        if not any(guard.startswith(f"least site:{site.id}/") for guard in outcome.guards):
            assert told == list(alone.reasons)


def test_what_is_alike_is_explained_once(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = []
    why_not = stuck.why_not

    def noted(problem: Problem, *arguments: object, **more: object) -> object:
        explained.append(problem.sites[0].id)
        return why_not(problem, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(stuck, "why_not", noted)
    problem = _with_late([20] * 15 + [25] * 9)
    outcome = solve(problem)
    assert explained == ["s00", "s15"]
    for number in range(MANY):
        name, day = f"s{number:02}", 20 if number < 15 else 25
        assert _of(outcome.reasons, name) == [
            Reason(constraint=f"site:{name}/date", limit=day, needed=30),
            Reason(constraint=f"site:{name}/date", limit=day, needed=30, option=f"{name}-dug"),
            Reason(constraint=f"site:{name}/date", limit=day, needed=35, option=f"{name}-old"),
        ]


def test_twins_whose_options_have_their_names_the_other_way_round_keep_them_apart() -> None:
    problem = _with_late([20] * MANY)
    turned = {"s07-dug": "s07-old", "s07-old": "s07-dug"}
    options = tuple(replace(own, id=turned.get(own.id, own.id)) for own in problem.access_options)
    told = _of(solve(replace(problem, access_options=options)).reasons, "s07")
    assert [(reason.option, reason.needed) for reason in told] == [(None, 30), ("s07-dug", 35), ("s07-old", 30)]


def test_the_changes_of_each_are_offered_together() -> None:
    problem = _with_late([20] * 15 + [25] * 9)
    outcome = solve(problem, relax=True)
    assert (outcome.relaxations, outcome.guards) == ((), ())
    (combination,) = outcome.combinations
    assert [(one.constraint, one.value) for one in combination.changes] == [
        (f"site:s{number:02}/date", 30) for number in range(MANY)
    ]
    changed = problem
    for change in combination.changes:
        changed = with_value(changed, change.constraint, change.value)
    verdict = check(changed, combination.design)
    assert (verdict.violations, verdict.cost_minor) == ((), combination.cost_minor)
    assert solve(changed).cost_minor == combination.cost_minor


def test_the_only_one_that_is_stuck_among_many_is_offered_its_relaxation() -> None:
    outcome = solve(_with_late([20], able=MANY), relax=True)
    assert [(one.constraint, one.value) for one in outcome.relaxations] == [("site:s00/date", 30)]


@pytest.mark.parametrize("able", [1, MANY])
def test_a_common_limit_that_stands_in_the_way_of_two_is_relaxed_for_both(able: int) -> None:
    sites = [a_site("a", bandwidth_mbps=70), a_site("b", bandwidth_mbps=80)]
    sites += [a_site(f"t{number:02}") for number in range(able)]
    options = [an_option(f"{site.id}-o", site.id, "p" if site.id in "ab" else "h") for site in sites]
    problem = a_case(a_network("ph", [a_link("l", "ph", capacity_mbps=60)]), sites, options)
    outcome = solve(problem, relax=True)
    assert [(one.constraint, one.value) for one in outcome.relaxations] == [("link:l/capacity", 150)]
    assert {(reason.constraint, reason.limit) for reason in outcome.reasons} == {("link:l/capacity", 60)}
