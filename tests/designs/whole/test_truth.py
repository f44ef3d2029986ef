"""What is answered is true: it is asked again, with the date that is offered, and once more as it was."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer
from linkwright.designs.facts import CpeFact, CrewPool, OperatorFacts, WeatherFact
from linkwright.designs.requirement import Requirement, Span, Work
from linkwright.operations.model import CourseFact, SkillNeed
from linkwright.plan.calendar import days_of
from linkwright.plan.model import After
from linkwright.plan.working_days import working_days
from tests.builders import a_network, a_requirement, an_access
from tests.designs.answering import a_designer, codes, item_of, labels, some_facts

ORDERED = date(2027, 5, 3)
HOLIDAYS = (date(2027, 5, 6), date(2027, 5, 17))
DAYS = working_days(ORDERED, frozenset(HOLIDAYS))


def answered(requirement: Requirement, facts: Any, **rules: Any) -> ItemAnswer:
    designer = a_designer(facts, holidays=HOLIDAYS, **rules)
    designer._now = lambda: datetime.combine(ORDERED, datetime.min.time(), tzinfo=UTC)
    return item_of(designer.answer([requirement]))


def spans(random: Random, count: int) -> tuple[Span, ...]:
    starts = [ORDERED + timedelta(days=random.randrange(90)) for _ in range(count)]
    return tuple(Span(start=start, end=start + timedelta(days=random.randrange(1, 14))) for start in starts)


def works(random: Random) -> tuple[Work, ...]:
    kinds = ("survey", "permit", "staging", "test", "bespoke", "configuration")
    chosen = random.sample(kinds, random.randrange(4))
    found = [
        Work(
            id=f"{kind}-{n}",
            kind=kind,  # type: ignore[arg-type]
            days=random.randrange(6),
            on_site=random.choice((None, True)),
            frozen=random.choice((None, True)),
            weather=random.choice((None, None, "dry")),
        )
        for n, kind in enumerate(chosen)
    ]
    if random.random() < 0.7:
        found.append(Work(id="installation", kind="installation", days=random.randrange(1, 4), skill="install"))
    first = [work.id for work in found if work.kind in ("survey", "permit")]
    if first and random.random() < 0.5:
        found.append(Work(id="delivery", kind="delivery", after=(After(activity=first[0]),)))
    return tuple(found)


def some_case(seed: int) -> tuple[Requirement, Any]:
    random = Random(seed)
    wanted = a_requirement(
        needed_by=ORDERED + timedelta(days=random.randrange(5, 80)),
        bespoke_activities=works(random),
        site_access=spans(random, 2) if random.random() < 0.4 else None,
        change_freeze=spans(random, 2) if random.random() < 0.4 else None,
    )
    operator = OperatorFacts(
        pools=(CrewPool(id="crews", skill="install", crews=1, jobs_per_day=1),),
        weather=(WeatherFact(id="dry", months=(5, 6, 7), reserve_days=1),),
        needs=(SkillNeed(id="need", team="noc", skill="it", people=1),) if random.random() < 0.3 else (),
        courses=(CourseFact(id="c", name="C", skill="it", days=random.randrange(1, 40), seats=1),),
    )
    network = a_network(operator=operator)
    stock, restock = random.choice(((None, None), (5, None), (0, 15)))
    cpe = CpeFact(model=network.cpe[0].model, stock=stock, restock_days=restock)
    cheap = an_access(id="cheap", lead_days=random.randrange(5, 40))
    fast = an_access(id="fast", lead_days=random.randrange(0, 20), mrc_minor=90_000)
    return wanted, some_facts(access=(cheap, fast), facts=replace(network, cpe=(cpe,)))


@pytest.mark.parametrize("seed", range(80))
def test_an_answer_holds_when_it_is_asked_again(seed: int) -> None:
    wanted, facts = some_case(seed)
    answer = answered(wanted, facts)
    assert wanted.needed_by is not None
    if answer.solution is not None:
        assert answer.result == "qualified"
        plan = answer.solution.plan
        assert plan is not None
        assert plan.ready <= wanted.needed_by
        assert plan.latest_order is not None
        site = days_of(wanted.site_access or (), DAYS)
        frozen = days_of(wanted.change_freeze or (), DAYS)
        said = {work.id: work for work in wanted.bespoke_activities or ()}
        for step in plan.steps:
            work = said.get(step.id)
            taken = range(DAYS.from_(step.start), DAYS.up_to(step.end) + 1)
            if site and (step.kind == "installation" or (work is not None and work.on_site)):
                assert all(any(first <= day <= last for first, last in site) for day in taken), step
            if frozen and (step.kind in ("installation", "configuration") or (work is not None and work.frozen)):
                assert not any(first <= day <= last for first, last in frozen for day in taken), step
    dated = [one for one in answer.proposals if [it.dimension for it in one.relaxed] == ["date"]]
    for proposal in dated:
        offered = date.fromisoformat(proposal.offered)
        assert offered > wanted.needed_by
        assert proposal.solution.plan is not None
        assert proposal.solution.plan.ready == proposal.solution.ready == offered
        assert proposal.solution.plan.latest_order is not None
        again = answered(replace(wanted, needed_by=offered), facts)
        assert again.result == "qualified", (labels(answer), labels(again))
    if answer.result == "unqualified":
        assert not answer.proposals
        assert codes(answer)
        assert answered(wanted, facts) == answer
        sooner = answered(replace(wanted, needed_by=wanted.needed_by - timedelta(days=4)), facts)
        assert sooner.result == "unqualified"
