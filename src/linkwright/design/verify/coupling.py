"""The second half of the verifier: what the items of a design use together, and where that is more than there is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from linkwright.design.model import (
    AccessOption,
    Augment,
    Build,
    CpeModel,
    Design,
    Freed,
    Problem,
    Reason,
    Site,
    SiteReport,
    Worth,
)
from linkwright.design.units import THOUSANDTHS
from linkwright.design.verify.dated import Load, Use, last_day, link_violation
from linkwright.design.verify.legs import Way, pieces


class Ledger:
    """Adds up money and use as items are booked, one after the other."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.nrc_minor = 0
        self.mrc_minor = 0
        self.cost_minor = 0
        self.value = 0
        self.ways: dict[str, Sequence[Way]] = {}
        self.load: dict[str, list[Load]] = defaultdict(list)
        self.ports: dict[str, int] = defaultdict(int)
        self.orders: dict[str, int] = defaultdict(int)
        self.build_sites: dict[str, set[str]] = defaultdict(set)
        self.build_mbps: dict[str, int] = defaultdict(int)
        self.work: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.cpes: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def book(self, site: Site, cpe: CpeModel, ways: Sequence[Way], report: SiteReport) -> None:
        self.ways[site.id] = ways
        self.pay(report.nrc_minor, report.mrc_minor, site)
        self.cpes[cpe.id].append((site.required_day, pieces(site, ways)))
        for way in ways:
            load = Load(site.required_day, last_day(site.end_day), way.wish.mbps)
            for link in way.links:
                self.load[link.id].append(load)
            for option in way.accesses:
                self._book_access(site, way, option)

    def _book_access(self, site: Site, way: Way, option: AccessOption) -> None:
        self.ports[option.pop] += 1
        for skill, crew_days in option.work.items():
            self.work[skill].append((site.required_day, crew_days))
        if option.partner is not None and not option.existing:
            self.orders[option.partner] += 1
        if option.build is not None:
            self.build_sites[option.build].add(site.id)
            self.build_mbps[option.build] += way.wish.mbps

    def pay(self, nrc_minor: int, mrc_minor: int, site: Site | None = None) -> None:
        """Money of an item counts over its own term and in its own weights; that of what is shared in the problem's."""
        term_months = term_of(self.problem, site)
        self.nrc_minor += nrc_minor
        self.mrc_minor += mrc_minor
        self.cost_minor += nrc_minor + term_months * mrc_minor
        if self.problem.goal.kind == "npv":
            own = site.npv if site is not None else None
            worth = own or self.problem.goal.worth or Worth(nrc=1.0, mrc=term_months)
            self.value += round(THOUSANDTHS * worth.nrc) * nrc_minor + round(THOUSANDTHS * worth.mrc) * mrc_minor
        else:
            self.value += nrc_minor + term_months * mrc_minor

    def given_back(self) -> Iterable[tuple[Freed, int]]:
        """What the items of the design replace, and from which day on."""
        for site in self.problem.sites:
            if site.id in self.ways:
                yield from ((freed, site.required_day) for freed in site.frees)


def term_of(problem: Problem, site: Site | None) -> int:
    return problem.term_months if site is None or site.term_months is None else site.term_months


def coupling_violations(ledger: Ledger, design: Design) -> list[Reason]:
    """Every common limit that the booked items break; books the design's builds and augments on the way."""
    return [
        *_book_builds(ledger, design),
        *_book_augments(ledger, design),
        *_links(ledger, set(design.augments)),
        *_counts(ledger),
        *_builds(ledger),
        *_cpes(ledger),
        *_crews(ledger),
        *_budgets(ledger),
    ]


def dated_violations(ledger: Ledger, design: Design) -> Iterable[Reason]:
    """Those of the common limits that depend on days; what is quick to see comes first."""
    yield from _crews(ledger)
    yield from _cpes(ledger)
    yield from _links(ledger, set(design.augments))


