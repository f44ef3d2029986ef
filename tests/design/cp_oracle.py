"""Another solver on the same question: every lawful design of every item is a yes or no, and common limits are rows."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from ortools.sat.python import cp_model

from linkwright.design.model import Link, Problem, Site, Worth
from tests.design.naive import Item, last_day, touch

Chosen = list[tuple[Item, Any]]


def best_value(problem: Problem, designs: Sequence[Sequence[Item]]) -> int | None:
    """The least money in the weights of the goal; None where no choice keeps the common limits."""
    model = cp_model.CpModel()
    chosen: Chosen = []
    for n, own in enumerate(designs):
        variables = [model.new_bool_var(f"x{n}-{m}") for m in range(len(own))]
        model.add_exactly_one(variables)
        chosen += zip(own, variables, strict=True)
    builds = {build.id: model.new_bool_var(f"build {build.id}") for build in problem.builds}
    augments = {
        link.id: model.new_bool_var(f"augment {link.id}") for link in problem.network.links if link.augment is not None
    }
    _links(model, problem, chosen, augments)
    _counts(model, problem, chosen)
    _builds(model, problem, chosen, builds)
    _pairs(model, problem, chosen)
    shared = [(build.nrc_minor, build.mrc_minor, builds[build.id]) for build in problem.builds]
    shared += [
        (link.augment.nrc_minor, link.augment.mrc_minor, augments[link.id])
        for link in problem.network.links
        if link.augment is not None
    ]
    money = [(item.nrc, item.mrc, item.site, x) for item, x in chosen] + [(n, m, None, y) for n, m, y in shared]
    _budget(model, problem, money)
    model.minimize(sum(_value(problem, nrc, mrc, site) * x for nrc, mrc, site, x in money))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


def value_of(problem: Problem, item: Item) -> int:
    """What an item counts by itself."""
    return _value(problem, item.nrc, item.mrc, item.site)


def _term(problem: Problem, site: Site | None) -> int:
    return problem.term_months if site is None or site.term_months is None else site.term_months


def _value(problem: Problem, nrc: int, mrc: int, site: Site | None) -> int:
    if problem.goal.kind != "npv":
        return nrc + _term(problem, site) * mrc
    worth = (site.npv if site is not None else None) or problem.goal.worth
    assert isinstance(worth, Worth)
    return round(1000 * worth.nrc) * nrc + round(1000 * worth.mrc) * mrc


def _links(model: Any, problem: Problem, chosen: Chosen, augments: dict[str, Any]) -> None:
    """A row for every link on every day, without those that say the same as the day before."""
    for link in problem.network.links:
        users = [
            (i, x, sum(leg["mbps"] for leg in i.legs if link.id in {k.id for k in leg["links"]})) for i, x in chosen
        ]
        given = [(i, x, sum(f.mbps for f in i.site.frees if f.link == link.id)) for i, x in chosen]
        seen = None
        for day in range(last_day(problem) + 1):
            load = [(x, mbps) for i, x, mbps in users if mbps and _is_served(i.site, day)]
            back = [(x, mbps) for i, x, mbps in given if mbps and i.site.required_day <= day]
            room, more = _room(problem, link, day)
            row = [(x.index, mbps) for x, mbps in load], room, more, len(back)
            if load and row != seen:
                bought = max(0, room + more) - max(0, room)
                extra = bought * augments[link.id] if bought else 0
                used = sum(mbps * x for x, mbps in load)
                model.add(used <= max(0, room) + extra + sum(mbps * x for x, mbps in back))
            seen = row


def _is_served(site: Site, day: int) -> bool:
    return site.required_day <= day and (site.end_day is None or day <= site.end_day)


def _room(problem: Problem, link: Link, day: int) -> tuple[int, int]:
    """What a link has on a day whatever is chosen, and what its augment adds."""
    room = link.capacity_mbps + sum(step.adds_mbps for step in link.upgrades if step.day <= day)
    room -= sum(step.removes_mbps for step in link.retirements if step.day <= day)
    room -= sum(one.mbps for one in link.bookings if one.from_day <= day <= one.to_day)
    room += sum(freed.mbps for freed in problem.frees if freed.link == link.id and freed.day <= day)
    more = link.augment.adds_mbps if link.augment is not None and link.augment.lead_days <= day else 0
    return room, more


def _counts(model: Any, problem: Problem, chosen: Chosen) -> None:
    def limit(most: int | None, of: Callable[[Item], int], freed: Callable[[Item], int] = lambda _: 0) -> None:
        if most is not None and any(of(item) for item, _ in chosen):
            model.add(sum((of(item) - freed(item)) * x for item, x in chosen) <= most)

    for node in problem.network.nodes:
        gone = sum(freed.ports for freed in problem.frees if freed.pop == node.id)
        limit(
            None if node.ports is None else node.ports + gone,
            lambda item, pop=node.id: sum(option.pop == pop for option in _options(item)),  # type: ignore[misc]
            lambda item, pop=node.id: sum(f.ports for f in item.site.frees if f.pop == pop),  # type: ignore[misc]
        )
    for partner in problem.partners:
        limit(
            partner.max_orders,
            lambda item, name=partner.id: sum(  # type: ignore[misc]
                option.partner == name and not option.existing for option in _options(item)
            ),
        )
    for crew in problem.field_capacity:
        limit(
            crew.crew_days,
            lambda item, crew=crew: (  # type: ignore[misc]
                sum(option.work.get(crew.skill, 0) for option in _options(item))
                if item.site.required_day <= crew.by_day
                else 0
            ),
        )
    for cpe in problem.cpe_models:
        for there in cpe.stock:
            limit(
                there.pieces,
                lambda item, cpe=cpe.id, day=there.by_day: (  # type: ignore[misc]
                    item.boxes if item.design.cpe == cpe and item.site.required_day <= day else 0
                ),
            )


def _options(item: Item) -> Iterator[Any]:
    for leg in item.legs:
        yield from leg["options"]


def _builds(model: Any, problem: Problem, chosen: Chosen, builds: dict[str, Any]) -> None:
    for build in problem.builds:
        users = [(item, x) for item, x in chosen if any(o.build == build.id for o in _options(item))]
        for _, x in users:
            model.add_implication(x, builds[build.id])
        if build.max_sites is not None:
            model.add(sum(x for _, x in users) <= build.max_sites)
        if build.capacity_mbps is not None:
            loads = [
                (sum(leg["mbps"] for leg in i.legs for o in leg["options"] if o.build == build.id), x) for i, x in users
            ]
            model.add(sum(mbps * x for mbps, x in loads) <= build.capacity_mbps)


def _pairs(model: Any, problem: Problem, chosen: Chosen) -> None:
    """Designs of two items that touch where they must not, and members of a meeting that end apart."""
    for rule in problem.apart:
        one, two = ([(i, x) for i, x in chosen if i.site.id == name] for name in (rule.a, rule.b))
        for (a, x), (b, y) in product(one, two):
            if any(touch(leg, other, rule.diversity) for leg in a.legs for other in b.legs):
                model.add_bool_or(x.negated(), y.negated())
    for meeting in problem.meets:
        at = {node: model.new_bool_var(f"{meeting.id} at {node}") for node in meeting.nodes}
        model.add_exactly_one(at.values())
        for item, x in chosen:
            ends = {leg["at"][-1] for leg in item.legs} if item.site.id in meeting.sites else set()
            for end in ends:
                model.add_implication(x, at[end]) if end in at else model.add(x == 0)


def _budget(model: Any, problem: Problem, money: Sequence[tuple[int, int, Site | None, Any]]) -> None:
    budget = problem.budget
    if budget.nrc_minor is not None:
        model.add(sum(nrc * x for nrc, _, _, x in money) <= budget.nrc_minor)
    if budget.mrc_minor is not None:
        model.add(sum(mrc * x for _, mrc, _, x in money) <= budget.mrc_minor)
    if budget.total_minor is not None:
        terms = [((nrc + _term(problem, site) * mrc), x) for nrc, mrc, site, x in money]
        model.add(sum(cost * x for cost, x in terms) <= budget.total_minor)
