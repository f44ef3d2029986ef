"""A requirement as an item of the design core's problem, and what requirements ask of each other."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import sqrt
from typing import Literal

from linkwright.design.model import Budget, Goal, LegWish, Meeting, Separation, Site, Worth
from linkwright.design.rules.apart import canonical
from linkwright.designs.bandwidths import LEAST_MBPS, wanted_mbps
from linkwright.designs.requirement import Requirement
from linkwright.plan.working_days import WorkingDays

TieField = Literal["diverse_from", "protects"]
Tie = tuple[tuple[str, ...], tuple[str, ...]]
"""Who was named, and who still is."""
NO_LATENCY_LIMIT_MS = 1e9
BACKUP_TECHNOLOGIES: Mapping[str, tuple[str, ...]] = {
    "mobile": ("5g", "4g", "lte"),
    "satellite": ("satellite", "leo", "geo"),
    "fibre": ("fibre", "fibre-build", "own-build", "partner-fibre"),
}
"""The technologies of access options that each kind of backup means; `any` means all but those of the working legs."""
SEPARATE = "node"
"""What is meant by diverse where nobody says how."""
APART = "apart:"
"""How the limits begin that keep two items apart."""


def required_day(requirement: Requirement, days: WorkingDays) -> int:
    """The last working day on which accesses may be ready; a requirement without a date takes the whole horizon."""
    wanted = requirement.deliver_by or requirement.needed_by
    return days.last if wanted is None else days.up_to(wanted)


def site_of(requirement: Requirement, days: WorkingDays, nodes: Collection[str], *, term_months: int) -> Site:
    """The item; `term_months` is the problem's, and `nodes` are those that there are."""
    needed, one_way = required_day(requirement, days), _one_way(requirement)
    round_trip, differential = requirement.round_trip_ms, requirement.differential_round_trip_ms
    ends = requirement.service_end
    return Site(
        id=requirement.ref,
        bandwidth_mbps=wanted_mbps(requirement),
        max_latency_ms=NO_LATENCY_LIMIT_MS if round_trip is None else round_trip * one_way,
        min_availability=requirement.availability or 0.0,
        diversity=diversity_of(requirement),
        required_day=needed,
        destinations=() if is_point_to_point(requirement) else _known_ends(requirement, nodes),
        cpe_per_leg=bool(requirement.cpe_per_leg),
        features=requirement.cpe_features or (),
        legs=_legs(requirement),
        backup_of_other_technology=has_backup(requirement) and working_legs(requirement) > 1,
        max_jitter_ms=None if requirement.jitter_ms is None else requirement.jitter_ms * 2 * one_way,
        max_loss=_loss(requirement),
        max_optical_db=requirement.optical_db,
        max_differential_ms=None if differential is None else differential * one_way,
        end_day=None if ends is None else max(days.up_to(ends), needed),
        term_months=None if requirement.term_months in (None, term_months) else requirement.term_months,
        npv=_worth(requirement, requirement.term_months or term_months),
        technologies_allowed=requirement.technology_allowed,
        technologies_forbidden=requirement.technology_forbidden or (),
        partners_excluded=requirement.partner_excluded or (),
        partners_preferred=requirement.partner_preferred or (),
    )


def with_own_budget(site: Site, requirement: Requirement) -> Site:
    """Among others an item keeps to its own budget; alone its budget is that of the problem."""
    own = own_budget(requirement)
    return site if own == Budget() else replace(site, budget=own)


def own_budget(requirement: Requirement) -> Budget:
    return Budget(nrc_minor=requirement.budget_nrc_minor, mrc_minor=requirement.budget_mrc_minor)


def is_point_to_point(requirement: Requirement) -> bool:
    return requirement.pattern == "pointToPoint"


def _known_ends(requirement: Requirement, nodes: Collection[str]) -> tuple[str, ...]:
    return tuple(node for node in requirement.destinations or () if node in nodes)


def has_backup(requirement: Requirement) -> bool:
    return requirement.backup not in (None, "none")


def diversity_of(requirement: Requirement) -> str:
    """In what every two legs differ. The backup of an only leg is of another technology, whatever else they differ in;
    several working legs may be of one technology."""
    words = (requirement.diversity or "none").split("+")
    is_pair = has_backup(requirement) and working_legs(requirement) == 1
    return canonical([*words, "technology"] if is_pair else words)


