"""Which access options and CPE models a site may use at all, and why not the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import cast

from linkwright.design.model import AccessOption, CpeModel, Problem, Site
from linkwright.design.pair_stream import Kind
from linkwright.design.units import total_cost_minor

Dropped = frozenset[str]
"""Ids of constraints that are set aside, to ask what would be if they were not there."""
NOTHING_DROPPED: Dropped = frozenset()

DIMENSIONS = ("date", "bandwidth", "cpe_bandwidth", "features", "latency", "availability", "diversity")
"""In this order constraints are set aside; without diversity the searches are the longest, so it comes last."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a site asks for when some of its constraints are set aside; bandwidth on links stays as it is."""

    option_mbps: int
    cpe_mbps: int
    features: frozenset[str]
    by_day: float
    max_latency_ms: float
    min_availability: float
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one option or CPE model cannot serve a site: the dimension, what is asked, what it has."""

    dimension: str
    limit: float | None
    needed: float | None
    part: str


def demand_of(site: Site, dropped: Dropped) -> Demand:
    def keep(dimension: str) -> bool:
        return f"site:{site.id}/{dimension}" not in dropped

    kinds: tuple[Kind, ...] = (cast(Kind, site.diversity),)
    if site.diversity != "none" and not keep("diversity"):
        kinds = "none", "node", "link", "any"
    return Demand(
        option_mbps=site.bandwidth_mbps if keep("bandwidth") else 0,
        cpe_mbps=site.bandwidth_mbps if keep("cpe_bandwidth") else 0,
        features=frozenset(site.features) if keep("features") else frozenset(),
        by_day=site.required_day if keep("date") else inf,
        max_latency_ms=site.max_latency_ms if keep("latency") else inf,
        min_availability=site.min_availability if keep("availability") else 0.0,
        kinds=kinds,
    )


def ready_day(option: AccessOption, build_lead_days: Mapping[str, int]) -> int:
    """The day an access is there: its own lead time, or that of the build it waits for."""
    return max(option.lead_days, build_lead_days[option.build] if option.build is not None else 0)


def option_refusals(demand: Demand, option: AccessOption, build_lead_days: Mapping[str, int]) -> Iterator[Refusal]:
    if option.bandwidth_mbps < demand.option_mbps:
        yield Refusal("bandwidth", demand.option_mbps, option.bandwidth_mbps, option.id)
    day = ready_day(option, build_lead_days)
    if day > demand.by_day:
        yield Refusal("date", demand.by_day, day, option.id)


def cpe_refusals(demand: Demand, model: CpeModel) -> Iterator[Refusal]:
    if model.max_mbps < demand.cpe_mbps:
        yield Refusal("cpe_bandwidth", demand.cpe_mbps, model.max_mbps, model.id)
    if not demand.features <= set(model.features):
        yield Refusal("features", None, None, model.id)


def useful_cpes(problem: Problem, demand: Demand) -> list[CpeModel]:
    """The models that fit, without those that another one beats in cost, delay and availability alike."""
    fitting = [model for model in problem.cpe_models if not any(cpe_refusals(demand, model))]
    fitting.sort(key=lambda model: (_measures(problem, model), model.id))
    kept: list[CpeModel] = []
    for model in fitting:
        own = _measures(problem, model)
        beaten = any(all(a <= b for a, b in zip(_measures(problem, other), own, strict=True)) for other in kept)
        if not beaten:
            kept.append(model)
    return kept


def _measures(problem: Problem, model: CpeModel) -> tuple[float, ...]:
    cost_minor = total_cost_minor(model.nrc_minor, model.mrc_minor, problem.term_months)
    return cost_minor, model.nrc_minor, model.mrc_minor, model.delay_ms, -model.availability
