"""The use case that checks, queries and orders share: requirements in, verified answers out.

It reads like the process: understand what is asked, gather the facts, choose designs and verify them, tell the whole.
All facts come through ports; the only state is what the ports cache.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from linkwright.business.risk_facts import Rate, RiskCode
from linkwright.business.rules import Finance
from linkwright.design.ask import never
from linkwright.design.model import Budget
from linkwright.designs.answers import Answer, ItemAnswer, SiteSolution, WholeSolution
from linkwright.designs.bundle_limits import limits_of
from linkwright.designs.choose import Choice
from linkwright.designs.compose import compose
from linkwright.designs.currencies import in_currency
from linkwright.designs.drawing import Drawing
from linkwright.designs.existing import ExistingService, Leaving, before
from linkwright.designs.gather import Facts, Gathering
from linkwright.designs.item import own_budget
from linkwright.designs.jointly import UNLIMITED
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.ports import Catalogue, Inventory, PartnerMarket, Places, Services, Solver
from linkwright.designs.requirement import Requirement
from linkwright.designs.so_far import SoFar, Tell, so_far
from linkwright.designs.understand import Known, Retried, Understanding
from linkwright.designs.whole.assess import Assessed, Assessment

NOTHING_SETTLED: Mapping[str, ItemAnswer] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the operator decides: how long an answer holds, free days, how many orders each partner takes, what is
    worth it, and how risky things are in his experience."""

    validity: timedelta
    holidays: Collection[date] = ()
    partner_caps: Mapping[str, int | None] = field(default_factory=dict)
    finance: Finance = field(default_factory=Finance)
    risk_rates: Mapping[RiskCode, Rate] = field(default_factory=dict)


