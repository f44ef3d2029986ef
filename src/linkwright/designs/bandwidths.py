"""Bandwidth downstream and upstream: the design core has one figure, and here it is made of two."""

from dataclasses import replace

from linkwright.designs.facts import AccessFact
from linkwright.designs.requirement import Requirement

LEAST_MBPS = 1
"""What the core is told of a leg of which no bandwidth is asked: there is none that carries nothing."""


def wanted_mbps(requirement: Requirement) -> int:
    """The larger of both directions: links and CPE count this much."""
    return max(requirement.bandwidth_mbps or 0, requirement.up_mbps or 0)


def ways_wanted(requirement: Requirement) -> tuple[int, int]:
    """Down and up."""
    down = requirement.bandwidth_mbps or 0
    return down, down if requirement.up_mbps is None else requirement.up_mbps


def ways_offered(fact: AccessFact) -> tuple[int, int]:
    """Down and up."""
    return fact.bandwidth_mbps, fact.bandwidth_mbps if fact.up_mbps is None else fact.up_mbps


def mbps_for(fact: AccessFact, requirement: Requirement) -> int:
    """What an access counts for one wish: what is wanted or more only where it has enough in both directions."""
    (down, up), (has_down, has_up), most = ways_wanted(requirement), ways_offered(fact), wanted_mbps(requirement)
    if not down or not up:
        return min(has_down, has_up)
    return min(most * has_down // down, most * has_up // up)


def with_ways(requirement: Requirement, down: int, up: int) -> Requirement:
    """The requirement with this bandwidth."""
    return replace(requirement, bandwidth_mbps=down, up_mbps=None if up == down else up)


def both_ways(down: int, up: int) -> str:
    """`100 Mbit/s`, or `100/20 Mbit/s` where upstream has another one."""
    return f"{down} Mbit/s" if down == up else f"{down}/{up} Mbit/s"
