"""What would help where a problem cannot be served: noted while it is explained, priced when it is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest, gap_of, true_design
from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Search
from linkwright.design.model import Combination, Problem, Relaxation
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import NOTHING_DROPPED
from linkwright.design.why.combined import (
    CUT_OFF,
    cheapest_combination,
    of_many_items,
)
from linkwright.design.why.corrections import changeable
from linkwright.design.why.crowd import MANY, Crowd
from linkwright.design.why.crowd_changes import changed, crowded_combination, of_one_change
from linkwright.design.why.explain import Why
from linkwright.design.why.least import Least, constraints_of, least_value
from linkwright.design.why.lesser import lesser_demands
from linkwright.design.why.narrowed import only
from linkwright.design.why.relaxed import Value, with_value

COMBINED_SITES = 30
"""With more sites than these together neither lesser demands nor, in a partial answer, combinations are looked for."""
Wanted = Callable[[], Problem]
"""The problem that is to be feasible; it is made only where a remedy is priced."""


@dataclass(slots=True)
class Remedies:
    """What one explanation leaves behind.

    `least`: by constraint the problem that is to be feasible then, and what would be enough. `blamed`: the members of
    all conflicts. `stuck`: the items of which none can be served alone, where all are wanted, with what is known of
    each. `left_out`: who is explained by himself, with the problem that is to be feasible.
    """

    problem: Problem
    graph: Graph
    least: dict[str, tuple[Wanted, Least]] = field(default_factory=dict)
    blamed: list[str] = field(default_factory=list)
    stuck: list[tuple[str, Why]] = field(default_factory=list)
    left_out: list[tuple[str, Wanted]] = field(default_factory=list)
    crowd: Crowd | None = None

    def note(self, why: Why, wanted: Wanted) -> None:
        self.blamed += why.blamed
        for constraint, least in why.least.items():
            self.least.setdefault(constraint, (wanted, least))

    def relaxations(self, search: Search) -> tuple[Relaxation, ...]:
        """For each constraint that alone would help, the best design under its least generous value."""
        self._note_lesser_demands(search)
        hopeful = [one for one in self.least if self._frees_all_that_are_stuck(one, search)]
        found = (self._relaxation(constraint, search) for constraint in hopeful)
        return tuple(relaxation for relaxation in found if relaxation is not None)

    def combinations(self, search: Search) -> tuple[Combination, ...]:
        """The cheapest changes of several constraints that serve every site."""
        blamed = tuple(dict.fromkeys(self.blamed))
        found: Combination | None = None
        if self.crowd is not None and self.crowd.names.issuperset(blamed):
            self.crowd.search = search
            if all(self.crowd.is_even(constraint) for constraint in blamed):
                found = crowded_combination(self.crowd, blamed)
                search.guards.add(CUT_OFF)
                return () if found is None else (found,)
        if self.stuck and len(self.problem.sites) > MANY:
            found = of_many_items(self.problem, self.graph, self.stuck, search)
        else:
            everything = changeable(self.problem, self.graph)
            found = cheapest_combination(self.problem, self.graph, everything, search)
        return () if found is None else (found,)

    def of_those_left_out(self, relaxations: Sequence[Relaxation], search: Search) -> tuple[Combination, ...]:
        """For each site that is left out, and that no single change of its own would serve, the cheapest together.

        The others are served as well; they may be designed otherwise then.
        """
        found: list[Combination | None] = []
        helpful = {relaxation.constraint for relaxation in relaxations}
        for site_id, make in self.left_out:
            wanted = make()
            own = [one for one in constraints_of(wanted, self.graph) if one.startswith(f"site:{site_id}/")]
            if not helpful.isdisjoint(own):
                continue
            if len(wanted.sites) > COMBINED_SITES:
                search.guards.add(CUT_OFF)
                break
            among = changeable(wanted, self.graph, own)
            found.append(cheapest_combination(wanted, self.graph, among, search))
        return tuple(combination for combination in found if combination is not None)

    def _note_lesser_demands(self, search: Search) -> None:
        for site_id, make in self.left_out:
            wanted = make()
            if len(wanted.sites) > COMBINED_SITES:
                return
            for constraint, least in lesser_demands(wanted, self.graph, site_id, self.least, search):
                self.least[constraint] = make, least

    def _frees_all_that_are_stuck(self, constraint: str, search: Search) -> bool:
        """Whether one change could serve every item that cannot be served alone: no item's own serves another."""
        if len(self.stuck) < 2:
            return True
        if constraint.startswith("site:"):
            return False
        wanted = only(self.problem, (site_id for site_id, _ in self.stuck))
        return is_feasible(wanted, self.graph, frozenset({constraint}), search) is not False

    def _relaxation(self, constraint: str, search: Search) -> Relaxation | None:
        """The design that the remedy makes possible; where more is needed than the site alone asked for, with that."""
        make, least = self.least[constraint]
        wanted, value, crowd, soon = make(), least.value, self.crowd, search
        if crowd is not None and wanted is crowd.problem and constraint in crowd.names:
            crowd.search = search
            if crowd.is_even(constraint):
                made = changed(crowd, {constraint: least})
                return None if made is None else of_one_change(made)
            soon = crowd.few_steps()
        elif is_feasible(with_value(wanted, constraint, value), self.graph, NOTHING_DROPPED, search) is not True:
            enough = self._enough_for_all(constraint, wanted, search)
            if enough is None:
                return None
            value = enough
        relaxed = with_value(wanted, constraint, value)
        case = Case(relaxed, self.graph)
        optimum = cheapest(case, soon)
        if optimum.choice is None and soon is not search:
            optimum = cheapest(case, search)
        if optimum.choice is None:
            return None
        design, verdict = true_design(relaxed, case, optimum.choice)
        return Relaxation(
            constraint=constraint,
            value=value,
            cost_minor=verdict.cost_minor,
            gap=gap_of(optimum.choice.value, optimum.bound),
            design=design,
        )

    def _enough_for_all(self, constraint: str, wanted: Problem, search: Search) -> Value | None:
        """The least generous value for a larger problem; None where this constraint alone does not help it."""
        if is_feasible(wanted, self.graph, frozenset({constraint}), search) is not True:
            return None
        least = least_value(wanted, self.graph, constraint, NOTHING_DROPPED, search)
        return None if least is None else least.value
