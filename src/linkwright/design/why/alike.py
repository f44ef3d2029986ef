"""Items that differ in nothing but their names: what is true of one of them is true of the others."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from linkwright.design.model import AccessOption, Problem, Site
from linkwright.design.why.narrowed import offers_of, site_of


@dataclass(frozen=True, slots=True)
class Facts:
    """An item with what is offered to it, names left out, and its options in an order that its twins share."""

    pattern: tuple[str, ...]
    site: str
    options: tuple[str, ...]


def facts_of(problem: Problem, site_id: str) -> Facts:
    """`pattern` is equal for twins, as long as each of them is alone."""
    offers = sorted((_nameless(option), option.id) for option in offers_of(problem, site_id))
    meetings = [meeting.id for meeting in problem.meets if site_id in meeting.sites]
    own = _nameless(site_of(problem, site_id))
    return Facts((own, *meetings, *(facts for facts, _ in offers)), site_id, tuple(name for _, name in offers))


def twins(problem: Problem, site_ids: Iterable[str]) -> list[Sequence[Facts]]:
    """These items by the pattern of their facts, in the order in which the patterns first come."""
    groups: dict[tuple[str, ...], list[Facts]] = defaultdict(list)
    for site_id in site_ids:
        facts = facts_of(problem, site_id)
        groups[facts.pattern].append(facts)
    return list(groups.values())


def _nameless(thing: Site | AccessOption) -> str:
    return repr(replace(thing, id="") if isinstance(thing, Site) else replace(thing, id="", site=""))
