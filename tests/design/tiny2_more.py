"""More of what a tiny problem can ask for: odd sizes, several of a kind, figures at the very edge."""

from dataclasses import replace
from typing import Any

from linkwright.design.model import (
    Augment,
    Booking,
    Budget,
    Build,
    CpeModel,
    LegWish,
    Link,
    Meeting,
    Partner,
    Problem,
    Retirement,
    Separation,
    Upgrade,
)
from tests.design.changes import dearer, each_link
from tests.design.tiny2_features import FEATURES, Feature
from tests.design.tiny2_plain import KINDS, WORDS, Dice, an_option


def _odd_sizes(dice: Dice, problem: Problem) -> Problem:
    """Bandwidths that divide nothing, on links that hold a few of them; a few links may get a little more."""
    sites = tuple(replace(site, bandwidth_mbps=dice.choice((3, 4, 5, 7))) for site in problem.sites)
    chosen = {link.id for link in dice.sample(problem.network.links, min(3, len(problem.network.links)))}

    def narrow(link: Link) -> dict[str, Any]:
        augment = Augment(
            adds_mbps=dice.randint(0, 9),
            nrc_minor=dice.choice((0, 3, 7)),
            mrc_minor=0,
            lead_days=dice.choice((0, 2, 4)),
        )
        return {"capacity_mbps": dice.randint(2, 12), "augment": augment if link.id in chosen else None}

    return replace(each_link(problem, narrow), sites=sites)


def _wishes(dice: Dice, problem: Problem) -> Problem:
    """One to four legs for each item, each with limits of its own for anything."""

    def wish(place: int) -> LegWish:
        return LegWish(
            role="backup" if place and dice.random() < 0.5 else "primary",
            bandwidth_mbps=dice.choice((None, 2, 3, 4, 6)),
            max_latency_ms=dice.choice((None, None, 2.5, 5.0)),
            max_jitter_ms=dice.choice((None, None, 1.0)),
            max_loss=dice.choice((None, None, 0.02)),
            technologies=dice.choice((None, None, KINDS[:2], KINDS[2:])),
        )

    return replace(
        problem,
        sites=tuple(
            replace(
                site,
                legs=tuple(wish(place) for place in range(dice.choice((1, 2, 2, 3, 4)))),
                diversity=dice.choice(("none", "none", "link", "node", "technology")),
            )
            for site in problem.sites
        ),
    )


def _places(dice: Dice, problem: Problem) -> Problem:
    """Meetings of some of the items, with destinations that differ, where not every node is named or none is."""
    far = {o.site for o in problem.access_options if o.end == "z"}
    nodes = [node.id for node in problem.network.nodes]
    sites = tuple(
        s if s.id in far else replace(s, destinations=tuple(dice.sample(nodes, dice.choice((2, 3)))))
        for s in problem.sites
    )
    able = [site.id for site in sites if site.id not in far]
    if not able:
        return problem
    meets = tuple(
        Meeting(
            id=f"m{number}",
            sites=tuple(dice.sample(able, dice.randint(1, len(able)))),
            nodes=tuple(dice.sample(nodes, dice.choice((0, 0, 1, 2)))),
        )
        for number in range(dice.choice((1, 2)))
    )
    return replace(problem, sites=sites, meets=meets)


def _several_apart(dice: Dice, problem: Problem) -> Problem:
    if len(problem.sites) < 2:
        return problem
    pairs = [dice.sample([site.id for site in problem.sites], 2) for _ in range(dice.choice((2, 3)))]
    words = [dice.choice((*WORDS, "none", "carrier+node", "srlg+technology")) for _ in pairs]
    return replace(
        problem, apart=tuple(Separation(a=a, b=b, diversity=w) for (a, b), w in zip(pairs, words, strict=True))
    )


def _models(dice: Dice, problem: Problem) -> Problem:
    """CPE models that differ in everything, and items that need features."""
    models = tuple(
        CpeModel(
            id=f"c{number}",
            max_mbps=dice.choice((4, 5, 10, 100)),
            features=dice.choice(((), ("bgp",), ("bgp", "ipv6"))),
            nrc_minor=dice.randint(0, 20),
            mrc_minor=dice.randint(0, 3),
            availability=dice.choice((0.98, 0.998, 1.0)),
            delay_ms=dice.choice((0.0, 0.05, 0.5)),
        )
        for number in range(dice.choice((2, 3)))
    )
    sites = tuple(replace(s, features=dice.choice(((), (), ("bgp",), ("bgp", "ipv6")))) for s in problem.sites)
    return replace(problem, cpe_models=models, sites=sites)


