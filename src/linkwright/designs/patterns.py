"""Items with the same pattern of facts: the same in everything but their names, so one answer serves them all."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from linkwright.design.ask import Ask
from linkwright.design.model import AccessOption, Conflict, Design, Outcome, Problem, Reason, Site

Key = tuple[object, ...]
_SMALL = ("as_of", "term_months", "partners", "budget", "goal", "apart", "meets", "frees")
_OF_SITE = tuple(one.name for one in fields(Site) if one.name != "id")
_OF_OPTION = tuple(one.name for one in fields(AccessOption) if one.name not in ("id", "site", "work"))


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
            conflicts=tuple(
                Conflict(constraints=tuple(map(self._constraint, one.constraints)), sites=(self.site[1],))
                for one in outcome.conflicts
            ),
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


def names_between(known: Problem, other: Problem) -> Names:
    """What is called otherwise in another problem of the same pattern."""
    pairs = zip(_ranked(known), _ranked(other), strict=True)
    return Names((known.sites[0].id, other.sites[0].id), {old: new for (_, old), (_, new) in pairs})


def pattern_of(problem: Problem, ask: Ask) -> Key:
    """What a problem of one item says without its names.

    What is large, and the same for all items, is told by its identity: patterns can be compared as long as their
    problems are kept.
    """
    network = problem.network
    return (
        ask,
        *map(id, (network.nodes, network.links, problem.builds, problem.cpe_models, problem.field_capacity)),
        tuple((group.id, group.kind) for group in network.srlgs),
        repr([getattr(problem, name) for name in _SMALL]),
        repr([[getattr(site, name) for name in _OF_SITE] for site in problem.sites]),
        *(content for content, _ in _ranked(problem)),
    )


def _ranked(problem: Problem) -> list[tuple[str, str]]:
    """(what it is, its id) of every access option."""
    return sorted((_content(option), option.id) for option in problem.access_options)


def _content(option: AccessOption) -> str:
    return repr(([getattr(option, name) for name in _OF_OPTION], sorted(option.work.items())))
