"""Items that do not get in each other's way: what is best for each group alone is best for all together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from linkwright.design.model import AccessOption, Design, Freed, Link, Outcome, Problem, Reason, SiteDesign
from linkwright.design.wishes import wishes_of
from linkwright.designs.assemble import Assembled
from linkwright.designs.drawing import Drawing, Drawn

SUMS = ("cost", "npv")
"""Goals of which each item has its own part."""


def groups_of(possible: Sequence[Drawn], problem: Problem, gaining: Collection[str] = ()) -> list[list[Drawn]]:
    """Those that could pay together for what is too dear for one, or that want the same, are in one group.

    `problem` is that of all, and `gaining` are those to whom more room would be worth something. What else they share
    is not looked at: whether it is enough for all is seen afterwards.
    """
    if problem.goal.kind not in SUMS:
        return [list(possible)]
    shared: dict[Hashable, list[int]] = defaultdict(list)
    for number, one in enumerate(possible):
        for thing in _shared_by(one):
            shared[thing].append(number)
    number_of = {one.ref: number for number, one in enumerate(possible)}
    together = [*shared.values(), *([number_of[ref] for ref in meeting.sites] for meeting in problem.meets)]
    together += [[number_of[pair.a], number_of[pair.b]] for pair in problem.apart]
    givers = [site.id for site in problem.sites if site.frees] if gaining else []
    together += [[number_of[ref] for ref in {**dict.fromkeys(gaining), **dict.fromkeys(givers)}]] if gaining else []
    return [[possible[number] for number in group] for group in joined(len(possible), together)]


def united(drawing: Drawing, parts: Sequence[Drawn], everybody: Assembled) -> Drawn:
    """The designs of all groups as one, with the verdict on it.

    Without a violation it is the best for all: each group has its best as if the others were not there, and has left
    out nobody who could be served among them. `everybody` is the problem of all.
    """
    design = all_of([part.design for part in parts])
    served, problem = {site.site for site in design.sites}, everybody.problem
    verdict = drawing.solver.check(
        replace(problem, sites=tuple(site for site in problem.sites if site.id in served)), design
    )
    bound = sum(part.outcome.bound_minor or 0.0 for part in parts)
    gap = 0.0 if bound >= verdict.value else (verdict.value - bound) / verdict.value
    outcome = Outcome(
        status="optimal" if gap == 0.0 else "feasible",
        design=design,
        verdict=verdict,
        cost_minor=verdict.cost_minor,
        bound_minor=min(bound, float(verdict.value)),
        gap=gap,
        guards=tuple(sorted({guard for part in parts for guard in part.outcome.guards})),
    )
    candidates = tuple(candidate for part in parts for candidate in part.candidates)
    return Drawn(candidates=candidates, assembled=everybody, outcome=outcome)


def competing(parts: Sequence[Drawn], whole: Drawn) -> list[list[int]]:
    """The numbers of the parts in groups: those that use up something together are in one group."""
    options = {option.id: option for option in whole.assembled.problem.access_options}
    users: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        for thing in {thing for site in part.design.sites for thing in used_by(site, options)}:
            users[thing].append(number)
    violations = () if whole.outcome.verdict is None else whole.outcome.verdict.violations
    together = [users[thing_of(one.constraint)] for one in violations]
    return joined(len(parts), [group for group in together if group])


def used_up(drawing: Drawing, whole: Drawn, alone: Mapping[str, Drawn]) -> dict[str, list[Reason]]:
    """For each that is left out, by its ref: the common limits that its own design would need more of.

    What is needed counts all who are left out, as each is designed `alone`, beside those who are served.
    """
    left = [alone[ref].design for ref in whole.outcome.unserved if ref in alone]
    if not left:
        return {}
    design = all_of([whole.design, *left])
    limits = {
        thing_of(one.constraint): one
        for one in drawing.solver.check(whole.assembled.problem, design).violations
        if not one.constraint.startswith("site:")
    }
    options = {option.id: option for option in whole.assembled.problem.access_options}
    return {
        site.site: [limits[thing] for thing in dict.fromkeys(used_by(site, options)) if thing in limits]
        for own in left
        for site in own.sites
    }


def used_by(site: SiteDesign, options: Mapping[str, AccessOption]) -> Iterator[str]:
    """What it shares with others, in the words of `thing_of`."""
    yield f"cpe:{site.cpe}"
    for leg in site.legs:
        yield from (f"link:{link}" for link in leg.path)
        for option in (options[access] for access in (leg.access, leg.far) if access is not None):
            yield f"pop:{option.pop}"
            yield from (f"field:{skill}" for skill in option.work)
            partner = None if option.existing else option.partner
            yield from (f"{kind}:{name}" for kind, name in (("partner", partner), ("build", option.build)) if name)


def thing_of(constraint: str) -> str:
    """`link:L` of `link:L/capacity`, `field:civil` of `field:civil@90`."""
    is_dated = constraint.startswith(("field:", "cpe:"))
    return constraint.rpartition("@" if is_dated else "/")[0]


def all_of(designs: Sequence[Design]) -> Design:
    return Design(
        sites=tuple(site for one in designs for site in one.sites),
        builds=tuple(sorted({build for one in designs for build in one.builds})),
        augments=tuple(sorted({link for one in designs for link in one.augments})),
    )


def most_room(problem: Problem) -> Callable[[Problem], Problem] | None:
    """Makes of the problem of one item the same with all the room that others could give it, for nothing.

    That is the augment of a link, where an item is too large for the link without it, and what the present services of
    others give back. An item that has no better design then need not be designed together with others for that. None
    where there is no such room; `problem` is that of all.
    """
    links = problem.network.links
    most = max((sum(wish.mbps for wish in wishes_of(site)) for site in problem.sites), default=0)
    narrow = {link.id for link in links if link.augment is not None and _least_mbps(link) < most}
    frees = {site.id: site.frees for site in problem.sites if site.frees}
    if not narrow and not frees:
        return None
    roomy = tuple(_for_nothing(link) if link.id in narrow else link for link in links)

    def with_room(alone: Problem) -> Problem:
        own = {site.id for site in alone.sites}
        given = Counter[tuple[str | None, str | None]]()
        for ref, of_others in frees.items():
            for freed in () if ref in own else of_others:
                given[freed.link, freed.pop] += freed.mbps + freed.ports
        more = (
            Freed(link=link, pop=pop, mbps=0 if link is None else amount, ports=0 if pop is None else amount)
            for (link, pop), amount in given.items()
        )
        return replace(alone, network=replace(alone.network, links=roomy), frees=(*alone.frees, *more))

    return with_room


def _for_nothing(link: Link) -> Link:
    if link.augment is None:
        return link
    augment = replace(link.augment, nrc_minor=0, mrc_minor=0)
    return replace(link, augment=augment)


def _shared_by(one: Drawn) -> Iterator[Hashable]:
    """Paid builds that it could use."""
    used = {option.build for option in one.assembled.problem.access_options if option.build is not None}
    for build in one.assembled.problem.builds:
        if build.id in used and (build.nrc_minor or build.mrc_minor):
            yield "build", build.id


def joined(count: int, together: Sequence[Sequence[int]]) -> list[list[int]]:
    """The numbers below `count` in groups, each in order: whatever is together with one of a group belongs to it."""
    leader = list(range(count))

    def led_by(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for first, *others in together:
        for other in others:
            one, another = sorted((led_by(first), led_by(other)))
            leader[another] = one
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(count):
        groups[led_by(number)].append(number)
    return list(groups.values())


def _least_mbps(link: Link) -> int:
    """What a link carries on its worst day, whatever is booked on it."""
    taken = sum(one.removes_mbps for one in link.retirements) + sum(one.mbps for one in link.bookings)
    return link.capacity_mbps - taken