def _several_builds(dice: Dice, problem: Problem) -> Problem:
    """Builds that cost nothing, come late, or that nobody may use, at either end."""
    builds = tuple(
        Build(
            id=f"b{number}",
            nrc_minor=dice.choice((0, 0, 20)),
            mrc_minor=dice.choice((0, 0, 2)),
            lead_days=dice.choice((0, 3, 5, 9)),
            max_sites=dice.choice((None, 0, 1, 2)),
            capacity_mbps=dice.choice((None, 9, 12, 20)),
        )
        for number in range(3)
    )
    options = tuple(
        replace(o, build=dice.choice((None, "b0", "b1", "b2")), lead_days=1) for o in problem.access_options
    )
    return replace(problem, builds=builds, access_options=options)


def _edges(dice: Dice, problem: Problem) -> Problem:
    """Parts that never or always fail, lengths and delays of nothing, limits that are met exactly."""
    problem = each_link(
        problem,
        lambda _: {
            "length_km": dice.choice((0.0, 100.0, 200.0)),
            "availability": dice.choice((1.0, 1.0, 0.5, 0.0)),
            "mrc_minor_per_mbps": 0,
        },
    )
    nodes = tuple(replace(n, delay_ms=dice.choice((0.0, 0.1)), availability=1.0) for n in problem.network.nodes)
    options = tuple(replace(o, availability=dice.choice((1.0, 1.0, 0.5)), delay_ms=0.0) for o in problem.access_options)
    models = tuple(replace(m, availability=1.0, delay_ms=0.0) for m in problem.cpe_models)
    sites = tuple(
        replace(
            s,
            max_latency_ms=dice.choice((0.1, 0.2, 0.69, 0.49 + 0.2, 0.98 + 0.3, 9.0)),
            min_availability=dice.choice((0.0, 0.25, 0.5, 0.75, 1.0)),
        )
        for s in problem.sites
    )
    groups = tuple(replace(g, availability=dice.choice((1.0, 0.5, 0.0))) for g in problem.network.srlgs)
    return replace(
        problem,
        network=replace(problem.network, nodes=nodes, srlgs=groups),
        access_options=options,
        cpe_models=models,
        sites=sites,
    )


def _steps(dice: Dice, problem: Problem) -> Problem:
    """Links whose room goes up and down, and services that come and go."""

    def moves(link: Link) -> dict[str, Any]:
        def some(most: int) -> range:
            return range(dice.randint(0, most))

        return {
            "capacity_mbps": dice.choice((0, 5, 10, 15)),
            "upgrades": tuple(Upgrade(day=dice.randint(0, 12), adds_mbps=dice.choice((3, 5, 10))) for _ in some(2)),
            "retirements": tuple(
                Retirement(day=dice.randint(0, 12), removes_mbps=dice.choice((3, 5))) for _ in some(2)
            ),
            "bookings": tuple(
                Booking(
                    from_day=(day := dice.randint(0, 12)), to_day=day + dice.randint(0, 3), mbps=dice.choice((3, 5))
                )
                for _ in some(2)
            ),
        }

    problem = each_link(problem, moves)
    sites = tuple(
        replace(s, end_day=dice.choice((None, s.required_day, s.required_day + dice.randint(0, 6))))
        for s in problem.sites
    )
    return replace(problem, sites=sites)


def _all_far(dice: Dice, problem: Problem) -> Problem:
    """Every item goes from point to point; options of both ends take from the same limits."""
    ends = tuple(
        replace(an_option(dice, site, problem.network, n, "z"), partner=dice.choice((None, "p")))
        for site in problem.sites
        for n in range(dice.choice((1, 2)))
    )
    options = tuple(o for o in problem.access_options if o.end == "a")
    sites = tuple(replace(s, destinations=()) for s in problem.sites)
    return replace(
        problem,
        sites=sites,
        access_options=(*options, *ends),
        partners=(Partner(id="p", max_orders=dice.choice((1, 2))), Partner(id="q")),
        meets=(),
    )


def _large_money(dice: Dice, problem: Problem) -> Problem:
    return dearer(problem, dice.choice((10_007, 1_000_003, 100_000_007)))


def _tight_money(dice: Dice, problem: Problem) -> Problem:
    def some(low: int, high: int) -> int | None:
        return dice.randint(low, high) if dice.random() < 0.6 else None

    many = len(problem.sites)
    return replace(
        problem,
        budget=Budget(
            nrc_minor=some(10 * many, 60 * many),
            mrc_minor=some(5 * many, 50 * many),
            total_minor=some(40 * many, 200 * many),
        ),
    )


MORE: dict[str, Feature] = {
    "wishes": _wishes,
    "all far": _all_far,
    "places": _places,
    "several apart": _several_apart,
    "models": _models,
    "several builds": _several_builds,
    "edges": _edges,
    "steps": _steps,
    "odd sizes": _odd_sizes,
    "tight money": _tight_money,
    "large money": _large_money,
}
ALL: dict[str, Feature] = {**FEATURES, **MORE}
