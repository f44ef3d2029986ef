"""Random tiny problems of every kind there is: most are of items that could be served, were they alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import comb, perm, prod

from linkwright.design.model import Problem, Site
from tests.design.naive import Item, wanted
from tests.design.tiny import augment_choices, simple_paths
from tests.design.tiny2 import Best, best, lawful
from tests.design.tiny2_more import ALL
from tests.design.tiny2_plain import SHAPES, Dice, plain

MOST_LOOKED_AT = 1500
"""Items with more conceivable designs than this have fewer legs instead."""
TRIES = 5
"""So often it is drawn again where an item has no design at all, or there are too many."""
MOST_DESIGNS = 1200
DRAWN_FROM = tuple(feature for feature in ALL if feature != "fixed")
"""What a problem of a known seed may have: tests name seeds that were found among these."""


@dataclass(frozen=True)
class Drawn:
    problem: Problem
    shape: str
    features: tuple[str, ...]

    @cached_property
    def designs(self) -> list[list[Item]]:
        """Of each item those that keep its own rules; of none where one item has none."""
        found: list[list[Item]] = []
        for site in self.problem.sites:
            found.append(lawful(self.problem, site))
            if not found[-1]:
                return [[] for _ in self.problem.sites]
        return found

    @property
    def size(self) -> int:
        """How many designs of the whole have to be looked at."""
        return prod(map(len, self.designs)) * len(augment_choices(self.problem))

    @cached_property
    def best(self) -> Best | None:
        return best(self.problem, self.designs)


def drawn(dice: Dice, features: Sequence[str] = DRAWN_FROM, name: str = "tiny") -> Drawn:
    """Mostly one of which every item has a design by itself, and not too many of them to look at."""
    for _ in range(TRIES):
        one = _drawn(dice, features, name)
        if 0 < one.size <= MOST_DESIGNS:
            break
    return one


def _drawn(dice: Dice, features: Sequence[str], name: str) -> Drawn:
    """One to four items, one to four of these features, on a network of any shape."""
    chosen = set(dice.sample(sorted(features), min(len(features), dice.choice((1, 2, 2, 3, 4)))))
    ordered = tuple(feature for feature in ALL if feature in chosen)
    shape = dice.choice(SHAPES)
    problem = plain(dice, f"{name}: {'+'.join(ordered)}", shape, dice.choice((1, 2, 2, 3, 3, 4)))
    for feature in ordered:
        problem = ALL[feature](dice, problem)
    sites = tuple(_fewer_legs(problem, site) for site in problem.sites)
    return Drawn(replace(problem, sites=sites), shape, ordered)


def drawn_from(seed: int, features: Sequence[str] = DRAWN_FROM) -> Drawn:
    return drawn(Dice(seed), features, f"drawn from {seed}")


def _fewer_legs(problem: Problem, site: Site) -> Site:
    while (legs := len(wanted(site))) > 1 and _conceivable(problem, site, legs) > MOST_LOOKED_AT:
        site = replace(site, legs=site.legs[:-1]) if site.legs else replace(site, diversity="none")
    return site


def _conceivable(problem: Problem, site: Site, legs: int) -> int:
    own = [option for option in problem.access_options if option.site == site.id]
    far = [option for option in own if option.end == "z"]
    ends = [[option.pop] for option in far] or [site.destinations]
    single = sum(len(list(simple_paths(problem, o.pop, end))) for o in own if o.end == "a" for end in ends)
    count = comb if len(set(wanted(site))) == 1 else perm
    return count(single, legs) * len(problem.cpe_models)
