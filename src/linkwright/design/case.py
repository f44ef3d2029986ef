"""A problem made ready for the search: integers, screened parts, rows. One case is one question to the optimiser."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf, prod

from linkwright.design.availability import availability_of_legs
from linkwright.design.coupling import Coupling, Uses, couple
from linkwright.design.graph import Aim, Graph, compile_graph
from linkwright.design.model import AccessOption, Problem, Site
from linkwright.design.pair_stream import Kind
from linkwright.design.screen import NOTHING_DROPPED, Demand, Dropped, demand_of, option_refusals, useful_cpes
from linkwright.design.together import LegLimits
from linkwright.design.units import AVAILABILITY_TOLERANCE, LATENCY_TOLERANCE_MS, total_cost_minor


@dataclass(frozen=True, slots=True)
class Option:
    """An access option that a site may use; `availability` leaves its risk groups out."""

    id: str
    pop: int
    cost_minor: int
    nrc_minor: int
    mrc_minor: int
    delay_ms: float
    availability: float
    groups: frozenset[str]
    build: str | None
    uses: Uses


@dataclass(frozen=True, slots=True)
class Cpe:
    id: str
    cost_minor: int
    nrc_minor: int
    mrc_minor: int
    delay_ms: float
    availability: float


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A complete design of one site with what it costs alone and takes from the common limits.

    Builds are not in its cost: they are paid once, whoever opens them.
    """

    site: int
    cpe: str
    options: tuple[int, ...]
    paths: tuple[tuple[int, ...], ...]
    cost_minor: int
    builds: tuple[str, ...]
    uses: Uses


@dataclass(slots=True, eq=False)
class SiteCase:
    """One site with the parts that passed the screen, where it may go, and every column that was ever looked at."""

    index: int
    site: Site
    demand: Demand
    options: tuple[Option, ...]
    cpes: tuple[Cpe, ...]
    aim: Aim
    build_uses: dict[str, Uses]
    columns: dict[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]], tuple[tuple[int, Column], ...]] = field(
        default_factory=dict
    )
    limits: dict[tuple[Kind, tuple[int, ...]], LegLimits] = field(default_factory=dict)


