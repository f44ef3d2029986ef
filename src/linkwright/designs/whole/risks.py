"""What a design stands on that may fail to come, as the register of risks wants to know it."""

from collections.abc import Iterator, Sequence

from linkwright.business.risk_facts import Awaited, HoldEnd, OutdoorWork, PartnerLeg, RiskFacts
from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import OWN, NetworkFacts
from linkwright.designs.parts_of_answers import FixedCost, LegSolution
from linkwright.designs.whole.activities import works_of
from linkwright.designs.whole.people import People
from linkwright.plan.model import Plan, Step
from linkwright.plan.working_days import WorkingDays


def risk_facts_of(
    solution: SiteSolution, plan: Plan, network: NetworkFacts, days: WorkingDays, people: People
) -> RiskFacts:
    """Of one planned design."""
    wanted = solution.requirement
    legs = [leg for leg in solution.legs if not leg.existing]
    own = [leg for leg in legs if leg.supplier == OWN]
    return RiskFacts(
        item=wanted.ref,
        price_mrc_minor=wanted.price_mrc_minor,
        planned=tuple(_awaited(leg, plan, days) for leg in own if leg.planned),
        builds=tuple(_awaited(leg, plan, days) for leg in own if leg.build is not None and not leg.planned),
        deliveries=tuple(_awaited(leg, plan, days) for leg in legs),
        partner_legs=tuple(_partner(leg, solution, plan, days) for leg in legs if leg.supplier != OWN),
        outdoor=_outdoor(solution, network, plan),
        holds=tuple(_offer_ends(solution, plan, days)),
        skills=people.scarce(wanted.ref),
        margin=solution.margin,
        unpriced=tuple(_unpriced(legs, solution.fixed)),
        undeclared=tuple(leg.access for leg in legs if _is_undeclared(leg, solution)),
        shared_risks=solution.shared_risks,
    )


def _unpriced(legs: Sequence[LegSolution], fixed: Sequence[FixedCost]) -> Iterator[str]:
    for leg in legs:
        yield from (f"{word} of {leg.access}" for word in leg.unpriced)
    for one in fixed:
        yield from (f"{word} of {one.name}" for word in ("nrc", "mrc") if getattr(one, f"{word}_minor") is None)


def _step(leg: LegSolution, plan: Plan) -> Step | None:
    return next((step for step in plan.steps if step.id == f"delivery:{leg.access}"), None)


def _lead(leg: LegSolution, plan: Plan, days: WorkingDays) -> tuple[int, int | None]:
    """From the order to the day on which it can be used, and by how much it may be later."""
    step = _step(leg, plan)
    lead = max(days.from_(leg.ready) - days.from_(plan.ordered), 0)
    return lead, None if step is None else step.float_days


def _awaited(leg: LegSolution, plan: Plan, days: WorkingDays) -> Awaited:
    lead, left = _lead(leg, plan, days)
    return Awaited(name=f"access {leg.access}", lead_days=lead, float_days=left, ready=leg.ready)


def _partner(leg: LegSolution, solution: SiteSolution, plan: Plan, days: WorkingDays) -> PartnerLeg:
    lead, left = _lead(leg, plan, days)
    others = {one.partner for one in solution.asked if one.offer is not None} - {leg.supplier}
    return PartnerLeg(name=leg.supplier, lead_days=lead, float_days=left, ready=leg.ready, alternatives=len(others))


def _offer_ends(solution: SiteSolution, plan: Plan, days: WorkingDays) -> Iterator[HoldEnd]:
    """A partner's offer that ends before the last day on which the order would still be in time."""
    if plan.latest_order is None:
        return
    until = {one.offer.id: one.valid_until for one in solution.asked if one.offer is not None}
    for leg in solution.legs:
        valid = until.get(leg.access)
        if valid is not None and not leg.existing:
            lead, left = _lead(leg, plan, days)
            yield HoldEnd(
                name=f"the offer of {leg.supplier}",
                expires=valid.date(),
                used=plan.latest_order,
                lead_days=lead,
                float_days=left,
            )


def _outdoor(solution: SiteSolution, network: NetworkFacts, plan: Plan) -> tuple[OutdoorWork, ...]:
    """Work that a catalogue or requester says needs its weather."""
    reserve = {one.id: one.reserve_days for one in network.operator.weather}
    weather = {work.id: work.weather for work in works_of(solution.requirement) if work.weather is not None}
    return tuple(
        OutdoorWork(
            name=step.name,
            lead_days=step.days,
            float_days=step.float_days,
            ready=step.ready,
            reserve_days=reserve.get(weather[step.id], 0),
        )
        for step in plan.steps
        if step.id in weather
    )


def _is_undeclared(leg: LegSolution, solution: SiteSolution) -> bool:
    offers = (one.offer for one in solution.asked if one.offer is not None)
    return any(offer.id == leg.access and not offer.risks_declared for offer in offers)
