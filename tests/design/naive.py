"""A plain judge of designs, rule by rule and day by day, with nothing of the product but its words.

It is slow and meant to be read: what it says of a design is held against the verifier, and what it says of all designs
of a problem against the solver.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import inf, prod
from typing import Any

from linkwright.design.model import AccessOption, CpeModel, Design, Leg, LegWish, Link, Problem, Site, SiteDesign

MS_PER_KM = 0.0049
NEAR = 1e-9
VERY_NEAR = 1e-12
ALSO_SAID = {"node": ["link"], "srlg": ["node"], "entry": ["srlg"], "carrier": ["link"]}


@dataclass(frozen=True)
class Truth:
    """What a design breaks, costs and can do; `value` is its money in the weights of the goal."""

    broken: frozenset[str]
    cost: int
    value: float
    ready_day: int
    availability: float


@dataclass(frozen=True)
class Item:
    """One item of a design, judged for itself."""

    broken: frozenset[str]
    site: Site
    design: SiteDesign
    legs: tuple[dict[str, Any], ...]
    nrc: int
    mrc: int
    ready_day: int
    availability: float
    boxes: int


def said(diversity: str) -> set[str]:
    words = set() if diversity == "none" else set(diversity.split("+"))
    while more := {also for word in words for also in ALSO_SAID.get(word, ())} - words:
        words |= more
    return words


def wanted(site: Site) -> tuple[LegWish, ...]:
    return site.legs or (LegWish(),) * (1 if site.diversity == "none" else 2)


def own(wish: LegWish, site: Site, name: str) -> Any:
    """What a leg must do: its own word, or else that of its item."""
    value = getattr(wish, name)
    return getattr(site, name) if value is None else value


def naive_check(problem: Problem, design: Design) -> Truth:
    items = [judge(problem, one) for one in design.sites]
    return judge_all(problem, items, design.builds, design.augments)


@dataclass(frozen=True)
class Alone:
    """One leg of an item, judged for itself: what it runs over, what it breaks and what it comes to with its boxes."""

    way: dict[str, Any]
    broken: frozenset[str]
    delay: float
    nrc: int
    mrc: int
    ready: int
    named: dict[Any, float]


@dataclass
class Known:
    """What has been found of the legs of a problem: the same leg is part of many designs."""

    problem: Problem
    sites: dict[str, Site] = field(default_factory=dict)
    options: dict[str, dict[str, AccessOption]] = field(default_factory=dict)
    legs: dict[Any, Alone | None] = field(default_factory=dict)
    pairs: dict[Any, frozenset[str]] = field(default_factory=dict)
    rooms: dict[Any, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for site in reversed(self.problem.sites):
            self.sites[site.id] = site
        for option in self.problem.access_options:
            self.options.setdefault(option.site, {})[option.id] = option


_latest: list[Known] = []


def _known(problem: Problem) -> Known:
    """Of the problem that was asked about last; another one, even if it is equal, begins anew."""
    if not _latest or _latest[0].problem is not problem:
        _latest[:] = [Known(problem)]
    return _latest[0]


def judge(problem: Problem, design: SiteDesign) -> Item:
    """The rules of one item; a design that names what is not there is only broken."""
    bad: set[str] = set()
    known = _known(problem)
    site = known.sites.get(design.site)
    cpe = next((c for c in problem.cpe_models if c.id == design.cpe), None)
    mine = known.options.get(design.site, {})
    is_far = any(o.end == "z" for o in mine.values())
    if site is None or cpe is None or not all(_is_there(problem, mine, leg, is_far) for leg in design.legs):
        return Item(frozenset({"unknown"}), site or problem.sites[0], design, (), 0, 0, 0, 0.0, 0)
    wishes = wanted(site)
    if len(design.legs) != len(wishes):
        bad.add("number of legs")
        wishes = (wishes * 9)[: len(design.legs)]
    found = [alone(problem, site, cpe, leg, wish) for leg, wish in zip(design.legs, wishes, strict=True)]
    legs = [leg for leg in found if leg is not None]
    if len(legs) < len(found) or not legs:
        return Item(frozenset({"path", *bad}), site, design, (), 0, 0, 0, 0.0, 0)
    ends = 2 if is_far else 1
    boxes = ends * (len(legs) if site.cpe_per_leg else 1)
    nrc = site.nrc_minor + boxes * cpe.nrc_minor + sum(leg.nrc for leg in legs)
    mrc = site.mrc_minor + boxes * cpe.mrc_minor + sum(leg.mrc for leg in legs)
    ready = max(leg.ready for leg in legs)
    up = _some_up([
        dict.fromkeys([("cpe", end, n if site.cpe_per_leg else 0) for end in range(ends)], cpe.availability) | leg.named
        for n, leg in enumerate(legs)
    ])  # fmt: skip
    bad = bad.union(*(leg.broken for leg in legs), *(beside(problem, site, a, b) for a, b in combinations(legs, 2)))
    if up < site.min_availability - VERY_NEAR:
        bad.add("availability")
    delays = [leg.delay for leg in legs]
    if site.max_differential_ms is not None and max(delays) - min(delays) > site.max_differential_ms + NEAR:
        bad.add("differential")
    if not set(site.features) <= set(cpe.features):
        bad.add("features")
    if site.budget is not None:
        term = problem.term_months if site.term_months is None else site.term_months
        for limit, used in (
            (site.budget.nrc_minor, nrc), (site.budget.mrc_minor, mrc), (site.budget.total_minor, nrc + term * mrc)
        ):  # fmt: skip
            bad |= {"budget"} if limit is not None and used > limit else set()
    return Item(frozenset(bad), site, design, tuple(leg.way for leg in legs), nrc, mrc, ready, up, boxes)


def _some_up(parts: Sequence[Mapping[Any, float]]) -> float:
    """The probability that one of these is up, by inclusion and exclusion."""
    up = 0.0
    for size in range(1, len(parts) + 1):
        for some in combinations(parts, size):
            union: dict[Any, float] = {}
            for leg_parts in some:
                union |= leg_parts
            up -= (-1) ** size * prod(union.values())
    return up


def alone(problem: Problem, site: Site, cpe: CpeModel, leg: Leg, wish: LegWish) -> Alone | None:
    """A leg in the place of a wish; None where it does not come to its end."""
    legs, key = _known(problem).legs, (site.id, cpe.id, leg, wish)
    if key not in legs:
        legs[key] = _alone(problem, site, cpe, leg, wish)
    return legs[key]


def _alone(problem: Problem, site: Site, cpe: CpeModel, leg: Leg, wish: LegWish) -> Alone | None:
    way = _follow(problem, site, _known(problem).options[site.id], leg, wish)
    if way is None:
        return None
    bad: set[str] = set()
    ends, mbps, taken = len(way["options"]), way["mbps"], [*way["options"], *way["nodes"], *way["links"]]
    delay = ends * cpe.delay_ms + sum(p.delay_ms for p in (*way["options"], *way["nodes"]))
    delay += sum(k.length_km * MS_PER_KM for k in way["links"])
    jitter = ends * cpe.jitter_ms + sum(p.jitter_ms for p in taken)
    loss = 1 - (1 - cpe.loss) ** ends * prod(1 - p.loss for p in taken)
    light = sum(_light(p) for p in (*way["options"], *way["links"]))
    for word, figure, near in (("jitter_ms", jitter, NEAR), ("loss", loss, VERY_NEAR), ("optical_db", light, NEAR)):
        most = own(wish, site, f"max_{word}")
        if most is not None and figure > most + near:
            bad.add(word)
    if delay > own(wish, site, "max_latency_ms") + NEAR:
        bad.add("latency")
    if cpe.max_mbps < mbps:
        bad.add("cpe_bandwidth")
    leads = {b.id: b.lead_days for b in problem.builds}
    for option in way["options"]:
        bad |= set(_refused(problem, site, wish, option, mbps))
    ready = max(max(option.lead_days, leads[option.build] if option.build else 0) for option in way["options"])
    if ready > site.required_day:
        bad.add("date")
    nrc = sum(option.nrc_minor for option in way["options"])
    mrc = sum(option.mrc_minor for option in way["options"]) + sum(mbps * k.mrc_minor_per_mbps for k in way["links"])
    named: dict[Any, float] = {(type(p).__name__, p.id): p.availability for p in taken}
    named |= {("risk", g.id): g.availability for g in problem.network.srlgs if g.id in way["groups"]}
    return Alone(way, frozenset(bad), delay, nrc, mrc, max(0, ready), named)


def beside(problem: Problem, site: Site, a: Alone, b: Alone) -> frozenset[str]:
    """What two legs of an item break together."""
    pairs, key = _known(problem).pairs, (site.id, id(a), id(b))
    if key not in pairs:
        pairs[key] = frozenset(_beside(site, a.way, b.way))
    return pairs[key]


def _beside(site: Site, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    if a["options"][0] == b["options"][0] or touch(a, b, site.diversity):
        yield "diversity"
    if (
        site.backup_of_other_technology
        and {a["wish"].role, b["wish"].role} == {"primary", "backup"}
        and {o.kind for o in a["options"]} & {o.kind for o in b["options"]}
    ):
        yield "backup technology"


def _is_there(problem: Problem, mine: Mapping[str, AccessOption], leg: Leg, is_far: bool) -> bool:
    links = {k.id for k in problem.network.links}
    near = leg.access in mine and mine[leg.access].end == "a"
    far = leg.far in mine and mine[leg.far].end == "z" if is_far else leg.far is None
    return near and far and set(leg.path) <= links


def _follow(
    problem: Problem, site: Site, mine: Mapping[str, AccessOption], leg: Leg, wish: LegWish
) -> dict[str, Any] | None:
    options = [mine[name] for name in (leg.access, leg.far) if name is not None]
    links: list[Link] = [next(k for k in problem.network.links if k.id == name) for name in leg.path]
    at = [options[0].pop]
    for link in links:
        if at[-1] == link.a:
            at.append(link.z)
        elif at[-1] == link.z:
            at.append(link.a)
        else:
            return None
    goals = [options[1].pop] if len(options) > 1 else site.destinations
    if at[-1] not in goals or len(at) != len(set(at)):
        return None
    nodes = [next(n for n in problem.network.nodes if n.id == name) for name in at]
    groups = {g for part in (*options, *links) for g in part.srlgs}
    kind_of = {g.id: g.kind for g in problem.network.srlgs}
    return {
        "wish": wish, "options": options, "links": links, "nodes": nodes, "at": at, "groups": groups,
        "mbps": own(wish, site, "bandwidth_mbps"), "kinds": {(kind_of[g], g) for g in groups},
    }  # fmt: skip


def _light(part: AccessOption | Link) -> float:
    if isinstance(part, AccessOption):
        return inf if part.optical_db is None else part.optical_db
    f = part.fibre
    if f is None:
        return inf
    return part.length_km * f.db_per_km + f.splices * f.splice_db + f.connectors * f.connector_db + f.margin_db


def _refused(problem: Problem, site: Site, wish: LegWish, option: AccessOption, mbps: int) -> Iterator[str]:
    if option.bandwidth_mbps < mbps:
        yield "bandwidth"
    if option.kind in site.technologies_forbidden or any(
        kinds is not None and option.kind not in kinds for kinds in (site.technologies_allowed, wish.technologies)
    ):
        yield "technology"
    offering = {o.partner for o in problem.access_options if o.site == site.id}
    choosy = any(partner in offering for partner in site.partners_preferred)
    if option.partner in site.partners_excluded or (
        choosy and option.partner is not None and option.partner not in site.partners_preferred
    ):
        yield "partner"
    if site.end_day is None and option.until_day is not None:
        yield "period"
    if option.until_day is None and not option.bookings:
        return
    for day in range(site.required_day, last_day(problem) + 1 if site.end_day is None else site.end_day + 1):
        if (option.until_day is not None and day > option.until_day) or any(
            b.from_day <= day <= b.to_day for b in option.bookings
        ):
            yield "period"


def touch(a: Mapping[str, Any], b: Mapping[str, Any], diversity: str) -> bool:
    """Whether two legs share what the words forbid."""
    words = said(diversity)
    if any(word in option.undeclared for word in words for leg in (a, b) for option in leg["options"]):
        return True
    if "technology" in words and {o.kind for o in a["options"]} & {o.kind for o in b["options"]}:
        return True
    if "link" in words and any(p in b["links"] or p in b["options"] for p in (*a["links"], *a["options"])):
        return True
    if "node" in words:
        same_end = a["at"][-1] == b["at"][-1] and len(a["options"]) == 1 and len(b["options"]) == 1
        shared = set(a["at"]) & set(b["at"]) - ({a["at"][-1]} if same_end else set())
        if shared or a["at"][0] == b["at"][0]:
            return True
    forbidden = {kind for kind, word in (("risk", "srlg"), ("entry", "entry"), ("carrier", "carrier")) if word in words}
    return any(kind in forbidden for kind, _ in a["kinds"] & b["kinds"])


def last_day(problem: Problem) -> int:
    """After this day nothing happens any more."""
    links, options = problem.network.links, problem.access_options
    days = [0, *(s.required_day for s in problem.sites), *(s.end_day or 0 for s in problem.sites)]
    days += [x.day for k in links for x in (*k.upgrades, *k.retirements)] + [f.day for f in problem.frees]
    days += [d for part in (*links, *options) for b in part.bookings for d in (b.from_day, b.to_day)]
    days += [k.augment.lead_days for k in links if k.augment] + [o.until_day or 0 for o in options]
    return max(days) + 1


def judge_all(problem: Problem, items: Sequence[Item], builds: Sequence[str], augments: Sequence[str]) -> Truth:
    """The rules of what the items have in common, and the sums."""
    bad = {f"{item.design.site}: {word}" for item in items for word in item.broken}
    times = Counter(item.design.site for item in items)
    bad |= {f"{site.id}: {times[site.id]} times" for site in problem.sites if times[site.id] != 1}
    by_id = {item.site.id: item for item in items if item.legs}
    bad |= set(_too_much(problem, items, builds)) | set(_overloaded(problem, items, set(augments)))
    for rule in problem.apart:
        one, two = by_id.get(rule.a), by_id.get(rule.b)
        if one and two and any(touch(a, b, rule.diversity) for a in one.legs for b in two.legs):
            bad.add("apart")
    for meeting in problem.meets:
        ends = {leg["at"][-1] for name in meeting.sites if name in by_id for leg in by_id[name].legs}
        if len(ends) > 1 or not ends <= set(meeting.nodes or ends):
            bad.add("meets")
    paid = [b for b in problem.builds if b.id in builds]
    known = {k.id: k.augment for k in problem.network.links}
    if set(builds) - {b.id for b in problem.builds} or any(known.get(name) is None for name in augments):
        bad.add("unknown build or augment")
    extra = [*paid, *(a for name in sorted(set(augments)) if (a := known.get(name)) is not None)]
    sums = [(item.nrc, item.mrc, item.site) for item in items] + [(x.nrc_minor, x.mrc_minor, None) for x in extra]
    cost = sum(nrc + _term(problem, site) * mrc for nrc, mrc, site in sums)
    limit = problem.budget
    all_nrc, all_mrc = sum(nrc for nrc, _, _ in sums), sum(mrc for _, mrc, _ in sums)
    for most, used in ((limit.nrc_minor, all_nrc), (limit.mrc_minor, all_mrc), (limit.total_minor, cost)):
        bad |= {"budget"} if most is not None and used > most else set()
    value = value_of(problem, sums)
    ready, up = max((i.ready_day for i in items), default=0), min((i.availability for i in items), default=1.0)
    return Truth(frozenset(bad), cost, value, ready, up)


def value_of(problem: Problem, sums: Sequence[tuple[int, int, Site | None]]) -> float:
    """Money, once and a month, in the weights of the goal."""
    if problem.goal.kind == "npv":
        return sum(w.nrc * nrc + w.mrc * mrc for nrc, mrc, site in sums for w in [_worth(problem, site)])
    return float(sum(nrc + _term(problem, site) * mrc for nrc, mrc, site in sums))


def _term(problem: Problem, site: Site | None) -> int:
    return problem.term_months if site is None or site.term_months is None else site.term_months


def _worth(problem: Problem, site: Site | None) -> Any:
    return problem.goal.worth if site is None or site.npv is None else site.npv


def _too_much(problem: Problem, items: Sequence[Item], builds: Sequence[str]) -> Iterator[str]:  # noqa: C901
    used = [(item, leg, option) for item in items for leg in item.legs for option in leg["options"]]
    gone = [*problem.frees, *(f for item in items for f in item.site.frees)]
    for node in problem.network.nodes:
        taken = sum(o.pop == node.id for _, _, o in used)
        if node.ports is not None and taken and taken > node.ports + sum(f.ports for f in gone if f.pop == node.id):
            yield f"ports of {node.id}"
    for partner in problem.partners:
        orders = sum(o.partner == partner.id and not o.existing for _, _, o in used)
        if partner.max_orders is not None and orders > partner.max_orders:
            yield f"orders of {partner.id}"
    for build in problem.builds:
        there = [(item.site.id, leg["mbps"]) for item, leg, o in used if o.build == build.id]
        if there and build.id not in builds:
            yield f"{build.id} is missing"
        if build.max_sites is not None and len({name for name, _ in there}) > build.max_sites:
            yield f"sites of {build.id}"
        if build.capacity_mbps is not None and sum(mbps for _, mbps in there) > build.capacity_mbps:
            yield f"capacity of {build.id}"
    for crew in problem.field_capacity:
        days = sum(o.work.get(crew.skill, 0) for item, _, o in used if item.site.required_day <= crew.by_day)
        if days > crew.crew_days:
            yield f"crew {crew.skill}"
    for model in problem.cpe_models:
        for stock in model.stock:
            early = [i for i in items if i.design.cpe == model.id and i.site.required_day <= stock.by_day]
            if sum(item.boxes for item in early) > stock.pieces:
                yield f"stock of {model.id}"


def _overloaded(problem: Problem, items: Sequence[Item], augments: set[str]) -> Iterator[str]:
    for link in problem.network.links:
        loads = [(i.site, leg["mbps"]) for i in items for leg in i.legs for k in leg["links"] if k.id == link.id]
        if not loads:
            continue
        rooms = _rooms(problem, link, link.id in augments)
        first = min(site.required_day for site, _ in loads)
        if sum(mbps for _, mbps in loads) <= min(rooms[first:]):
            continue  # all of them together and always, and what is given back only adds to the room
        for day in range(first, len(rooms)):
            load = sum(m for s, m in loads if s.required_day <= day and (s.end_day is None or day <= s.end_day))
            room = rooms[day]
            room += sum(f.mbps for i in items for f in i.site.frees if f.link == link.id and i.site.required_day <= day)
            if load > 0 and load > room:
                yield f"link {link.id}"
                break


def _rooms(problem: Problem, link: Link, is_augmented: bool) -> list[int]:
    """Of each day what there is on a link, without what the items themselves give back."""
    rooms, key = _known(problem).rooms, (link.id, is_augmented)
    if key not in rooms:
        rooms[key] = [_room(problem, link, is_augmented, day) for day in range(last_day(problem) + 1)]
    return rooms[key]


def _room(problem: Problem, link: Link, is_augmented: bool, day: int) -> int:
    room = link.capacity_mbps
    room += sum(u.adds_mbps for u in link.upgrades if u.day <= day)
    room -= sum(r.removes_mbps for r in link.retirements if r.day <= day)
    room -= sum(b.mbps for b in link.bookings if b.from_day <= day <= b.to_day)
    if is_augmented and link.augment is not None and link.augment.lead_days <= day:
        room += link.augment.adds_mbps
    return room + sum(f.mbps for f in problem.frees if f.link == link.id and f.day <= day)