class Case:
    """Everything that stays as it is while prices change."""

    def __init__(
        self,
        problem: Problem,
        graph: Graph | None = None,
        dropped: Dropped = NOTHING_DROPPED,
        elastic: str | None = None,
    ) -> None:
        """`dropped` names constraints that are set aside, `elastic` one whose rows stay but may be exceeded.

        `graph` saves compiling the same network again.
        """
        self.problem = problem
        self.graph = graph or compile_graph(problem.network)
        self.group_availability = {group.id: group.availability for group in problem.network.srlgs}
        demands = {site.id: demand_of(site, dropped) for site in problem.sites}
        usable = self._usable(demands)
        self.coupling = couple(problem, self.graph, usable, dropped)
        self.hard_limit = _hard_limits(self.coupling, elastic)
        self._aims: dict[tuple[frozenset[int], frozenset[int]], Aim] = {}
        self._closed: dict[tuple[int, int], frozenset[int]] = {}
        self.sites = [
            self._site(number, site, demands[site.id], usable[site.id]) for number, site in enumerate(problem.sites)
        ]
        term = problem.term_months
        self.link_cost_minor = [term * mrc_minor for mrc_minor in self.graph.link_mrc_minor]
        """Of each Mbit/s over the whole term."""

    def columns(
        self, site: SiteCase, options: tuple[int, ...], paths: tuple[tuple[int, ...], ...]
    ) -> tuple[tuple[int, Column], ...]:
        """The designs of a site over these legs that pass every rule, one for each CPE model (by its position)."""
        key = options, paths
        if key not in site.columns:
            found = [(number, self._column(site, number, options, paths)) for number in self._fitting(site, *key)]
            site.columns[key] = tuple((number, column) for number, column in found if column is not None)
        return site.columns[key]

    def _usable(self, demands: dict[str, Demand]) -> dict[str, list[AccessOption]]:
        lead_days = {build.id: build.lead_days for build in self.problem.builds}
        usable: dict[str, list[AccessOption]] = {site_id: [] for site_id in demands}
        for option in sorted(self.problem.access_options, key=lambda option: option.id):
            if option.site in demands and not any(option_refusals(demands[option.site], option, lead_days)):
                usable[option.site].append(option)
        return usable

    def _site(self, index: int, site: Site, demand: Demand, usable: Sequence[AccessOption]) -> SiteCase:
        coupling, term = self.coupling, self.problem.term_months
        options = [self._option(site, option) for option in usable]
        cpes = [
            Cpe(
                id=model.id,
                cost_minor=total_cost_minor(model.nrc_minor, model.mrc_minor, term),
                nrc_minor=model.nrc_minor,
                mrc_minor=model.mrc_minor,
                delay_ms=model.delay_ms,
                availability=model.availability,
            )
            for model in useful_cpes(self.problem, demand)
        ]
        goals = frozenset(self.graph.node_index[node] for node in site.destinations)
        return SiteCase(
            index=index,
            site=site,
            demand=demand,
            options=tuple(option for option in options if self.fits(option.uses)),
            cpes=tuple(cpes),
            aim=self._aim(goals, self._closed_links(site)),
            build_uses={o.build: coupling.of_build(site, o.build) for o in options if o.build is not None},
        )

    def _option(self, site: Site, option: AccessOption) -> Option:
        return Option(
            id=option.id,
            pop=self.graph.node_index[option.pop],
            cost_minor=total_cost_minor(option.nrc_minor, option.mrc_minor, self.problem.term_months),
            nrc_minor=option.nrc_minor,
            mrc_minor=option.mrc_minor,
            delay_ms=option.delay_ms,
            availability=option.availability,
            groups=frozenset(option.srlgs),
            build=option.build,
            uses=self.coupling.of_option(site, option),
        )

    def _aim(self, goals: frozenset[int], closed: frozenset[int]) -> Aim:
        if (goals, closed) not in self._aims:
            self._aims[goals, closed] = Aim(self.graph, goals, closed)
        return self._aims[goals, closed]

    def _closed_links(self, site: Site) -> frozenset[int]:
        """Links that could not carry this site even if it were alone on them."""
        day, mbps = site.required_day, site.bandwidth_mbps
        if (day, mbps) not in self._closed:
            self._closed[day, mbps] = frozenset(
                link
                for link, rows in self.coupling.links.items()
                if any(row_day >= day and self.hard_limit[row] < mbps for row_day, row in rows)
            )
        return self._closed[day, mbps]

    def fits(self, uses: Uses) -> bool:
        """Whether a choice could be made if nobody else took anything."""
        return all(amount <= self.hard_limit[row] for row, amount in uses)

    def _fitting(self, site: SiteCase, options: tuple[int, ...], paths: tuple[tuple[int, ...], ...]) -> list[int]:
        """Positions of the CPE models with which these legs keep latency and availability."""
        legs = [site.options[number] for number in options]
        ways = [site.aim.path(leg.pop, path) for leg, path in zip(legs, paths, strict=True)]
        slowest_ms = max(leg.delay_ms + way.latency_ms for leg, way in zip(legs, ways, strict=True))
        most_ms = site.demand.max_latency_ms + LATENCY_TOLERANCE_MS
        fast = [number for number, cpe in enumerate(site.cpes) if cpe.delay_ms + slowest_ms <= most_ms]
        if not fast:
            return []
        least = site.demand.min_availability - AVAILABILITY_TOLERANCE
        figure = self.availability(site, options, paths)
        return [number for number in fast if figure(site.cpes[number].availability) >= least]

    def availability(
        self, site: SiteCase, options: tuple[int, ...], paths: tuple[tuple[int, ...], ...]
    ) -> Callable[[float], float]:
        """The exact availability of these legs as a function of that of the CPE."""
        parts = [self._parts(site, number, path) for number, path in zip(options, paths, strict=True)]
        if len(parts) == 1:
            alone = prod(parts[0].values())
            return lambda cpe: cpe * alone
        if not site.site.cpe_per_leg:
            together = availability_of_legs(parts)
            return lambda cpe: cpe * together
        return lambda cpe: availability_of_legs([{("cpe", n): cpe, **own} for n, own in enumerate(parts)])

    def _parts(self, site: SiteCase, number: int, links: tuple[int, ...]) -> dict[object, float]:
        """Failure components of a leg but the CPE: nodes as numbers, links as pairs, groups and access by name."""
        graph, option = self.graph, site.options[number]
        way = site.aim.path(option.pop, links)
        parts: dict[object, float] = {("access", option.id): option.availability}
        parts.update((node, graph.node_availability[node]) for node in way.nodes)
        parts.update((("link", link), graph.link_availability[link]) for link in links)
        parts.update((group, self.group_availability[group]) for group in option.groups | way.groups)
        return parts

    def _column(
        self, site: SiteCase, number: int, options: tuple[int, ...], paths: tuple[tuple[int, ...], ...]
    ) -> Column | None:
        legs = [site.options[option] for option in options]
        cpe, cpes = site.cpes[number], cpes_of(site, len(legs))
        carried = site.site.bandwidth_mbps * sum(self.graph.link_mrc_minor[link] for path in paths for link in path)
        nrc_minor = cpes * cpe.nrc_minor + sum(leg.nrc_minor for leg in legs)
        mrc_minor = cpes * cpe.mrc_minor + sum(leg.mrc_minor for leg in legs) + carried
        cost_minor = total_cost_minor(nrc_minor, mrc_minor, self.problem.term_months)
        builds = tuple(sorted({leg.build for leg in legs if leg.build is not None}))
        uses: dict[int, int] = defaultdict(int)
        for row, amount in (use for leg in legs for use in leg.uses):
            uses[row] += amount
        for row, amount in (use for build in builds for use in site.build_uses[build]):
            uses[row] += amount
        for row, amount in (use for path in paths for link in path for use in self.coupling.of_link(site.site, link)):
            uses[row] += amount
        uses.update(self.coupling.of_money(nrc_minor, mrc_minor, cost_minor))
        taken = tuple(sorted(uses.items()))
        if not self.fits(taken):
            return None
        return Column(site.index, cpe.id, options, paths, cost_minor, builds, taken)


def cpes_of(site: SiteCase, legs: int) -> int:
    """How many CPEs stand at a site: one, or one for each leg."""
    return legs if site.site.cpe_per_leg else 1


def _hard_limits(coupling: Coupling, elastic: str | None) -> list[float]:
    """Each row's limit with everything opened that makes room in it; none for the rows of an elastic constraint."""
    limits = [inf if row.constraint == elastic else float(row.limit) for row in coupling.rows]
    for opening in coupling.openings:
        for row, amount in opening.uses:
            if amount < 0:
                limits[row] -= amount
    return limits
