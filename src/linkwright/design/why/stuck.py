"""Why items cannot be served although they are alone: each with reasons of its own, those that are alike asked once."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from linkwright.design.limits import Search
from linkwright.design.model import Problem, Reason
from linkwright.design.routes.graph import Graph
from linkwright.design.why.alike import Facts, twins
from linkwright.design.why.crowd import MANY
from linkwright.design.why.explain import Why, why_not
from linkwright.design.why.larger import FEW_LABELS, Larger
from linkwright.design.why.least import Least
from linkwright.design.why.narrowed import within


def why_each(
    problem: Problem,
    site_ids: Sequence[str],
    wanted: Callable[[str], Problem],
    graph: Graph,
    search: Search,
    served: Container[str] | None = None,
) -> list[tuple[str, Why]]:
    """The reasons of each of these items, none of which can be served.

    Conflicts are minimal for the problem that is `wanted` with an item, be it with all others or those `served`; a
    guard tells where that is not known.
    """
    labels = FEW_LABELS if len(site_ids) > MANY else None
    larger = Larger.of(lambda: problem, graph, search) if len(problem.sites) > MANY else None
    found: dict[str, Why] = {}
    for alike in twins(problem, site_ids):
        first, *others = alike
        alone, whole = within(problem, [first.site], served), partial(wanted, first.site)
        if larger is not None:
            larger.wanted = whole
        found[first.site] = why = why_not(alone, larger or whole(), graph, search, labels=labels)
        found.update((other.site, _renamed(why, first, other)) for other in others)
    search.guards.update(f"minimal site:{site_id}" for site_id, why in found.items() if not why.is_minimal)
    return [(site_id, found[site_id]) for site_id in site_ids]


def _renamed(why: Why, first: Facts, other: Facts) -> Why:
    """The same about a twin."""
    options: dict[str | None, str | None] = {None: None}
    options.update(zip(first.options, other.options, strict=True))

    def of_other(constraint: str) -> str:
        own = f"site:{first.site}/"
        return f"site:{other.site}/{constraint.removeprefix(own)}" if constraint.startswith(own) else constraint

    reasons = [replace(r, constraint=of_other(r.constraint), option=options[r.option]) for r in why.reasons]
    least: Mapping[str, Least] = {of_other(constraint): value for constraint, value in why.least.items()}
    conflicts = tuple(tuple(map(of_other, conflict)) for conflict in why.conflicts)
    blamed = tuple(map(of_other, why.blamed))
    return replace(why, reasons=tuple(_in_order(reasons)), least=least, conflicts=conflicts, blamed=blamed)


def _in_order(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """Conflicts first, then what each option shows, constraint by constraint in order of ids."""
    yield from (reason for reason in reasons if reason.option is None)
    for constraint in dict.fromkeys(reason.constraint for reason in reasons):
        shown = [reason for reason in reasons if reason.constraint == constraint and reason.option is not None]
        yield from sorted(shown, key=lambda reason: reason.option or "")
