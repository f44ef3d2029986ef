"""All items of one request as one solution: sums, the common plan, one business case and one register of risks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkwright.business.cash import business_case
from linkwright.business.model import BusinessCase, CostLine, Layer, Risk
from linkwright.business.rules import Finance
from linkwright.designs.answers import ItemAnswer, Member, SiteSolution, WholeSolution
from linkwright.designs.gather import Facts
from linkwright.designs.requirement import Requirement
from linkwright.designs.whole.costs import common_lines, cost_lines, stream_of
from linkwright.designs.whole.people import People
from linkwright.designs.whole.planning import Planned
from linkwright.designs.whole.running import operations_together

EACH = 30
"""So many items have their cost lines and risks told one by one; of more, those of the same kind are added up."""


def whole_of(
    bundle: Requirement | None,
    requirements: Sequence[Requirement],
    answers: Mapping[str, ItemAnswer],
    done: Mapping[str, SiteSolution],
    planned: Planned,
    people: People,
    *,
    facts: Facts,
    finance: Finance,
    id: str,
) -> WholeSolution | None:
    """Of those that can be had: as asked for, or as first offered instead; None where nothing can."""
    solutions = [one for ref in answers if (one := _kept(answers[ref], done)) is not None]
    if not solutions or planned.whole is None:
        return None
    refs = [one.ref for one in requirements if not one.is_bundle]
    case = _case(solutions, planned, people, finance)
    return WholeSolution(
        design_id=id,
        version=1,
        wanted=bundle,
        members=tuple(_member(answers[ref], done.get(ref)) for ref in refs if ref in answers),
        currency=solutions[0].currency,
        nrc_minor=case.one_time_minor,
        mrc_minor=case.recurring_minor,
        computed_at=facts.now,
        scope=bundle.design_scope if bundle is not None else solutions[0].requirement.design_scope,
        availability=min(one.availability for one in solutions),
        plan=planned.whole,
        case=case,
        risks=_risks(solutions),
        operations=operations_together(solutions, people),
    )


def _kept(answer: ItemAnswer, done: Mapping[str, SiteSolution]) -> SiteSolution | None:
    """The design that counts for the whole: none of an item that is unqualified in the end."""
    return done.get(answer.ref) if answer.result in ("qualified", "alternate") else None


def _member(answer: ItemAnswer, solution: SiteSolution | None) -> Member:
    codes = tuple(dict.fromkeys(one.code for one in answer.findings))
    if solution is None or answer.result not in ("qualified", "alternate"):
        return Member(ref=answer.ref, result=answer.result, place="", codes=codes)
    return Member(
        ref=answer.ref,
        result=answer.result,
        place=solution.place.name or solution.place.id,
        design_id=solution.design_id,
        ready=solution.ready,
        nrc_minor=solution.nrc_minor,
        mrc_minor=solution.mrc_minor,
        availability=solution.availability,
        technology=tuple(leg.technology for leg in solution.legs),
        codes=codes,
    )


def _case(solutions: Sequence[SiteSolution], planned: Planned, people: People, finance: Finance) -> BusinessCase:
    lines = [line for one in solutions for line in cost_lines(one, planned.works[one.requirement.ref])]
    streams = [stream_of(one, planned.plans[one.requirement.ref]) for one in solutions]
    common = common_lines(list(planned.works.values()), people.training)
    first = solutions[0]
    case = business_case(
        (*lines, *common), streams, currency=first.currency, ordered=planned.plans[first.requirement.ref].ordered, rates=finance
    )
    return case if len(solutions) <= EACH else replace(case, lines=_added_up(case))


def _added_up(case: BusinessCase) -> tuple[CostLine, ...]:
    """One line for each component and layer."""
    found: dict[tuple[str, Layer, str, str], list[CostLine]] = defaultdict(list)
    for line in case.lines:
        found[line.component, line.layer, line.supplier, line.name if line.item is None else ""].append(line)
    return tuple(
        replace(
            lines[0],
            name=name or f"{component} of {len(lines)} items ({supplier})",
            nrc_minor=_sum([line.nrc_minor for line in lines]),
            mrc_minor=_sum([line.mrc_minor for line in lines]),
            item=None,
        )
        for (component, _, supplier, name), lines in found.items()
    )


def _sum(amounts: Sequence[int | None]) -> int | None:
    """None where one of them is not known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _risks(solutions: Sequence[SiteSolution]) -> tuple[Risk, ...]:
    """One by one, or those of a kind of many items as one: what it would take in all, the dates once."""
    risks = [risk for one in solutions for risk in one.risks]
    if len(solutions) <= EACH:
        return tuple(risks)
    kinds: dict[tuple[str, str], list[Risk]] = defaultdict(list)
    for risk in risks:
        kinds[risk.code, risk.owner].append(risk)
    return tuple(_of_kind(some) for some in kinds.values())


def _of_kind(some: Sequence[Risk]) -> Risk:
    if len(some) == 1:
        return some[0]
    worst = max(some, key=lambda one: one.probability * one.impact_days)
    amounts = [one.impact_minor for one in some if one.impact_minor is not None]
    return replace(
        worst,
        cause=f"{len(some)} items, such as {worst.item}: {worst.cause}",
        impact_minor=sum(amounts) if amounts else None,
        item=None,
    )
