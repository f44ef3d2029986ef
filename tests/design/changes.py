"""Changes to a problem of which it is known beforehand what they do to the best design: better, worse or the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from linkwright.design.model import (
    AccessOption,
    Augment,
    Booking,
    Budget,
    Freed,
    Link,
    Problem,
    Retirement,
    Separation,
    Site,
    Upgrade,
)
from tests.design.tiny2_plain import KINDS, Dice, a_cpe

Change = Callable[[Dice, Problem], Problem]
T = TypeVar("T")


def one_site(dice: Dice, problem: Problem, change: Callable[[Site], Mapping[str, Any]]) -> Problem:
    chosen = dice.choice(problem.sites).id
    return replace(problem, sites=tuple(replace(s, **change(s)) if s.id == chosen else s for s in problem.sites))


def one_option(dice: Dice, problem: Problem, change: Callable[[AccessOption], Mapping[str, Any]]) -> Problem:
    chosen = dice.choice(problem.access_options).id
    options = (replace(o, **change(o)) if o.id == chosen else o for o in problem.access_options)
    return replace(problem, access_options=tuple(options))


def one_link(dice: Dice, problem: Problem, change: Callable[[Link], Mapping[str, Any]]) -> Problem:
    chosen = dice.choice(problem.network.links).id
    return each_link(problem, lambda link: change(link) if link.id == chosen else {})


def each_link(problem: Problem, change: Callable[[Link], Mapping[str, Any]]) -> Problem:
    links = tuple(replace(link, **change(link)) for link in problem.network.links)
    return replace(problem, network=replace(problem.network, links=links))


# more to choose from: never worse


def _more_option(dice: Dice, problem: Problem) -> Problem:
    """Of one's own: an offer of a preferred partner would shut out others."""
    more = replace(
        dice.choice(problem.access_options), id="more", pop=dice.choice(problem.network.nodes).id, lead_days=1,
        nrc_minor=dice.randint(0, 30), partner=None, build=None,
    )  # fmt: skip
    return replace(problem, access_options=(*problem.access_options, more))


def _more_link(dice: Dice, problem: Problem) -> Problem:
    one, two = dice.sample([node.id for node in problem.network.nodes], 2)
    more = replace(dice.choice(problem.network.links), id="more", a=one, z=two, srlgs=(), capacity_mbps=1000)
    return replace(problem, network=replace(problem.network, links=(*problem.network.links, more)))


def _more_cpe(dice: Dice, problem: Problem) -> Problem:
    return replace(problem, cpe_models=(*problem.cpe_models, a_cpe(dice, "more")))


def _more_augment(dice: Dice, problem: Problem) -> Problem:
    more = Augment(adds_mbps=10, nrc_minor=1, mrc_minor=0, lead_days=1)
    return one_link(dice, problem, lambda link: {"augment": link.augment or more})


def _more_upgrade(dice: Dice, problem: Problem) -> Problem:
    more = Upgrade(day=dice.randint(0, 8), adds_mbps=10)
    return one_link(dice, problem, lambda link: {"upgrades": (*link.upgrades, more)})


def _more_freed(dice: Dice, problem: Problem) -> Problem:
    link = Freed(link=dice.choice(problem.network.links).id, mbps=10, day=2)
    return replace(problem, frees=(*problem.frees, link, Freed(pop=dice.choice(problem.network.nodes).id, ports=1)))


BETTER: dict[str, Change] = {
    "an option more": _more_option,
    "a link more": _more_link,
    "a CPE more": _more_cpe,
    "an augment more": _more_augment,
    "an upgrade more": _more_upgrade,
    "a deleted service more": _more_freed,
}


# less to choose from: never better


def _scaled(name: str, otherwise: float) -> Change:
    def change(dice: Dice, problem: Problem) -> Problem:
        def tighter(site: Site) -> Mapping[str, Any]:
            today = getattr(site, name)
            return {name: otherwise if today is None else 0.7 * today}

        return one_site(dice, problem, tighter)

    return change