def _book_builds(ledger: Ledger, design: Design) -> Iterable[Reason]:
    known: Mapping[str, Build] = {build.id: build for build in ledger.problem.builds}
    for build_id in sorted(set(design.builds)):
        if build_id not in known:
            yield Reason(constraint=f"build:{build_id}/unknown", limit=None, needed=None)
            continue
        ledger.pay(known[build_id].nrc_minor, known[build_id].mrc_minor)
    for build_id in sorted(set(ledger.build_sites) - set(design.builds)):
        for site in sorted(ledger.build_sites[build_id]):
            yield Reason(constraint=f"site:{site}/build", limit=None, needed=None, option=build_id)


def _book_augments(ledger: Ledger, design: Design) -> Iterable[Reason]:
    known: Mapping[str, Augment | None] = {link.id: link.augment for link in ledger.problem.network.links}
    for link_id in sorted(set(design.augments)):
        augment = known.get(link_id)
        if augment is None:
            yield Reason(constraint=f"link:{link_id}/augment", limit=None, needed=None)
            continue
        ledger.pay(augment.nrc_minor, augment.mrc_minor)


def _links(ledger: Ledger, augments: set[str]) -> Iterable[Reason]:
    uses = {link_id: Use(loads, is_augmented=link_id in augments) for link_id, loads in ledger.load.items()}
    for freed in ledger.problem.frees:
        if freed.link in uses:
            uses[freed.link].freed.append((freed.day, freed.mbps))
    for freed, day in ledger.given_back():
        if freed.link in uses:
            uses[freed.link].given.append((day, freed.mbps))
    for link in ledger.problem.network.links:
        violation = link_violation(link, uses[link.id]) if link.id in uses else None
        if violation is not None:
            yield violation


def _counts(ledger: Ledger) -> Iterable[Reason]:
    used = dict(ledger.ports)
    for freed in (*ledger.problem.frees, *(freed for freed, _ in ledger.given_back())):
        if freed.pop in used:
            used[freed.pop] -= freed.ports
    for node in ledger.problem.network.nodes:
        if node.ports is not None and used.get(node.id, 0) > node.ports:
            yield Reason(constraint=f"pop:{node.id}/ports", limit=node.ports, needed=used.get(node.id, 0))
    for partner in ledger.problem.partners:
        yield from _above(f"partner:{partner.id}/max_orders", partner.max_orders, ledger.orders.get(partner.id, 0))


def _builds(ledger: Ledger) -> Iterable[Reason]:
    for build in ledger.problem.builds:
        sites, mbps = len(ledger.build_sites.get(build.id, ())), ledger.build_mbps.get(build.id, 0)
        if build.max_sites is not None and sites > build.max_sites:
            yield Reason(constraint=f"build:{build.id}/max_sites", limit=build.max_sites, needed=sites)
        if build.capacity_mbps is not None and mbps > build.capacity_mbps:
            yield Reason(constraint=f"build:{build.id}/capacity", limit=build.capacity_mbps, needed=mbps)


def _cpes(ledger: Ledger) -> Iterable[Reason]:
    for model in ledger.problem.cpe_models:
        for there in model.stock:
            used = sum(count for required, count in ledger.cpes.get(model.id, ()) if required <= there.by_day)
            yield from _above(f"cpe:{model.id}@{there.by_day}", there.pieces, used)


def _crews(ledger: Ledger) -> Iterable[Reason]:
    for there in ledger.problem.field_capacity:
        needed = sum(days for required, days in ledger.work.get(there.skill, ()) if required <= there.by_day)
        if needed > there.crew_days:
            constraint = f"field:{there.skill}@{there.by_day}"
            yield Reason(constraint=constraint, limit=there.crew_days, needed=needed)


def _budgets(ledger: Ledger) -> Iterable[Reason]:
    budget = ledger.problem.budget
    yield from _above("budget/nrc", budget.nrc_minor, ledger.nrc_minor)
    yield from _above("budget/mrc", budget.mrc_minor, ledger.mrc_minor)
    yield from _above("budget/total", budget.total_minor, ledger.cost_minor)


def _above(constraint: str, limit: int | None, used: int) -> Iterable[Reason]:
    if limit is not None and used > limit:
        yield Reason(constraint=constraint, limit=limit, needed=used)
