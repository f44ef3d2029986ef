"""The parts of an item's designs as the search sees them: options, CPE models, ends, and whole columns of them."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from linkwright.design.choice.coupling import Uses
from linkwright.design.model import Site
from linkwright.design.routes.graph import Aim, Graph, marked
from linkwright.design.rules.figures import Sums
from linkwright.design.rules.screen import Demand
from linkwright.design.rules.together import LegLimits
from linkwright.design.rules.weights import Weights
from linkwright.design.units import AVAILABILITY_TOLERANCE

Paths = tuple[tuple[int, ...], ...]
TECHNOLOGIES = frozenset({"technology"})


@dataclass(frozen=True, slots=True)
class Option:
    """An access option that a site may use; its risk groups are left out of `availability` and `sums`.

    `by_wish`: which wishes it may answer, and `uses_by_wish` what it takes then; `uses` goes with the first of them.
    `marks`: its groups and its technology. `undeclared`: kinds of groups that it may share with every other.
    """

    id: str
    pop: int
    cost_minor: int
    worth: int
    nrc_minor: int
    mrc_minor: int
    delay_ms: float
    availability: float
    ready_day: int
    groups: frozenset[str]
    build: str | None
    uses: Uses
    sums: Sums
    marks: frozenset[str]
    undeclared: frozenset[str]
    by_wish: tuple[bool, ...]
    uses_by_wish: tuple[Uses, ...]


@dataclass(frozen=True, slots=True)
class Cpe:
    id: str
    cost_minor: int
    worth: int
    nrc_minor: int
    mrc_minor: int
    delay_ms: float
    availability: float
    sums: Sums


@dataclass(frozen=True, slots=True)
class Fixed:
    """What an item costs in any of its designs, beside what these are made of."""

    cost_minor: int
    worth: int
    nrc_minor: int
    mrc_minor: int


@dataclass(frozen=True, slots=True)
class End:
    """Where the legs of an item may end: at any of some nodes, or at the place of its far accesses.

    A far access is the link to that place with the number `first_far` and its own position in `far`.
    `of_backups`: technologies that backups use and no other leg does; None where nobody asks for that.
    """

    graph: Graph
    goals: frozenset[int]
    uses: Uses = ()
    far: tuple[Option, ...] = ()
    of_backups: frozenset[str] | None = None

    @property
    def first_far(self) -> int:
        return len(self.graph.link_ids) - len(self.far)

    def is_far(self, link: int) -> bool:
        return link >= self.first_far

    def far_of(self, path: tuple[int, ...]) -> Option | None:
        return self.far[path[-1] - self.first_far] if self.far and path else None


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A complete design of one site with what it costs alone and takes from the common limits.

    Builds are not in its cost: they are paid once, whoever opens them. `worth` is what it counts towards the goal.
    `shape` and `end` are positions among those of its site.
    """

    site: int
    cpe: str
    options: tuple[int, ...]
    paths: Paths
    cost_minor: int
    worth: int
    ready_day: int
    availability: float
    builds: tuple[str, ...]
    uses: Uses
    shape: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Legs without their paths: how they are apart, where they end, and the option for each wish, by positions."""

    shape: int
    end: int
    options: tuple[int, ...]


@dataclass(slots=True, eq=False)
class SiteCase:
    """One site with the parts that passed the screen, where it may go, and every column that was ever looked at."""

    index: int
    site: Site
    demand: Demand
    options: tuple[Option, ...]
    cpes: tuple[Cpe, ...]
    ends: tuple[End, ...]
    aim: Aim
    """Of the first end, with the links that the whole bandwidth of the site could use."""
    weights: Weights
    term_months: int
    fixed: Fixed
    build_uses: dict[str, Uses]
    is_point_to_point: bool = False
    columns: dict[tuple[Arrangement, Paths], tuple[tuple[int, Column], ...]] = field(default_factory=dict)
    limits: dict[tuple[Arrangement, tuple[int, ...] | None], LegLimits] = field(default_factory=dict)
    aims: dict[tuple[int, int, frozenset[str]], Aim] = field(default_factory=dict)
    learnt: dict[tuple[tuple[int, float], ...], list[float]] = field(default_factory=dict)
    """What paths and CPE count at least, by what else than accesses has a price: for each arrangement of its floors."""
    floors: object = None
    """Those that have numbered the arrangements."""
    given_up: dict[int, dict[tuple[object, int], float]] = field(default_factory=lambda: defaultdict(dict))
    """By scale of prices that no limit has a share in: from which price on nothing is known, by site and labels."""
    raised: dict[float, "SiteCase"] = field(default_factory=dict)
    """By what is asked of its availability the same site that must have more."""
    looser: "SiteCase | None" = None
    """The same site that may have less, and whose columns are known, too."""
    later: "SiteCase | None" = None
    """The same site that may be there later, of which columns, limits and what was learnt are known, too."""
    in_later: tuple[int | None, ...] = ()
    """By option its position among those of `later`."""

    def allows(self, column: Column) -> bool:
        """Whether a design that keeps all other rules is available enough."""
        return column.availability >= self.demand.min_availability - AVAILABILITY_TOLERANCE

    def stricter(self, site: Site, demand: Demand) -> "SiteCase":
        """The same site that must be more available."""
        learnt = {priced: list(least) for priced, least in self.learnt.items()}
        later = None if self.later is None else self.later.raised.get(site.min_availability)
        known = replace(self, columns={}, limits={}, raised={}, given_up=defaultdict(dict))
        return replace(known, site=site, demand=demand, learnt=learnt, looser=self, later=later)

    def place_in_later(self, place: Arrangement) -> Arrangement | None:
        """The same arrangement where the site may be there later; None where it is not known there."""
        options = tuple(number for number in map(self.in_later.__getitem__, place.options) if number is not None)
        is_known = len(options) == len(place.options) and not self.ends[place.end].far
        return Arrangement(place.shape, place.end, options) if is_known else None

    def technology(self, option: Option) -> frozenset[str]:
        """Its mark."""
        return self.marks(option, TECHNOLOGIES)

    def marks(self, option: Option, kinds: frozenset[str]) -> frozenset[str]:
        """The groups and the technology of an access that are of these kinds."""
        return marked(option.marks, kinds, self.aim.graph.group_kind)


def cpes_of(site: SiteCase, legs: int) -> int:
    """How many CPEs an item has: one at each end, or one for each leg at each end."""
    return (legs if site.site.cpe_per_leg else 1) * (2 if site.is_point_to_point else 1)
