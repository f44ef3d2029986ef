"""From point to point across a country: the accesses at the far end are known before any path is."""

from dataclasses import replace

import pytest

from linkwright.design.model import AccessOption, Build, Problem
from linkwright.design.solve import solve
from tests.design.medium import a_medium_problem


def _line(diversity: str, availability: float, *far: AccessOption, builds: tuple[Build, ...] = ()) -> Problem:
    """Two fibres at one end, in two cities, and these accesses at the other."""
    drawn = a_medium_problem("germany50", sites=1, seed=4, room=3.0)
    nodes = [node.id for node in drawn.network.nodes]
    site = replace(
        drawn.sites[0],
        diversity=diversity,
        min_availability=availability,
        max_latency_ms=20.0,
        required_day=100,
        destinations=(),
        features=(),
        bandwidth_mbps=100,
        cpe_per_leg=False,
    )
    near = [
        AccessOption(
            id=f"near-{number}",
            site=site.id,
            kind="fibre",
            pop=nodes[number],
            bandwidth_mbps=1000,
            nrc_minor=100_000,
            mrc_minor=10_000 + number,
            availability=0.9995,
            delay_ms=0.2,
            lead_days=10,
        )
        for number in (3, 32)
    ]
    options = (*near, *(replace(one, site=site.id, pop=nodes[20], end="z") for one in far))
    return replace(drawn, sites=(site,), access_options=options, builds=builds, partners=(), field_capacity=())


def _far(name: str, **more: object) -> AccessOption:
    plain = AccessOption(
        id=name,
        site="",
        kind=name,
        pop="",
        bandwidth_mbps=1000,
        nrc_minor=100_000,
        mrc_minor=10_000,
        availability=0.9995,
        delay_ms=0.2,
        lead_days=10,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def test_what_all_legs_must_share_at_the_far_end_counts_before_paths_are_looked_for() -> None:
    outcome = solve(_line("node", 0.9995, _far("fibre")))
    assert (outcome.status, outcome.guards) == ("infeasible", ())


@pytest.mark.parametrize("diversity", ["none", "link"])
def test_a_build_at_the_far_end_counts_before_paths_are_looked_for(diversity: str) -> None:
    build = Build(id="dig", nrc_minor=30_000_000, mrc_minor=0, lead_days=20)
    dug, rented = _far("fibre", build="dig", mrc_minor=5_000), _far("radio", mrc_minor=60_000)
    outcome = solve(_line(diversity, 0.99, dug, rented, _far("cable", mrc_minor=70_000), builds=(build,)))
    assert (outcome.status, outcome.guards) == ("optimal", ())
    assert outcome.design is not None
    assert outcome.design.builds == ()
