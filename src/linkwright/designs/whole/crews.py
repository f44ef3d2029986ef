"""Who does the work of a skill."""

from collections.abc import Iterable, Mapping

from linkwright.designs.facts import CrewPool
from linkwright.plan.model import Pool


def crews_of(pools: Iterable[CrewPool]) -> Mapping[str, Pool]:
    """By skill; all pools of one skill work together."""
    found: dict[str, Pool] = {}
    for one in pools:
        jobs, before = one.crews * one.jobs_per_day, found.get(one.skill)
        found[one.skill] = (
            Pool(id=one.id, jobs_per_day=jobs)
            if before is None
            else Pool(id=f"{before.id} and {one.id}", jobs_per_day=before.jobs_per_day + jobs)
        )
    return found
