"""What would be possible instead: the smallest relaxation of a requirement, and its place among the other answers."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date

from linkwright.design.model import Change, Design, Outcome, Problem, Reason, Relaxation, SiteDesign
from linkwright.designs.answers import Relaxed
from linkwright.designs.bandwidths import wanted_mbps, ways_offered, ways_wanted, with_ways
from linkwright.designs.dimensions import FIELD_OF, Dimension
from linkwright.designs.facts import AccessFact
from linkwright.designs.item import own_budget
from linkwright.designs.kept_cpe import KEPT
from linkwright.designs.reasons import dimension_of, relaxed_value
from linkwright.designs.requirement import Json, Requirement
from linkwright.designs.sentences import aspect_of
from linkwright.designs.technologies import Legs, backup_of, other_backup, unpermitted
from linkwright.plan.working_days import WorkingDays
from linkwright.remembered import kept_with_its_object

BUDGET = "budget/"
"""How the limits begin that are one for a whole problem."""


def concerning(outcome: Outcome, site: str) -> Outcome:
    """The outcome without the reasons, relaxations and combinations that are about other sites.

    Common limits concern everybody; whoever has conflicts of his own, by himself or with others, is told of no more
    than the limits in these. To give up what keeps a CPE at its item is no relaxation of anything that was wished.
    """
    conflicts = tuple(one for one in outcome.conflicts if site in one.sites)
    told = {constraint for conflict in conflicts for constraint in conflict.constraints}

    def is_told(constraint: str) -> bool:
        return not told or constraint in told

    def concerns(constraint: str) -> bool:
        return not constraint.startswith("site:") or constraint.rpartition("/")[0] == f"site:{site}"

    reasons = tuple(one for one in outcome.reasons if concerns(one.constraint) and is_told(one.constraint))
    return replace(
        outcome,
        reasons=reasons if is_known_why(outcome, site) else _known_of(reasons, outcome),
        conflicts=conflicts,
        relaxations=tuple(one for one in outcome.relaxations if concerns(one.constraint) and not is_ours(one.value)),
        combinations=tuple(
            one
            for one in outcome.combinations
            if all(concerns(change.constraint) and not is_ours(change.value) for change in one.changes)
        ),
    )


def is_known_why(outcome: Outcome, site: str) -> bool:
    """Whether every limit that is said to stand in the way of a site does, and none of them only might."""
    return not {f"minimal site:{site}", "minimal together"}.intersection(outcome.guards)


def _known_of(reasons: Sequence[Reason], outcome: Outcome) -> tuple[Reason, ...]:
    """Of reasons some of which may be none: those with a figure or a remedy, else the common limits, else all."""
    helpful = {one.constraint for one in outcome.relaxations}
    helpful |= {change.constraint for one in outcome.combinations for change in one.changes}
    known = tuple(one for one in reasons if one.needed is not None or one.constraint in helpful)
    common = tuple(one for one in reasons if not one.constraint.startswith("site:"))
    return known or common or tuple(reasons)


def is_ours(value: float | str) -> bool:
    """Whether a value says what keeps a CPE at its item."""
    return KEPT in str(value)


def together(answered: Design, relaxed: Design, site: str) -> Design:
    """The answered design with one more site, as a relaxed design has it."""
    return Design(
        sites=(*answered.sites, *(one for one in relaxed.sites if one.site == site)),
        builds=tuple(sorted({*answered.builds, *relaxed.builds})),
        augments=tuple(sorted({*answered.augments, *relaxed.augments})),
    )


def sites_of(design: Design, refs: Iterable[str]) -> tuple[SiteDesign, ...]:
    """What a design, perhaps of very many items, has for these, in its own order."""
    places = _places(design)
    return tuple(design.sites[place] for place in sorted(places[ref] for ref in refs if ref in places))


@kept_with_its_object
def _places(design: Design) -> Mapping[str, int]:
    return {one.site: place for place, one in enumerate(design.sites)}


def exchanged(answered: Design, other: Design, sites: Set[str], problem: Problem) -> Design:
    """The answered design with some sites as another design has them, and nothing bought that no site uses any more."""
    theirs = {one.site: one for one in other.sites}
    chosen = tuple(theirs.get(one.site, one) if one.site in sites else one for one in answered.sites)
    legs = [leg for one in chosen for leg in one.legs]
    carried = {link for leg in legs for link in leg.path}
    builds = {*answered.builds, *other.builds}
    if builds:  # an only item of very many has seldom any
        used = {access for leg in legs for access in (leg.access, leg.far)}
        builds &= {option.build for option in problem.access_options if option.id in used}
    return Design(
        sites=chosen,
        builds=tuple(sorted(builds)),
        augments=tuple(sorted({*answered.augments, *other.augments} & carried)),
    )


def is_own(constraint: str, requirement: Requirement, problem: Problem) -> bool:
    """Whether a constraint is a wish of this item: the budget of a problem can be its own, or that of a bundle."""
    if constraint.startswith(BUDGET):
        return problem.sites[0].budget is None and has_own_budget(requirement, problem)
    return constraint.startswith(f"site:{requirement.ref}/")


def has_own_budget(requirement: Requirement, problem: Problem) -> bool:
    """Whether a problem is that of one item with its own budget, which stands on the item where others leave a rest."""
    is_own = problem.sites[0].budget is not None or problem.budget == own_budget(requirement)
    return len(problem.sites) == 1 and is_own


def relaxed_by(
    requirement: Requirement, change: Change | Relaxation, days: WorkingDays, legs: Legs
) -> tuple[Requirement, list[Relaxed]]:
    """The relaxed requirement; what was wanted and what is offered, in the requester's units.

    Nothing is relaxed by a change of what is no wish, or may not be given up for him. `legs` are those of the design
    that the change makes possible.
    """
    if aspect_of(change.constraint) == "technology":
        return _with_technologies(requirement, legs)
    kind = dimension_of(change.constraint)
    if kind is None:
        return requirement, []
    taken = offered = relaxed_value(change, days)
    if kind in ("date", "period"):
        taken = days.date_of(int(change.value))
    elif kind in ("bandwidth", "backup_bandwidth"):
        taken = int(change.value)
    elif kind == "diversity":
        taken = str(change.value)
    elif kind == "features":
        given_up = str(change.value).split(",")
        taken = offered = tuple(one for one in requirement.cpe_features or () if one not in given_up)
    if kind == "bandwidth":
        most, ways = wanted_mbps(requirement), ways_wanted(requirement)
        down, up = (way * taken // most for way in ways)
        changed, told = with_bandwidth(requirement, down, up)
    else:
        changed, told = _with(requirement, kind, taken, offered)
    if kind == "bandwidth" and (changed.backup_mbps or 0) > taken:  # no leg carries more than that
        changed, more = _with(changed, "backup_bandwidth", taken, offered)
        told += more
    return changed, told


def with_bandwidth(requirement: Requirement, down: int, up: int) -> tuple[Requirement, list[Relaxed]]:
    """The requirement with so much in each direction; of one figure where both are the same."""
    told = Relaxed(dimension="bandwidth", wanted=_both(*ways_wanted(requirement)), offered=_both(down, up))
    return with_ways(requirement, down, up), [told]


def _both(down: int, up: int) -> Json:
    return down if down == up else {"down": down, "up": up}


def as_offered(
    asked: Requirement, relaxed: Requirement, told: Sequence[Relaxed], working: Sequence[AccessFact]
) -> tuple[Requirement, list[Relaxed]] | None:
    """A smaller bandwidth as the working legs have it in each direction, but no more than was wanted; None where that
    says nothing else than the one figure of the core."""
    wanted = ways_wanted(asked)
    offers = [ways_offered(fact) for fact in working]
    if all(way[0] == way[1] for way in (wanted, *offers)) or not any(one.dimension == "bandwidth" for one in told):
        return None
    down, up = (min(most, *(offer[way] for offer in offers)) for way, most in enumerate(wanted))
    changed, (bandwidth,) = with_bandwidth(relaxed, down, up)
    if (down, up) == ways_wanted(relaxed) or not down or not up:
        return None
    return changed, [replace(bandwidth, wanted=one.wanted) if one.dimension == "bandwidth" else one for one in told]


def _with(requirement: Requirement, kind: Dimension, taken: Json, offered: Json) -> tuple[Requirement, list[Relaxed]]:
    field = FIELD_OF[kind]
    wanted = getattr(requirement, field)
    told = wanted.isoformat() if isinstance(wanted, date) else wanted
    changes = {field: taken} | ({"deliver_by": None, "used_from": None} if kind == "date" else {})
    return replace(requirement, **changes), [Relaxed(dimension=kind, wanted=told, offered=offered)]


def _with_technologies(requirement: Requirement, legs: Legs) -> tuple[Requirement, list[Relaxed]]:
    """With what the legs use permitted, on the lists of technologies or as another kind of backup."""
    allowed, forbidden = requirement.technology_allowed, requirement.technology_forbidden or ()
    more, told = unpermitted(requirement, legs), list[Relaxed]()
    changes: dict[Dimension, Json] = {}
    if allowed is not None and not set(more) <= set(allowed):
        changes["technology_allowed"] = tuple(dict.fromkeys((*allowed, *more)))
    if not set(more).isdisjoint(forbidden):
        changes["technology_forbidden"] = tuple(one for one in forbidden if one not in more)
    if others := other_backup(requirement, legs):
        changes["backup"] = backup_of(others)
    for kind, value in changes.items():
        requirement, relaxed = _with(requirement, kind, value, value)
        told += relaxed
    return requirement, told
