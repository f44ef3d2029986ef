"""The best choice of one case and the true design that it makes: what every question to the core comes down to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf

from linkwright.design.choice.alone import Alone, all_together, cheapest_alone, cheapest_of_each
from linkwright.design.choice.case import Case, Column, SiteCase
from linkwright.design.choice.choice import CHEAPEST, Choice, Optimum
from linkwright.design.choice.drafts import columns_of
from linkwright.design.choice.growing import Progress, silent
from linkwright.design.choice.optimise import optimise
from linkwright.design.choice.outcome import design_of
from linkwright.design.choice.parts import Arrangement, End, Paths
from linkwright.design.limits import Search
from linkwright.design.model import Design, Problem, Verdict
from linkwright.design.verify.check import check
from linkwright.design.verify.legs import AlreadyFollowed
from linkwright.errors import UntrueDesign


def gap_of(cost_minor: int, bound_minor: float) -> float:
    """What part of the cost is not proved: 0 is optimal, 1 is nothing."""
    if cost_minor <= bound_minor:
        return 0.0
    return 1.0 if bound_minor <= 0 else (cost_minor - bound_minor) / cost_minor


def cheapest(
    case: Case,
    search: Search,
    alone: Sequence[Alone] | None = None,
    progress: Progress = silent,
    seeds: Sequence[Column] = (),
    incumbent: Choice | None = None,
    floor: float = 0.0,
    enough: float = inf,
) -> Optimum:
    """The cheapest choice that serves every site; `alone` is what `cheapest_of_each` has found, if that was asked.

    `seeds`, `incumbent` and `floor` are columns, a choice and a bound that are known already. A bound that is `enough`
    answers the question without a choice.
    """
    alone = cheapest_of_each(case, search) if alone is None else alone
    optimum = all_together(case, alone)
    if optimum is None and len(case.sites) == 1:
        optimum = cheapest_alone(case, search)
    if optimum is None:
        optimum = optimise(case, CHEAPEST, search, progress, seeds, enough, incumbent, floor, alone)
    return replace(optimum, bound=max(optimum.bound, float(sum(bound for bound, _ in alone))))


def true_design(
    problem: Problem, case: Case, choice: Choice, followed: AlreadyFollowed | None = None
) -> tuple[Design, Verdict]:
    """The design of a choice, after the second verifier has found nothing against it.

    `followed` is what the verifier knows of items from designs before.

    Raises:
        UntrueDesign: it refuses the design (never seen; it would be a mistake in here).
    """
    design = design_of(case, choice.columns)
    verdict = check(problem, design, followed=followed)
    if verdict.violations or verdict.value != choice.value:
        broken = ", ".join(violation.constraint for violation in verdict.violations) or "value"
        raise UntrueDesign(f"The verifier refuses the design of {problem.name!r}: {broken}.")
    return design, verdict


def carried(known: Case, columns: Iterable[Column], case: Case) -> Iterator[Column]:
    """The same designs made for another case of the same network and items, where they keep its rules, too."""
    if known.coupling is case.coupling:
        yield from (column for column in columns if case.sites[column.site].allows(column))
        return
    for column in columns:
        old = known.sites[column.site]
        site = _same_site(old, case)
        if site is None:
            continue
        options = tuple(_same_options(old, column.options, site))
        end = _same_end(old.ends[column.end], site.ends)
        paths = None if end is None else _same_paths(old.ends[column.end], site.ends[end], column.paths)
        if end is not None and paths is not None and len(options) == len(column.options):
            made = columns_of(case, site, Arrangement(column.shape, end, options), paths)
            yield from [one for _, one in made if one.cpe == column.cpe]


def _same_site(old: SiteCase, case: Case) -> SiteCase | None:
    if old.index < len(case.sites) and case.sites[old.index].site.id == old.site.id:
        return case.sites[old.index]
    return next((site for site in case.sites if site.site.id == old.site.id), None)


def _same_options(old: SiteCase, numbers: Iterable[int], site: SiteCase) -> Iterator[int]:
    """Options are in order of ids, and of other days some are missing: most are found where they were."""
    for number in numbers:
        name, last = old.options[number].id, min(number, len(site.options) - 1)
        found = next((place for place in range(last, -1, -1) if site.options[place].id == name), None)
        if found is None:
            found = next((n for n, option in enumerate(site.options) if option.id == name), None)
        if found is not None:
            yield found


def _same_end(old: End, ends: Sequence[End]) -> int | None:
    for number, end in enumerate(ends):
        if end.of_backups == old.of_backups and (end.goals is old.goals or end.goals == old.goals):
            return number
    return None


def _same_paths(old: End, end: End, paths: Paths) -> Paths | None:
    """The same paths where far accesses have other numbers; None where one of them is not there."""
    if not old.far:
        return paths
    places = {far.id: end.first_far + number for number, far in enumerate(end.far)}
    lasts = [old.far_of(path) for path in paths]
    if any(far is None or far.id not in places for far in lasts):
        return None
    return tuple((*path[:-1], places[far.id]) for path, far in zip(paths, lasts, strict=True) if far is not None)
