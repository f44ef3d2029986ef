"""What a tiny problem can ask for beside the usual, one function for each thing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from linkwright.design.model import (
    AccessOption,
    Augment,
    Booking,
    Budget,
    Build,
    Fibre,
    FieldCapacity,
    Freed,
    Goal,
    LegWish,
    Link,
    Meeting,
    Node,
    Partner,
    Problem,
    Retirement,
    Separation,
    Site,
    Stock,
    Upgrade,
    Worth,
)
from tests.design.tiny2_plain import KINDS, WORDS, Dice, a_cpe, an_option

Feature = Callable[[Dice, Problem], Problem]


def _each_site(problem: Problem, change: Callable[[Site], dict[str, Any]]) -> Problem:
    return replace(problem, sites=tuple(replace(site, **change(site)) for site in problem.sites))


def _each_option(problem: Problem, change: Callable[[AccessOption], dict[str, Any]]) -> Problem:
    return replace(problem, access_options=tuple(replace(o, **change(o)) for o in problem.access_options))


def _each_link(problem: Problem, change: Callable[[Link], dict[str, Any]]) -> Problem:
    links = tuple(replace(link, **change(link)) for link in problem.network.links)
    return replace(problem, network=replace(problem.network, links=links))


def _each_node(problem: Problem, change: Callable[[Node], dict[str, Any]]) -> Problem:
    nodes = tuple(replace(node, **change(node)) for node in problem.network.nodes)
    return replace(problem, network=replace(problem.network, nodes=nodes))


def _words(dice: Dice, problem: Problem) -> Problem:
    """Words of diversity in any combination, and what they speak of."""
    problem = _each_site(problem, lambda _: {"diversity": _diversity(dice)})
    problem = _each_link(problem, lambda link: {"srlgs": (*link.srlgs, *_some(dice, ("c0", "c1", "e0"), 0.25))})
    return _each_option(problem, lambda o: {"srlgs": (*o.srlgs, *_some(dice, ("c0", "c1", "e0"), 0.25))})


def _diversity(dice: Dice) -> str:
    said = set(dice.sample(WORDS, dice.choice((1, 1, 2))))
    implied = {"node": {"link"}, "srlg": {"node", "link"}, "entry": {"srlg", "node", "link"}, "carrier": {"link"}}
    return "+".join(sorted(said - {word for other in said for word in implied.get(other, ())}))


def _some(dice: Dice, things: Sequence[str], odds: float) -> tuple[str, ...]:
    return tuple(thing for thing in things if dice.random() < odds)


def _undeclared(dice: Dice, problem: Problem) -> Problem:
    """Some options do not say their groups."""
    return _each_option(problem, lambda _: {"undeclared": _some(dice, ("srlg", "entry", "carrier"), 0.2)})


def _far(dice: Dice, problem: Problem) -> Problem:
    """The first item goes from point to point."""
    first = problem.sites[0]
    ends = tuple(an_option(dice, first, problem.network, n, "z") for n in range(dice.choice((1, 2, 2, 3))))
    sites = (replace(first, destinations=()), *problem.sites[1:])
    return replace(problem, sites=sites, access_options=(*problem.access_options, *ends))


def _backup(dice: Dice, problem: Problem) -> Problem:
    """A second leg that may be smaller, slower and of its own technology."""

    def wishes(_: Site) -> dict[str, Any]:
        backup = LegWish(
            role="backup",
            bandwidth_mbps=dice.choice((None, 2, 5)),
            max_latency_ms=dice.choice((None, 4.0)),
            technologies=dice.choice((None, ("5g",), ("5g", "radio"))),
        )
        return {"legs": (LegWish(), backup), "diversity": dice.choice(("technology", "node", "link", "none"))}

    return _each_site(problem, wishes)


def _legs(dice: Dice, problem: Problem) -> Problem:
    """One to three wishes, each with something of its own, for the first item."""

    def wish() -> LegWish:
        kinds = None if dice.random() < 0.6 else tuple(dice.sample(KINDS, 2))
        return LegWish(
            max_latency_ms=dice.choice((None, None, 2.5)),
            bandwidth_mbps=dice.choice((None, None, 5)),
            technologies=kinds,
        )

    first = problem.sites[0]
    legs = tuple(wish() for _ in range(dice.choice((1, 2, 3))))
    diversity = dice.choice(("none", "link", "node", "technology"))
    return replace(problem, sites=(replace(first, legs=legs, diversity=diversity), *problem.sites[1:]))


def _jitter(dice: Dice, problem: Problem) -> Problem:
    problem = _each_link(problem, lambda _: {"jitter_ms": dice.choice((0.0, 0.2, 0.5))})
    problem = _each_node(problem, lambda _: {"jitter_ms": dice.choice((0.0, 0.1))})
    problem = _each_option(problem, lambda _: {"jitter_ms": dice.choice((0.1, 0.4))})
    return _each_site(problem, lambda _: {"max_jitter_ms": dice.choice((None, 0.5, 0.9, 1.3))})


def _loss(dice: Dice, problem: Problem) -> Problem:
    problem = _each_link(problem, lambda _: {"loss": dice.choice((0.0, 0.01, 0.02))})
    problem = _each_node(problem, lambda _: {"loss": dice.choice((0.0, 0.005))})
    problem = _each_option(problem, lambda _: {"loss": dice.choice((0.0, 0.01))})
    return _each_site(problem, lambda _: {"max_loss": dice.choice((None, 0.012, 0.02, 0.03))})


def _optical(dice: Dice, problem: Problem) -> Problem:
    def fibre(_: Link) -> dict[str, Any]:
        known = Fibre(
            db_per_km=dice.choice((0.02, 0.05)),
            splices=dice.randint(0, 3),
            splice_db=0.1,
            connectors=2,
            connector_db=0.25,
            margin_db=1.0,
        )
        return {"fibre": known if dice.random() < 0.8 else None}

    problem = _each_link(problem, fibre)
    problem = _each_option(problem, lambda _: {"optical_db": dice.choice((0.5, 2.0, 2.0, None))})
    return _each_site(problem, lambda _: {"max_optical_db": dice.choice((None, 6.0, 12.0, 20.0))})


def _differential(dice: Dice, problem: Problem) -> Problem:
    return _each_site(
        problem, lambda _: {"max_differential_ms": dice.choice((0.0, 0.4, 0.5, 1.0)), "max_latency_ms": 9.0}
    )


def _temporary(dice: Dice, problem: Problem) -> Problem:
    """Services that end, on links that are too small for all of them at once."""
    problem = _each_site(problem, lambda s: {"end_day": dice.choice((None, s.required_day, s.required_day + 2, 12))})
    return _narrow(dice, problem)


def _period(dice: Dice, problem: Problem) -> Problem:
    """Accesses that are not there all the time."""
    problem = _each_site(problem, lambda s: {"end_day": dice.choice((s.end_day, s.required_day + 2, 12))})

    def dates(_: AccessOption) -> dict[str, Any]:
        day = dice.randint(1, 12)
        bookings = (Booking(from_day=day, to_day=day + dice.randint(0, 2)),) if dice.random() < 0.4 else ()
        return {"until_day": dice.choice((None, None, 6, 9, 12)), "bookings": bookings}

    return _each_option(problem, dates)


def _technology(dice: Dice, problem: Problem) -> Problem:
    return _each_site(
        problem,
        lambda _: {
            "technologies_allowed": dice.choice((None, KINDS[:2], KINDS[1:])),
            "technologies_forbidden": _some(dice, KINDS, 0.2),
        },
    )


def _partner(dice: Dice, problem: Problem) -> Problem:
    """Whose offers are wanted; not for items with a far end, where it is open at which end a preference counts."""
    far = {o.site for o in problem.access_options if o.end == "z"}
    problem = _each_option(problem, lambda _: {"partner": dice.choice((None, "p", "q"))})
    return _each_site(
        problem,
        lambda s: {
            "partners_excluded": _some(dice, ("p", "q"), 0.3),
            "partners_preferred": () if s.id in far else _some(dice, ("p", "q"), 0.3),
        },
    )


def _item_budget(dice: Dice, problem: Problem) -> Problem:
    def budget(_: Site) -> dict[str, Any]:
        return {
            "budget": Budget(
                nrc_minor=dice.choice((None, 30)),
                mrc_minor=dice.choice((None, 30, 60)),
                total_minor=dice.choice((None, 100, 160)),
            )
        }

    return _each_site(problem, budget)


def _fixed(dice: Dice, problem: Problem) -> Problem:
    """Items that cost something whatever is chosen."""
    return _each_site(problem, lambda _: {"nrc_minor": dice.choice((0, 7, 20)), "mrc_minor": dice.choice((0, 1, 6))})


def _narrow(dice: Dice, problem: Problem) -> Problem:
    """Links with little room; those that have little are left alone."""
    return _each_link(
        problem, lambda link: {"capacity_mbps": dice.choice((10, 15, 20))} if link.capacity_mbps > 100 else {}
    )


def _retirement(dice: Dice, problem: Problem) -> Problem:
    problem = _narrow(dice, problem)

    def gone(link: Link) -> dict[str, Any]:
        some = (
            (Retirement(day=dice.choice((4, 6, 10)), removes_mbps=dice.choice((5, 10))),) if dice.random() < 0.5 else ()
        )
        return {"retirements": some}

    return _each_link(problem, gone)


def _booking(dice: Dice, problem: Problem) -> Problem:
    problem = _narrow(dice, problem)

    def taken(link: Link) -> dict[str, Any]:
        free = link.capacity_mbps - sum(gone.removes_mbps for gone in link.retirements)
        day = dice.randint(0, 10)
        some = (Booking(from_day=day, to_day=day + dice.randint(0, 4), mbps=min(free, dice.choice((5, 10)))),)
        return {"bookings": some if dice.random() < 0.5 else ()}

    return _each_link(problem, taken)


def _overbooked(dice: Dice, problem: Problem) -> Problem:
    """More is taken away than is there: then nothing can be put on the link, but it harms nobody else."""
    some = Booking(from_day=dice.randint(0, 6), to_day=dice.randint(6, 9), mbps=2000)
    return _each_link(
        problem, lambda link: {"bookings": (*link.bookings, some) if dice.random() < 0.4 else link.bookings}
    )


def _upgrade(dice: Dice, problem: Problem) -> Problem:
    problem = _narrow(dice, problem)
    return _each_link(
        problem,
        lambda _: {"upgrades": (Upgrade(day=dice.choice((2, 4, 7)), adds_mbps=10),) if dice.random() < 0.5 else ()},
    )


def _augment(dice: Dice, problem: Problem) -> Problem:
    problem = _narrow(dice, problem)
    chosen = {link.id for link in dice.sample(problem.network.links, min(2, len(problem.network.links)))}

    def bought(link: Link) -> dict[str, Any]:
        there = Augment(adds_mbps=20, nrc_minor=dice.randint(0, 30), mrc_minor=1, lead_days=dice.choice((2, 4)))
        if link.id not in chosen:
            return {"augment": None}
        taken = sum(r.removes_mbps for r in link.retirements) + sum(b.mbps for b in link.bookings)
        least = min(taken, link.capacity_mbps)
        return {"augment": there, "capacity_mbps": max(least, dice.choice((0, 5, link.capacity_mbps)))}

    return _each_link(problem, bought)


def _frees(dice: Dice, problem: Problem) -> Problem:
    """What is replaced or deleted gives back what it had."""
    problem = _each_node(_narrow(dice, problem), lambda _: {"ports": dice.choice((None, 0, 1, 2))})
    links, nodes = problem.network.links, problem.network.nodes

    def some() -> tuple[Freed, ...]:
        link = Freed(link=dice.choice(links).id, mbps=dice.choice((5, 10)), day=dice.choice((0, 4, 8)))
        return link, Freed(pop=dice.choice(nodes).id, ports=1)

    problem = replace(problem, frees=some() if dice.random() < 0.5 else ())

    def of_an_item() -> tuple[Freed, ...]:
        return tuple(replace(own, day=0) for own in some())

    return _each_site(problem, lambda _: {"frees": of_an_item() if dice.random() < 0.5 else ()})


def _ports(dice: Dice, problem: Problem) -> Problem:
    return _each_node(problem, lambda _: {"ports": dice.choice((None, 1, 2))})


def _build(dice: Dice, problem: Problem) -> Problem:
    build = Build(
        id="b",
        nrc_minor=dice.randint(1, 60),
        mrc_minor=dice.randint(0, 3),
        lead_days=3,
        max_sites=dice.choice((None, 1)),
        capacity_mbps=dice.choice((None, 15)),
    )
    problem = replace(problem, builds=(build, replace(build, id="spare")))
    return _each_option(problem, lambda _: {"build": "b" if dice.random() < 0.5 else None})


def _orders(dice: Dice, problem: Problem) -> Problem:
    problem = _each_option(problem, lambda _: {"partner": dice.choice((None, "p", "q"))})
    return replace(problem, partners=(Partner(id="p", max_orders=1), Partner(id="q", max_orders=2)))


def _crews(dice: Dice, problem: Problem) -> Problem:
    there = tuple(FieldCapacity(skill="dig", by_day=day, crew_days=dice.randint(1, 4)) for day in (4, 9))
    problem = replace(problem, field_capacity=there)
    return _each_option(problem, lambda _: {"work": {"dig": dice.randint(0, 2)}})


def _budget(dice: Dice, problem: Problem) -> Problem:
    return replace(
        problem,
        budget=Budget(
            nrc_minor=dice.choice((None, 50)), mrc_minor=dice.choice((None, 60)), total_minor=dice.choice((None, 200))
        ),
    )


def _stock(dice: Dice, problem: Problem) -> Problem:
    """A cheap model of which there are few, and a dear one."""
    few = tuple(Stock(by_day=day, pieces=dice.randint(0, 2)) for day in (4, 9))
    box = replace(problem.cpe_models[0], nrc_minor=1, stock=few)
    return replace(problem, cpe_models=(box, replace(a_cpe(dice, "other"), nrc_minor=15)))


def _apart(dice: Dice, problem: Problem) -> Problem:
    if len(problem.sites) < 2:
        return problem
    one, two = dice.sample([site.id for site in problem.sites], 2)
    return replace(problem, apart=(Separation(a=one, b=two, diversity=_diversity(dice)),))


def _meets(dice: Dice, problem: Problem) -> Problem:
    """All items that end in the network end together."""
    far = {o.site for o in problem.access_options if o.end == "z"}
    members = [site.id for site in problem.sites if site.id not in far]
    if not members:
        return problem
    nodes = tuple(dice.sample([node.id for node in problem.network.nodes], 2))
    problem = _each_site(problem, lambda s: {"destinations": nodes if s.id in members else s.destinations})
    return replace(problem, meets=(Meeting(id="m", sites=tuple(members), nodes=nodes),))


def _existing(dice: Dice, problem: Problem) -> Problem:
    return _each_option(problem, lambda _: {"existing": True, "nrc_minor": 0} if dice.random() < 0.3 else {})


def _terms(dice: Dice, problem: Problem) -> Problem:
    return _each_site(problem, lambda _: {"term_months": dice.choice((None, 1, 12))})


def _npv(dice: Dice, problem: Problem) -> Problem:
    def worth() -> Worth:
        return Worth(nrc=dice.choice((1.0, 0.987)), mrc=dice.choice((2.5, 11.333)))

    problem = replace(problem, goal=Goal(kind="npv", worth=worth()))
    return _each_site(problem, lambda _: {"npv": worth() if dice.random() < 0.4 else None})


def _goal_date(_: Dice, problem: Problem) -> Problem:
    return replace(problem, goal=Goal(kind="date"))


def _goal_availability(_: Dice, problem: Problem) -> Problem:
    return replace(problem, goal=Goal(kind="availability"))


FEATURES: dict[str, Feature] = {
    "words": _words,
    "undeclared": _undeclared,
    "far": _far,
    "backup": _backup,
    "legs": _legs,
    "jitter": _jitter,
    "loss": _loss,
    "optical": _optical,
    "differential": _differential,
    "temporary": _temporary,
    "period": _period,
    "technology": _technology,
    "partner": _partner,
    "item_budget": _item_budget,
    "fixed": _fixed,
    "retirement": _retirement,
    "booking": _booking,
    "overbooked": _overbooked,
    "upgrade": _upgrade,
    "augment": _augment,
    "frees": _frees,
    "ports": _ports,
    "build": _build,
    "orders": _orders,
    "crews": _crews,
    "budget": _budget,
    "stock": _stock,
    "apart": _apart,
    "meets": _meets,
    "existing": _existing,
    "terms": _terms,
    "npv": _npv,
    "date": _goal_date,
    "availability": _goal_availability,
}
GOALS = ("npv", "date", "availability")
"""At most one of these makes sense: the last one counts."""
