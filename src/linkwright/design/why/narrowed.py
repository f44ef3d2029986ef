"""A problem narrowed to some of its items, with the accesses of these alone."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from linkwright.design.model import AccessOption, Freed, Problem, Site
from linkwright.remembered import remembered


def only(problem: Problem, site_ids: Iterable[str]) -> Problem:
    """The problem with these sites and what is offered to them, in its own order; itself where these are all."""
    places = _places(problem.sites)
    chosen = sorted({places[site_id] for site_id in site_ids})
    if len(chosen) == len(problem.sites):
        return problem
    offers = _offers(problem.access_options)
    sites = tuple(problem.sites[place] for place in chosen)
    options = tuple(option for site in sites for option in offers.get(site.id, ()))
    return replace(problem, sites=sites, access_options=options)


def within(problem: Problem, site_ids: Iterable[str], served: Container[str] | None = None) -> Problem:
    """The same as long as the others, or those `served`, are served as well: what these give back is there."""
    narrow, giving = only(problem, site_ids), _giving(problem.sites)
    if not giving or narrow is problem:
        return narrow
    there = _places(narrow.sites)
    others = [site for site in giving if site.id not in there and (served is None or site.id in served)]
    given = [one for site in others for one in given_by(site)]
    return replace(narrow, frees=(*narrow.frees, *given)) if given else narrow


def given_by(site: Site) -> Iterator[Freed]:
    """What an item gives back on its first day, as what is there from that day on whatever is designed."""
    return (replace(one, day=site.required_day) for one in site.frees)


def offers_of(problem: Problem, site_id: str) -> Sequence[AccessOption]:
    """The access options of one site."""
    return _offers(problem.access_options).get(site_id, ())


def site_of(problem: Problem, site_id: str) -> Site:
    return problem.sites[_places(problem.sites)[site_id]]


@remembered
def _places(sites: Sequence[Site]) -> Mapping[str, int]:
    return {site.id: place for place, site in enumerate(sites)}


@remembered
def _giving(sites: Sequence[Site]) -> Sequence[Site]:
    return [site for site in sites if site.frees]


@remembered
def _offers(options: Sequence[AccessOption]) -> Mapping[str, Sequence[AccessOption]]:
    found: dict[str, list[AccessOption]] = defaultdict(list)
    for option in options:
        found[option.site].append(option)
    return found