def _more_of(name: str, things: Sequence[str]) -> Change:
    def change(dice: Dice, problem: Problem) -> Problem:
        thing = dice.choice(things)
        return one_site(dice, problem, lambda site: {name: tuple(sorted({*getattr(site, name), thing}))})

    return change


def _less_money(dice: Dice, problem: Problem) -> Problem:
    def less(limit: int | None) -> int:
        return 60 if limit is None else limit - 10

    now = problem.budget
    return replace(problem, budget=replace(now, nrc_minor=less(now.nrc_minor), mrc_minor=less(now.mrc_minor)))


def _less_own_money(dice: Dice, problem: Problem) -> Problem:
    def less(site: Site) -> Mapping[str, Any]:
        now = site.budget or Budget()
        return {"budget": replace(now, total_minor=100 if now.total_minor is None else now.total_minor - 20)}

    return one_site(dice, problem, less)


def _fewer_ports(dice: Dice, problem: Problem) -> Problem:
    nodes = tuple(
        replace(node, ports=1 if node.ports is None else max(0, node.ports - 1)) for node in problem.network.nodes
    )
    return replace(problem, network=replace(problem.network, nodes=nodes))


def _fewer_pieces(dice: Dice, problem: Problem) -> Problem:
    def fewer(number: int) -> int:
        return max(0, number - 1)

    crews = tuple(replace(crew, crew_days=fewer(crew.crew_days)) for crew in problem.field_capacity)
    partners = tuple(
        replace(one, max_orders=2 if one.max_orders is None else fewer(one.max_orders)) for one in problem.partners
    )
    models = tuple(
        replace(model, stock=tuple(replace(there, pieces=fewer(there.pieces)) for there in model.stock))
        for model in problem.cpe_models
    )
    builds = tuple(replace(build, max_sites=1) for build in problem.builds)
    return replace(problem, field_capacity=crews, partners=partners, cpe_models=models, builds=builds)


def _more_words(dice: Dice, problem: Problem) -> Problem:
    """Another word for an item that names its legs, or wants more than one already."""

    def stricter(site: Site) -> Mapping[str, Any]:
        stronger = {"link": "node", "node": "srlg", "srlg": "entry", "carrier": "carrier+node"}
        if site.diversity == "none" and not site.legs:
            return {}
        return {"diversity": stronger.get(site.diversity, site.diversity)}

    return one_site(dice, problem, stricter)


def _more_apart(dice: Dice, problem: Problem) -> Problem:
    if len(problem.sites) < 2:
        return problem
    one, two = dice.sample([site.id for site in problem.sites], 2)
    return replace(problem, apart=(*problem.apart, Separation(a=one, b=two, diversity=dice.choice(("link", "node")))))


def _longer(dice: Dice, problem: Problem) -> Problem:
    def longer(site: Site) -> Mapping[str, Any]:
        return {} if site.end_day is None else {"end_day": dice.choice((None, site.end_day + 2))}

    return replace(one_site(dice, problem, longer), goal=problem.goal)


def _fewer_ends(dice: Dice, problem: Problem) -> Problem:
    return one_site(dice, problem, lambda site: {"destinations": site.destinations[:1]})


def _one_leg_more_limited(dice: Dice, problem: Problem) -> Problem:
    def limited(site: Site) -> Mapping[str, Any]:
        if not site.legs:
            return {}
        allowed = tuple(kind for kind in KINDS if kind in (site.legs[-1].technologies or KINDS))[1:]
        return {"legs": (*site.legs[:-1], replace(site.legs[-1], technologies=allowed))}

    return one_site(dice, problem, limited)


