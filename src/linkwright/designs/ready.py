"""From which day on each item of a verified design can run: once links carry it, and crews and CPE are there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from linkwright.design.choice.dated import Profile
from linkwright.design.model import Design, Link, Problem, Site, SiteReport, Verdict
from linkwright.design.wishes import wishes_of

Limits = Mapping[str, list[tuple[int, int]]]
"""Of each thing that is used up: up to a day, so much in all."""


def ready_days(problem: Problem, design: Design, verdict: Verdict, *, with_stock: bool = True) -> dict[str, int]:
    """By item, never after its required day; a link counts from the day on which it carries the whole design.

    Crews and CPE go to those first who need them first; `with_stock` False: as if there were CPE enough at any time.
    """
    sites = {site.id: site for site in problem.sites}
    waits = _link_days(problem, design, verdict, sites)
    days = {
        report.site: int(
            min(
                max((report.ready_day, *(waits[link] for leg in report.legs for link in leg.path))),
                sites[report.site].required_day,
            )
        )
        for report in verdict.sites
    }
    return _served_in_turn(_Things.of(problem, design, with_stock=with_stock), verdict, sites, days)


def _link_days(problem: Problem, design: Design, verdict: Verdict, sites: Mapping[str, Site]) -> dict[str, float]:
    """The first day from which on a link carries the whole design; infinite where it never carries all at once."""
    mbps: dict[str, int] = defaultdict(int)
    ends: dict[str, float] = defaultdict(float)
    for report in verdict.sites:
        site = sites[report.site]
        for leg, wish in zip(report.legs, wishes_of(site), strict=True):
            for link in leg.path:
                mbps[link] += wish.mbps
                ends[link] = max(ends[link], inf if site.end_day is None else site.end_day)
    used = (link for link in problem.network.links if link.id in mbps)
    profiles = ((link.id, _profile(problem, design, link)) for link in used)
    return {name: _first_day(profile, mbps[name], ends[name]) for name, profile in profiles}


def _profile(problem: Problem, design: Design, link: Link) -> Profile:
    """With what services give back: those that are replaced at once, since they go when their successors come."""
    more = [(freed.day, freed.mbps) for freed in problem.frees if freed.link == link.id]
    more += [(0, freed.mbps) for site in problem.sites for freed in site.frees if freed.link == link.id]
    if link.augment is not None and link.id in design.augments:
        more.append((link.augment.lead_days, link.augment.adds_mbps))
    return Profile.of(link, more)


def _first_day(profile: Profile, mbps: int, end_day: float) -> float:
    first = 0.0
    for number, level in enumerate((profile.before, *profile.mbps)):
        begins = profile.days[number - 1] if number else 0
        if level < mbps and begins <= end_day:
            first = profile.days[number] if number < len(profile.days) else inf
    return first


@dataclass(frozen=True)
class _Things:
    """What is used up, and how much of it a report uses."""

    limits: Limits
    work: Mapping[str, Mapping[str, int]]
    cpe: Mapping[str, str]

    @classmethod
    def of(cls, problem: Problem, design: Design, *, with_stock: bool) -> "_Things":
        limits: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for crew in problem.field_capacity:
            limits[f"field:{crew.skill}"].append((crew.by_day, crew.crew_days))
        for model in problem.cpe_models if with_stock else ():
            limits[f"cpe:{model.id}"] += [(stock.by_day, stock.pieces) for stock in model.stock]
        work = {option.id: option.work for option in problem.access_options if option.work}
        return cls(limits, work, {site.site: site.cpe for site in design.sites})

    def used_by(self, report: SiteReport, site: Site) -> Iterator[tuple[str, int]]:
        return spent_by(report, site, self.cpe[report.site], self.work)


def spent_by(
    report: SiteReport, site: Site, cpe: str, work: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[str, int]]:
    """(`cpe:<model>` or `field:<skill>`, pieces or crew-days); `work` is what each access option takes."""
    ends = 1 if report.legs[0].far is None else 2
    yield f"cpe:{cpe}", ends * (len(report.legs) if site.cpe_per_leg else 1)
    for leg in report.legs:
        for access in (leg.access, leg.far):
            yield from ((f"field:{skill}", days) for skill, days in work.get(access or "", {}).items())


def _served_in_turn(
    things: _Things, verdict: Verdict, sites: Mapping[str, Site], days: Mapping[str, int]
) -> dict[str, int]:
    taken: dict[tuple[str, int], int] = defaultdict(int)
    found = dict(days)
    for report in sorted(verdict.sites, key=lambda one: (sites[one.site].required_day, days[one.site], one.site)):
        site, needs = sites[report.site], defaultdict[str, int](int)
        for thing, amount in things.used_by(report, site):
            needs[thing] += amount
        short = [
            by_day
            for thing, amount in needs.items()
            for by_day, there in things.limits.get(thing, ())
            if by_day >= days[report.site] and taken[thing, by_day] + amount > there
        ]
        day = min(max((days[report.site], *(by_day + 1 for by_day in short))), site.required_day)
        found[report.site] = day
        for thing, amount in needs.items():
            for by_day, _ in things.limits.get(thing, ()):
                taken[thing, by_day] += amount if by_day >= day else 0
    return found
