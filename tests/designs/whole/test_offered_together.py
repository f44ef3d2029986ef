"""The dates that are offered to the items of one bundle hold when all of them are asked for together."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from linkwright.designs.answers import ItemAnswer
from linkwright.designs.designer import Designer
from linkwright.designs.facts import CrewPool, OperatorFacts
from linkwright.designs.requirement import PlaceWanted, Requirement, Span, Work
from tests.builders import NOW, a_network, a_requirement, an_access
from tests.designs.answering import a_designer, item_of, some_facts

POOLS = OperatorFacts(
    pools=(
        CrewPool(id="crew", skill="install", crews=1, jobs_per_day=1),
        CrewPool(id="testers", skill="test", crews=1, jobs_per_day=1),
    )
)
NEXT_YEAR = Span(start=date(2027, 1, 1), end=date(2028, 1, 1))


def _bundle(seed: int) -> tuple[Designer, list[Requirement]]:
    """Several items that are wanted too early, and share one crew, its testers and a stock that is filled again."""
    rng = random.Random(seed)
    names = [f"s{n}" for n in range(rng.randint(3, 6))]
    network = a_network(operator=POOLS)
    stock = replace(network.cpe[0], stock=rng.randint(1, len(names)), restock_days=rng.randint(5, 25))
    access = [an_access(id=f"{name}-a", place=name, lead_days=rng.randint(0, 25)) for name in names]
    facts = some_facts(*names, facts=replace(network, cpe=(stock,)), access=tuple(access))
    return a_designer(facts), [
        Requirement(ref="all", bundles=tuple(names)),
        *(_item(name, rng) for name in names),
    ]


def _item(name: str, rng: random.Random) -> Requirement:
    works = [
        Work(id="survey", kind="survey", days=rng.randint(1, 5), skill=rng.choice((None, "install"))),
        Work(id="installation", kind="installation", days=rng.randint(1, 6), skill="install"),
        Work(id="test", kind="test", days=rng.randint(1, 4), skill=rng.choice((None, "test"))),
    ]
    opens = NOW.date() + timedelta(days=rng.randint(0, 30))
    spans = (Span(start=opens, end=opens + timedelta(days=rng.randint(6, 14))), NEXT_YEAR)
    return a_requirement(
        ref=name,
        place=PlaceWanted(kind="site", id=name),
        activities=tuple(works[rng.randint(0, 1) : rng.randint(2, 3)]),
        needed_by=NOW.date() + timedelta(days=rng.randint(7, 40)),
        site_access=spans if rng.random() < 0.3 else (),
    )


def _asked_again(wanted: Requirement, told: ItemAnswer) -> Requirement:
    if told.result != "alternate":
        return wanted
    first = told.proposals[0]
    assert {one.dimension for one in first.relaxed} == {"date"}
    return replace(wanted, needed_by=first.solution.ready)


@pytest.mark.parametrize("seed", [13, 77])
def test_what_is_offered_to_all_holds_for_all(seed: int) -> None:
    designer, wanted = _bundle(seed)
    told = designer.answer(wanted)
    assert sum(one.result == "alternate" for one in told.items) > 1
    again = [wanted[0], *(_asked_again(one, item_of(told, one.ref)) for one in wanted[1:])]
    assert {one.result for one in designer.answer(again).items} == {"qualified"}
