"""What a design needs to know from outside, in our words. Every method raises `Unavailable` when nobody answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from linkwright.design.ask import Ask
from linkwright.design.model import Design, Outcome, Problem, Verdict
from linkwright.designs.existing import ExistingService
from linkwright.designs.facts import AccessFacts, NetworkFacts, PartnerAnswer
from linkwright.designs.requirement import Place, PlaceTrouble, PlaceWanted, Requirement, Specification
from linkwright.errors import LinkwrightError


class Inventory(Protocol):
    """The resource domain. Facts may be cached, never longer than the freshness limit."""

    def network(self) -> NetworkFacts: ...

    def access_at(self, place_ids: Sequence[str]) -> AccessFacts:
        """Own access options filed under any of these place ids."""
        ...


class Places(Protocol):
    def find_all(self, wanted: Sequence[PlaceWanted]) -> list[Place | PlaceTrouble]:
        """What is known of each, in order."""
        ...


class Services(Protocol):
    """The service inventory: what customers have today, as it is at this moment."""

    def named(self, service_ids: Sequence[str], perhaps: Sequence[str] = ()) -> Mapping[str, ExistingService]:
        """Those of these services that the inventory knows, by id.

        `perhaps` are ids that may as well be of something new: where there is no inventory, nobody asks for them.
        Raises `Refused` where there is none and others are asked for.
        """
        ...


class Catalogue(Protocol):
    def specification(self, specification_id: str) -> Specification | None: ...

    def designable(self) -> tuple[Specification, ...]:
        """Every specification that can be designed, in the order of their ids."""
        ...


Meanwhile = Callable[[Mapping[int, Sequence[PartnerAnswer]]], None]
"""Told from time to time what all partners say of questions that they are done with since, by their numbers; also
that there are none."""


class PartnerMarket(Protocol):
    def ask(
        self,
        questions: Sequence[tuple[Requirement, Place]],
        *,
        stop: Callable[[], bool],
        heard: Meanwhile | None = None,
    ) -> tuple[PartnerAnswer, ...]:
        """Ask every partner about every requirement, all at once; one answer for each pair of them, in their order.

        Never raises for a partner that is down: that is an answer of its own (`silent`, `failed`). Once `stop` is true
        nobody waits for the answers any more, and questions that are not out yet stay at home. Who is quick is not
        told to `heard`: all answers are what is returned.
        """
        ...


class Solver(Protocol):
    """The design core, wherever it runs. Raises `BadProblem` for facts that contradict each other."""

    def solve(self, problem: Problem, ask: Ask, *, stop: Callable[[], bool], within_s: float | None) -> Outcome:
        """`stop` is asked from time to time; once it is true, nobody waits for the answer any more.

        `within_s` is the time that the caller has, where he said so; the core has a limit of its own.
        """
        ...

    def solve_all(
        self, questions: Sequence[tuple[Problem, Ask]], *, stop: Callable[[], bool], within_s: float | None
    ) -> Sequence[Outcome | LinkwrightError]:
        """The same for many problems that know nothing of each other; `within_s` is the time for all of them.

        `BadProblem` and `UntrueDesign` are told in the place of the outcome that there is not.
        """
        ...

    def check(self, problem: Problem, design: Design) -> Verdict: ...
