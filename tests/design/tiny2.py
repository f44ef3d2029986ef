"""Random tiny problems that ask for anything that a problem can ask for, and the whole truth about them.

A problem is drawn from seeded dice: of a known seed (`seeded`), or of one that hypothesis draws (`problems`), whose own
dice fall alike too often.
`best` tries every conceivable design with the plain judge of `naive`, and shares nothing with the product;
`violation_sets` asks the verifier, because it knows the names of the rules.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import factorial, prod

from hypothesis import strategies as st

from linkwright.design.model import (
    CpeModel,
    Design,
    Leg,
    LegWish,
    Problem,
    Site,
    SiteDesign,
)
from linkwright.design.verify.check import check
from linkwright.design.verify.legs import AlreadyFollowed
from tests.design.naive import Alone, Item, Truth, alone, beside, judge, judge_all, value_of, wanted
from tests.design.tiny import augment_choices, simple_paths, whole
from tests.design.tiny2_features import FEATURES
from tests.design.tiny2_plain import SHAPES, Dice, plain

NOT_SOLVED: tuple[str, ...] = ()
"""Features that the solver is not asked about: whatever it cannot do, for as long as it cannot."""
SOLVED = tuple(feature for feature in FEATURES if feature not in NOT_SOLVED)


def a_problem(dice: Dice, features: Sequence[str], *, name: str = "tiny") -> Problem:
    """A problem of one to three items that switches on these features."""
    problem = plain(dice, name, dice.choice(SHAPES), dice.choice((1, 2, 2, 3)))
    for feature in features:
        problem = FEATURES[feature](dice, problem)
    return problem


def features_of(dice: Dice, allowed: Sequence[str]) -> list[str]:
    """One to three features, in the order of the table: later ones look at what earlier ones did."""
    chosen = set(dice.sample(sorted(allowed), min(len(allowed), dice.choice((1, 2, 2, 3)))))
    return [feature for feature in FEATURES if feature in chosen]


def seeded(seed: int, features: Sequence[str] | None = None, *, most: int = 2000) -> Problem:
    """The first problem of a seed with at most so many designs that are worth a look; features None: any."""
    dice = Dice(seed)
    while True:
        chosen = features_of(dice, SOLVED) if features is None else list(features)
        problem = a_problem(dice, chosen, name=f"tiny-{seed}: {'+'.join(chosen)}")
        if size(problem) <= most:
            return problem


@st.composite
def problems(draw: st.DrawFn, allowed: Sequence[str] = (), most: int = 1000) -> Problem:
    """Problems with one to three of the allowed features (none named: all that the solver knows)."""
    dice = Dice(draw(st.integers(0, 2**63)))
    chosen = features_of(dice, allowed or SOLVED)
    problem = a_problem(dice, chosen, name="+".join(chosen))
    if size(problem) > most:
        problem = replace(problem, sites=problem.sites[:1], apart=(), meets=())
    return _only_known_items(problem)


def _only_known_items(problem: Problem) -> Problem:
    names = {site.id for site in problem.sites}
    return replace(problem, access_options=tuple(o for o in problem.access_options if o.site in names))


def site_designs(problem: Problem, site: Site, legs: int | None = None) -> Iterator[SiteDesign]:
    """Every conceivable design of one item with so many legs (None: as many as it asks for), lawful or not."""
    wishes = wanted(site)
    count = len(wishes) if legs is None else legs
    single = list(_single_legs(problem, site))
    in_turn = len(set(wishes)) > 1
    for model in problem.cpe_models:
        for chosen in _together(single, count, in_turn):
            yield SiteDesign(site=site.id, cpe=model.id, legs=chosen)


def how_many(problem: Problem, site: Site) -> int:
    """So many are conceivable: an access of its own for each leg, times the legs over each of these."""
    wishes = wanted(site)
    ways = [1, *[0] * len(wishes)]
    for legs_over in Counter(leg.access for leg in _single_legs(problem, site)).values():
        ways = [one + legs_over * fewer for one, fewer in zip(ways, [0, *ways], strict=False)]
    return ways[-1] * (factorial(len(wishes)) if len(set(wishes)) > 1 else 1) * len(problem.cpe_models)


def _together(
    single: Sequence[Leg], count: int, in_turn: bool, chosen: tuple[Leg, ...] = ()
) -> Iterator[tuple[Leg, ...]]:
    """So many legs, each over an access of its own; `in_turn`: the same legs in another order are another choice."""
    if count == 0:
        yield chosen
    elif count == 1:
        yield from ((*chosen, leg) for leg in single)
    else:
        for n, leg in enumerate(single):
            others = [other for other in (single if in_turn else single[n + 1 :]) if other.access != leg.access]
            yield from _together(others, count - 1, in_turn, (*chosen, leg))


def _single_legs(problem: Problem, site: Site) -> Iterator[Leg]:
    own = [option for option in problem.access_options if option.site == site.id]
    far = [option for option in own if option.end == "z"]
    for option in own:
        if option.end == "a" and not far:
            yield from (
                Leg(access=option.id, path=path) for path in simple_paths(problem, option.pop, site.destinations)
            )
        elif option.end == "a":
            for other in far:
                for path in simple_paths(problem, option.pop, [other.pop]):
                    yield Leg(access=option.id, path=path, far=other.id)


def lawful(problem: Problem, site: Site) -> list[Item]:
    """The designs of one item that keep its own rules."""
    judged = (judge(problem, design) for design in _promising(problem, site))
    return [item for item in judged if not item.broken]


def _promising(problem: Problem, site: Site) -> Iterator[SiteDesign]:
    """Those of all conceivable designs in which no leg and no two legs break a rule by themselves."""
    wishes = wanted(site)
    single = list(_single_legs(problem, site))
    in_turn = len(set(wishes)) > 1
    for model in problem.cpe_models:
        places = [_faultless(problem, site, model, wish, single) for wish in wishes]
        for legs in _side_by_side(problem, site, places, in_turn):
            yield SiteDesign(site=site.id, cpe=model.id, legs=legs)


Place = Sequence[tuple[int, Leg, Alone]]


def _faultless(problem: Problem, site: Site, model: CpeModel, wish: LegWish, single: Sequence[Leg]) -> Place:
    judged = ((n, leg, alone(problem, site, model, leg, wish)) for n, leg in enumerate(single))
    return [(n, leg, found) for n, leg, found in judged if found is not None and not found.broken]


def _side_by_side(
    problem: Problem, site: Site, places: Sequence[Place], in_turn: bool, chosen: tuple[Leg, ...] = ()
) -> Iterator[tuple[Leg, ...]]:
    """A leg for each place, in the order of `_together`."""
    if not places:
        yield chosen
        return
    for number, leg, one in places[0]:
        left = [
            [
                (n, other, two)
                for n, other, two in place
                if (in_turn or n > number) and other.access != leg.access and not beside(problem, site, one, two)
            ]
            for place in places[1:]
        ]
        yield from _side_by_side(problem, site, left, in_turn, (*chosen, leg))


def size(problem: Problem) -> int:
    """How many designs have to be looked at."""
    return prod(len(lawful(problem, site)) for site in problem.sites) * len(augment_choices(problem))


@dataclass(frozen=True)
class Best:
    """The best of all designs: its figures, and the least latest start where that is the goal."""

    truth: Truth
    design: Design
    by_day: int | None = None


def all_true(
    problem: Problem,
    designs: Sequence[Sequence[Item]] = (),
    is_wanted: Callable[[Sequence[Item]], bool] = lambda _: True,
) -> Iterator[tuple[Truth, Design]]:
    """Every design that keeps all rules, with no build that nobody needs; `designs`: the lawful ones, if known.

    `is_wanted` is asked of the items together before anything else is looked at.
    """
    for items in product(*(designs or [lawful(problem, site) for site in problem.sites])):
        if not is_wanted(items):
            continue
        for augments in augment_choices(problem):
            design = whole(problem, [item.design for item in items], augments)
            design = replace(design, builds=builds_of(problem, design))
            truth = judge_all(problem, items, design.builds, augments)
            if not truth.broken:
                yield truth, design


def builds_of(problem: Problem, design: Design) -> tuple[str, ...]:
    build_of = {option.id: option.build for option in problem.access_options}
    used = {
        build_of[name] for s in design.sites for leg in s.legs for name in (leg.access, leg.far) if name is not None
    }
    return tuple(sorted(build for build in used if build is not None))


def best(problem: Problem, designs: Sequence[Sequence[Item]] = ()) -> Best | None:
    """The best design by the goal of the problem, by trying them all; None where there is none.

    `designs`: of each item those that keep its own rules, where they are known already.
    """
    if problem.goal.kind == "date":
        return _earliest(problem)
    if problem.goal.kind == "availability":
        return _most_available(problem, designs)
    return _cheapest(problem, designs)


def _cheapest(problem: Problem, designs: Sequence[Sequence[Item]] = ()) -> Best | None:
    """What the items share costs something or nothing: those that cost more by themselves need no look."""
    best: Best | None = None

    def is_wanted(items: Sequence[Item]) -> bool:
        own = value_of(problem, [(item.nrc, item.mrc, item.site) for item in items])
        return best is None or own <= best.truth.value + 1e-6

    for truth, design in all_true(problem, designs, is_wanted):
        if best is None or truth.value < best.truth.value:
            best = Best(truth, design)
    return best


def _most_available(problem: Problem, designs: Sequence[Sequence[Item]]) -> Best | None:
    most = 0.0
    found: list[Best] = []

    def is_wanted(items: Sequence[Item]) -> bool:
        return min(item.availability for item in items) >= most - 1e-12

    for truth, design in all_true(problem, designs, is_wanted):
        most = max(most, truth.availability)
        found.append(Best(truth, design))
    found = [one for one in found if one.truth.availability >= most - 1e-12]
    return min(found, key=lambda one: one.truth.value, default=None)


def _earliest(problem: Problem) -> Best | None:
    for day in range(max(site.required_day for site in problem.sites) + 1):
        found = _cheapest(live_by(problem, day))
        if found is not None:
            return replace(found, by_day=day)
    return None


def live_by(problem: Problem, day: int) -> Problem:
    """The same, but everything that stays is wanted by this day."""
    sites = tuple(replace(s, required_day=min(s.required_day, day)) if s.end_day is None else s for s in problem.sites)
    return replace(problem, sites=sites)


def violation_sets(problem: Problem) -> dict[frozenset[str], dict[str, list[float]]]:
    """What every conceivable design breaks, as the verifier names it: by set, the values that it would need of each."""
    found: dict[frozenset[str], dict[str, list[float]]] = {}
    followed: AlreadyFollowed = {}
    for sites in product(*(conceivable(problem, site) for site in problem.sites)):
        for augments in augment_choices(problem):
            design = Design(sites=tuple(sites), augments=augments)
            design = replace(design, builds=builds_of(problem, design))
            violations = check(problem, design, weakest=False, followed=followed).violations
            for names in _said(v.constraint for v in violations):
                needed = found.setdefault(names, {})
                for violation in violations:
                    if violation.needed is not None and violation.constraint in names:
                        needed.setdefault(violation.constraint, []).append(violation.needed)
    return found


def _said(constraints: Iterable[str]) -> Iterator[frozenset[str]]:
    """What has to be set aside for these: what a backup must carry is set aside with what every leg must."""
    said = frozenset(constraints)
    narrow = [one for one in sorted(said) if one.endswith("/backup_bandwidth")]
    for chosen in product((False, True), repeat=len(narrow)):
        wider = {own: own.replace("/backup_", "/") for own, is_wider in zip(narrow, chosen, strict=True) if is_wider}
        names = frozenset(wider.get(one, one) for one in said)
        yield names - {own for own in narrow if own.replace("/backup_", "/") in names}


def conceivable(problem: Problem, site: Site) -> list[SiteDesign]:
    """All designs of an item, also without its backup, or with one leg where two are wanted for diversity."""
    wishes = wanted(site)
    counts = {len(wishes), sum(wish.role == "primary" for wish in wishes)} if site.legs else {1, len(wishes)}
    return [design for count in sorted(counts - {0}) for design in site_designs(problem, site, count)]


def pareto(problem: Problem) -> set[tuple[int, int, float]]:
    """Cost, day by which all is live and least availability of every design that none is better than in all three."""
    points = set()
    for day in range(max(site.required_day for site in problem.sites) + 1):
        points |= {(t.cost, day, round(t.availability, 12)) for t, _ in all_true(live_by(problem, day))}
    return {
        one
        for one in points
        if not any(o != one and o[0] <= one[0] and o[1] <= one[1] and o[2] >= one[2] for o in points)
    }
