"""The activities that follow from a design, and those that the catalogue or the requester adds or says more of.

What follows from a design takes the time that its facts state: an access its lead time, CPE what its stock says. All
other work takes time only where the catalogue or the requester says so; nothing is guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linkwright.designs.requirement import Requirement, Work
from linkwright.designs.whole.cpe_in_time import with_cpe_in_time
from linkwright.designs.whole.derived import ALWAYS
from linkwright.designs.whole.drafts import Drafts
from linkwright.designs.whole.works import FREE
from linkwright.plan.model import Activity, ActivityKind, After

BEFORE: Mapping[ActivityKind, frozenset[ActivityKind]] = {
    "permit": frozenset({"survey"}),
    "build": frozenset({"survey", "permit"}),
    "staging": frozenset({"logistics"}),
    "installation": frozenset(
        {"survey", "permit", "build", "delivery", "logistics", "allocation", "staging", "bespoke"}
    ),
    "configuration": frozenset({"installation", "allocation"}),
    "test": frozenset({"installation", "configuration"}),
    "quality": frozenset({"installation", "configuration"}),
}
"""What an activity waits for where nobody says it. A handover waits for everything else of its item."""
ON_SITE: frozenset[ActivityKind] = frozenset({"installation"})
FROZEN: frozenset[ActivityKind] = frozenset({"installation", "configuration"})
"""What is done at the place, and what a change freeze stops, where nobody says it."""
ONCE: frozenset[ActivityKind] = frozenset({"logistics", *ALWAYS})
"""What a design has once for each item: one of the catalogue, by whatever id, is this one."""
ALL_DONE, DONE = "handover:all", "All is done that is done once for all"
"""The milestone of an item that has to wait for what nothing else of it waits for."""
FROM_AFAR: frozenset[ActivityKind] = frozenset({"allocation", "configuration", "test", "quality"})
"""What takes no time and needs no window unless somebody speaks of it; who does has to say how long it takes."""


def unestimated(derived: Iterable[Activity], works: Sequence[Work]) -> list[str]:
    """The works that are nothing that follows from the design, and have no duration."""
    kinds = {one.id: one.kind for one in derived}
    open_ended = [(work, targets) for work, targets in _meant(kinds, works) if work.days is None]
    return [work.id for work, targets in open_ended if all(kinds[name] in FROM_AFAR for name in targets)]


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
    found = _by_id(derived)
    said = dict[str, Work]()
    for work, targets in _meant({name: one.kind for name, one in found.items()}, works):
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
    common = {name for name, work in said.items() if not work.each and name in found and work.id == name}
    return with_cpe_in_time(_linked(drawn, said, common, ref), ref)


def _by_id(derived: Iterable[Activity]) -> dict[str, Activity]:
    """An access that a design has at both ends, or twice, is there once its last part is."""
    found: dict[str, Activity] = {}
    for one in derived:
        other = found.get(one.id)
        if other is None or other.not_before_day + other.days < one.not_before_day + one.days:
            found[one.id] = one
    return found


def _meant(kind_of: Mapping[str, ActivityKind], works: Sequence[Work]) -> list[tuple[Work, list[str]]]:
    """Which of the activities that follow from the design each work of the catalogue or requester is about.

    By its id, by a kind as its id, or the only one of its kind; of several works of such a kind the one whose id says
    it, or else the first, and the others are activities of their own.
    """
    kind_of = {name: kind for name, kind in kind_of.items() if not name.startswith(FREE)}
    free = dict(kind_of)
    by_name = {work.id: _named_by(work, free) for work in works}
    for name in (name for names in by_name.values() for name in names if kind_of[name] in ONCE):
        free.pop(name, None)
    told = []
    for work in works:
        targets = by_name[work.id] or [name for name, kind in free.items() if kind == work.kind and kind in ONCE]
        for name in targets:
            if kind_of[name] in ONCE:
                free.pop(name, None)
        told.append((work, targets))
    return told


def _named_by(work: Work, kind_of: Mapping[str, ActivityKind]) -> list[str]:
    return [work.id] if work.id in kind_of else [name for name, kind in kind_of.items() if kind == work.id]


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
    windows = None if work is None and one.kind in FROM_AFAR else bounds.of(on_site=on_site, frozen=frozen)
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
        others = [other for kind in sorted(kinds) for other in by_kind[kind] if _of_one_access(other, name)]
        return tuple(
            After(activity=called(other)) for other in others if not _leads_back(other, name, said, drawn, by_kind)
        )

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
    waited_for = {link.activity for one in (*own, *shared) for link in one.after}
    if last := tuple(After(activity=one.id) for one in shared if one.id not in waited_for):
        wave = next(one.wave for one in drawn.values())
        done = Activity(id=f"{ref}/{ALL_DONE}", name=DONE, kind="handover", days=0, after=last, item=ref, wave=wave)
        own.append(done)
    return Drafts(own=tuple(own), common=tuple(shared))


def _of_one_access(other: str, name: str) -> bool:
    """Not of two accesses: the permits of the one do not concern the other."""
    access, own = other.partition(":")[2], name.partition(":")[2]
    return other != name and not (access and own and access != own)


def _named(name: str, drawn: Mapping[str, Activity], by_kind: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The activity of this id, or all of this kind; what is named and is not there is waited for by nobody."""
    return [name] if name in drawn else by_kind.get(name, ())


def _leads_back(
    other: str,
    name: str,
    said: Mapping[str, Work],
    drawn: Mapping[str, Activity],
    by_kind: Mapping[str, Sequence[str]],
) -> bool:
    """Whether the other is itself said to come after this one: then it is not waited for.

    After this one comes, too, what waits for it because nobody says anything else of it.
    """

    def waits_for(current: str) -> Iterator[str]:
        work = said.get(current)
        if work is not None and work.after is not None:
            for after in work.after:
                is_one_of = after.activity == drawn[name].kind
                yield from (name,) if is_one_of else _named(after.activity, drawn, by_kind)
        elif current != other:
            kinds = BEFORE.get(drawn[current].kind, frozenset())
            silent = (one for kind in kinds for one in by_kind.get(kind, ()) if one == name or not is_said(one))
            yield from (one for one in silent if _of_one_access(one, current))

    def is_said(one: str) -> bool:
        return one in said and said[one].after is not None

    seen, open_ = set[str](), [other] if is_said(other) else []
    while open_:
        current = open_.pop()
        if current in seen:
            continue
        seen.add(current)
        for one in waits_for(current):
            if one == name:
                return True
            open_.append(one)
    return False