WORSE: dict[str, Change] = {
    "latency": _scaled("max_latency_ms", 2.0),
    "jitter": _scaled("max_jitter_ms", 0.8),
    "loss": _scaled("max_loss", 0.02),
    "optical": _scaled("max_optical_db", 9.0),
    "differential": _scaled("max_differential_ms", 0.4),
    "availability": lambda dice, problem: one_site(
        dice, problem, lambda site: {"min_availability": 1 - 0.6 * (1 - site.min_availability)}
    ),
    "features": _more_of("features", ("bgp",)),
    "a forbidden technology": _more_of("technologies_forbidden", KINDS),
    "an excluded partner": _more_of("partners_excluded", ("p", "q")),
    "bandwidth": lambda dice, problem: one_site(
        dice, problem, lambda site: {"bandwidth_mbps": site.bandwidth_mbps + 5}
    ),
    "capacity": lambda dice, problem: one_link(dice, problem, lambda link: {"capacity_mbps": link.capacity_mbps // 2}),
    "a retirement": lambda dice, problem: one_link(
        dice, problem, lambda link: {"retirements": (*link.retirements, Retirement(day=6, removes_mbps=10))}
    ),
    "a booking": lambda dice, problem: one_link(
        dice, problem, lambda link: {"bookings": (*link.bookings, Booking(from_day=4, to_day=8, mbps=10))}
    ),
    "no augment": lambda dice, problem: one_link(dice, problem, lambda _: {"augment": None}),
    "money": _less_money,
    "own money": _less_own_money,
    "ports": _fewer_ports,
    "pieces": _fewer_pieces,
    "words": _more_words,
    "apart": _more_apart,
    "longer": _longer,
    "destinations": _fewer_ends,
    "a wish": _one_leg_more_limited,
    "a later access": lambda dice, problem: one_option(dice, problem, lambda o: {"lead_days": o.lead_days + 2}),
    "an access that is undeclared": lambda dice, problem: one_option(
        dice, problem, lambda _: {"undeclared": ("srlg", "entry", "carrier")}
    ),
    "an access that ends": lambda dice, problem: one_option(
        dice, problem, lambda o: {"until_day": 6 if o.until_day is None else o.until_day - 2}
    ),
}


# only said in another way: the same


def shuffled(dice: Dice, problem: Problem) -> Problem:
    """The records in another order, and each link the other way round."""

    def mixed(records: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(dice.sample(records, len(records)))

    network = problem.network
    turned = tuple(replace(link, a=link.z, z=link.a) for link in network.links)
    return replace(
        problem,
        network=replace(network, nodes=mixed(network.nodes), links=mixed(turned), srlgs=mixed(network.srlgs)),
        sites=mixed(problem.sites),
        access_options=mixed(problem.access_options),
        cpe_models=mixed(problem.cpe_models),
        builds=mixed(problem.builds),
        partners=mixed(problem.partners),
        field_capacity=mixed(problem.field_capacity),
        frees=mixed(problem.frees),
        apart=tuple(replace(rule, a=rule.b, b=rule.a) for rule in mixed(problem.apart)),
    )


def renamed(dice: Dice, problem: Problem) -> Problem:
    """Other names for nodes, links, items, options and groups, in another order of the alphabet."""

    def names(old: Sequence[str], letter: str) -> dict[str, str]:
        return dict(zip(old, dice.sample([f"{letter}{n}" for n in range(60)], len(old)), strict=True))

    network = problem.network
    nodes, links = names([n.id for n in network.nodes], "v"), names([k.id for k in network.links], "e")
    sites, options = names([s.id for s in problem.sites], "x"), names([o.id for o in problem.access_options], "y")
    groups = names([g.id for g in network.srlgs], "g")

    def of_groups(own: Sequence[str]) -> tuple[str, ...]:
        return tuple(groups[group] for group in own)

    def freed(all_of_it: Sequence[Freed]) -> tuple[Freed, ...]:
        return tuple(replace(f, link=links.get(f.link or ""), pop=nodes.get(f.pop or "")) for f in all_of_it)

    return replace(
        problem,
        network=replace(
            network,
            nodes=tuple(replace(node, id=nodes[node.id]) for node in network.nodes),
            links=tuple(
                replace(k, id=links[k.id], a=nodes[k.a], z=nodes[k.z], srlgs=of_groups(k.srlgs)) for k in network.links
            ),
            srlgs=tuple(replace(group, id=groups[group.id]) for group in network.srlgs),
        ),
        sites=tuple(
            replace(s, id=sites[s.id], destinations=tuple(nodes[n] for n in s.destinations), frees=freed(s.frees))
            for s in problem.sites
        ),
        access_options=tuple(
            replace(o, id=options[o.id], site=sites[o.site], pop=nodes[o.pop], srlgs=of_groups(o.srlgs))
            for o in problem.access_options
        ),
        frees=freed(problem.frees),
        apart=tuple(replace(rule, a=sites[rule.a], b=sites[rule.b]) for rule in problem.apart),
        meets=tuple(
            replace(m, sites=tuple(sites[s] for s in m.sites), nodes=tuple(nodes[n] for n in m.nodes))
            for m in problem.meets
        ),
    )


def _upgraded_at_once(dice: Dice, problem: Problem) -> Problem:
    """What is there is partly planned for the first day."""
    return each_link(
        problem,
        lambda link: {
            "capacity_mbps": link.capacity_mbps - link.capacity_mbps // 3,
            "upgrades": (*link.upgrades, Upgrade(day=0, adds_mbps=link.capacity_mbps // 3)),
        },
    )


def _booked_at_other_times(dice: Dice, problem: Problem) -> Problem:
    """Taken before anything starts and, where everything ends, after it has."""
    last = max((99 if site.end_day is None else site.end_day) for site in problem.sites)
    some = (Booking(from_day=0, to_day=0, mbps=5),) if problem.goal.kind != "date" else ()
    after = Booking(from_day=last + 1, to_day=last + 2, mbps=5)
    some = (*some, after) if last < 99 else some
    return each_link(problem, lambda link: {"bookings": (*link.bookings, *some)})


def _taken_and_given(dice: Dice, problem: Problem) -> Problem:
    """What a booking takes a deleted service gives, on the same days and for ever."""
    freed = tuple(Freed(link=link.id, mbps=7, day=0) for link in problem.network.links)
    less = each_link(problem, lambda link: {"retirements": (*link.retirements, Retirement(day=0, removes_mbps=7))})
    return replace(less, frees=(*problem.frees, *freed))


SAME: dict[str, Change] = {
    "in another order": shuffled,
    "with other names": renamed,
    "upgraded at once": _upgraded_at_once,
    "booked at other times": _booked_at_other_times,
    "taken and given": _taken_and_given,
}


NEEDED = {
    "a deleted service more": "frees",
    "jitter": "jitter",
    "loss": "loss",
    "optical": "optical",
    "differential": "differential",
    "a forbidden technology": "technology",
    "an excluded partner": "partner",
    "a retirement": "retirement",
    "a booking": "booking",
    "own money": "item_budget",
    "words": "words",
    "apart": "apart",
    "longer": "temporary",
    "a wish": "legs",
    "an access that is undeclared": "undeclared",
    "an access that ends": "period",
    "booked at other times": "booking",
    "taken and given": "frees",
}
"""The feature that the solver must know before it can be asked about a change; none where it is not named."""


def dearer(problem: Problem, factor: int) -> Problem:
    """All money times a factor."""

    def priced(record: T) -> T:
        nrc_minor, mrc_minor = factor * record.nrc_minor, factor * record.mrc_minor  # type: ignore[attr-defined]
        return replace(record, nrc_minor=nrc_minor, mrc_minor=mrc_minor)  # type: ignore[type-var]

    def limited(budget: Budget) -> Budget:
        nrc, mrc, total = (
            None if amount is None else factor * amount
            for amount in (budget.nrc_minor, budget.mrc_minor, budget.total_minor)
        )
        return Budget(nrc_minor=nrc, mrc_minor=mrc, total_minor=total)

    more = each_link(
        problem,
        lambda link: {
            "mrc_minor_per_mbps": factor * link.mrc_minor_per_mbps,
            "augment": None if link.augment is None else priced(link.augment),
        },
    )
    return replace(
        more,
        sites=tuple(replace(priced(s), budget=None if s.budget is None else limited(s.budget)) for s in problem.sites),
        access_options=tuple(priced(option) for option in problem.access_options),
        cpe_models=tuple(priced(model) for model in problem.cpe_models),
        builds=tuple(priced(build) for build in problem.builds),
        budget=limited(problem.budget),
    )
