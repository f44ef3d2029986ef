"""A problem as the members of a file: what names what, and in which order it is read."""

from collections.abc import Iterable, Sequence, Set
from datetime import date
from typing import Any

from linkwright.design.files.items import (
    APART,
    BUDGET,
    BUILD,
    CPE,
    FIELD,
    FREED,
    MEETING,
    OPTION,
    PARTNER,
    SITE,
    WORTH,
)
from linkwright.design.files.network import read_network, write_network
from linkwright.design.files.reading import Place, unique
from linkwright.design.files.records import Known, Record, Written
from linkwright.design.model import (
    AccessOption,
    Augment,
    Budget,
    Build,
    CpeModel,
    Freed,
    Goal,
    Meeting,
    Network,
    Problem,
    Separation,
    Site,
    Worth,
)
from linkwright.design.wishes import is_far, wishes_of

WITHOUT_DATE = date(1970, 1, 1)
"""Stands for a missing `as_of`: the core itself only counts days from it."""
MOST_MONEY = 10**15
"""Minor units of all that could be bought, over the term: more could not be added up exactly."""


def problem_of(root: Place, version: int) -> Problem:
    """What a file of this version says; members that it does not know yet are passed over."""
    known = Known(version)
    goal = read_goal(root.member("objective"), known) if root.has("objective") else Goal()
    network = read_network(root.member("network"), known)
    known = _with_network(known, network)
    sites = unique(root.items("sites"), lambda item: SITE.read(item, known), lambda site: site.id)
    builds = unique(root.items("builds"), lambda item: BUILD.read(item, known), lambda build: build.id)
    partners = unique(root.items("partners"), lambda item: PARTNER.read(item, known), lambda partner: partner.id)
    if not sites:
        raise root.wrong("at least one site is expected in 'sites'")
    known = known.also("site", _ids(sites)).also("build", _ids(builds)).also("partner", _ids(partners))
    options = unique(root.items("access_options"), lambda item: OPTION.read(item, known), lambda option: option.id)
    to_a_far_end = {option.site for option in options if is_far(option)}
    _check_destinations(root, sites, to_a_far_end)
    frees, apart, meets = _between_items(root, to_a_far_end, known)
    problem = Problem(
        name=root.maybe("name", Place.text) or "",
        as_of=root.maybe("as_of", _date) or WITHOUT_DATE,
        term_months=root.member("term_months").whole(),
        network=network,
        sites=sites,
        access_options=options,
        cpe_models=unique(root.items("cpe_models"), lambda item: CPE.read(item, known), lambda model: model.id),
        builds=builds,
        partners=partners,
        field_capacity=unique(
            root.items("field_capacity"), lambda item: FIELD.read(item, known), lambda f: f"{f.skill}@{f.by_day}"
        ),
        budget=BUDGET.read(root.member("budget"), known) if root.has("budget") else Budget(),
        goal=goal,
        frees=frees,
        apart=apart,
        meets=meets,
    )
    _check_money(root, problem)
    return problem


def members_of(problem: Problem, written: Written) -> dict[str, Any]:
    """The members of a file but for its format; `written` learns which version knows them all."""
    members = {
        **({"name": problem.name} if problem.name else {}),
        "as_of": problem.as_of.isoformat(),
        "term_months": problem.term_months,
        "objective": write_goal(problem.goal, written),
        "budget": BUDGET.write(problem.budget, written),
        "network": write_network(problem.network, written),
        "sites": SITE.write_all(problem.sites, written),
        "access_options": OPTION.write_all(problem.access_options, written),
        "cpe_models": CPE.write_all(problem.cpe_models, written),
        "builds": BUILD.write_all(problem.builds, written),
        "partners": PARTNER.write_all(problem.partners, written),
        "field_capacity": FIELD.write_all(problem.field_capacity, written),
    }
    return members | _between_members(problem, written)


