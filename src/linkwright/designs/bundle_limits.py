"""What keeps the items of a bundle from being served together: its own budget, and crews that all of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkwright.design.ask import Ask
from linkwright.design.model import Budget
from linkwright.designs.answers import ItemAnswer
from linkwright.designs.assemble import Candidate
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.item import own_budget
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.reasons import findings

OF_ALL = ("SD-BUD-", "SD-SKL-")
"""Beginnings of the codes of limits that are a bundle's own."""
FEW = 30
"""Of a bundle of more items nobody is asked for its own figures."""


def limits_of(
    drawing: Drawing, candidates: Sequence[Candidate], answers: Mapping[str, ItemAnswer], budget: Budget
) -> tuple[Finding, ...]:
    """With the figures of all items together, and the least change with which all are served; none where no such limit
    is told of an item, or what else is in its way is not known to be enough."""
    among = [one for one in candidates if _counts(one, answers)]
    if not 1 < len(among) <= FEW or all(answers[one.requirement.ref].solution is not None for one in among):
        return ()
    (drawn,) = drawing.draw_each([(among, budget, Ask(relax=True))])
    if not isinstance(drawn, Drawn) or drawn.outcome.design is not None:
        return ()
    outcome, facts = drawn.outcome, drawing.facts
    enough = {one.constraint: one.value for one in outcome.relaxations if not isinstance(one.value, str)}
    common = [
        replace(one, needed=enough.get(one.constraint, one.needed))
        for one in outcome.reasons
        if not one.constraint.startswith("site:")
    ]
    told = findings(
        common,
        outcome.relaxations,
        facts.days,
        drawn.assembled.facts,
        facts.network.currency,
        combinations=outcome.combinations,
    )
    return tuple(one for one in told if one.code.startswith(OF_ALL))


def _counts(candidate: Candidate, answers: Mapping[str, ItemAnswer]) -> bool:
    """Whether it could be served, if nothing but what all share were in its way."""
    answer = answers.get(candidate.requirement.ref)
    if answer is None:
        return False
    codes = [one.code for one in answer.findings if one.code.startswith(OF_ALL)]
    is_its_own = own_budget(candidate.requirement) != Budget() and any(one.startswith("SD-BUD-") for one in codes)
    return answer.solution is not None or (bool(codes) and not is_its_own)
