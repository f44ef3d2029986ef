"""From legs to columns: what they add up to, which CPE models keep every rule with them, and what they take."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod

from linkwright.design.choice.apart_rows import of_apart
from linkwright.design.choice.availability import availability_of_legs
from linkwright.design.choice.case import Case
from linkwright.design.choice.coupling import Uses
from linkwright.design.choice.parts import Arrangement, Column, Cpe, End, Option, Paths, SiteCase, cpes_of
from linkwright.design.rules.facts import LegFacts
from linkwright.design.rules.figures import Sums


def columns_of(case: Case, site: SiteCase, legs: Arrangement, paths: Paths) -> tuple[tuple[int, Column], ...]:
    """The designs of a site over these legs that pass every rule, one for each CPE model (by its position)."""
    key = legs, paths
    found = site.columns.get(key)
    if found is None:
        if site.looser is None:
            known = _of_later(case, site, legs, paths)
            found = tuple(Draft(case, site, legs, paths).columns() if known is None else known)
        else:
            found = columns_of(case, site.looser, legs, paths)
            if not all(site.allows(column) for _, column in found):
                found = tuple(own for own in found if site.allows(own[1]))
        site.columns[key] = found
    return found


def _of_later(case: Case, site: SiteCase, legs: Arrangement, paths: Paths) -> Iterable[tuple[int, Column]] | None:
    """The columns that are known where the site may be there later, with what they take now; None: none is known.

    Who must be there earlier takes from no less and finds no more room, so nothing else could have become possible.
    """
    coupling, place = case.coupling, None if site.later is None else site.place_in_later(legs)
    if site.later is None or place is None or coupling.has_budgets or site.site.id in coupling.separated:
        return None
    known = site.later.columns.get((place, paths))
    return _moved(case, site, legs, known) if known else None


def _moved(
    case: Case, site: SiteCase, legs: Arrangement, known: Sequence[tuple[int, Column]]
) -> Iterator[tuple[int, Column]]:
    first = known[0][1]
    uses = tuple(sorted(_taken(case, site, legs, first.paths, first.builds).items()))
    pieces = cpes_of(site, len(first.paths))
    if not case.fits(uses):
        return
    for number, column in known:
        more = case.coupling.of_cpe(site.site, column.cpe, pieces)
        if not more or case.fits(more):
            own = tuple(sorted((*uses, *more))) if more else uses
            yield number, replace(column, options=legs.options, uses=own)


def _taken(case: Case, site: SiteCase, legs: Arrangement, paths: Paths, builds: Sequence[str]) -> defaultdict[int, int]:
    """What legs take by row, whatever the CPE, the money and those to keep apart from."""
    coupling, end = case.coupling, site.ends[legs.end]
    taken = [end.uses, coupling.of_site(site.site), *(site.build_uses[build] for build in builds)]
    for wish, number, path in zip(site.demand.shapes[legs.shape].wishes, legs.options, paths, strict=True):
        taken.append(site.options[number].uses_by_wish[wish])
        far, mbps = end.far_of(path), site.demand.wishes[wish].mbps
        if far is not None:
            taken.append(far.uses_by_wish[wish])
        taken += [coupling.of_link(site.site, link, mbps) for link in path if not end.is_far(link)]
    uses: defaultdict[int, int] = defaultdict(int)
    for own in taken:
        for row, amount in own:
            uses[row] += amount
    return uses


class Draft:
    """Legs of one site with their paths; `columns` are those of the CPE models with which they keep every rule."""

    def __init__(self, case: Case, site: SiteCase, legs: Arrangement, paths: Paths) -> None:
        self.case = case
        self.site = site
        self.legs = legs
        self.paths = paths
        self.end: End = site.ends[legs.end]
        self.wishes = site.demand.shapes[legs.shape].wishes
        self.options = [site.options[number] for number in legs.options]
        self.far = [far for far in map(self.end.far_of, paths) if far is not None]
        aim = case.aim(self.end, site.aim.closed)
        self.ways = [aim.path(option.pop, path) for option, path in zip(self.options, paths, strict=True)]
        self.sums = [
            tuple(a + b for a, b in zip(option.sums, way.sums, strict=True))
            for option, way in zip(self.options, self.ways, strict=True)
        ]
        self.most = [site.demand.most[wish] for wish in self.wishes]
        self.pieces = cpes_of(site, len(paths))
        accesses = [*self.options, *self.far]
        self.nrc_minor = sum(access.nrc_minor for access in accesses)
        self.mrc_minor = sum(access.mrc_minor for access in accesses) + self._carried_minor()
        self.ready_day = max(access.ready_day for access in accesses)
        self.builds = tuple(sorted({access.build for access in accesses if access.build is not None}))

    def columns(self) -> Iterator[tuple[int, Column]]:
        """By the position of their CPE model."""
        rules, site = self.site.demand.of_legs, self.site.site
        up = self._availability()
        uses: Uses | None = None
        for number, cpe in enumerate(self.site.cpes):
            facts = self._facts(cpe, _Asked(up, cpe.availability))
            if not all(rule.fits(facts, site) for rule in rules):
                continue
            if uses is None:
                uses = self._uses()
                if not self.case.fits(uses):
                    return
            more = self._more(cpe, facts)
            if not more or self.case.fits(more):
                yield number, self._column(cpe, facts, tuple(sorted((*uses, *more))) if more else uses)

    def _facts(self, cpe: Cpe, availability: Callable[[], float]) -> LegFacts:
        nrc_minor = self.site.fixed.nrc_minor + self.nrc_minor + self.pieces * cpe.nrc_minor
        mrc_minor = self.site.fixed.mrc_minor + self.mrc_minor + self.pieces * cpe.mrc_minor
        boxes: Sums = tuple(2 * own for own in cpe.sums) if self.end.far else cpe.sums
        return LegFacts(
            sums=self.sums,
            cpe=boxes,
            most=self.most,
            nrc_minor=nrc_minor,
            mrc_minor=mrc_minor,
            total_minor=nrc_minor + self.site.term_months * mrc_minor,
            availability=availability,
        )

    def _mbps(self) -> Sequence[int]:
        return [self.site.demand.wishes[wish].mbps for wish in self.wishes]

    def _carried_minor(self) -> int:
        a_month = self.end.graph.link_mrc_minor
        return sum(
            mbps * sum(a_month[link] for link in path) for mbps, path in zip(self._mbps(), self.paths, strict=True)
        )

    def _availability(self) -> Callable[[float], float]:
        """The exact availability of these legs as a function of that of the CPE."""
        parts = [self._parts(option, number) for number, option in enumerate(self.options)]
        ends = ("near", "far") if self.end.far else ("near",)
        if len(parts) == 1:
            alone = prod(parts[0].values())
            return lambda cpe: cpe ** len(ends) * alone
        if not self.site.site.cpe_per_leg:
            together = availability_of_legs(parts)
            return lambda cpe: cpe ** len(ends) * together
        return lambda cpe: availability_of_legs(
            [{**{("cpe", end, n): cpe for end in ends}, **own} for n, own in enumerate(parts)]
        )

    def _parts(self, option: Option, leg: int) -> dict[object, float]:
        """Failure components of a leg but the CPE: nodes as numbers, links as pairs, groups and access by name."""
        graph, way = self.end.graph, self.ways[leg]
        parts: dict[object, float] = {("access", option.id): option.availability}
        parts.update((node, graph.node_availability[node]) for node in way.nodes)
        parts.update((("link", link), graph.link_availability[link]) for link in way.links)
        parts.update((group, self.case.group_availability[group]) for group in option.groups | way.groups)
        return parts

    def _uses(self) -> Uses:
        """What the legs take, whatever the CPE and the money, by row."""
        coupling, site = self.case.coupling, self.site
        uses = _taken(self.case, site, self.legs, self.paths, self.builds)
        if site.site.id in coupling.separated:
            far_ends = [self.end.far_of(path) for path in self.paths]
            legs = list(zip(self.options, far_ends, self.ways, strict=True))
            for row, amount in of_apart(coupling, site, legs, self.end.graph, self.case.graph):
                uses[row] += amount
        return tuple(sorted(uses.items()))

    def _more(self, cpe: Cpe, facts: LegFacts) -> Uses:
        """What the CPE and the money take beside that: nothing else takes from their rows."""
        coupling = self.case.coupling
        money = coupling.of_money(facts.nrc_minor, facts.mrc_minor, facts.total_minor)
        return (*coupling.of_cpe(self.site.site, cpe.id, self.pieces), *money)

    def _column(self, cpe: Cpe, facts: LegFacts, uses: Uses) -> Column:
        site = self.site
        return Column(
            site=site.index,
            cpe=cpe.id,
            options=self.legs.options,
            paths=self.paths,
            cost_minor=facts.total_minor,
            worth=site.weights.of(facts.nrc_minor, facts.mrc_minor),
            ready_day=self.ready_day,
            availability=facts.availability(),
            builds=self.builds,
            uses=uses,
            shape=self.legs.shape,
            end=self.legs.end,
        )


class _Asked:
    """An availability that is worked out when somebody first asks for it."""

    __slots__ = ("_cpe", "_known", "_up")

    def __init__(self, up: Callable[[float], float], cpe: float) -> None:
        self._up = up
        self._cpe = cpe
        self._known: float | None = None

    def __call__(self) -> float:
        if self._known is None:
            self._known = self._up(self._cpe)
        return self._known
