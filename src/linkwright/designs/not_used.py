"""The ways to a place that a design does not take although they cost less than one that it takes, and why not.

The verifier says it of the design with the one in place of the other: so each way is looked at once.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from linkwright.design.model import Budget, Leg, Problem, Reason, Site, SiteDesign
from linkwright.design.rules.apart import apart_of
from linkwright.designs.amounts import Amounts, percent
from linkwright.designs.answers import SiteSolution
from linkwright.designs.assemble import Candidate, option_key
from linkwright.designs.bandwidths import both_ways, ways_offered, ways_wanted
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import AccessFact
from linkwright.designs.missing_prices import missing_price_text
from linkwright.designs.network import lead_day
from linkwright.designs.parts_of_answers import LegSolution, NotUsed
from linkwright.designs.sentences import Said, aspect_of
from linkwright.designs.way_names import in_common
from linkwright.plan.working_days import WorkingDays

MOST = 12
"""So many ways are looked at for one item, the cheapest first."""


@dataclass(frozen=True, kw_only=True)
class Unused:
    """Beside the `whole` answer to all items."""

    drawing: Drawing
    whole: Drawn

    @property
    def _facts(self) -> Mapping[str, AccessFact]:
        return self.whole.assembled.facts

    @property
    def _days(self) -> WorkingDays:
        return self.drawing.facts.days

    @property
    def _problem(self) -> Problem:
        return self.whole.assembled.problem

    @cached_property
    def _sites(self) -> Mapping[str, Site]:
        return {site.id: site for site in self._problem.sites}

    @cached_property
    def _designed(self) -> Mapping[str, SiteDesign]:
        return {one.site: one for one in self.whole.design.sites}

    @cached_property
    def _pops(self) -> Mapping[str, str]:
        return {option.id: option.pop for option in self._problem.access_options}

    @cached_property
    def _links_at(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The links of each node: where they lead, and their ids."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for link in self._problem.network.links:
            found[link.a].append((link.z, link.id))
            found[link.z].append((link.a, link.id))
        return found

    def of(self, candidate: Candidate, solution: SiteSolution) -> tuple[NotUsed, ...]:
        """Only of accesses at the near end: what is at the far one goes with them."""
        used = {leg.access for leg in solution.legs}
        near = [leg for leg in solution.legs if leg.end == "a"]
        term = solution.requirement.term_months or 0
        dearest = max(near, key=lambda leg: self._cost(candidate, leg, term))
        most = self._cost(candidate, dearest, term)
        ways = [(way, "") for way in candidate.options]
        ways += [(way, missing_price_text(way)) for way in candidate.unpriced]
        ways += list(candidate.left_out)
        cheaper = [
            (_cost(way, term), way.id, way, why) for way, why in ways if way.id not in used and _cost(way, term) < most
        ]
        told: list[NotUsed] = []
        for _, _, way, known in sorted(cheaper, key=lambda one: one[:2])[:MOST]:
            why = known or self._why(candidate, solution, near.index(dearest), way)
            if why:
                told.append(NotUsed(access=way.id, technology=way.technology, why=why))
        return tuple(told)

    def _cost(self, candidate: Candidate, leg: LegSolution, term: int) -> int:
        """Of the access alone."""
        return _cost(self._facts[f"{candidate.requirement.ref}:{leg.access}"], term)

    def _why(self, candidate: Candidate, solution: SiteSolution, place: int, way: AccessFact) -> str:
        """Nothing where the whole design would cost no less with it."""
        problem, ref = self._problem, candidate.requirement.ref
        site, own = self._sites[ref], self._designed[ref]
        narrow = replace(problem, sites=(site,), budget=Budget(), apart=(), meets=())
        changed = self._exchanged(site, own, place, way, option_key(candidate.requirement, way))
        if changed is None:
            return "no route leads from it to where the service ends"
        bought = replace(self.whole.design, sites=(own,))
        before = self.drawing.solver.check(narrow, bought)
        opened = {*bought.builds, *([way.build] if way.build is not None else [])}
        after = self.drawing.solver.check(narrow, replace(bought, sites=(changed,), builds=tuple(sorted(opened))))
        if after.violations:
            said = (self._sentence(candidate, solution, one, way, place) for one in after.violations)
            return "; ".join(dict.fromkeys(text for text in said if text))
        if problem.goal.kind == "date" and after.ready_day > before.ready_day:
            return f"ready on {self._days.date_of(after.ready_day)}, and the earliest design is wanted"
        if problem.goal.kind == "availability" and after.sites[0].availability < before.sites[0].availability:
            return f"availability {percent(after.sites[0].availability)}, and the most available design is wanted"
        if after.value >= before.value:
            return ""
        return "other items of the request use what it needs, or have less from the design of all together"

    def _exchanged(self, site: Site, own: SiteDesign, place: int, way: AccessFact, key: str) -> SiteDesign | None:
        """With the way in place of a leg: over the same links, or the fewest that share nothing with the other legs,
        or else the fewest."""
        old, others = own.legs[place], [leg for number, leg in enumerate(own.legs) if number != place]
        path: tuple[str, ...] | None = old.path
        if way.pop != self._pops[old.access]:
            ends = set(site.destinations) if old.far is None else {self._pops[old.far]}
            apart = apart_of(site.diversity)
            links = {link for leg in others for link in leg.path} if apart.by_link else set()
            path = self._route(way.pop, ends, links)
            path = self._route(way.pop, ends, ()) if path is None else path
        if path is None:
            return None
        legs = [*own.legs]
        legs[place] = Leg(access=key, path=path, far=old.far)
        return replace(own, legs=tuple(legs))

    def _route(self, start: str, ends: Collection[str], without: Collection[str]) -> tuple[str, ...] | None:
        """The fewest links to one of the ends."""
        steps: dict[str, tuple[str, str] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            if node in ends:
                return tuple(reversed(list(_back(node, steps))))
            for other, link in self._links_at.get(node, ()):
                if other not in steps and link not in without:
                    steps[other] = node, link
                    waiting.append(other)
        return None

    def _sentence(
        self, candidate: Candidate, solution: SiteSolution, reason: Reason, way: AccessFact, place: int
    ) -> str:
        aspect = aspect_of(reason.constraint)
        if not reason.constraint.startswith("site:"):
            return Said(days=self._days, currency=solution.currency).sentence([reason])
        amounts = Amounts(days=self._days, currency=solution.currency)
        wanted = candidate.requirement
        told: Mapping[str, Callable[[], str]] = {
            "date": lambda: f"ready on {self._days.date_of(lead_day(way, self._days))}, needed by {solution.needed_by}",
            "period": lambda: self._period(way, solution),
            "bandwidth": lambda: f"{both_ways(*ways_offered(way))} < {both_ways(*ways_wanted(wanted))}",
            "backup_bandwidth": lambda: f"{both_ways(*ways_offered(way))} < {wanted.backup_mbps} Mbit/s of the backup",
            "technology": lambda: f"{way.technology} is not permitted for this leg",
            "backup_technology": lambda: f"{way.technology} is the technology of another leg",
            "partner": lambda: f"partner {way.partner} is excluded, or another one is preferred",
            "availability": lambda: f"availability {percent(reason.needed or 0)} < {percent(reason.limit or 0)}",
            "diversity": lambda: self._shared(candidate, solution, way, place),
        }
        if aspect.startswith("budget_"):
            return "the budget would not be enough with it"
        if aspect in told:
            return told[aspect]()
        if reason.needed is None or reason.limit is None:
            return f"its {aspect.replace('_', ' ')} is not known to be enough"
        had, limit = amounts.of(aspect, reason.needed), amounts.of(aspect, reason.limit, is_limit=True)
        return f"{aspect.replace('_', ' ')} {had} > {limit}"

    def _period(self, way: AccessFact, solution: SiteSolution) -> str:
        wanted = solution.requirement
        needed = wanted.used_from or wanted.service_start or solution.needed_by
        end = wanted.service_end
        for one in self.drawing.facts.network.bookings:
            if (
                one.resource == way.id
                and (end is None or one.start <= end)
                and (one.until is None or one.until >= needed)
            ):
                until = "for good" if one.until is None else f"until {one.until}"
                return f"booked by others from {one.start} {until}, needed from {needed}"
        return f"there until {way.usable_until} only"

    def _shared(self, candidate: Candidate, solution: SiteSolution, way: AccessFact, place: int) -> str:
        """What it has in common with another leg."""
        ref, kinds = candidate.requirement.ref, apart_of(candidate.requirement.diversity or "none").kinds
        near = [leg for leg in solution.legs if leg.end == "a"]
        for number, leg in enumerate(near):
            other = self._facts[f"{ref}:{leg.access}"]
            if number == place:
                continue
            if shared := in_common([way, other], kinds) if kinds else []:
                return f"shares {', '.join(shared)} with {leg.access}"
            if undeclared := {word for one in (way, other) for word in one.undeclared}:
                return f"not all is declared ({', '.join(sorted(undeclared))}) that it may share with {leg.access}"
            if way.technology == other.technology:
                return f"of the same technology ({way.technology}) as {leg.access}"
        return "its route is not as diverse from that of the other legs as wanted"


def _cost(way: AccessFact, term: int) -> int:
    return way.nrc_minor + term * way.mrc_minor


def _back(node: str, steps: Mapping[str, tuple[str, str] | None]) -> Iterator[str]:
    step = steps[node]
    while step is not None:
        yield step[1]
        step = steps[step[0]]
