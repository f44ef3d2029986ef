"""One item on the arcs of the network: which accesses and CPE it takes, and over which arcs each of its legs leads.

Whatever keeps an item's own rules is a solution here. Not the other way round: what several legs have in common, and
how available they are together, is known only when they are finished.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf

from linkwright.design.choice.arc_rules import OwnRules
from linkwright.design.choice.arc_space import links_by_mark, useful_arcs
from linkwright.design.choice.arcs import Frame, Leg, Mode
from linkwright.design.choice.arrange import arrangements
from linkwright.design.choice.case import Case
from linkwright.design.choice.coupling import Uses
from linkwright.design.choice.leg_limits import leg_limits
from linkwright.design.choice.parts import Arrangement, Cpe, End, Option, SiteCase, cpes_of
from linkwright.design.choice.programme import Entry, Programme
from linkwright.design.routes.graph import Aim
from linkwright.design.rules.figures import UNSOUND, Sums
from linkwright.design.rules.screen import Shape

LEAST_GUIDE, GUIDED, MOST_GUIDE = 0.1, 1e4, 1e3
"""What an arc counts at least, how much unsoundness counts, and what counts most, where only a design is looked for."""


class ItemOnArcs:
    """The variables of one item and the rows of its own rules; `takes` is told what they take from common limits."""

    def __init__(self, case: Case, site: SiteCase, scale: int, programme: Programme, takes: "Takes") -> None:
        self.case = case
        self.site = site
        self.scale = scale
        self.programme = programme
        self.takes = takes
        programme.subjects = frozenset({f"site:{site.site.id}"})
        self.own_rules = OwnRules(case, site, programme)
        self.modes = {key: self._mode(*key, framed) for key, framed in sorted(_framed(case, site).items())}
        self._take_builds()

    @property
    def frames(self) -> Iterator[Frame]:
        return (frame for mode in self.modes.values() for frame in mode.frames)

    @property
    def legs(self) -> list[Leg]:
        return [leg for mode in self.modes.values() for leg in mode.legs]

    def _mode(self, shape: int, end: int, framed: Sequence["_Framed"]) -> Mode:
        mode = Mode(self.site.ends[end], [self._frame(*own) for own in framed], [])
        own = self.site.demand.shapes[shape]
        kinds = own.apart.kinds if len(own.wishes) > 1 else frozenset[str]()
        for number, wish in enumerate(own.wishes):
            aim = self.case.aim_of(self.site, end, wish, kinds)
            leg = self._leg(mode, number, wish, aim)
            mode.legs.append(leg)
            self.own_rules.limit(mode, leg, number, is_only=len(own.wishes) == 1)
        if len(mode.legs) > 1:
            self.own_rules.part(mode, own.apart)
            self.own_rules.limit_what_all_share(mode, own.apart)
        return mode

    def _frame(self, place: Arrangement, cpe: int, most: tuple[Sums, ...]) -> Frame:
        """With all that it costs and takes but for builds."""
        site, coupling, model = self.site, self.case.coupling, self.site.cpes[cpe]
        options = tuple(site.options[number] for number in place.options)
        wishes = site.demand.shapes[place.shape].wishes
        pieces = cpes_of(site, len(options))
        parts: list[tuple[int, Option | Cpe]] = [*((1, option) for option in options), (pieces, model)]
        guide = sum(count * _guide(part.sums[UNSOUND]) for count, part in parts)
        worth = site.fixed.worth + sum(count * part.worth for count, part in parts)
        variable = self.programme.yes(self.scale * worth, guide, decides=True)
        for option, wish in zip(options, wishes, strict=True):
            self.takes.add(variable, option.uses_by_wish[wish])
        self.takes.add(variable, site.ends[place.end].uses)
        self.takes.add(variable, coupling.of_site(site.site))
        self.takes.add(variable, coupling.of_cpe(site.site, model.id, pieces))
        nrc_minor = site.fixed.nrc_minor + sum(count * part.nrc_minor for count, part in parts)
        mrc_minor = site.fixed.mrc_minor + sum(count * part.mrc_minor for count, part in parts)
        self._pay(variable, nrc_minor, mrc_minor)
        return Frame(variable, place, cpe, options, most)

    def _pay(self, variable: int, nrc_minor: int, mrc_minor: int) -> None:
        total_minor = nrc_minor + self.site.term_months * mrc_minor
        self.takes.add(variable, self.case.coupling.of_money(nrc_minor, mrc_minor, total_minor))

    def _leg(self, mode: Mode, number: int, wish: int, aim: Aim) -> Leg:
        leg = Leg(mode.end.graph, mode.end.goals, links_by_mark(mode.end.graph))
        for frame in mode.frames:
            option = frame.options[number]
            leg.starts[option.pop].append(frame.variable)
            for mark in option.marks:
                leg.marked[mark].append(frame.variable)
        for link, node in useful_arcs(aim, sorted(leg.starts), mode.loosest(number)):
            variable = leg.arcs[link, node] = self._arc(mode.end, link, wish)
            leg.leaving[node].append(variable)
            leg.reaching[leg.graph.other_end(link, node)].append(variable)
        for node in range(len(leg.graph.arcs)):
            coming = [(variable, 1.0) for variable in (*leg.reaching[node], *leg.starts[node])]
            if coming:
                self.programme.row(coming, 1)
            if (coming or leg.leaving[node]) and node not in leg.goals:
                self.programme.row([*coming, *((variable, -1.0) for variable in leg.leaving[node])], 0, 0)
        return leg

    def _arc(self, end: End, link: int, wish: int) -> int:
        site, mbps = self.site, self.site.demand.wishes[wish].mbps
        guide = LEAST_GUIDE + _guide(end.graph.link_figures[UNSOUND][link])
        if end.is_far(link):
            far = end.far[link - end.first_far]
            variable = self.programme.yes(self.scale * far.worth, guide)
            self.takes.add(variable, far.uses_by_wish[wish])
            self._pay(variable, far.nrc_minor, far.mrc_minor)
            return variable
        mrc_minor = mbps * end.graph.link_mrc_minor[link]
        variable = self.programme.yes(self.scale * site.weights.of(0, mrc_minor), guide)
        self.takes.add(variable, self.case.coupling.of_link(site.site, link, mbps))
        self._pay(variable, 0, mrc_minor)
        return variable

    def _take_builds(self) -> None:
        """Each once, however many accesses wait for it."""
        for build, uses in self.site.build_uses.items():
            frames = [f.variable for f in self.frames if any(option.build == build for option in f.options)]
            far = [own for mode in self.modes.values() for own in _waiting_for(mode, build)]
            for variable, _ in self.programme.any_of([frames, *([own] for own in far)]):
                self.takes.add(variable, uses)


def _guide(unsound: float) -> float:
    """Sound designs are seldom refused when they are finished."""
    return min(GUIDED * unsound, MOST_GUIDE)


class Takes:
    """By row of the coupling what variables take from it."""

    def __init__(self) -> None:
        self.by_row: dict[int, list[Entry]] = defaultdict(list)

    def add(self, variable: int, uses: Uses | Iterable[tuple[int, int]]) -> None:
        for row, amount in uses:
            self.by_row[row].append((variable, float(amount)))


_Framed = tuple[Arrangement, int, tuple[Sums, ...]]


def _framed(case: Case, site: SiteCase) -> Mapping[tuple[int, int], Sequence[_Framed]]:
    """By shape and end the accesses that stand together, with each CPE model that could do and what ways may use.

    A shape is left out where another one asks less of the same legs.
    """
    found: dict[tuple[int, int], list[_Framed]] = defaultdict(list)
    shapes = site.demand.shapes
    needed = [not any(_asks_less(other, own) for other in shapes) for own in shapes]
    for place in arrangements(site):
        if not needed[place.shape]:
            continue
        for cpe in leg_limits(case, site, place).cpes:
            limits = leg_limits(case, site, place, (cpe,))
            if limits.cpes and all(-inf < least for most in limits.allowances for least in most):
                found[place.shape, place.end].append((place, cpe, limits.allowances))
    return found


def _asks_less(one: Shape, other: Shape) -> bool:
    """Of the same legs."""
    less, more = one.apart, other.apart
    return (
        one.wishes == other.wishes
        and less != more
        and less.by_link <= more.by_link
        and less.by_node <= more.by_node
        and less.kinds <= more.kinds
    )


def _waiting_for(mode: Mode, build: str) -> Iterator[int]:
    """The arcs that are far accesses which a build is needed for."""
    for leg in mode.legs:
        for (link, _), variable in leg.arcs.items():
            if mode.end.is_far(link) and mode.end.far[link - mode.end.first_far].build == build:
                yield variable
