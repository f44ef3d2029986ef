"""All items of one request as one solution: sums, the common plan, one business case and one register of risks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.business.cash import business_case
from linkwright.business.model import BusinessCase, CostLine, Layer, Risk
from linkwright.business.rules import Finance
from linkwright.designs.answers import ItemAnswer, Member, SiteSolution, WholeSolution
from linkwright.designs.requirement import Requirement
from linkwright.designs.whole.costs import cost_lines, lines_of, stream_of
from linkwright.designs.whole.paid_once import ALL, PaidOnce
from linkwright.designs.whole.people import People
from linkwright.designs.whole.planning import Planned
from linkwright.designs.whole.running import operations_together
from linkwright.plan.working_days import WorkingDays

EACH = 30
"""So many items have their cost lines and risks told one by one; of more, those of the same kind are added up."""


@dataclass(frozen=True, kw_only=True)
class Together:
    """`refs` are all items of the bundle, or without one of the request, in the order of the request."""

    bundle: Requirement | None
    refs: Sequence[str]
    planned: Planned
    people: People
    paid: PaidOnce
    finance: Finance
    days: WorkingDays

    def of(
        self,
        answers: Mapping[str, ItemAnswer],
        done: Mapping[str, SiteSolution],
        *,
        design_id: str,
        computed_at: datetime,
    ) -> WholeSolution | None:
        """Of those that can be had: as asked for, or as first offered instead; None where nothing can."""
        kept = [_kept(answers[ref], done) for ref in self.refs if ref in answers]
        solutions = [one for one in kept if one is not None]
        if not solutions or self.planned.whole is None:
            return None
        case = self._case(solutions)
        scoped = self.bundle or solutions[0].requirement
        return WholeSolution(
            design_id=design_id,
            version=1,
            wanted=self.bundle,
            members=tuple(_member(answers[ref], done.get(ref)) for ref in self.refs if ref in answers),
            currency=solutions[0].currency,
            nrc_minor=case.one_time_minor,
            mrc_minor=case.recurring_minor,
            computed_at=computed_at,
            scope=scoped.design_scope,
            availability=min(one.availability for one in solutions),
            plan=self.planned.together([one.requirement.ref for one in solutions], self.days),
            case=case,
            risks=_risks(solutions),
            operations=operations_together(solutions, self.people),
        )

    def _case(self, solutions: Sequence[SiteSolution]) -> BusinessCase:
        plans = self.planned.plans
        lines = [line for one in solutions for line in cost_lines(one)]
        bearer = ALL if self.bundle is None else self.bundle.ref
        common = lines_of(self.paid.of(bearer, [one.requirement.ref for one in solutions]))
        first = solutions[0]
        case = business_case(
            (*lines, *common),
            [stream_of(one, plans[one.requirement.ref]) for one in solutions],
            currency=first.currency,
            ordered=plans[first.requirement.ref].ordered,
            rates=self.finance,
        )
        return case if len(solutions) <= EACH else replace(case, lines=_added_up(case))


def _kept(answer: ItemAnswer, done: Mapping[str, SiteSolution]) -> SiteSolution | None:
    """The design that counts for the whole: none of an item that is unqualified in the end."""
    return done.get(answer.ref) if answer.can_be_had else None


def _member(answer: ItemAnswer, solution: SiteSolution | None) -> Member:
    codes = tuple(dict.fromkeys(one.code for one in answer.findings))
    if solution is None or not answer.can_be_had:
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
        where=next((one for one in solution.where if one.role == "place"), None),
    )


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
    items = {one.item for one in some}
    return replace(
        worst,
        cause=f"{len(items)} items, such as {worst.item}: {worst.cause}",
        impact_minor=sum(amounts) if amounts else None,
        item=None,
    )
