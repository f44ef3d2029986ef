"""A true design asked about other days: its paths and figures stay, what is there on those days does not."""

from dataclasses import dataclass

from linkwright.design.model import AccessOption, CpeModel, Design, Problem, SiteReport, Verdict
from linkwright.design.verify.coupling import Ledger, dated_violations
from linkwright.design.verify.item import period_violations
from linkwright.design.verify.legs import AlreadyFollowed, Facts, Way, walk, wishes_for


@dataclass(frozen=True)
class _Followed:
    cpe: CpeModel
    ways: tuple[Way, ...]
    report: SiteReport
    dated: tuple[AccessOption, ...]
    """The accesses that are not there on every day."""


class OtherDays:
    """A design with the verdict on it, in which nothing was wrong."""

    def __init__(
        self, problem: Problem, design: Design, verdict: Verdict, followed: AlreadyFollowed | None = None
    ) -> None:
        """`followed` is what the check has found of the items on its way to the verdict."""
        facts, reports = Facts.of(problem), {report.site: report for report in verdict.sites}
        self.design = design
        self.followed: dict[str, _Followed] = {}
        for own in design.sites:
            site = facts.sites[own.site]
            wishes, _ = wishes_for(site, len(own.legs))
            known = None if followed is None else followed.get((own, wishes, True))
            if known is None:
                walks = (walk(facts, site, wish, leg) for wish, leg in zip(wishes, own.legs, strict=True))
                ways = tuple(way for way in walks if way is not None)
            else:
                ways = known.ways
            dated = tuple(o for way in ways for o in way.accesses if o.until_day is not None or o.bookings)
            self.followed[own.site] = _Followed(facts.cpes[own.cpe], ways, reports[own.site], dated)

    def are_kept(self, problem: Problem) -> bool:
        """Whether the design is true for the same problem with other required days."""
        ledger = Ledger(problem)
        for site in problem.sites:
            own = self.followed[site.id]
            if own.report.ready_day > site.required_day or any(
                next(iter(period_violations(site, option)), None) is not None for option in own.dated
            ):
                return False
            ledger.book(site, own.cpe, own.ways, own.report)
        return next(iter(dated_violations(ledger, self.design)), None) is None
