"""The activities that follow from a design, and those that the catalogue or the requester adds or says more of.

What follows from a design takes the time that its facts state: an access its lead time, CPE what its stock says. All
other work takes time only where the catalogue or the requester says so; nothing is guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linkwright.designs.answers import LegSolution, SiteSolution
from linkwright.designs.requirement import Requirement, Work
from linkwright.plan.model import Activity, ActivityKind, After
from linkwright.plan.working_days import WorkingDays

BEFORE: Mapping[ActivityKind, frozenset[ActivityKind]] = {
    "permit": frozenset({"survey"}),
    "build": frozenset({"survey", "permit"}),
    "staging": frozenset({"logistics"}),
    "installation": frozenset(
        {"survey", "permit", "build", "delivery", "logistics", "allocation", "staging", "bespoke"}
    ),
    "configuration": frozenset({"installation"}),
    "test": frozenset({"installation", "configuration"}),
    "quality": frozenset({"installation"}),
}
"""What an activity waits for where nobody says it. A handover waits for everything else of its item."""
ON_SITE: frozenset[ActivityKind] = frozenset({"installation"})
FROZEN: frozenset[ActivityKind] = frozenset({"installation", "configuration"})
"""What is done at the place, and what a change freeze stops, where nobody says it."""
ONCE: frozenset[ActivityKind] = frozenset({"logistics", "installation", "handover"})
"""What a design has once for each item: one of the catalogue, by whatever id, is this one."""
NAMES: Mapping[str, str] = {
    "logistics": "Delivery of CPE",
    "installation": "Installation",
    "handover": "Handover to operation",
}
OWN = "own"
FREE = "free:"
"""How the ids of milestones begin from which on an access is in nobody else's hands: only tests wait for these."""


def unestimated(derived: Iterable[Activity], works: Sequence[Work]) -> list[str]:
    """The works that are nothing that follows from the design, and have no duration."""
    kinds = _Said(derived)
    return [work.id for work in works if work.days is None and not kinds.meant_by(work)]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What binds the activities of one item beside its design: names of windows and of who works in them."""

    site_windows: str | None = None
    free_windows: str | None = None
    both_windows: str | None = None
    pools: Mapping[str, str] = field(default_factory=dict)
    """The crew pool of each skill."""

    def of(self, *, on_site: bool, frozen: bool) -> str | None:
        if on_site and self.site_windows is not None:
            return self.both_windows if frozen else self.site_windows
        return self.free_windows if frozen else None


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """The activities of one item, and those that are done once for all items."""

    own: tuple[Activity, ...]
    common: tuple[Activity, ...]


def works_of(wanted: Requirement) -> tuple[Work, ...]:
    """The standard activities of the specification and the requester's own, which replace those of the same id."""
    own = wanted.bespoke_activities or ()
    replaced = {work.id for work in own}
    standard = (replace(work, bespoke=False) for work in wanted.activities or () if work.id not in replaced)
    return (*standard, *own)


def with_catalogue(wanted: Requirement, works: Sequence[Work]) -> Requirement:
    """With what the catalogue's activities say of those that refer to them."""
    known = {work.id: work for work in works}

    def filled(some: tuple[Work, ...] | None) -> tuple[Work, ...] | None:
        return None if some is None else tuple(_filled(work, known) for work in some)

    if not known or not any(work.reference for work in works_of(wanted)):
        return wanted
    return replace(wanted, activities=filled(wanted.activities), bespoke_activities=filled(wanted.bespoke_activities))


def _filled(work: Work, catalogue: Mapping[str, Work]) -> Work:
    """With what the catalogue's activity says where this one is silent."""
    known = catalogue.get(work.reference or "")
    if known is None:
        return work
    return replace(
        work,
        name=work.name or known.name,
        kind=known.kind if work.kind == "bespoke" else work.kind,
        days=known.days if work.days is None else work.days,
        least_days=known.least_days if work.least_days is None else work.least_days,
        most_days=known.most_days if work.most_days is None else work.most_days,
        after=known.after if work.after is None else work.after,
        skill=work.skill or known.skill,
        on_site=known.on_site if work.on_site is None else work.on_site,
        weather=work.weather or known.weather,
        frozen=known.frozen if work.frozen is None else work.frozen,
        owner=work.owner or known.owner,
        nrc_minor=known.nrc_minor if work.nrc_minor is None else work.nrc_minor,
        no_return=work.no_return or known.no_return,
    )


