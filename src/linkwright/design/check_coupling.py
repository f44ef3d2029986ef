"""The second half of the verifier: what the sites of a design use together, and where that is more than there is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from linkwright.design.model import AccessOption, Build, Design, Link, Problem, Reason, Site, SiteReport


class Ledger:
    """Adds up money and use as sites are booked, one after the other."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.nrc_minor = 0
        self.mrc_minor = 0
        self.load: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.ports: dict[str, int] = defaultdict(int)
        self.orders: dict[str, int] = defaultdict(int)
        self.build_sites: dict[str, set[str]] = defaultdict(set)
        self.build_mbps: dict[str, int] = defaultdict(int)
        self.work: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def book(self, site: Site, options: Sequence[AccessOption], report: SiteReport) -> None:
        self.nrc_minor += report.nrc_minor
        self.mrc_minor += report.mrc_minor
        for option, leg in zip(options, report.legs, strict=True):
            self.ports[option.pop] += 1
            for link in leg.path:
                self.load[link].append((site.required_day, site.bandwidth_mbps))
            for skill, crew_days in option.work.items():
                self.work[skill].append((site.required_day, crew_days))
            if option.partner is not None:
                self.orders[option.partner] += 1
            if option.build is not None:
                self.build_sites[option.build].add(site.id)
                self.build_mbps[option.build] += site.bandwidth_mbps


def coupling_violations(ledger: Ledger, design: Design) -> list[Reason]:
    """Every common limit that the booked sites break; books the design's builds and augments on the way."""
    problem = ledger.problem
    return [
        *_book_builds(ledger, design),
        *_book_augments(ledger, design),
        *_links(ledger, set(design.augments)),
        *_counts(ledger),
        *_builds(ledger),
        *_crews(ledger),
        *_budgets(ledger, problem),
    ]


def _book_builds(ledger: Ledger, design: Design) -> Iterable[Reason]:
    known: dict[str, Build] = {build.id: build for build in ledger.problem.builds}
    for build_id in sorted(set(design.builds)):
        if build_id not in known:
            yield Reason(constraint=f"build:{build_id}/unknown", limit=None, needed=None)
            continue
        ledger.nrc_minor += known[build_id].nrc_minor
        ledger.mrc_minor += known[build_id].mrc_minor
    for build_id in sorted(set(ledger.build_sites) - set(design.builds)):
        for site in sorted(ledger.build_sites[build_id]):
            yield Reason(constraint=f"site:{site}/build", limit=None, needed=None, option=build_id)


def _book_augments(ledger: Ledger, design: Design) -> Iterable[Reason]:
    known = {link.id: link.augment for link in ledger.problem.network.links}
    for link_id in sorted(set(design.augments)):
        augment = known.get(link_id)
        if augment is None:
            yield Reason(constraint=f"link:{link_id}/augment", limit=None, needed=None)
            continue
        ledger.nrc_minor += augment.nrc_minor
        ledger.mrc_minor += augment.mrc_minor


def _links(ledger: Ledger, augments: set[str]) -> Iterable[Reason]:
    days = sorted({site.required_day for site in ledger.problem.sites})
    for link in ledger.problem.network.links:
        if link.id not in ledger.load:
            continue
        worst: tuple[int, int] | None = None
        for day in days:
            load = sum(mbps for start, mbps in ledger.load[link.id] if start <= day)
            capacity = _capacity(link, day, link.id in augments)
            if load > capacity and (worst is None or load > worst[1]):
                worst = capacity, load
        if worst is not None:
            yield Reason(constraint=f"link:{link.id}/capacity", limit=worst[0], needed=worst[1])


def _capacity(link: Link, day: int, augmented: bool) -> int:
    capacity = link.capacity_mbps + sum(upgrade.adds_mbps for upgrade in link.upgrades if upgrade.day <= day)
    if augmented and link.augment is not None and link.augment.lead_days <= day:
        capacity += link.augment.adds_mbps
    return capacity


def _counts(ledger: Ledger) -> Iterable[Reason]:
    for node in ledger.problem.network.nodes:
        yield from _above(f"pop:{node.id}/ports", node.ports, ledger.ports.get(node.id, 0))
    for partner in ledger.problem.partners:
        yield from _above(f"partner:{partner.id}/max_orders", partner.max_orders, ledger.orders.get(partner.id, 0))


def _builds(ledger: Ledger) -> Iterable[Reason]:
    for build in ledger.problem.builds:
        sites = len(ledger.build_sites.get(build.id, ()))
        yield from _above(f"build:{build.id}/max_sites", build.max_sites, sites)
        yield from _above(f"build:{build.id}/capacity", build.capacity_mbps, ledger.build_mbps.get(build.id, 0))


def _crews(ledger: Ledger) -> Iterable[Reason]:
    for there in ledger.problem.field_capacity:
        needed = sum(days for required, days in ledger.work.get(there.skill, ()) if required <= there.by_day)
        yield from _above(f"field:{there.skill}@{there.by_day}", there.crew_days, needed)


def _budgets(ledger: Ledger, problem: Problem) -> Iterable[Reason]:
    total_minor = ledger.nrc_minor + problem.term_months * ledger.mrc_minor
    yield from _above("budget/nrc", problem.budget.nrc_minor, ledger.nrc_minor)
    yield from _above("budget/mrc", problem.budget.mrc_minor, ledger.mrc_minor)
    yield from _above("budget/total", problem.budget.total_minor, total_minor)


def _above(constraint: str, limit: int | None, used: int) -> Iterable[Reason]:
    if limit is not None and used > limit:
        yield Reason(constraint=constraint, limit=limit, needed=used)