def read_goal(place: Place, known: Known) -> Goal:
    """A word, or the coefficients of a net present value."""
    words = ("cost", "date", "availability") if known.version > 1 else ("cost",)
    if isinstance(place.value, dict) and known.version > 1:
        place.member("kind").one_of(("npv",))
        silent = not place.has("nrc") and not place.has("mrc")
        return Goal(kind="npv", worth=None if silent else WORTH.read(place, known))
    return Goal(kind=place.one_of(words))  # type: ignore[arg-type]  # the words are kinds of goals


def write_goal(goal: Goal, written: Written) -> str | dict[str, Any]:
    if goal.kind != "cost":
        written.needs(2)
    if goal.kind != "npv":
        return goal.kind
    return {"kind": "npv", **({} if goal.worth is None else WORTH.write(goal.worth, written))}


def _between_members(problem: Problem, written: Written) -> dict[str, Any]:
    tables: tuple[tuple[str, Record[Any], Sequence[Any]], ...] = (
        ("frees", FREED, problem.frees),
        ("apart", APART, problem.apart),
        ("meets", MEETING, problem.meets),
    )
    members = {}
    for name, record, records in tables:
        if records:
            written.needs(2)
            members[name] = record.write_all(records, written)
    return members


def _between_items(
    root: Place, to_a_far_end: Set[str], known: Known
) -> tuple[tuple[Freed, ...], tuple[Separation, ...], tuple[Meeting, ...]]:
    if known.version == 1:
        return (), (), ()
    meets = unique(root.items("meets"), lambda item: _meeting(item, to_a_far_end, known), lambda meeting: meeting.id)
    frees = tuple(FREED.read(item, known) for item in root.items("frees"))
    return frees, tuple(APART.read(item, known) for item in root.items("apart")), meets


def _meeting(place: Place, to_a_far_end: Set[str], known: Known) -> Meeting:
    meeting = MEETING.read(place, known)
    members = place.member("sites")
    if not meeting.sites:
        raise members.wrong("at least one site is expected")
    for member, site_id in zip(members.elements(), meeting.sites, strict=True):
        if site_id in to_a_far_end:
            raise member.wrong(f"{site_id!r} ends at its far end and cannot meet others")
    return meeting


def _check_destinations(root: Place, sites: Sequence[Site], to_a_far_end: Set[str]) -> None:
    for place, site in zip(root.items("sites"), sites, strict=True):
        if not site.destinations and site.id not in to_a_far_end:
            raise place.wrong("at least one destination is expected")


def _check_money(root: Place, problem: Problem) -> None:
    """Whatever is bought, the money can be added up exactly."""
    wishes = [wish for site in problem.sites for wish in wishes_of(site)]
    links, boxes = problem.network.links, 2 * len(wishes)
    priced: list[tuple[int, AccessOption | Build | Augment | CpeModel | Site]] = []
    priced += [(1, site) for site in problem.sites]
    priced += [(1, option) for option in problem.access_options]
    priced += [(1, build) for build in problem.builds]
    priced += [(1, link.augment) for link in links if link.augment is not None]
    priced += [(boxes, model) for model in problem.cpe_models]
    nrc = sum(count * one.nrc_minor for count, one in priced)
    mrc = sum(count * one.mrc_minor for count, one in priced)
    mrc += sum(wish.mbps for wish in wishes) * sum(link.mrc_minor_per_mbps for link in links)
    months = max(problem.term_months, *(site.term_months or 0 for site in problem.sites))
    worths = [worth for worth in (problem.goal.worth, *(site.npv for site in problem.sites)) if worth is not None]
    for worth in (Worth(nrc=1, mrc=months), *worths):
        if worth.nrc * nrc + worth.mrc * mrc > MOST_MONEY:
            raise root.wrong(f"all that could be bought costs more than {MOST_MONEY:,} together")


def _with_network(known: Known, network: Network) -> Known:
    known = known.also("pop", _ids(network.nodes)).also("link", _ids(network.links))
    return known.also("srlg", _ids(network.srlgs))


def _ids(records: Iterable[Any]) -> list[str]:
    return [record.id for record in records]


def _date(place: Place) -> date:
    try:
        return date.fromisoformat(place.text())
    except ValueError as error:
        raise place.wrong(f"a date such as 2027-01-04 is expected, not {place.value!r}") from error