def drafts(ref: str, derived: Iterable[Activity], works: Sequence[Work], bounds: Bounds, wave: int | None) -> Drafts:
    """All activities of one item, with what each waits for by its id.

    `derived` are those that follow from its design.

    The ids of own activities begin with the ref of the item and a slash; those of common ones are as they are given.
    """
    found = {one.id: one for one in derived}
    kinds = _Said(found.values())
    said: dict[str, Work] = {}
    for work in works:
        targets = kinds.meant_by(work)
        if len(targets) == 1 and found[targets[0]].kind in ONCE:
            found[work.id] = replace(found.pop(targets[0]), id=work.id)
            targets = [work.id]
        for target in targets:
            said[target] = work
        if not targets:
            found[work.id] = _new(work)
            said[work.id] = work
    drawn = {
        name: _bound(_told(one, said[name]) if name in said else one, said.get(name), bounds, wave)
        for name, one in found.items()
    }
    drawn = _taken_at_once(drawn)
    common = {name for name, work in said.items() if not work.each and name in found and work.id == name}
    return _linked(drawn, said, common, ref)


def _taken_at_once(drawn: dict[str, Activity]) -> dict[str, Activity]:
    """CPE whose delivery takes no time of its own leaves the stock when it is installed."""
    logistics = next((one for one in drawn.values() if one.kind == "logistics"), None)
    if logistics is None or logistics.days > 0:
        return drawn
    return {
        name: replace(one, stock=logistics.stock, pieces=logistics.pieces) if one.kind == "installation" else one
        for name, one in drawn.items()
        if one is not logistics
    }


def derived_from(solution: SiteSolution, days: WorkingDays) -> Iterator[Activity]:
    """What a design takes, in the order of time."""
    legs = {f"{leg.end}/{leg.access}": leg for leg in solution.legs if not leg.existing}
    for leg in legs.values():
        yield _delivery(leg, days)
    for leg in legs.values():
        if leg.free_from is not None:
            yield Activity(
                id=f"{FREE}{leg.access}",
                name=f"Access {leg.access} free of others",
                kind="delivery",
                days=0,
                not_before_day=days.from_(leg.free_from),
            )
    there = max((days.from_(leg.ready) for leg in legs.values()), default=0)
    network = 0 if solution.network_ready is None else days.from_(solution.network_ready)
    if network > there:
        yield Activity(id="capacity", name="Planned capacity in service", kind="build", days=0, not_before_day=network)
    pieces = solution.cpe_quantity - solution.cpe_kept
    if pieces > 0:
        yield Activity(
            id="logistics", name=NAMES["logistics"], kind="logistics", days=0, stock=solution.cpe, pieces=pieces
        )
    yield from at_the_end()


def at_the_end() -> Iterator[Activity]:
    """What every item has, whatever its design is; it takes time only where somebody says so."""
    yield Activity(id="installation", name=NAMES["installation"], kind="installation", days=0)
    yield Activity(id="handover", name=NAMES["handover"], kind="handover", days=0)


def _delivery(leg: LegSolution, days: WorkingDays) -> Activity:
    """From the day on which it can begin, which lies later where what it stands on is only planned."""
    ready = days.from_(leg.ready)
    start = 0 if leg.usable_from is None else min(days.after(leg.usable_from), ready)
    who = "own network" if leg.supplier == OWN else leg.supplier
    return Activity(
        id=f"delivery:{leg.access}",
        name=f"Access {leg.access} ({leg.technology}, {who})",
        kind="delivery" if leg.build is None else "build",
        days=ready - start,
        not_before_day=start,
        owner="" if leg.supplier == OWN else leg.supplier,
    )


