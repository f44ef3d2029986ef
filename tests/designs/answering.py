"""A designer over facts in memory and the real design core."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from linkwright.design.ask import Ask
from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.designs.answers import Answer, ItemAnswer
from linkwright.designs.designer import Designer, Rules
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.requirement import Requirement
from linkwright.errors import BadProblem, LinkwrightError, UntrueDesign
from tests.builders import NOW, a_network, a_place, a_specification, an_access
from tests.fakes import FakeFacts, at_once


class Core:
    """The design core in this process; `asked` keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Problem] = []

    def solve(self, problem: Problem, ask: Ask, **_waits: Any) -> Outcome:
        self.asked.append(problem)
        return solve(problem, **ask.options())

    def solve_all(self, questions: Sequence[tuple[Problem, Ask]], **waits: Any) -> list[Outcome | LinkwrightError]:
        return [self._said(problem, ask, waits) for problem, ask in questions]

    def _said(self, problem: Problem, ask: Ask, waits: dict[str, Any]) -> Outcome | LinkwrightError:
        try:
            return self.solve(problem, ask, **waits)
        except (BadProblem, UntrueDesign) as error:
            return error

    def check(self, problem: Problem, design: Design) -> Verdict:
        return check(problem, design)


def some_facts(*sites: str, **changes: Any) -> FakeFacts:
    """West fibre at every site."""
    names = sites or ("site-1",)
    fibre = tuple(an_access(id=f"fibre-{number}", place=name) for number, name in enumerate(names, start=1))
    values = {"facts": a_network(), "access": fibre, **changes}
    return FakeFacts(
        known_places={name: a_place(name) for name in names},
        specifications=values.pop("specifications", {"cfs": a_specification()}),
        **values,
    )


def a_designer(facts: FakeFacts, core: Any = None, **rules: Any) -> Designer:
    numbers = count(1)
    return Designer(
        inventory=facts,
        places=facts,
        catalogue=facts,
        market=facts,
        services=facts,
        solver=core or Core(),
        rules=Rules(validity=timedelta(days=30), **rules),
        now=lambda: NOW,
        new_id=lambda: f"design-{next(numbers)}",
        retried=at_once,
    )


def answer_to(facts: FakeFacts, *requirements: Requirement, **rules: Any) -> Answer:
    return a_designer(facts, **rules).answer(requirements)


def item_of(answer: Answer, ref: str = "1") -> ItemAnswer:
    return next(item for item in answer.items if item.ref == ref)


def codes(item: ItemAnswer) -> list[str]:
    return [finding.code for finding in item.findings]


def labels(item: ItemAnswer) -> str:
    return " ".join(finding.label for finding in item.findings)


def silent(partner: str, ref: str = "1") -> PartnerAnswer:
    return PartnerAnswer(partner=partner, ref=ref, asked="silent", text="no answer within 10 s", took_s=10.0)


def offering(partner: str, ref: str = "1", place: str = "site-1", **access: Any) -> PartnerAnswer:
    quote = f"{partner}-quote/{ref}"
    offer = an_access(id=f"{partner}:{quote}", place=place, partner=partner, quote=quote, **access)
    return PartnerAnswer(
        partner=partner, ref=ref, asked="offered", offer=offer, valid_until=NOW + timedelta(days=9), took_s=0.2
    )


def refs(items: Sequence[ItemAnswer], result: str) -> list[str]:
    return [item.ref for item in items if item.result == result]