class Designer:
    """Answers requirements. Raises `Unavailable` when the resource domain, catalogue or places stay silent."""

    def __init__(
        self,
        *,
        inventory: Inventory,
        places: Places,
        catalogue: Catalogue,
        market: PartnerMarket,
        services: Services,
        solver: Solver,
        rules: Rules,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        retried: Retried,
    ) -> None:
        self._understanding = Understanding(catalogue=catalogue, places=places, services=services, retried=retried)
        self._gathering = Gathering(inventory=inventory, market=market, retried=retried, holidays=rules.holidays)
        self._catalogue, self._retried = catalogue, retried
        self._solver, self._rules, self._now, self._new_id = solver, rules, now, new_id

    def answer(
        self,
        requirements: Sequence[Requirement],
        *,
        alternatives: bool = False,
        stop: Callable[[], bool] = never,
        by: datetime | None = None,
        settled: Mapping[str, ItemAnswer] = NOTHING_SETTLED,
        tell: Tell | None = None,
    ) -> Answer:
        """Answer all requirements together; a bundle among them gets the totals and no design of its own.

        With `alternatives` what is feasible has other good designs beside it. Once `stop` is true nobody waits for the
        answer any more, and by the moment `by` it should be there; then it may say less than it could. What is known
        of items meanwhile goes to `tell`; what was told as final by an earlier try (`settled`) stays as it is.
        """
        now = self._now()
        existing = self._understanding.existing(requirements)
        understood = self._understanding.of_all(requirements, existing)
        answers = {one.ref: one for one in understood if isinstance(one, ItemAnswer)} | dict(settled)
        known = [one for one in understood if isinstance(one, tuple) and one[0].ref not in settled]
        leaving = [one for one in understood if isinstance(one, Leaving) and one.requirement.ref not in settled]
        wholes: Sequence[WholeSolution] = ()
        limits: Sequence[Finding] = ()
        if known or leaving:
            facts = self._gathered(known, now, existing, leaving, stop, tell, answers)
            requirements = [in_currency(one, facts.network.currency) for one in requirements]
            choice = self._choice(facts, alternatives, stop, by)
            budget = _common_budget(requirements)
            assessed = self._assessed(facts, requirements, choice.of(facts.candidates, budget))
            answers |= dict(assessed.answers) | _left(facts)
            wholes = assessed.wholes
            if _is_of_all(requirements):
                limits = limits_of(choice.drawing, facts.candidates, assessed.answers, budget)
        return compose(requirements, answers, now, wholes, limits)

    def _gathered(
        self,
        known: Sequence[Known],
        now: datetime,
        existing: Mapping[str, ExistingService],
        leaving: Sequence[Leaving],
        stop: Callable[[], bool],
        tell: Tell | None,
        answers: Mapping[str, ItemAnswer],
    ) -> Facts:
        """All facts; meanwhile is told what they settle."""
        if tell is None:
            return self._gathering.about(known, now, existing, leaving, stop)
        tell(SoFar(settled=dict(answers)), False)
        facts = self._gathering.about(
            known, now, existing, leaving, stop, lambda some, network: tell(so_far(some, network), False)
        )
        tell(so_far(facts.candidates, facts.network), True)
        return facts

    def offers(self, requirement: Requirement, *, stop: Callable[[], bool] = never) -> Iterator[Answer]:
        """What is available at a place: each designable specification (or the one that is named), with its answer.

        Where the requirement does not say how much, the answer is the most that can be had. Once `stop` is true nobody
        waits for more: no further specification is looked at.
        """
        asked = [requirement]
        if requirement.specification is None:
            specifications = self._retried("read catalogue", self._catalogue.designable)
            asked = [replace(requirement, ref=one.id, specification=one.id) for one in specifications]
        return (self._offer(one, stop) for one in asked if not stop())

    def _offer(self, requirement: Requirement, stop: Callable[[], bool]) -> Answer:
        now, existing = self._now(), self._understanding.existing([requirement])
        known = self._understanding.of(requirement, existing.get(requirement.ref), open=True)
        if isinstance(known, ItemAnswer):
            return compose((requirement,), {known.ref: known}, now)
        if isinstance(known, Leaving):
            return compose((requirement,), _left(self._gathering.about([], now, existing, [known])), now)
        facts = self._gathering.about([known], now, existing, stop=stop)
        asked, choice = known[0], self._choice(facts, stop=stop)
        of = choice.of if asked.bandwidth_mbps is not None else choice.of_most
        answer = self._assessed(facts, (requirement,), of(facts.candidates)).answers[requirement.ref]
        if not asked.destinations and answer.solution is not None:
            answer = replace(answer, solution=_to_where_it_leads(answer.solution))
        return compose((requirement,), {requirement.ref: answer}, now)

    def _assessed(
        self, facts: Facts, requirements: Sequence[Requirement], answers: Mapping[str, ItemAnswer]
    ) -> Assessed:
        rules = self._rules
        assessment = Assessment(facts=facts, finance=rules.finance, risk_rates=rules.risk_rates, new_id=self._new_id)
        return assessment.of(requirements, answers)

    def _choice(
        self,
        facts: Facts,
        alternatives: bool = False,
        stop: Callable[[], bool] = never,
        by: datetime | None = None,
    ) -> Choice:
        drawing = Drawing(
            solver=self._solver,
            facts=facts,
            validity=self._rules.validity,
            partner_caps=self._rules.partner_caps,
            new_id=self._new_id,
            stop=stop,
            left_s=lambda: None if by is None else (by - self._now()).total_seconds(),
        )
        return Choice(drawing=drawing, alternatives=alternatives)


def _left(facts: Facts) -> dict[str, ItemAnswer]:
    """Services that are released, or stay: nothing is designed for them."""
    return {
        one.requirement.ref: ItemAnswer(
            ref=one.requirement.ref,
            result="qualified",
            before=before(one.service, one.requirement.change or "noChange", facts.network, facts.options),
        )
        for one in facts.leaving
    }


def _common_budget(requirements: Sequence[Requirement]) -> Budget:
    """The budget of a bundle of everything that is asked; that of a smaller bundle is compared afterwards."""
    bundle = next((one for one in requirements if one.is_bundle), None)
    return own_budget(bundle) if bundle is not None and _is_of_all(requirements) else UNLIMITED


def _is_of_all(requirements: Sequence[Requirement]) -> bool:
    """Whether there is one bundle, of everything that is asked."""
    bundles = [one for one in requirements if one.is_bundle]
    others = [one.ref for one in requirements if not one.is_bundle]
    return len(bundles) == 1 and bundles[0].members_among(others) == others


def _to_where_it_leads(solution: SiteSolution) -> SiteSolution:
    """Nobody asked to reach every node: the design is one to the nodes at its ends."""
    ends = tuple(dict.fromkeys(leg.nodes[-1] for leg in solution.legs))
    return replace(solution, requirement=replace(solution.requirement, destinations=ends))
