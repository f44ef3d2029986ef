"""What each leg of an item must do, with every silent member filled in: nobody else knows the defaults."""

from dataclasses import dataclass
from math import inf

from linkwright.design.model import AccessOption, LegWish, Problem, Role, Site
from linkwright.remembered import kept_with_its_object

MOST_LEGS = 4
"""Of one item."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One leg, complete; limits that nobody set are infinite. `technologies` None: any that the item allows."""

    role: Role
    mbps: int
    max_latency_ms: float
    max_jitter_ms: float
    max_loss: float
    max_optical_db: float
    technologies: frozenset[str] | None


@kept_with_its_object
def wishes_of(site: Site) -> tuple[Wish, ...]:
    """One for each leg, in the order in which a design names its legs."""
    legs = site.legs or (LegWish(),) * (1 if site.diversity == "none" else 2)
    return tuple(_wish(site, leg) for leg in legs)


def has_backup(site: Site) -> bool:
    """Beside a leg that is none."""
    return {leg.role for leg in site.legs} == {"primary", "backup"}


def is_point_to_point(problem: Problem, site_id: str) -> bool:
    return any(is_far(option) for option in problem.access_options if option.site == site_id)


def is_far(option: AccessOption) -> bool:
    return option.end == "z"


def _wish(site: Site, leg: LegWish) -> Wish:
    return Wish(
        role=leg.role,
        mbps=site.bandwidth_mbps if leg.bandwidth_mbps is None else leg.bandwidth_mbps,
        max_latency_ms=site.max_latency_ms if leg.max_latency_ms is None else leg.max_latency_ms,
        max_jitter_ms=_first(leg.max_jitter_ms, site.max_jitter_ms),
        max_loss=_first(leg.max_loss, site.max_loss),
        max_optical_db=_first(leg.max_optical_db, site.max_optical_db),
        technologies=None if leg.technologies is None else frozenset(leg.technologies),
    )


def _first(own: float | None, of_item: float | None) -> float:
    return own if own is not None else of_item if of_item is not None else inf
