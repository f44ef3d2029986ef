"""How designed services are run, and what of their quality is watched."""

from collections import Counter
from collections.abc import Sequence

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import OWN
from linkwright.designs.item import has_backup
from linkwright.designs.sentences import diversity_text
from linkwright.designs.whole.people import People
from linkwright.operations.model import Objective, Operations
from linkwright.operations.quality import Quality, objectives
from linkwright.operations.running import ServiceFacts, operations


def objectives_of(solution: SiteSolution) -> tuple[Objective, ...]:
    """Of what was asked for. Held is no more bandwidth than that, whatever an access offers: it has no margin."""
    wanted = solution.requirement
    return objectives(
        Quality(
            availability=wanted.availability,
            round_trip_ms=wanted.round_trip_ms,
            jitter_ms=wanted.jitter_ms,
            loss=wanted.loss,
            differential_round_trip_ms=wanted.differential_round_trip_ms,
            bandwidth_mbps=wanted.bandwidth_mbps,
            up_mbps=wanted.up_mbps,
        ),
        Quality(
            availability=solution.availability,
            round_trip_ms=2 * solution.latency_ms,
            jitter_ms=solution.jitter_ms,
            loss=solution.loss,
        ),
    )


def operations_of(solution: SiteSolution, people: People) -> Operations:
    return operations(
        _facts([solution]), training=people.training_for(solution.requirement.ref), objectives=objectives_of(solution)
    )


def operations_together(solutions: Sequence[SiteSolution], people: People) -> Operations:
    """Of all items as one solution: spares are counted over all of them."""
    watched = {one.name: one for solution in solutions for one in objectives_of(solution)}
    return operations(_facts(solutions), training=people.training, objectives=watched.values())


def _facts(solutions: Sequence[SiteSolution]) -> ServiceFacts:
    pieces: Counter[str] = Counter()
    for one in solutions:
        pieces[one.cpe] += one.cpe_quantity
    places = {one.cpe: str(one.cpe_facts["stock_location"]) for one in solutions if "stock_location" in one.cpe_facts}
    legs = [leg for one in solutions for leg in one.legs]
    targets = [one.requirement.availability for one in solutions if one.requirement.availability is not None]
    diverse = [one.diverse_in for one in solutions if one.diverse_in not in (None, "none")]
    return ServiceFacts(
        technologies=tuple(dict.fromkeys(leg.technology for leg in legs)),
        availability=max(targets, default=None),
        cpe=pieces,
        stock_locations=places,
        partners=tuple(dict.fromkeys(leg.supplier for leg in legs if leg.supplier != OWN)),
        diverse_in=diversity_text(str(diverse[0])) if diverse and not has_backup(solutions[0].requirement) else None,
        shared_risks=tuple(dict.fromkeys(name for one in solutions for name in one.shared_risks)),
        with_parameters=True,
        temporary=any(one.requirement.service_end is not None for one in solutions),
    )
