"""Small changes to a design, each of a kind that somebody could make by mistake."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from linkwright.design.model import Design, Leg, Problem, SiteDesign
from tests.design.tiny import simple_paths

Mutants = Iterator[Design]


def mutants(problem: Problem, design: Design) -> Iterator[tuple[str, Design]]:
    """Every mutant of a design with its kind."""
    for kind, make in KINDS.items():
        for mutant in make(problem, design):
            if mutant != design:
                yield kind, mutant


def _each_leg(change: Callable[[Problem, SiteDesign, Leg], Iterator[Leg]]) -> Callable[[Problem, Design], Mutants]:
    def make(problem: Problem, design: Design) -> Mutants:
        for number, site in enumerate(design.sites):
            for place, leg in enumerate(site.legs):
                for other in change(problem, site, leg):
                    legs = (*site.legs[:place], other, *site.legs[place + 1 :])
                    yield _with(design, number, replace(site, legs=legs))

    return make


def _each_site(change: Callable[[Problem, SiteDesign], Iterator[SiteDesign]]) -> Callable[[Problem, Design], Mutants]:
    def make(problem: Problem, design: Design) -> Mutants:
        for number, site in enumerate(design.sites):
            for other in change(problem, site):
                yield _with(design, number, other)

    return make


def _with(design: Design, number: int, site: SiteDesign) -> Design:
    return replace(design, sites=(*design.sites[:number], site, *design.sites[number + 1 :]))


def _other_access(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    for option in problem.access_options:
        if option.site == site.site:
            yield replace(leg, access=option.id)


def _another_sites_access(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    for option in problem.access_options:
        if option.site != site.site:
            yield replace(leg, access=option.id)


def _other_access_and_path(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    ends = [node.id for node in problem.network.nodes]
    for option in problem.access_options:
        if option.site == site.site and option.end == "a":
            for path in list(simple_paths(problem, option.pop, ends))[:30]:
                yield replace(leg, access=option.id, path=path)


def _other_path(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    pop = next(option.pop for option in problem.access_options if option.id == leg.access)
    for path in list(simple_paths(problem, pop, [node.id for node in problem.network.nodes]))[:30]:
        yield replace(leg, path=path)


def _first_link_dropped(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield replace(leg, path=leg.path[1:])


def _last_link_dropped(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield replace(leg, path=leg.path[:-1])


def _one_link_more(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield from (replace(leg, path=(*leg.path, link.id)) for link in problem.network.links)


def _one_link_before(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield from (replace(leg, path=(link.id, *leg.path)) for link in problem.network.links)


def _one_link_swapped(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    for place in range(len(leg.path)):
        for link in problem.network.links:
            yield replace(leg, path=(*leg.path[:place], link.id, *leg.path[place + 1 :]))


def _backwards(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield replace(leg, path=leg.path[::-1])


def _there_and_back(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    if leg.path:
        yield replace(leg, path=(leg.path[0], leg.path[0], *leg.path))


def _unknown_link(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield replace(leg, path=(*leg.path, "nowhere"))


def _unknown_access(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield replace(leg, access="nothing")


def _other_far(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield from (replace(leg, far=option.id) for option in problem.access_options)


def _no_far(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield replace(leg, far=None)


def _unknown_far(problem: Problem, site: SiteDesign, leg: Leg) -> Iterator[Leg]:
    yield replace(leg, far="nothing")


def _leg_dropped(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    for place in range(len(site.legs)):
        yield replace(site, legs=site.legs[:place] + site.legs[place + 1 :])


def _leg_repeated(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    yield replace(site, legs=(*site.legs, site.legs[0]))


def _leg_more(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    for leg in _other_access_and_path(problem, site, site.legs[0]):
        yield replace(site, legs=(*site.legs, leg))


def _legs_swapped(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    yield replace(site, legs=site.legs[::-1])


def _legs_alike(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    yield replace(site, legs=(site.legs[0],) * len(site.legs))


def _paths_alike(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    yield replace(site, legs=tuple(replace(leg, path=site.legs[0].path) for leg in site.legs))


def _other_cpe(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    yield from (replace(site, cpe=model.id) for model in problem.cpe_models)


def _unknown_cpe(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    yield replace(site, cpe="nothing")


def _other_site(problem: Problem, site: SiteDesign) -> Iterator[SiteDesign]:
    yield from (replace(site, site=other) for other in (*(s.id for s in problem.sites), "nobody"))


def _site_dropped(problem: Problem, design: Design) -> Mutants:
    for number in range(len(design.sites)):
        yield replace(design, sites=design.sites[:number] + design.sites[number + 1 :])


def _site_repeated(problem: Problem, design: Design) -> Mutants:
    yield from (replace(design, sites=(*design.sites, site)) for site in design.sites)


def _build_dropped(problem: Problem, design: Design) -> Mutants:
    yield from (replace(design, builds=tuple(b for b in design.builds if b != gone)) for gone in design.builds)


def _build_more(problem: Problem, design: Design) -> Mutants:
    more = [build.id for build in problem.builds if build.id not in design.builds]
    yield from (replace(design, builds=(*design.builds, build)) for build in (*more, "nothing"))


def _augment_dropped(problem: Problem, design: Design) -> Mutants:
    yield from (replace(design, augments=tuple(a for a in design.augments if a != gone)) for gone in design.augments)


def _augment_more(problem: Problem, design: Design) -> Mutants:
    more = [link.id for link in problem.network.links if link.id not in design.augments]
    yield from (replace(design, augments=(*design.augments, link)) for link in (*more, "nothing"))


KINDS: dict[str, Callable[[Problem, Design], Mutants]] = {
    "another access": _each_leg(_other_access),
    "the access of another site": _each_leg(_another_sites_access),
    "another access and path": _each_leg(_other_access_and_path),
    "another path": _each_leg(_other_path),
    "the first link dropped": _each_leg(_first_link_dropped),
    "the last link dropped": _each_leg(_last_link_dropped),
    "a link more": _each_leg(_one_link_more),
    "a link before": _each_leg(_one_link_before),
    "a link swapped": _each_leg(_one_link_swapped),
    "backwards": _each_leg(_backwards),
    "there and back": _each_leg(_there_and_back),
    "an unknown link": _each_leg(_unknown_link),
    "an unknown access": _each_leg(_unknown_access),
    "another far access": _each_leg(_other_far),
    "no far access": _each_leg(_no_far),
    "an unknown far access": _each_leg(_unknown_far),
    "a leg dropped": _each_site(_leg_dropped),
    "a leg repeated": _each_site(_leg_repeated),
    "a leg more": _each_site(_leg_more),
    "legs swapped": _each_site(_legs_swapped),
    "legs alike": _each_site(_legs_alike),
    "paths alike": _each_site(_paths_alike),
    "another CPE": _each_site(_other_cpe),
    "an unknown CPE": _each_site(_unknown_cpe),
    "the design of another site": _each_site(_other_site),
    "a site dropped": _site_dropped,
    "a site repeated": _site_repeated,
    "a build dropped": _build_dropped,
    "a build more": _build_more,
    "an augment dropped": _augment_dropped,
    "an augment more": _augment_more,
}
