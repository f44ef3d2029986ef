"""What a design leaves of the links that it passes, while it is there."""

from collections.abc import Iterator, Mapping
from math import inf

from linkwright.design.model import Design, Link, Problem, Site, SiteReport
from linkwright.design.verify.dated import Use, capacity_mbps


class Headroom:
    """Of one design, whose `load` are the Mbit/s of all its legs by link."""

    def __init__(self, problem: Problem, design: Design, load: Mapping[str, int]) -> None:
        self._load, self._augmented = load, frozenset(design.augments)
        self._links = {link.id: link for link in problem.network.links}
        self._sites = {site.id: site for site in problem.sites}
        self._is_known = not problem.frees and not any(site.frees for site in problem.sites)

    def mbps(self, report: SiteReport) -> int | None:
        """The least that is left on a link of its paths on any day of service; None where it passes no link, or where
        that depends on what other services give back."""
        passed = {link for leg in report.legs for link in leg.path}
        if not passed or not self._is_known:
            return None
        site, links = self._sites[report.site], map(self._links.__getitem__, passed)
        return min(least_mbps(link, site, link.id in self._augmented) - self._load[link.id] for link in links)


def least_mbps(link: Link, site: Site, is_augmented: bool) -> int:
    use = Use(is_augmented=is_augmented)
    return min(capacity_mbps(link, use, day) for day in _days(link, site))


def _days(link: Link, site: Site) -> Iterator[int]:
    """Its first day, and those on which something goes."""
    last = inf if site.end_day is None else site.end_day
    yield site.required_day
    goes = [*(one.day for one in link.retirements), *(one.from_day for one in link.bookings)]
    yield from (day for day in goes if site.required_day <= day <= last)
