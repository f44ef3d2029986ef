"""How available a design would be without its backup, in the verifier's own arithmetic."""

from collections.abc import Mapping
from dataclasses import replace

from linkwright.design.model import Budget, Design, Problem, Site, SiteDesign
from linkwright.design.wishes import has_backup, wishes_of
from linkwright.designs.ports import Solver


def without_backup(problem: Problem, design: Design, solver: Solver) -> Mapping[str, float]:
    """Of each item of the design that has a backup beside other legs: the availability of these alone."""
    sites = {site.id: site for site in problem.sites if has_backup(site)}
    own = [_working(one, sites[one.site]) for one in design.sites if one.site in sites]
    if not own:
        return {}
    asked = [_without_wish(sites[one.site]) for one in own]
    narrow = replace(problem, sites=tuple(asked), budget=Budget(), apart=(), meets=())
    verdict = solver.check(narrow, replace(design, sites=tuple(own)))
    return {report.site: report.availability for report in verdict.sites}


def _working(design: SiteDesign, site: Site) -> SiteDesign:
    legs = zip(design.legs, wishes_of(site), strict=False)
    return replace(design, legs=tuple(leg for leg, wish in legs if wish.role == "primary"))


def _without_wish(site: Site) -> Site:
    return replace(site, legs=tuple(wish for wish in site.legs if wish.role == "primary"))
