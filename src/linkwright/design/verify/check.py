"""Is this design true? A second implementation of every rule, which shares nothing with the search but the words.

It walks each path itself, adds money as integers, looks at links day by day, reads the words of diversity in its own
way, and takes availability apart by conditioning on shared components (the search uses inclusion-exclusion), so that
one mistake would have to be made twice to go unseen.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from linkwright.design.model import Design, Problem, Reason, Site, SiteDesign, SiteReport, Verdict
from linkwright.design.verify.apart import (
    apart_violations,
    diversity_violations,
    meeting_violations,
    technology_violations,
)
from linkwright.design.verify.coupling import Ledger, coupling_violations, term_of
from linkwright.design.verify.item import budget_violations, figure_violations, part_violations
from linkwright.design.verify.legs import AlreadyFollowed, Facts, Followed, Way, report_of, unknown, walk, wishes_for


def check(
    problem: Problem, design: Design, *, weakest: bool = True, followed: AlreadyFollowed | None = None
) -> Verdict:
    """The verdict on a design: its true figures, and every rule that it breaks with the value that it would need.

    A site of the problem that the design leaves out is a violation (`site:X/served`); so is whatever it names that
    the problem does not have. Figures of a site that cannot be followed to its end are left out of the sums.

    Args:
        weakest: also find the weakest component of each site, which takes as long as all the rest.
        followed: what earlier checks found of items that are designed alike; grows by what this one finds. Every rule
            is asked all the same.
    """
    facts = Facts.of(problem)
    ledger = Ledger(problem)
    known = {} if followed is None else followed
    violations: list[Reason] = []
    reports: list[SiteReport] = []
    for site_design in design.sites:
        found = _examine(facts, problem, site_design, known, find_weakest=weakest)
        violations += found.violations
        if found.report is not None:
            reports.append(found.report)
            cpe = facts.cpes[site_design.cpe]
            ledger.book(facts.sites[site_design.site], cpe, found.ways, found.report)
    violations += _served_once(problem, design)
    violations += apart_violations(facts, problem, ledger.ways)
    violations += meeting_violations(problem, ledger.ways)
    violations += coupling_violations(ledger, design)
    return Verdict(
        violations=tuple(violations),
        nrc_minor=ledger.nrc_minor,
        mrc_minor=ledger.mrc_minor,
        cost_minor=ledger.cost_minor,
        ready_day=max((report.ready_day for report in reports), default=0),
        sites=tuple(reports),
        value=ledger.value,
    )


@dataclass(frozen=True)
class _Found:
    violations: list[Reason]
    report: SiteReport | None = None
    ways: tuple[Way, ...] = ()


def _examine(
    facts: Facts, problem: Problem, design: SiteDesign, followed: AlreadyFollowed, *, find_weakest: bool
) -> _Found:
    unheard = list(unknown(facts, design))
    if unheard:
        return _Found(unheard)
    site, cpe = facts.sites[design.site], facts.cpes[design.cpe]
    wishes, miscounted = wishes_for(site, len(design.legs))
    key = design, wishes, find_weakest
    known = followed.get(key)
    if known is None:
        walks = [walk(facts, site, wish, leg) for wish, leg in zip(wishes, design.legs, strict=True)]
        found = tuple(way for way in walks if way is not None)
        if len(found) < len(walks):
            lost = (leg.access for leg, way in zip(design.legs, walks, strict=True) if way is None)
            return _Found([_broken(site, "path", access) for access in lost])
        if not found:
            return _Found([_broken(site, miscounted or "wish", None)])
        known = Followed(found, report_of(facts, site, cpe, found, find_weakest=find_weakest))
        followed[key] = known
    ways, report = known.ways, known.report
    violations = [
        *part_violations(facts, site, cpe, ways),
        *figure_violations(site, ways, report),
        *budget_violations(site, report, term_of(problem, site)),
    ]
    if miscounted is not None:
        violations.append(_broken(site, miscounted, None))
    if miscounted in (None, "backup"):
        violations += diversity_violations(facts, site, ways)
        violations += technology_violations(site, ways)
    return _Found(violations, report, ways)


def _served_once(problem: Problem, design: Design) -> Iterable[Reason]:
    times = Counter(site_design.site for site_design in design.sites)
    for site in problem.sites:
        if times[site.id] != 1:
            word = "served" if times[site.id] == 0 else "once"
            yield Reason(constraint=f"site:{site.id}/{word}", limit=1, needed=times[site.id])


def _broken(site: Site, dimension: str, option: str | None) -> Reason:
    return Reason(constraint=f"site:{site.id}/{dimension}", limit=None, needed=None, option=option)
