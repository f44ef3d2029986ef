"""Problems made of candidates, what the design core says to them, and solutions made of its designs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from linkwright.design.ask import STOPPED, Ask, never
from linkwright.design.model import Budget, Design, Outcome, Problem, Verdict
from linkwright.designs.answers import SiteSolution
from linkwright.designs.arrangement import arrangement_of
from linkwright.designs.assemble import Assembled, Candidate, assemble
from linkwright.designs.gather import Facts
from linkwright.designs.patterns import names_between, pattern_of
from linkwright.designs.ports import Solver
from linkwright.designs.replay import Inputs
from linkwright.designs.solutions import Context, site_solutions
from linkwright.designs.without_backup import without_backup
from linkwright.errors import LinkwrightError, UntrueDesign

AT_ONCE = 32
"""So many patterns, and less than twice as many, are asked about on one way; then it is looked whether there is time
for more."""
Wanted = Sequence[tuple[Sequence[Candidate], Budget, Ask]]
Questions = Sequence[tuple[Problem, Ask]]
Said = Sequence[Outcome | LinkwrightError]
UNHEARD = Outcome(status="unknown", guards=(STOPPED,))
"""Of whom the core was not asked, for want of time."""


def no_end() -> None:
    """Nobody said by when the answer should be there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A candidate or several, their problem and what the core says to it.

    `reused_from` is the item with the same facts whose problem the core was really asked about.
    """

    candidates: tuple[Candidate, ...]
    assembled: Assembled
    outcome: Outcome
    inputs: Inputs | None = None
    reused_from: str | None = None

    @property
    def design(self) -> Design:
        return self.outcome.design or Design(sites=())

    @property
    def ref(self) -> str:
        """Of the only candidate, or the first."""
        return self.candidates[0].requirement.ref


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One set of facts and rules: `validity` is how long an answer holds at most.

    `left_s` is the time that is left until the answer should be there, None where nobody said a time.

    `room` makes of a problem the one that is asked about, where others use a part of what there is.
    """

    solver: Solver
    facts: Facts
    validity: timedelta
    partner_caps: Mapping[str, int | None]
    new_id: Callable[[], str]
    stop: Callable[[], bool] = never
    left_s: Callable[[], float | None] = no_end
    room: Callable[[Problem], Problem] | None = None

    def draw_each(self, wanted: Wanted) -> list[Drawn | LinkwrightError]:
        """The same for groups that know nothing of each other; the core is asked once for all items of the same facts.

        An error is told in the place of the group that it is about.
        """
        return self._drawn_by(
            wanted, lambda questions: self.solver.solve_all(questions, stop=self.stop, within_s=self.left_s())
        )

    def draw_in_turns(self, wanted: Wanted, left_s: Callable[[], float]) -> list[Drawn | LinkwrightError]:
        """The same for what an answer could do without: it ends with the time that `left_s` says is left for it.

        Each pattern gets an equal share of what is left when its turn comes; nothing is said of who gets no turn.
        """
        return self._drawn_by(wanted, lambda questions: self._in_turns(questions, left_s))

    def _in_turns(self, questions: Questions, left_s: Callable[[], float]) -> Said:
        found: list[Outcome | LinkwrightError] = []
        while (rest := questions[len(found) :]) and (left := left_s()) > 0:
            found += self.solver.solve_all(
                rest if len(rest) < 2 * AT_ONCE else rest[:AT_ONCE],
                stop=lambda: self.stop() or left_s() <= 0,
                within_s=left / len(rest),
            )
        return [*found, *[UNHEARD] * (len(questions) - len(found))]

    def _drawn_by(self, wanted: Wanted, solve: Callable[[Questions], Said]) -> list[Drawn | LinkwrightError]:
        problems = [(self.assemble(candidates, budget), ask) for candidates, budget, ask in wanted]
        first: dict[object, int] = {}
        firsts = [
            first.setdefault(
                pattern_of(assembled.problem, ask) if len(assembled.problem.sites) == 1 < len(wanted) else number,
                number,
            )
            for number, (assembled, ask) in enumerate(problems)
        ]
        asked = list(first.values())
        outcomes = solve([(problems[number][0].problem, problems[number][1]) for number in asked])
        drawn = {
            number: outcome
            if isinstance(outcome, LinkwrightError)
            else _drawn(wanted[number][0], *problems[number], outcome)
            for number, outcome in zip(asked, outcomes, strict=True)
        }
        return [
            drawn[number] if known == number else alike(drawn[known], one[0][0], assembled)
            for number, (known, one, (assembled, _)) in enumerate(zip(firsts, wanted, problems, strict=True))
        ]

    def assemble(self, candidates: Sequence[Candidate], budget: Budget) -> Assembled:
        assembled = assemble(
            "+".join(candidate.requirement.ref for candidate in candidates[:3]),
            candidates,
            self.facts.network,
            self.facts.days,
            partner_caps=self.partner_caps,
            budget=budget,
            leaving=self.facts.leaving,
        )
        return assembled if self.room is None else replace(assembled, problem=self.room(assembled.problem))

    def verdict(self, assembled: Assembled, design: Design) -> Verdict:
        """The second verifier's, on the problem as it is answered.

        Raises:
            UntrueDesign: the design breaks a rule.
        """
        served = {site.site for site in design.sites}
        problem = assembled.problem
        asked = replace(problem, sites=tuple(site for site in problem.sites if site.id in served))
        verdict = self.solver.check(asked, design)
        if verdict.violations:
            broken = ", ".join(violation.constraint for violation in verdict.violations)
            raise UntrueDesign(f"The verifier refuses the design of {problem.name!r}: {broken}.")
        return verdict

    def drawn_solutions(self, drawn: Drawn) -> dict[str, SiteSolution]:
        """Of each item that is served, by its ref."""
        outcome = drawn.outcome
        verdict = outcome.verdict or self.verdict(drawn.assembled, drawn.design)
        return self.solutions(drawn, drawn.design, verdict, outcome.gap)

    def solutions(self, drawn: Drawn, design: Design, verdict: Verdict, gap: float | None) -> dict[str, SiteSolution]:
        if not design.sites:
            return {}
        context = Context(
            assembled=drawn.assembled,
            network=self.facts.network,
            days=self.facts.days,
            now=self.facts.now,
            validity=self.validity,
            new_id=self.new_id,
            options=self.facts.options,
        )
        by_ref = {candidate.requirement.ref: candidate for candidate in drawn.candidates}
        found = site_solutions(context, by_ref, design, verdict, gap or 0.0)
        alone = without_backup(drawn.assembled.problem, design, self.solver)
        found = {
            ref: replace(
                one,
                availability_without_backup=alone.get(ref),
                arrangement=arrangement_of(one.requirement, alone.get(ref)),
            )
            for ref, one in found.items()
        }
        if drawn.inputs is None:
            return found
        return {ref: replace(one, input_id=drawn.inputs.id, inputs=drawn.inputs) for ref, one in found.items()}


def _drawn(candidates: Sequence[Candidate], assembled: Assembled, ask: Ask, outcome: Outcome) -> Drawn:
    inputs = Inputs(problem=assembled.problem, ask=ask, outcome=outcome)
    return Drawn(candidates=tuple(candidates), assembled=assembled, outcome=outcome, inputs=inputs)


def alike(first: Drawn | LinkwrightError, candidate: Candidate, assembled: Assembled) -> Drawn | LinkwrightError:
    """The answer of another item of the same pattern. It has no verdict yet: the verifier has to see it again."""
    if isinstance(first, LinkwrightError):
        return first
    names = names_between(first.assembled.problem, assembled.problem)
    outcome = names.outcome(first.outcome)
    return replace(first, candidates=(candidate,), assembled=assembled, outcome=outcome, reused_from=first.ref)
