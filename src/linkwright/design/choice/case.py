"""A problem made ready for the search: integers, screened parts, rows. One case is one question to the optimiser."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from math import inf

from linkwright.design.choice.coupling import Coupling, Uses
from linkwright.design.choice.coupling_rows import couple
from linkwright.design.choice.ends import ends_of, technologies_of_backups
from linkwright.design.choice.parts import Arrangement, Column, Cpe, End, Fixed, Option, SiteCase, cpes_of
from linkwright.design.model import AccessOption, Build, CpeModel, Problem, Site, Srlg
from linkwright.design.routes.graph import NOTHING, TECHNOLOGY, Aim, Graph, aim_of, compile_graph
from linkwright.design.rules import figures
from linkwright.design.rules.apart import KINDS
from linkwright.design.rules.first_days import ready_day
from linkwright.design.rules.screen import (
    NOTHING_DROPPED,
    Demand,
    Dropped,
    choosy_items,
    demand_of,
    option_refusals,
    useful_cpes,
)
from linkwright.design.rules.weights import Weights, term_of, weights_of
from linkwright.design.wishes import Wish, is_far
from linkwright.remembered import kept_with_its_object, remembered

__all__ = ["Arrangement", "Case", "Column", "Cpe", "End", "Option", "SiteCase", "cpes_of"]

Usable = Mapping[str, Sequence[tuple[AccessOption, tuple[bool, ...]]]]
"""By site its options with the wishes that each may answer."""


class Case:
    """Everything that stays as it is while prices change."""

    def __init__(
        self,
        problem: Problem,
        graph: Graph | None = None,
        dropped: Dropped = NOTHING_DROPPED,
        elastic: Collection[str] = (),
        later: "Case | None" = None,
    ) -> None:
        """`dropped` names constraints that are set aside, `elastic` those whose rows stay but may be exceeded.

        `graph` saves compiling the same network again; `later` is the case of the same items on other days, from which
        is taken what no day changes.
        """
        self.problem = problem
        self.sites: list[SiteCase] = []
        self._later: dict[str, SiteCase] = {} if later is None else {own.site.id: own for own in later.sites}
        self._options: dict[str, Option] = {one.id: one for own in self._later.values() for one in own.options}
        self.dropped = dropped
        self.graph = graph or compile_graph(problem.network)
        self.build_lead_days = _lead_days(problem.builds)
        self.group_availability = _availabilities(problem.network.srlgs)
        demands = {site.id: self._demand(site) for site in problem.sites}
        usable = self._usable(demands)
        able = {site: [option for option, by_wish in options if any(by_wish)] for site, options in usable.items()}
        self.coupling = couple(problem, self.graph, able, dropped)
        self.hard_limit = _hard_limits(self.coupling, elastic)
        self.too_small: set[str] = set()
        """Common limits that left something out because an item alone would break them."""
        self._aims: dict[tuple[int, frozenset[int], frozenset[int]], Aim] = {}
        self._closed: dict[tuple[int, int | None, int], frozenset[int]] = {}
        self.sites = [
            self._site(number, site, demands[site.id], usable[site.id]) for number, site in enumerate(problem.sites)
        ]

    def _demand(self, site: Site) -> Demand:
        later = self._later.get(site.id)
        return demand_of(site, self.dropped) if later is None else replace(later.demand, site=site)

    def raised(self, problem: Problem) -> "Case":
        """The same with items that must be more available, as `problem` says: what is shared stays as it is."""
        sites = [self.raised_site(own, site) for own, site in zip(self.sites, problem.sites, strict=True)]
        if sites == self.sites:
            return self
        case = copy(self)
        case.problem, case.sites = problem, sites
        return case

    def raised_site(self, own: SiteCase, site: Site) -> SiteCase:
        """A site of this case that must be more available; the same whenever it is asked."""
        least = site.min_availability
        if least == own.site.min_availability:
            return own
        raised = own.raised.get(least)
        if raised is None:
            demand = own.demand
            is_asked = demand.min_availability > 0
            demand = replace(demand, site=site, min_availability=least) if is_asked else demand_of(site, self.dropped)
            raised = own.raised[least] = own.stricter(site, demand)
        return raised

    def aim(self, end: End, closed: frozenset[int]) -> Aim:
        """The same for all who want the same, as long as there is this case."""
        key = id(end.graph), end.goals, closed
        if key not in self._aims:
            self._aims[key] = aim_of(end.graph, end.goals, closed)
        return self._aims[key]

    def aim_of(self, site: SiteCase, end: int, wish: int, kinds: frozenset[str]) -> Aim:
        """Where a leg wants to go that answers a wish, without the links that it could not use.

        `kinds` are those of groups that it must not share with other legs, none if it is the only one.
        """
        key = end, wish, kinds
        if key not in site.aims:
            place = site.ends[end]
            closed = self._closed_links(site.site, site.demand.wishes[wish].mbps)
            shut = [
                place.first_far + number
                for number, far in enumerate(place.far)
                if not far.by_wish[wish] or not far.undeclared.isdisjoint(kinds)
            ]
            site.aims[key] = self.aim(place, closed.union(shut) if shut else closed)
        return site.aims[key]

    def _usable(self, demands: dict[str, Demand]) -> Usable:
        lead_days, choosy = self.build_lead_days, choosy_items(self.problem)
        usable: dict[str, list[tuple[AccessOption, tuple[bool, ...]]]] = {site_id: [] for site_id in demands}
        for option in sorted(self.problem.access_options, key=lambda option: option.id):
            demand = demands.get(option.site)
            if demand is not None:
                by_wish: list[bool] = []
                for number, wish in enumerate(demand.wishes):
                    if number and wish == demand.wishes[number - 1]:
                        by_wish.append(by_wish[-1])
                    else:
                        refused = option_refusals(demand, wish, option, lead_days, option.site in choosy)
                        by_wish.append(next(refused, None) is None)
                usable[option.site].append((option, tuple(by_wish)))
        return usable

    def _site(
        self, index: int, site: Site, demand: Demand, usable: Sequence[tuple[AccessOption, tuple[bool, ...]]]
    ) -> SiteCase:
        coupling = self.coupling
        weights, term = weights_of(self.problem, site), term_of(self.problem, site)
        money = weights, term
        near = [own for own in usable if not is_far(own[0]) and any(own[1])]
        options = [self._option(site, demand, money, *own) for own in near]
        far = [(own[0].kind, self._option(site, demand, money, *own)) for own in usable if is_far(own[0])]
        accesses = [(own[0].kind, option) for own, option in zip(near, options, strict=True)]
        unmixed = technologies_of_backups(site, (*accesses, *far)) if far else ()
        ends = ends_of(self.problem, self.graph, coupling, site, far or None, unmixed)
        builds = {option.build for option in (*options, *(one for _, one in far)) if option.build is not None}
        first = ends[0] if ends else End(self.graph, NOTHING)
        pieces = least_cpes(site, demand, is_point_to_point=bool(far))
        cpes = tuple(self._in_stock(site, self._cpes(demand, money), pieces))
        able = tuple(option for option in options if any(option.by_wish))
        later = None if coupling.given else self._later.get(site.id)
        if later is not None and later.cpes != cpes:
            later = None  # what is known there counts the models by their place
        places = {} if later is None else {option.id: number for number, option in enumerate(later.options)}
        return SiteCase(
            index=index,
            site=site,
            demand=demand,
            options=able,
            cpes=cpes,
            ends=ends,
            aim=self.aim(first, self._closed_links(site, site.bandwidth_mbps)),
            weights=weights,
            term_months=term,
            fixed=_fixed(site, *money),
            build_uses={build: coupling.of_build(site, build) for build in sorted(builds)},
            is_point_to_point=bool(far),
            later=later,
            in_later=tuple(places.get(option.id) for option in able) if places else (),
        )

    def _in_stock(self, site: Site, cpes: Sequence[Cpe], pieces: int) -> Iterator[Cpe]:
        """The models of which there would be enough if nobody else took any: ways are not looked at for the others."""
        return (cpe for cpe in cpes if self.fits(self.coupling.of_cpe(site, cpe.id, pieces)))

    def _cpes(self, demand: Demand, money: tuple[Weights, int]) -> Sequence[Cpe]:
        later = self._later.get(demand.site.id)
        if later is not None:
            return later.cpes
        return [_cpe(model, *money) for model in useful_cpes(self.problem, demand)]

    def _option(
        self, site: Site, demand: Demand, money: tuple[Weights, int], option: AccessOption, by_wish: tuple[bool, ...]
    ) -> Option:
        weights, term = money
        uses = self._uses_by_wish(site, demand.wishes, option)
        able = tuple(answers and self.fits(own) for answers, own in zip(by_wish, uses, strict=True))
        first = uses[able.index(True) if True in able else 0]
        later = self._options.get(option.id)
        if later is not None:
            is_same = later.uses_by_wish == uses and later.by_wish == able
            return later if is_same else replace(later, uses=first, by_wish=able, uses_by_wish=uses)
        return Option(
            id=option.id,
            pop=self.graph.node_index[option.pop],
            cost_minor=option.nrc_minor + term * option.mrc_minor,
            worth=weights.of(option.nrc_minor, option.mrc_minor),
            nrc_minor=option.nrc_minor,
            mrc_minor=option.mrc_minor,
            delay_ms=option.delay_ms,
            availability=option.availability,
            ready_day=ready_day(option, self.build_lead_days),
            groups=frozenset(option.srlgs),
            build=option.build,
            uses=first,
            sums=figures.sums_of_option(option),
            marks=frozenset((*option.srlgs, TECHNOLOGY + option.kind)),
            undeclared=frozenset(KINDS[word] for word in option.undeclared),
            by_wish=able,
            uses_by_wish=uses,
        )

    def _uses_by_wish(self, site: Site, wishes: Sequence[Wish], option: AccessOption) -> tuple[Uses, ...]:
        """What an access takes for each wish: the same for those of the same bandwidth."""
        known: dict[int, Uses] = {}
        for wish in wishes:
            if wish.mbps not in known:
                known[wish.mbps] = self.coupling.of_option(site, option, wish.mbps)
        return tuple(known[wish.mbps] for wish in wishes)

    def _closed_links(self, site: Site, mbps: int) -> frozenset[int]:
        """Links that could not carry a leg even if it were alone on them."""
        key = site.required_day, site.end_day, mbps
        if key not in self._closed:
            self._closed[key] = frozenset(
                link for link in self.coupling.links if not self.fits(self.coupling.of_link(site, link, mbps))
            )
        return self._closed[key]

    def fits(self, uses: Uses) -> bool:
        """Whether a choice could be made if nobody else took anything."""
        rows, limits, fits = self.coupling.rows, self.hard_limit, True
        if len(limits) < len(rows):
            limits += [float(row.limit) for row in rows[len(limits) :]]
        for row, amount in uses:
            if amount > limits[row]:
                self.too_small.add(rows[row].constraint)
                fits = False
        return fits


def least_cpes(site: Site, demand: Demand, *, is_point_to_point: bool) -> int:
    """The fewest pieces that any design of an item has."""
    legs = min(len(shape.wishes) for shape in demand.shapes) if site.cpe_per_leg else 1
    return legs * (2 if is_point_to_point else 1)


@kept_with_its_object
def _cpe(model: CpeModel, weights: Weights, term: int) -> Cpe:
    return Cpe(
        id=model.id,
        cost_minor=model.nrc_minor + term * model.mrc_minor,
        worth=weights.of(model.nrc_minor, model.mrc_minor),
        nrc_minor=model.nrc_minor,
        mrc_minor=model.mrc_minor,
        delay_ms=model.delay_ms,
        availability=model.availability,
        sums=figures.sums_of_cpe(model),
    )


def _fixed(site: Site, weights: Weights, term: int) -> Fixed:
    once, monthly = site.nrc_minor, site.mrc_minor
    return Fixed(once + term * monthly, weights.of(once, monthly), once, monthly)


@remembered
def _lead_days(builds: Sequence[Build]) -> Mapping[str, int]:
    return {build.id: build.lead_days for build in builds}


@remembered
def _availabilities(groups: Sequence[Srlg]) -> Mapping[str, float]:
    return {group.id: group.availability for group in groups}


def _hard_limits(coupling: Coupling, elastic: Collection[str]) -> list[float]:
    """Each row's limit with all that can be opened or given back to make room in it; none for an elastic constraint."""
    limits = [inf if row.constraint in elastic else float(row.limit) for row in coupling.rows]
    for opening in coupling.openings:
        for row, amount in opening.uses:
            if amount < 0:
                limits[row] -= amount
    for row, amount in sorted(coupling.given.items()):
        limits[row] += amount
    return limits
