"""From a verified design to the solution of each site: dates, money with its share of what is shared, confidence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from linkwright.design.model import Design, LegReport, SiteReport, Verdict
from linkwright.design.wishes import wishes_of
from linkwright.designs.answers import SiteSolution
from linkwright.designs.assemble import Assembled, Candidate, costs_of, cpe_pieces, required_day
from linkwright.designs.counted_on import planned_upgrades, upgrades_of
from linkwright.designs.diverse import diverse_in
from linkwright.designs.existing import before
from linkwright.designs.facts import AccessFact, NetworkFacts, PlannedUpgrade
from linkwright.designs.fixed_costs import costs_in_common
from linkwright.designs.headroom import Headroom
from linkwright.designs.in_common import load_of, not_in_service_yet, shares
from linkwright.designs.missing_prices import missing_component_texts, missing_price_text
from linkwright.designs.network import bookings_of, lead_day
from linkwright.designs.parts_of_answers import LegSolution, Located
from linkwright.designs.ready import ready_days
from linkwright.designs.requirement import Json, Place, Requirement, Spot
from linkwright.plan.working_days import WorkingDays


@dataclass(frozen=True, kw_only=True)
class Context:
    """What stays the same for all solutions of one answer."""

    assembled: Assembled
    network: NetworkFacts
    days: WorkingDays
    now: datetime
    validity: timedelta
    new_id: Callable[[], str]
    options: Mapping[str, AccessFact] = field(default_factory=dict)


def site_solutions(
    context: Context, candidates: Mapping[str, Candidate], design: Design, verdict: Verdict, gap: float
) -> dict[str, SiteSolution]:
    """One solution for each designed site, by its ref. The costs add up to the cost of the whole design."""
    drawn = _Drawn(context=context, design=design, verdict=verdict, gap=gap)
    chosen = {site.site: site.cpe for site in design.sites}
    return {
        report.site: drawn.solution(candidates[report.site], chosen[report.site], report) for report in verdict.sites
    }


class _Drawn:
    """One design with what its sites share: the money for builds and augments, and the load on links."""

    def __init__(self, *, context: Context, design: Design, verdict: Verdict, gap: float) -> None:
        self._context, self._design, self._gap = context, design, gap
        self._sites = {site.id: site for site in context.assembled.problem.sites}
        self._kinds = {group.id: group.kind for group in context.assembled.problem.network.srlgs}
        self._shares = shares(context.assembled, design, verdict)
        self._links = {link.id: link for link in context.assembled.problem.network.links}
        self._load = load_of(context.assembled.problem, verdict)
        self._headroom = Headroom(context.assembled.problem, design, self._load)
        self._not_yet = not_in_service_yet(context.assembled.problem, design, self._load)
        self._ready_days = ready_days(context.assembled.problem, design, verdict)
        self._network_days = ready_days(context.assembled.problem, design, verdict, with_stock=False)
        self._nodes = {node.id: node for node in context.network.nodes}

    def solution(self, candidate: Candidate, cpe: str, report: SiteReport) -> SiteSolution:
        context, requirement = self._context, candidate.requirement
        site = self._sites[report.site]
        wishes = zip(report.legs, wishes_of(site), strict=True)
        day = context.days.date_of(site.required_day)
        ends = [self._leg(leg, wish.mbps if wish.mbps != site.bandwidth_mbps else None, day) for leg, wish in wishes]
        legs = tuple(leg for pair in ends for leg in pair)
        once, monthly = self._shares.get(report.site, (0, 0))
        ready = context.days.date_of(self._ready_days[report.site])
        doubts = self._doubts(candidate, legs, report.legs)
        used = self._used(report.legs)
        unpriced = [missing_price_text(fact) for fact in used if fact.unpriced]
        upgrades = self._upgrades(report)
        kept = context.assembled.kept_cpe.get(cpe)
        model = cpe if kept is None else kept.model
        quantity = cpe_pieces(candidate, len(ends))
        rounded_up = 0 if kept is None else kept.rounded_up_minor(self._nrc_minor_of(model))
        solution = SiteSolution(
            design_id=context.new_id(),
            version=1,
            requirement=requirement,
            place=candidate.place,
            cpe=model,
            cpe_existing=kept is not None and not kept.missing,
            cpe_quantity=quantity,
            cpe_kept=0 if kept is None else quantity - kept.missing,
            legs=legs,
            latency_ms=report.latency_ms,
            availability=report.availability,
            weakest=report.weakest_component,
            shared_risks=report.shared_risks,
            diverse_in=diverse_in(report, context.assembled.facts, self._kinds, requirement.diversity or "none"),
            nrc_minor=report.nrc_minor + once - rounded_up,
            mrc_minor=report.mrc_minor + monthly,
            currency=context.network.currency,
            ready=ready,
            network_ready=context.days.date_of(self._network_days[report.site]),
            needed_by=requirement.needed_by or ready,
            gap=self._gap,
            snapshot=context.network.snapshot,
            computed_at=context.now,
            valid_until=_valid_until(context, candidate, legs, max(report.ready_day, self._augmented(report))),
            confidence="red" if unpriced else "yellow" if doubts else "green",
            confidence_reason="; ".join([*unpriced, *doubts]),
            augments=tuple(sorted({link for leg in legs for link in leg.links} & set(self._design.augments))),
            cpe_facts=_cpe_facts(context, model),
            asked=candidate.asked,
            fixed=costs_of(candidate),
            headroom_mbps=self._headroom.mbps(report),
            planned_in_service=self._planned_in_service(used, upgrades),
            upgrades=upgrades,
            jitter_ms=None if any(fact.jitter_ms is None for fact in used) else report.jitter_ms,
            loss=None if any(fact.loss is None for fact in used) else report.loss,
            where=(*_located(candidate.place), *self._crossed(legs)),
        )
        if candidate.existing is None:
            return solution
        there = before(candidate.existing, "modify", context.network, context.options, solution)
        return replace(solution, before=there)

    def _crossed(self, legs: Sequence[LegSolution]) -> list[Located]:
        names = dict.fromkeys(name for leg in legs for name in leg.nodes if name in self._nodes)
        nodes = map(self._nodes.__getitem__, names)
        return [Located(id=node.id, role="node", lat_deg=node.lat_deg, lon_deg=node.lon_deg) for node in nodes]

    def _nrc_minor_of(self, cpe: str) -> int:
        """Of one new piece of a model."""
        return next(known.model.nrc_minor for known in self._context.network.cpe if known.model.id == cpe)

    def _augmented(self, report: SiteReport) -> int:
        """The working days that the augments take which are bought for its links."""
        crossed = {link for leg in report.legs for link in leg.path} & set(self._design.augments)
        links = map(self._links.__getitem__, crossed)
        return max((link.augment.lead_days for link in links if link.augment is not None), default=0)

    def _used(self, reports: Sequence[LegReport]) -> list[AccessFact]:
        facts = self._context.assembled.facts
        return [facts[access] for leg in reports for access in (leg.access, leg.far) if access is not None]

    def _leg(self, leg: LegReport, mbps: int | None, needed: date) -> list[LegSolution]:
        """The leg, and its access at the far end where it has one."""
        near = self._near(leg, mbps, needed)
        if leg.far is None:
            return [near]
        far = replace(self._access(self._context.assembled.facts[leg.far], mbps, needed), end="z")
        once, monthly = near.nrc_minor - far.nrc_minor, near.mrc_minor - far.mrc_minor
        return [replace(near, nrc_minor=once, mrc_minor=monthly), far]

    def _access(self, fact: AccessFact, mbps: int | None, needed: date) -> LegSolution:
        """By itself, without a way from its PoP."""
        return LegSolution(
            access=fact.id,
            technology=fact.technology,
            supplier=fact.supplier,
            pop=fact.pop,
            nodes=(fact.pop,),
            links=(),
            length_km=0.0,
            latency_ms=fact.delay_ms,
            availability=fact.availability,
            nrc_minor=fact.nrc_minor,
            mrc_minor=fact.mrc_minor,
            ready=self._context.days.date_of(lead_day(fact, self._context.days)),
            planned=self._waits(fact),
            usable_from=self._usable_from(fact),
            free_from=self._free_from(fact, needed),
            quote=fact.quote,
            build=fact.build,
            srlgs=fact.srlgs,
            mbps=mbps,
            offered_mbps=fact.bandwidth_mbps,
            offered_up_mbps=fact.up_mbps,
            unpriced=fact.unpriced,
            existing=fact.existing,
            survey_days=fact.survey_days,
            permit_days=fact.permit_days,
        )

    def _usable_from(self, fact: AccessFact) -> date | None:
        """The day up to which it is only planned: it can be worked on from the next day on."""
        return fact.usable_from if self._waits(fact) else None

    def _free_from(self, fact: AccessFact, needed: date) -> date | None:
        """The first day on which nobody else has it any more; who has it after it is `needed` has it afterwards."""
        booked = bookings_of(self._context.network).get(fact.id, ())
        taken = [one.until for one in booked if one.start <= needed and one.until is not None]
        last = max(taken, default=self._context.days.as_of)
        return self._context.days.date_of(self._context.days.after(last)) if last > self._context.days.as_of else None

    def _upgrades(self, report: SiteReport) -> tuple[PlannedUpgrade, ...]:
        numbers = upgrades_of(self._context.assembled.problem, self._design, self._load, self._not_yet, report)
        return planned_upgrades(self._context.network, self._context.days, numbers)

    def _planned_in_service(self, used: Sequence[AccessFact], upgrades: Iterable[PlannedUpgrade]) -> date | None:
        """When the last of what it counts on, and that is not in service yet, will be."""
        days = self._context.days
        waiting = [fact.usable_from for fact in used if fact.usable_from is not None and self._waits(fact)]
        return max([*waiting, *(days.date_of(days.from_(one.in_service)) for one in upgrades)], default=None)

    def _waits(self, fact: AccessFact) -> bool:
        return fact.usable_from is not None and fact.usable_from > self._context.days.as_of

    def _near(self, leg: LegReport, mbps: int | None, needed: date) -> LegSolution:
        fact = self._context.assembled.facts[leg.access]
        return replace(
            self._access(fact, mbps, needed),
            nodes=leg.nodes,
            links=leg.path,
            length_km=leg.length_km,
            latency_ms=leg.latency_ms,
            availability=leg.availability,
            nrc_minor=leg.nrc_minor,
            mrc_minor=leg.mrc_minor,
            ready=self._context.days.date_of(leg.ready_day),
            planned=self._waits(fact) or not self._not_yet.isdisjoint(leg.path),
        )

    def _doubts(self, candidate: Candidate, legs: Sequence[LegSolution], reports: Sequence[LegReport]) -> list[str]:
        doubts = [f"{leg.access} counts on capacity that is not in service yet" for leg in legs if leg.planned]
        if not all(fact.risks_declared for fact in self._used(reports)):
            doubts.append("a partner does not declare the shared-risk groups of its route")
        doubts += missing_component_texts((*costs_of(candidate), *costs_in_common(candidate.requirement)))
        doubts += self._unknown_crews(candidate.requirement)
        if candidate.existing is not None and not candidate.existing.is_whole:
            doubts.append(f"of service {candidate.existing.id} not all is in the resource inventory, and is not reused")
        return doubts

    def _unknown_crews(self, wanted: Requirement) -> list[str]:
        known = {pool.skill for pool in self._context.network.operator.pools}
        works = (*(wanted.activities or ()), *(wanted.bespoke_activities or ()))
        unknown = sorted({work.skill for work in works if work.skill} - known)
        return [
            f"no crew pool says how many crews there are of skill {skill}: enough are counted on" for skill in unknown
        ]


def _located(place: Place) -> list[Located]:
    ends = (_spotted(place, "place"), _spotted(place.far, "far"))
    return [end for end in ends if end is not None]


def _spotted(spot: Spot | None, role: Literal["place", "far"]) -> Located | None:
    at = None if spot is None else spot.at
    if spot is None or at is None or at.lat_deg is None or at.lon_deg is None:
        return None
    return Located(id=spot.id, role=role, lat_deg=at.lat_deg, lon_deg=at.lon_deg)


def _valid_until(context: Context, candidate: Candidate, legs: Sequence[LegSolution], ready_day: int) -> datetime:
    """The earliest of our own validity, the partners' and the last day on which ordering is still in time."""
    slack = max(required_day(candidate.requirement, context.days) - ready_day, 0)
    latest_order = datetime.combine(context.days.date_of(slack), time(23, 59, 59), tzinfo=context.now.tzinfo)
    quotes = {leg.quote for leg in legs if leg.quote}
    promised = [a.valid_until for a in candidate.asked if a.offer and a.offer.quote in quotes and a.valid_until]
    return min(context.now + context.validity, latest_order, *promised)


def _cpe_facts(context: Context, cpe: str) -> Mapping[str, Json]:
    fact = next(known for known in context.network.cpe if known.model.id == cpe)
    told = {
        "ports": fact.ports,
        "power_w": fact.power_w,
        "rack_u": fact.rack_u,
        "stock_location": fact.stock_location,
    }
    return {name: value for name, value in told.items() if value is not None}
