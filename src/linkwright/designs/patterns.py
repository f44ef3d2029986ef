"""Items with the same pattern of facts: the same in everything but their names, so one answer serves them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from linkwright.design.ask import Ask
from linkwright.design.model import AccessOption, Design, Network, Outcome, Problem, Reason

T = TypeVar("T")
Key = tuple[object, ...]
NOWHERE = Network(nodes=(), links=())


@dataclass(frozen=True)
class Names:
    """What an item and its access options are called instead."""

    site: tuple[str, str]
    options: Mapping[str, str]

    def outcome(self, outcome: Outcome) -> Outcome:
        """The same answer for the other item; its verdict is left out, since the verifier has to see it again."""
        return replace(
            outcome,
            design=None if outcome.design is None else self.design(outcome.design),
            verdict=None,
            reasons=tuple(self._reason(reason) for reason in outcome.reasons),
            relaxations=tuple(
                replace(one, constraint=self._constraint(one.constraint), design=self.design(one.design))
                for one in outcome.relaxations
            ),
            combinations=tuple(
                replace(
                    one,
                    changes=tuple(replace(c, constraint=self._constraint(c.constraint)) for c in one.changes),
                    design=self.design(one.design),
                )
                for one in outcome.combinations
            ),
            alternatives=tuple(replace(one, design=self.design(one.design)) for one in outcome.alternatives),
            unserved=tuple(self.site[1] for _ in outcome.unserved),
        )

    def design(self, design: Design) -> Design:
        sites = (
            replace(
                site,
                site=self.site[1],
                legs=tuple(
                    replace(
                        leg, access=self.options[leg.access], far=None if leg.far is None else self.options[leg.far]
                    )
                    for leg in site.legs
                ),
            )
            for site in design.sites
        )
        return replace(design, sites=tuple(sites))

    def _reason(self, reason: Reason) -> Reason:
        option = reason.option
        if option is not None:
            option = "+".join(self.options.get(name, name) for name in option.split("+"))
        return replace(reason, constraint=self._constraint(reason.constraint), option=option)

    def _constraint(self, constraint: str) -> str:
        old, new = (f"site:{name}/" for name in self.site)
        return new + constraint.removeprefix(old) if constraint.startswith(old) else constraint


@dataclass(slots=True)
class Patterns(Generic[T]):
    """The answers to one-item problems over the same network, by their pattern."""

    _kept: dict[Key, tuple[Problem, T]] = field(default_factory=dict)

    def find(self, problem: Problem, ask: Ask) -> tuple[T, Names] | None:
        """The answer to a problem of the same pattern, and what is called otherwise in it."""
        known = self._kept.get(pattern_of(problem, ask))
        if known is None:
            return None
        other, answer = known
        pairs = zip(_ranked(other), _ranked(problem), strict=True)
        options = {old.id: new.id for old, new in pairs}
        return answer, Names((other.sites[0].id, problem.sites[0].id), options)

    def keep(self, problem: Problem, ask: Ask, answer: T) -> T:
        self._kept[pattern_of(problem, ask)] = problem, answer
        return answer


def pattern_of(problem: Problem, ask: Ask) -> Key:
    """What a problem of one item says without its names; the network by its identity, since it is large."""
    network = problem.network
    return (
        ask,
        id(network.nodes),
        id(network.links),
        network.srlgs,
        repr(replace(problem, name="", network=NOWHERE, sites=(), access_options=())),
        repr([replace(site, id="") for site in problem.sites]),
        *(_content(option) for option in _ranked(problem)),
    )


def _ranked(problem: Problem) -> list[AccessOption]:
    return sorted(problem.access_options, key=lambda option: (_content(option), option.id))


def _content(option: AccessOption) -> str:
    return repr(replace(option, id="", site="", work=dict(sorted(option.work.items()))))