def working_legs(requirement: Requirement) -> int:
    is_pair = requirement.diversity not in (None, "none") and not has_backup(requirement)
    return requirement.access_legs or (2 if is_pair else 1)


def legs_in_all(requirement: Requirement) -> int:
    return working_legs(requirement) + has_backup(requirement)


def _legs(requirement: Requirement) -> tuple[LegWish, ...]:
    if requirement.access_legs is None and not has_backup(requirement):
        return ()
    working = (LegWish(),) * working_legs(requirement)
    if not has_backup(requirement):
        return working
    technologies = BACKUP_TECHNOLOGIES.get(requirement.backup or "")
    return (*working, LegWish(role="backup", bandwidth_mbps=backup_mbps(requirement), technologies=technologies))


def backup_mbps(requirement: Requirement) -> int:
    """What the backup has to carry: where nobody says how much, it is not asked for any bandwidth."""
    return requirement.backup_mbps or LEAST_MBPS


def _one_way(requirement: Requirement) -> float:
    """The part of a round trip that one leg may take: between two that meet it is half of the way."""
    return 0.25 if requirement.pattern == "anyToAny" else 0.5


def _loss(requirement: Requirement) -> float | None:
    if requirement.loss is None or requirement.pattern != "anyToAny":
        return requirement.loss
    return 1 - sqrt(1 - requirement.loss)


def _worth(requirement: Requirement, term_months: int) -> Worth | None:
    once, monthly = requirement.npv_nrc_factor, requirement.npv_mrc_factor
    if requirement.objective != "npv" or (once is None and monthly is None):
        return None
    return Worth(nrc=1.0 if once is None else once, mrc=float(term_months) if monthly is None else monthly)


def goal_of(requirements: Sequence[Requirement], term_months: int) -> Goal:
    """The objective of the first that names one; what is shared counts with its coefficients."""
    named = next((one for one in requirements if one.objective is not None), None)
    if named is None or named.objective is None:
        return Goal()
    return Goal(kind=named.objective, worth=_worth(named, term_months))


def apart_of(requirements: Sequence[Requirement]) -> tuple[Separation, ...]:
    """Every pair of items that may share nothing of some kind, once; both may ask for it in words of their own."""
    words: dict[tuple[str, str], list[str]] = {}
    asking = [one for one in requirements if one.diverse_from or one.protects]
    for one, other in product(asking, requirements):
        for asked in () if one is other else _asked_of(one, other):
            pair = (min(one.ref, other.ref), max(one.ref, other.ref))
            words.setdefault(pair, []).extend(asked.split("+"))
    return tuple(Separation(a=a, b=b, diversity=canonical(said)) for (a, b), said in words.items())


def _asked_of(one: Requirement, other: Requirement) -> Iterator[str]:
    names = {other.ref, other.service}
    for named, whose in ((one.diverse_from, one), (one.protects, other)):
        if not names.isdisjoint(named or ()):
            yield SEPARATE if whose.diversity in (None, "none") else str(whose.diversity)


def without_tie(one: Requirement, others: Collection[Requirement]) -> tuple[Requirement, dict[TieField, Tie]]:
    """The requirement that is not to be apart from these any more; of each wish that changes what it was, and is."""
    names = {name for other in others for name in (other.ref, other.service)}
    changed: dict[TieField, Tie] = {}
    for field, named in (("diverse_from", one.diverse_from), ("protects", one.protects)):
        if not names.isdisjoint(named or ()):
            changed[field] = named or (), tuple(name for name in named or () if name not in names)  # type: ignore[index]
    return replace(one, **{field: left for field, (_, left) in changed.items()}), changed  # type: ignore[arg-type]


def meets_of(requirements: Sequence[Requirement], nodes: Collection[str]) -> tuple[Meeting, ...]:
    """Any-to-any: all items of one specification meet where all of them may end."""
    groups: dict[str, list[Requirement]] = {}
    for one in requirements:
        if one.pattern == "anyToAny":
            groups.setdefault(one.specification or "", []).append(one)
    return tuple(
        Meeting(id=name, sites=tuple(one.ref for one in members), nodes=_common(members, nodes))
        for name, members in groups.items()
        if len(members) > 1
    )


def _common(members: Sequence[Requirement], nodes: Collection[str]) -> tuple[str, ...]:
    first = members[0].destinations or ()
    return tuple(node for node in first if node in nodes and all(node in (one.destinations or ()) for one in members))
