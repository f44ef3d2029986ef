"""What a design leaves of the links that it passes, while it is there."""

from collections.abc import Iterator, Mapping
from math import inf

from linkwright.design.model import Design, Link, Problem, Site, SiteReport


def headroom_mbps(problem: Problem, design: Design, load: Mapping[str, int], report: SiteReport) -> int | None:
    """The least that is left on a link of its paths on any day of service; None where it passes no link, or where that
    depends on what other services give back.

    `load` are the Mbit/s of the whole design by link.
    """
    passed = {link for leg in report.legs for link in leg.path}
    site = next(one for one in problem.sites if one.id == report.site)
    if not passed or problem.frees or any(one.frees for one in problem.sites):
        return None
    links = [link for link in problem.network.links if link.id in passed]
    return min(least_mbps(link, site, link.id in design.augments) - load[link.id] for link in links)


def least_mbps(link: Link, site: Site, is_augmented: bool) -> int:
    return min(_capacity(link, day, is_augmented) for day in _days(link, site))


def _days(link: Link, site: Site) -> Iterator[int]:
    """Its first day, and those on which something goes."""
    last = inf if site.end_day is None else site.end_day
    yield site.required_day
    goes = [*(one.day for one in link.retirements), *(one.from_day for one in link.bookings)]
    yield from (day for day in goes if site.required_day <= day <= last)


def _capacity(link: Link, day: int, is_augmented: bool) -> int:
    there = link.capacity_mbps + sum(one.adds_mbps for one in link.upgrades if one.day <= day)
    if is_augmented and link.augment is not None:
        there += link.augment.adds_mbps
    gone = sum(one.removes_mbps for one in link.retirements if one.day <= day)
    return there - gone - sum(one.mbps for one in link.bookings if one.from_day <= day <= one.to_day)
