"""Answers to items of the same facts: which designs of the one are those of the other under other names."""

from collections.abc import Hashable
from dataclasses import replace

from linkwright.designs.answers import ItemAnswer, SiteSolution


def like(answer: ItemAnswer, first: ItemAnswer | None) -> ItemAnswer:
    """The answer with what it repeats of another item's: the same designs under other names."""
    if first is None:
        return answer
    solution = answer.solution
    if solution is not None and first.solution is not None:
        solution = replace(solution, reused_from=first.solution.design_id)
    origins = {_shape(one.solution): one.solution.design_id for one in first.proposals}
    proposals = tuple(
        replace(one, solution=replace(one.solution, reused_from=origins.get(_shape(one.solution))))
        for one in answer.proposals
    )
    return replace(answer, solution=solution, proposals=proposals)


def _shape(solution: SiteSolution) -> Hashable:
    """What designs of the same facts have in common that are the same but for the names of their accesses."""
    legs = tuple(
        (leg.technology, leg.supplier, leg.links, leg.pop, leg.nrc_minor, leg.mrc_minor) for leg in solution.legs
    )
    return legs, solution.cpe, solution.cpe_quantity, solution.requirement.bandwidth_mbps, solution.ready