class _Said:
    """Which of the activities that follow from the design a work of the catalogue or requester is about."""

    def __init__(self, derived: Iterable[Activity]) -> None:
        self._kind_of = {one.id: one.kind for one in derived}

    def meant_by(self, work: Work) -> list[str]:
        """By its id, by a kind as its id, or the only one of its kind."""
        if work.id in self._kind_of:
            return [work.id]
        if alike := [name for name, kind in self._kind_of.items() if kind == work.id]:
            return alike
        return [name for name, kind in self._kind_of.items() if kind == work.kind and kind in ONCE]


def _new(work: Work) -> Activity:
    return Activity(id=work.id, name=work.name or work.id, kind=work.kind, days=0, bespoke=work.bespoke)


def _told(one: Activity, work: Work) -> Activity:
    return replace(
        one,
        name=work.name or one.name,
        days=one.days if work.days is None else work.days,
        least_days=work.least_days,
        most_days=work.most_days,
        skill=work.skill,
        jobs=work.jobs,
        weather=work.weather,
        owner=work.owner or one.owner,
        bespoke=work.bespoke,
        no_return=work.no_return,
    )


def _bound(one: Activity, work: Work | None, bounds: Bounds, wave: int | None) -> Activity:
    on_site = one.kind in ON_SITE if work is None or work.on_site is None else work.on_site
    frozen = one.kind in FROZEN if work is None or work.frozen is None else work.frozen
    windows = bounds.of(on_site=on_site, frozen=frozen) if one.days > 0 else None
    return replace(one, windows=windows, pool=bounds.pools.get(one.skill or ""), wave=wave)


def _linked(drawn: Mapping[str, Activity], said: Mapping[str, Work], common: set[str], ref: str) -> Drafts:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for name, one in drawn.items():
        if not name.startswith(FREE):
            by_kind[one.kind].append(name)

    def called(name: str) -> str:
        return name if name in common else f"{ref}/{name}"

    def waits(name: str) -> tuple[After, ...]:
        work, one = said.get(name), drawn[name]
        if work is not None and work.after is not None:
            return tuple(
                After(activity=called(other), lag_days=after.lag_days)
                for after in work.after
                for other in _named(after.activity, drawn, by_kind)
                if other != name
            )
        kinds = BEFORE.get(one.kind, frozenset())
        others = [other for kind in sorted(kinds) for other in by_kind[kind] if other != name]
        return tuple(After(activity=called(other)) for other in others if not _leads_back(other, name, said, drawn))

    def is_free(name: str) -> tuple[After, ...]:
        free = [other for other in drawn if other.startswith(FREE)] if drawn[name].kind == "test" else []
        return tuple(After(activity=called(other)) for other in free)

    ends = [name for name, one in drawn.items() if one.kind != "handover"]
    own, shared = list[Activity](), list[Activity]()
    for name, one in drawn.items():
        plain = one.kind == "handover" and (name not in said or said[name].after is None)
        after = tuple(After(activity=called(other)) for other in ends) if plain else (*waits(name), *is_free(name))
        named = replace(one, id=called(name), after=after, item=None if name in common else ref)
        (shared if name in common else own).append(named)
    return Drafts(own=tuple(own), common=tuple(shared))


def _named(name: str, drawn: Mapping[str, Activity], by_kind: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The activity of this id, or all of this kind; what is named and is not there is waited for by nobody."""
    return [name] if name in drawn else by_kind.get(name, ())


def _leads_back(other: str, name: str, said: Mapping[str, Work], drawn: Mapping[str, Activity]) -> bool:
    """Whether the other is itself said to come after this one: then it is not waited for."""
    kind, seen, open_ = drawn[name].kind, set[str](), [other]
    while open_:
        current = open_.pop()
        if current in seen:
            continue
        seen.add(current)
        work = said.get(current)
        for after in (work.after or ()) if work is not None else ():
            if after.activity in (name, kind):
                return True
            open_.append(after.activity)
    return False
