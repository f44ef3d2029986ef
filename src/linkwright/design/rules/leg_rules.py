"""The rules that the legs of an item keep together with their CPE."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from linkwright.design.model import Budget, LegReport, Problem, Site, SiteReport
from linkwright.design.rules import figures
from linkwright.design.rules.apart import weaker
from linkwright.design.rules.facts import LegFacts
from linkwright.design.rules.own_rule import WHOLE, OwnRule, Value
from linkwright.design.rules.weights import term_of
from linkwright.design.units import AVAILABILITY_TOLERANCE, LATENCY_TOLERANCE_MS, LOSS_TOLERANCE, OPTICAL_TOLERANCE_DB
from linkwright.design.wishes import Wish, has_backup, wishes_of


def _limited(
    dimension: str,
    figure: int,
    close: float,
    site_limit: str,
    wish_limit: Callable[[Wish], float],
    of_leg: Callable[[LegReport], float | None],
) -> OwnRule:
    """A rule of what adds up along each leg; legs with a limit of their own keep it where it is more generous."""

    def fits(facts: LegFacts, _: Site) -> bool:
        return facts.keeps(figure)

    def with_value(site: Site, value: Value) -> Site:
        own = [getattr(leg, site_limit) for leg in site.legs]
        legs = tuple(
            leg if limit is None else replace(leg, **{site_limit: max(limit, float(value))})
            for leg, limit in zip(site.legs, own, strict=True)
        )
        today = getattr(site, site_limit)
        has_own = any(limit is not None for limit in own)
        changed = None if today is None else max(today, float(value)) if has_own else float(value)
        more: dict[str, Any] = {site_limit: changed}
        return replace(site, legs=legs, **more)

    def limit(site: Site) -> float | None:
        least = min(wish_limit(wish) for wish in wishes_of(site))
        return least if least < inf else None

    def reached(_: Problem, site: Site, report: SiteReport) -> float | None:
        """The most that a leg needs which is above its own limit."""
        own = [(of_leg(leg), wish_limit(wish)) for leg, wish in zip(report.legs, _answered(site, report), strict=True)]
        if any(value is None for value, _ in own):
            return None
        known = [(value, most) for value, most in own if value is not None]
        above = [value for value, most in known if value > most]
        return max(above or [value for value, _ in known])

    return OwnRule(
        dimension=dimension,
        stage="legs",
        fits=fits,
        with_value=with_value,
        limit=limit,
        is_asked=lambda site: limit(site) is not None,
        close=close,
        reached=reached,
        figure=figure,
    )


def _answered(site: Site, report: SiteReport) -> Sequence[Wish]:
    """The wish that each leg of a design answers, also where it has fewer legs than are wished for."""
    wishes, count = wishes_of(site), len(report.legs)
    primary = [wish for wish in wishes if wish.role == "primary"]
    return wishes if count == len(wishes) else primary if count == len(primary) else (wishes * count)[:count]


def _differential_fits(facts: LegFacts, site: Site) -> bool:
    most_ms = inf if site.max_differential_ms is None else site.max_differential_ms
    return facts.differential_ms() <= most_ms + LATENCY_TOLERANCE_MS


def _availability_fits(facts: LegFacts, site: Site) -> bool:
    return facts.availability() >= site.min_availability - AVAILABILITY_TOLERANCE


def _budgeted(
    dimension: str,
    member: str,
    used: Callable[[LegFacts], int],
    reached: Callable[[Problem, Site, SiteReport], int],
) -> OwnRule:
    def limit(site: Site) -> int | None:
        return None if site.budget is None else getattr(site.budget, member)

    def fits(facts: LegFacts, site: Site) -> bool:
        most = limit(site)
        return most is None or used(facts) <= most

    return OwnRule(
        dimension=dimension,
        stage="legs",
        fits=fits,
        with_value=lambda site, value: replace(site, budget=replace(site.budget or Budget(), **{member: int(value)})),
        limit=limit,
        is_asked=lambda site: limit(site) is not None,
        close=WHOLE,
        reached=reached,
    )


def _total_minor(problem: Problem, site: Site, report: SiteReport) -> int:
    return report.nrc_minor + term_of(problem, site) * report.mrc_minor


def mixes_no_technology(site: Site) -> bool:
    return site.backup_of_other_technology and has_backup(site)


def without_backup(site: Site) -> Site:
    return replace(site, legs=tuple(leg for leg in site.legs if leg.role == "primary"))


def _always(_facts: object, _site: Site) -> bool:
    """Decided before there are facts: by which legs are looked for at all."""
    return True


LEG_RULES: tuple[OwnRule, ...] = (
    _limited(
        "latency",
        figures.LATENCY,
        4 * LATENCY_TOLERANCE_MS,
        "max_latency_ms",
        lambda w: w.max_latency_ms,
        lambda leg: leg.latency_ms,
    ),
    _limited(
        "jitter",
        figures.JITTER,
        4 * LATENCY_TOLERANCE_MS,
        "max_jitter_ms",
        lambda w: w.max_jitter_ms,
        lambda leg: leg.jitter_ms,
    ),
    _limited("loss", figures.LOSS, 4 * LOSS_TOLERANCE, "max_loss", lambda w: w.max_loss, lambda leg: leg.loss),
    _limited(
        "optical",
        figures.OPTICAL,
        4 * OPTICAL_TOLERANCE_DB,
        "max_optical_db",
        lambda w: w.max_optical_db,
        lambda leg: leg.optical_db,
    ),
    OwnRule(
        dimension="differential",
        stage="legs",
        fits=_differential_fits,
        with_value=lambda site, value: replace(site, max_differential_ms=float(value)),
        limit=lambda site: site.max_differential_ms,
        is_asked=lambda site: site.max_differential_ms is not None and len(wishes_of(site)) > 1,
        close=4 * LATENCY_TOLERANCE_MS,
        reached=lambda _problem, _site, report: report.differential_ms,
    ),
    _budgeted("budget_nrc", "nrc_minor", lambda facts: facts.nrc_minor, lambda _p, _s, report: report.nrc_minor),
    _budgeted("budget_mrc", "mrc_minor", lambda facts: facts.mrc_minor, lambda _p, _s, report: report.mrc_minor),
    _budgeted("budget_total", "total_minor", lambda facts: facts.total_minor, _total_minor),
    OwnRule(
        dimension="availability",
        stage="legs",
        fits=_availability_fits,
        with_value=lambda site, value: replace(site, min_availability=float(value)),
        limit=lambda site: site.min_availability,
        close=4 * AVAILABILITY_TOLERANCE,
        reached=lambda _problem, _site, report: report.availability,
    ),
    OwnRule(
        dimension="backup",
        stage="legs",
        fits=_always,
        with_value=lambda site, _: without_backup(site),
        is_asked=has_backup,
        values=lambda _problem, _site: ["none"],
    ),
    OwnRule(
        dimension="backup_technology",
        stage="legs",
        fits=_always,
        with_value=lambda site, _: site,
        is_asked=mixes_no_technology,
        values=lambda _problem, _site: (),
    ),
    OwnRule(
        dimension="diversity",
        stage="legs",
        fits=_always,
        with_value=lambda site, value: replace(site, diversity=str(value)),
        values=lambda _problem, site: weaker(site.diversity),
        by_halves=lambda _: False,
    ),
)
