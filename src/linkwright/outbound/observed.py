"""Ports whose times and answers somebody wants to hear of."""

from collections.abc import Callable, Sequence
from time import monotonic

from linkwright.design.ask import Ask
from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.ports import Meanwhile, PartnerMarket, Solver
from linkwright.designs.requirement import Place, Requirement
from linkwright.errors import LinkwrightError


class TimedSolver:
    """A solver (`designs.ports.Solver`) whose times are told."""

    def __init__(self, solver: Solver, observed: Callable[[float], None]) -> None:
        self._solver, self._observed = solver, observed

    def solve(self, problem: Problem, ask: Ask, *, stop: Callable[[], bool], within_s: float | None) -> Outcome:
        begun_s = monotonic()
        try:
            return self._solver.solve(problem, ask, stop=stop, within_s=within_s)
        finally:
            self._observed(monotonic() - begun_s)

    def solve_all(
        self, questions: Sequence[tuple[Problem, Ask]], *, stop: Callable[[], bool], within_s: float | None
    ) -> Sequence[Outcome | LinkwrightError]:
        begun_s = monotonic()
        try:
            return self._solver.solve_all(questions, stop=stop, within_s=within_s)
        finally:
            self._observed(monotonic() - begun_s)

    def check(self, problem: Problem, design: Design) -> Verdict:
        return self._solver.check(problem, design)


class ObservedMarket:
    """A market (`designs.ports.PartnerMarket`) whose answers are told, as far as they were given now."""

    def __init__(self, market: PartnerMarket, observed: Callable[[str, str, float], None]) -> None:
        self._market, self._observed = market, observed

    def ask(
        self,
        questions: Sequence[tuple[Requirement, Place]],
        *,
        stop: Callable[[], bool],
        heard: Meanwhile | None = None,
    ) -> tuple[PartnerAnswer, ...]:
        answers = self._market.ask(questions, stop=stop, heard=heard)
        for answer in answers:
            if answer.took_s <= 0:  # kept from before, or nobody was asked
                continue
            self._observed(answer.partner, answer.asked, answer.took_s)
        return answers
