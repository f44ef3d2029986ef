"""What must hold for every problem: more choice is never dearer, less never cheaper, names and order do not matter."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from linkwright.design.files.format import write_outcome
from linkwright.design.model import AccessOption, Augment, Budget, Build, CpeModel, Problem
from linkwright.design.solve import gap_of, solve
from tests.design.medium import a_medium_problem
from tests.design.tiny import SCARCE_KINDS, a_problem, a_small_problem, best_cost

T = TypeVar("T")
Priced = TypeVar("Priced", AccessOption, Augment, Build, CpeModel)


def _drawn() -> Iterator[tuple[random.Random, Problem]]:
    for seed in range(16):
        dice = random.Random(seed)
        yield dice, a_problem(seed, dice.sample(SCARCE_KINDS, dice.randint(0, 3)), sites=dice.randint(1, 3))


def _cost(problem: Problem) -> float:
    outcome = solve(problem)
    assert outcome.status in ("optimal", "infeasible")
    return float("inf") if outcome.cost_minor is None else outcome.cost_minor


def test_one_more_option_never_makes_it_dearer() -> None:
    for dice, problem in _drawn():
        model = dice.choice(problem.access_options)
        pop = dice.choice(problem.network.nodes).id
        more = replace(model, id="more", pop=pop, nrc_minor=dice.randint(0, 30), lead_days=5, build=None)
        assert _cost(replace(problem, access_options=(*problem.access_options, more))) <= _cost(problem), problem.name


def _tighter(dice: random.Random, problem: Problem) -> Problem:
    network = problem.network
    number = dice.randrange(len(problem.sites))
    site = problem.sites[number]
    link = dice.choice(network.links)
    sites = {
        "latency": replace(site, max_latency_ms=site.max_latency_ms * 0.7),
        "availability": replace(site, min_availability=1 - (1 - site.min_availability) * 0.5),
        "features": replace(site, features=("bgp",)),
        "destinations": replace(site, destinations=site.destinations[:1]),
    }
    kind = dice.choice([*sites, "link", "ports", "crew", "budget"])
    if kind in sites:
        changed = (*problem.sites[:number], sites[kind], *problem.sites[number + 1 :])
        return replace(problem, sites=changed)
    if kind == "link":
        links = tuple(
            replace(own, capacity_mbps=own.capacity_mbps // 2) if own == link else own for own in network.links
        )
        return replace(problem, network=replace(network, links=links))
    if kind == "ports":
        return replace(problem, network=replace(network, nodes=tuple(replace(n, ports=1) for n in network.nodes)))
    if kind == "crew":
        return replace(problem, field_capacity=tuple(replace(f, crew_days=1) for f in problem.field_capacity))
    return replace(problem, budget=Budget(nrc_minor=40, mrc_minor=50))


def test_a_tighter_limit_never_makes_it_cheaper() -> None:
    for dice, problem in _drawn():
        before = _cost(problem)
        for _ in range(3):
            assert _cost(_tighter(dice, problem)) >= before, problem.name


def _shuffled(dice: random.Random, records: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dice.sample(records, len(records)))


def test_the_order_of_the_records_changes_nothing() -> None:
    for dice, problem in _drawn():
        network = problem.network

        other = replace(
            problem,
            network=replace(network, nodes=_shuffled(dice, network.nodes), links=_shuffled(dice, network.links)),
            access_options=_shuffled(dice, problem.access_options),
            cpe_models=_shuffled(dice, problem.cpe_models),
            field_capacity=_shuffled(dice, problem.field_capacity),
        )
        first, second = solve(problem), solve(other)
        assert (second.design, second.status, second.cost_minor) == (first.design, first.status, first.cost_minor)
        assert {r.constraint for r in second.reasons} == {r.constraint for r in first.reasons}, problem.name
        assert _cost(replace(other, sites=_shuffled(dice, problem.sites))) == _cost(problem), problem.name


def _renamed(dice: random.Random, problem: Problem) -> Problem:
    """The same problem with other names for nodes, links, options and sites, in another order of the alphabet."""
    network = problem.network

    def names(old: list[str], letter: str) -> dict[str, str]:
        return dict(zip(old, dice.sample([f"{letter}{n}" for n in range(50)], len(old)), strict=True))

    nodes = names([node.id for node in network.nodes], "v")
    links = names([link.id for link in network.links], "e")
    sites = names([site.id for site in problem.sites], "x")
    options = names([option.id for option in problem.access_options], "y")
    return replace(
        problem,
        network=replace(
            network,
            nodes=tuple(replace(node, id=nodes[node.id]) for node in network.nodes),
            links=tuple(replace(k, id=links[k.id], a=nodes[k.z], z=nodes[k.a]) for k in network.links),
        ),
        sites=tuple(
            replace(s, id=sites[s.id], destinations=tuple(nodes[node] for node in s.destinations))
            for s in problem.sites
        ),
        access_options=tuple(
            replace(o, id=options[o.id], site=sites[o.site], pop=nodes[o.pop]) for o in problem.access_options
        ),
    )


def test_names_change_nothing() -> None:
    for dice, problem in _drawn():
        assert _cost(_renamed(dice, problem)) == _cost(problem), problem.name


def _scaled(record: Priced, factor: int) -> Priced:
    return replace(record, nrc_minor=factor * record.nrc_minor, mrc_minor=factor * record.mrc_minor)


def _dearer(problem: Problem, factor: int) -> Problem:
    """All money times `factor`."""

    def times(amount: int | None) -> int | None:
        return None if amount is None else factor * amount

    links = tuple(
        replace(
            link,
            mrc_minor_per_mbps=factor * link.mrc_minor_per_mbps,
            augment=None if link.augment is None else _scaled(link.augment, factor),
        )
        for link in problem.network.links
    )
    budget = problem.budget
    return replace(
        problem,
        network=replace(problem.network, links=links),
        access_options=tuple(_scaled(option, factor) for option in problem.access_options),
        cpe_models=tuple(_scaled(model, factor) for model in problem.cpe_models),
        builds=tuple(_scaled(build, factor) for build in problem.builds),
        budget=Budget(
            nrc_minor=times(budget.nrc_minor), mrc_minor=times(budget.mrc_minor), total_minor=times(budget.total_minor)
        ),
    )


@pytest.mark.parametrize("factor", [7, 100_003])
def test_in_a_smaller_unit_of_money_the_cost_is_the_same(factor: int) -> None:
    for _, problem in _drawn():
        assert _cost(_dearer(problem, factor)) == factor * _cost(problem), problem.name


@pytest.mark.parametrize("serve", ["all", "most"])
def test_the_same_problem_gives_the_same_bytes(serve: str) -> None:
    for _, problem in _drawn():
        texts = {write_outcome(solve(problem, relax=True, serve=serve, clock=lambda: 0.0)) for _ in range(2)}
        assert len(texts) == 1, problem.name


def test_a_larger_problem_gives_the_same_bytes_too() -> None:
    problem = a_medium_problem("germany50", sites=12, seed=5)
    texts = {write_outcome(solve(problem, clock=lambda: 0.0)) for _ in range(2)}
    assert len(texts) == 1


def test_bound_and_gap_belong_to_the_cost() -> None:
    for seed in range(10):
        problem = a_small_problem(seed, ("links", "build"), most=500)
        outcome = solve(problem)
        if outcome.cost_minor is not None:
            assert outcome.bound_minor == outcome.cost_minor == best_cost(problem)
            assert outcome.gap == gap_of(outcome.cost_minor, outcome.bound_minor) == 0
