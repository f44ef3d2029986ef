"""A true design asked about other days: its paths and figures stay, what is there on those days does not."""

from dataclasses import dataclass

from linkwright.design.model import CpeModel, Design, Problem, SiteReport, Verdict
from linkwright.design.verify.coupling import Ledger, coupling_violations
from linkwright.design.verify.item import period_violations
from linkwright.design.verify.legs import Facts, Way, walk, wishes_for


@dataclass(frozen=True)
class _Followed:
    cpe: CpeModel
    ways: tuple[Way, ...]
    report: SiteReport


class OtherDays:
    """A design with the verdict on it, in which nothing was wrong."""

    def __init__(self, problem: Problem, design: Design, verdict: Verdict) -> None:
        facts, reports = Facts.of(problem), {report.site: report for report in verdict.sites}
        self.design = design
        self.followed: dict[str, _Followed] = {}
        for own in design.sites:
            site = facts.sites[own.site]
            wishes, _ = wishes_for(site, len(own.legs))
            walks = (walk(facts, site, wish, leg) for wish, leg in zip(wishes, own.legs, strict=True))
            ways = tuple(way for way in walks if way is not None)
            self.followed[own.site] = _Followed(facts.cpes[own.cpe], ways, reports[own.site])

    def are_kept(self, problem: Problem) -> bool:
        """Whether the design is true for the same problem with other required days."""
        ledger = Ledger(problem)
        for site in problem.sites:
            own = self.followed[site.id]
            accesses = (option for way in own.ways for option in way.accesses)
            if own.report.ready_day > site.required_day or any(
                next(iter(period_violations(site, option)), None) is not None for option in accesses
            ):
                return False
            ledger.book(site, own.cpe, own.ways, own.report)
        return not coupling_violations(ledger, self.design)
