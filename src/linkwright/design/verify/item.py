"""What an item asks of its own legs: parts that may be used, figures, period and its own money."""

from collections.abc import Callable, Iterable, Sequence
from math import inf

from linkwright.design.model import AccessOption, CpeModel, LegReport, Reason, Site, SiteReport
from linkwright.design.units import (
    AVAILABILITY_TOLERANCE,
    JITTER_TOLERANCE_MS,
    LATENCY_TOLERANCE_MS,
    LOSS_TOLERANCE,
    OPTICAL_TOLERANCE_DB,
)
from linkwright.design.verify.legs import Facts, Way
from linkwright.design.wishes import Wish, has_backup

Limited = tuple[str, Callable[[Wish], float], Callable[[LegReport], float | None], float]
LATENCY: Limited = ("latency", lambda wish: wish.max_latency_ms, lambda leg: leg.latency_ms, LATENCY_TOLERANCE_MS)
OTHERS: tuple[Limited, ...] = (
    ("jitter", lambda wish: wish.max_jitter_ms, lambda leg: leg.jitter_ms, JITTER_TOLERANCE_MS),
    ("loss", lambda wish: wish.max_loss, lambda leg: leg.loss, LOSS_TOLERANCE),
    ("optical", lambda wish: wish.max_optical_db, lambda leg: leg.optical_db, OPTICAL_TOLERANCE_DB),
)
"""What each leg keeps by itself: the dimension, its limit, the true figure, and how near is equal."""


def part_violations(facts: Facts, site: Site, cpe: CpeModel, ways: Sequence[Way]) -> Iterable[Reason]:
    mbps = max(way.wish.mbps for way in ways)
    if cpe.max_mbps < mbps:
        yield Reason(constraint=f"site:{site.id}/cpe_bandwidth", limit=mbps, needed=cpe.max_mbps, option=cpe.id)
    if not set(site.features) <= set(cpe.features):
        yield Reason(constraint=f"site:{site.id}/features", limit=None, needed=None, option=cpe.id)
    for way in ways:
        for option in way.accesses:
            yield from _access_violations(facts, site, way.wish, option)


def _access_violations(facts: Facts, site: Site, wish: Wish, option: AccessOption) -> Iterable[Reason]:
    if option.bandwidth_mbps < wish.mbps:
        whose = "backup_bandwidth" if wish.role == "backup" and has_backup(site) else "bandwidth"
        constraint = f"site:{site.id}/{whose}"
        yield Reason(constraint=constraint, limit=wish.mbps, needed=option.bandwidth_mbps, option=option.id)
    if not _is_allowed(site, wish, option.kind):
        yield Reason(constraint=f"site:{site.id}/technology", limit=None, needed=None, option=option.id)
    if option.partner is not None and not _is_welcome(facts, site, option.partner):
        yield Reason(constraint=f"site:{site.id}/partner", limit=None, needed=None, option=option.id)
    yield from period_violations(site, option)


def _is_allowed(site: Site, wish: Wish, kind: str) -> bool:
    allowed = [kinds for kinds in (site.technologies_allowed, wish.technologies) if kinds is not None]
    return kind not in site.technologies_forbidden and all(kind in kinds for kinds in allowed)


def _is_welcome(facts: Facts, site: Site, partner: str) -> bool:
    """Whoever is excluded is not; and where a preferred partner has something to offer, nobody else is."""
    if partner in site.partners_excluded:
        return False
    preferred = set(site.partners_preferred)
    return partner in preferred or not preferred & facts.partners.get(site.id, frozenset())


def period_violations(site: Site, option: AccessOption) -> Iterable[Reason]:
    """The access must be there on every day of service; `needed` is the last day until which it is."""
    end = inf if site.end_day is None else site.end_day
    last = inf if option.until_day is None else option.until_day
    for booking in option.bookings:
        if booking.from_day <= end and booking.to_day >= site.required_day:
            last = min(last, booking.from_day - 1)
    if last < end:
        constraint = f"site:{site.id}/period"
        needed = last if last >= site.required_day else None
        yield Reason(constraint=constraint, limit=site.end_day, needed=needed, option=option.id)


def figure_violations(site: Site, ways: Sequence[Way], report: SiteReport) -> Iterable[Reason]:
    if report.ready_day > site.required_day:
        yield Reason(constraint=f"site:{site.id}/date", limit=site.required_day, needed=report.ready_day)
    yield from _above(site, ways, report, LATENCY)
    if report.availability < site.min_availability - AVAILABILITY_TOLERANCE:
        constraint = f"site:{site.id}/availability"
        yield Reason(constraint=constraint, limit=site.min_availability, needed=report.availability)
    for limited in OTHERS:
        yield from _above(site, ways, report, limited)
    most_ms = site.max_differential_ms
    if most_ms is not None and report.differential_ms > most_ms + LATENCY_TOLERANCE_MS:
        yield Reason(constraint=f"site:{site.id}/differential", limit=most_ms, needed=report.differential_ms)


def _above(site: Site, ways: Sequence[Way], report: SiteReport, limited: Limited) -> Iterable[Reason]:
    """The leg that is furthest above its limit; a figure that is not known is above every limit."""
    dimension, limit_of, figure_of, tolerance = limited
    worst: tuple[float, float, float | None] | None = None
    for way, leg in zip(ways, report.legs, strict=True):
        limit, figure = limit_of(way.wish), figure_of(leg)
        over = inf if figure is None else figure - limit
        is_broken = limit < inf if figure is None else figure > limit + tolerance
        if is_broken and (worst is None or over > worst[0]):
            worst = over, limit, figure
    if worst is not None:
        yield Reason(constraint=f"site:{site.id}/{dimension}", limit=worst[1], needed=worst[2])


def budget_violations(site: Site, report: SiteReport, term_months: int) -> Iterable[Reason]:
    """The item's own parts alone; shares of builds and augments are nobody's own."""
    if site.budget is None:
        return
    total_minor = report.nrc_minor + term_months * report.mrc_minor
    for word, limit, used in (
        ("nrc", site.budget.nrc_minor, report.nrc_minor),
        ("mrc", site.budget.mrc_minor, report.mrc_minor),
        ("total", site.budget.total_minor, total_minor),
    ):
        if limit is not None and used > limit:
            yield Reason(constraint=f"site:{site.id}/budget_{word}", limit=limit, needed=used)
