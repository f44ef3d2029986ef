"""What items compete for, as rows of numbers: sum of uses <= limit. Only rows that could be broken exist."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from linkwright.design.model import AccessOption, Site
from linkwright.design.rules.apart import Apart

Key = tuple[str, int, str]
"""Something that a leg passes: what it is, its index, and its name or the side that it concerns."""
Uses = tuple[tuple[int, int], ...]
"""(row, amount) of whatever a choice takes from the common limits; what it gives back is less than nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One limit; `constraint` is empty for the rows that only tie a choice to what it needs opened."""

    constraint: str
    limit: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A yes or no that makes room: a shared build, the augment of a link, the node where items meet, a link that is
    used although nothing is free on it before others give back.

    `worth` is what it counts towards the goal.
    """

    kind: str
    id: str
    worth: int
    uses: Uses


@dataclass(frozen=True, slots=True)
class Separated:
    """One side of a rule that keeps items apart: its number, the rule, and the row of which each side takes one.

    Of that row there are two, and a side that may share what it does not declare takes both. Without such a row it only
    says of more than two items what is true of every two of them. A node where `own` ends only `own` may pass.
    """

    number: int
    constraint: str
    apart: Apart
    own: str
    sides: tuple[str, ...]
    row: int | None


@dataclass(slots=True)
class Coupling:
    """All rows of a problem, and where each kind of use finds its row."""

    rows: list[Row] = field(default_factory=list)
    links: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By link: (day, row), days ascending."""
    crowds: dict[int, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By link: (day, row, Mbit/s above which a leg counts as one)."""
    carried: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By link: (day, row) of the ties that say that it is used at all."""
    ports: dict[str, int] = field(default_factory=dict)
    partners: dict[str, int] = field(default_factory=dict)
    build_sites: dict[str, int] = field(default_factory=dict)
    build_mbps: dict[str, int] = field(default_factory=dict)
    crews: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By skill: (by_day, row)."""
    cpes: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By model: (by_day, row)."""
    ties: dict[tuple[str, str], int] = field(default_factory=dict)
    """By site and build: the row that opens the build before the site may use it."""
    places: dict[tuple[str, str], Uses] = field(default_factory=dict)
    """By site and node: what it takes to meet there."""
    meetings: set[str] = field(default_factory=set)
    """Those whose rule holds."""
    gives: dict[str, Uses] = field(default_factory=dict)
    """By site: what its present service gives back."""
    given: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """By row: what all sites could give back together."""
    separated: dict[str, list[Separated]] = field(default_factory=lambda: defaultdict(list))
    """By site: the rules that keep it apart from others."""
    passed: dict[tuple[int, Key], int] = field(default_factory=dict)
    """By rule and thing: the row of those who pass it, made when somebody first does."""
    nrc: int | None = None
    mrc: int | None = None
    total: int | None = None
    openings: list[Opening] = field(default_factory=list)
    _on_links: dict[tuple[int, int, int | None, int], Uses] = field(default_factory=dict)
    """By link, the days from which and until which a leg is there, and its bandwidth: what it takes."""

    @property
    def has_budgets(self) -> bool:
        return (self.nrc, self.mrc, self.total) != (None, None, None)

    def add(self, constraint: str, limit: int) -> int:
        self.rows.append(Row(constraint, limit))
        return len(self.rows) - 1

    def rows_of(self, constraint: str) -> set[int]:
        """Those in which a limit is what it says; not those that count legs."""
        counted = {row for rows in self.crowds.values() for _, row, _ in rows}
        return {n for n, row in enumerate(self.rows) if row.constraint == constraint and n not in counted}

    def limits_of(self, constraint: str) -> set[int]:
        """What a limit is, on each day that has a row: below zero where others must give back before there is room."""
        missing = {row: amount for own in self.openings if own.kind == "carry" for row, amount in own.uses}
        return {self.rows[row].limit - missing.get(row, 0) for row in self.rows_of(constraint)}

    def row_of(self, rule: Separated, key: Key) -> int:
        """The row of a thing that only one of two items may pass."""
        row = self.passed.get((rule.number, key))
        if row is None:
            row = self.passed[rule.number, key] = self.add(rule.constraint, 1)
        return row

    def of_option(self, site: Site, option: AccessOption, mbps: int | None = None) -> Uses:
        """What an access takes wherever its leg leads; budgets and ties are left out."""
        uses: dict[int, int] = {}
        if option.pop in self.ports:
            uses[self.ports[option.pop]] = 1
        if option.partner in self.partners and not option.existing:
            uses[self.partners[option.partner]] = 1
        if option.build in self.build_mbps:
            uses[self.build_mbps[option.build]] = site.bandwidth_mbps if mbps is None else mbps
        for skill, crew_days in option.work.items():
            for by_day, row in self.crews.get(skill, ()):
                if site.required_day <= by_day and crew_days:
                    uses[row] = crew_days
        return tuple(sorted(uses.items()))

    def of_money(self, nrc_minor: int, mrc_minor: int, cost_minor: int) -> Uses:
        """What money takes from the budgets."""
        amounts = (self.nrc, nrc_minor), (self.mrc, mrc_minor), (self.total, cost_minor)
        return tuple((row, amount) for row, amount in amounts if row is not None)

    def of_link(self, site: Site, link: int, mbps: int | None = None) -> Uses:
        """What one leg of a site takes from a link."""
        key = link, site.required_day, site.end_day, site.bandwidth_mbps if mbps is None else mbps
        uses = self._on_links.get(key)
        if uses is None:
            uses = self._on_links[key] = tuple(self._of_link(*key))
        return uses

    def _of_link(self, link: int, start: int, end: int | None, mbps: int) -> Iterator[tuple[int, int]]:
        for day, row in self.links.get(link, ()):
            if day >= start and (end is None or day <= end):
                yield row, mbps
        for day, row, above_mbps in self.crowds.get(link, ()):
            if day >= start and mbps > above_mbps and (end is None or day <= end):
                yield row, 1
        for day, row in self.carried.get(link, ()):
            if day >= start and (end is None or day <= end):
                yield row, 1

    def of_build(self, site: Site, build: str) -> Uses:
        """What a site takes by using a build at all, with one leg or with more."""
        uses = [(self.ties[site.id, build], 1)] if (site.id, build) in self.ties else []
        if build in self.build_sites:
            uses.append((self.build_sites[build], 1))
        return tuple(sorted(uses))

    def of_cpe(self, site: Site, model: str, pieces: int) -> Uses:
        """What so many pieces of a model take from its stock."""
        return tuple((row, pieces) for by_day, row in self.cpes.get(model, ()) if site.required_day <= by_day)

    def of_end(self, site: Site, node: str) -> Uses:
        """What it takes to end at a node where others must end, too."""
        return self.places.get((site.id, node), ())

    def beyond_accesses(self) -> Iterator[int]:
        """The rows from which more than accesses and what they wait for takes: links, models, money."""
        for on_link in (self.links, self.carried):
            yield from (row for rows in on_link.values() for _, row in rows)
        yield from (row for rows in self.crowds.values() for _, row, _ in rows)
        yield from (row for rows in self.cpes.values() for _, row in rows)
        yield from (row for row in (self.nrc, self.mrc, self.total) if row is not None)

    def of_site(self, site: Site) -> Uses:
        """What a site gives back by being in the design at all: amounts below zero."""
        return self.gives.get(site.id, ())
