"""Exact availability against every state that the components can be in."""

import random
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

import pytest

from linkwright.design.choice.availability import availability_of_legs
from linkwright.design.model import Leg, Problem, SiteDesign, Srlg
from linkwright.design.verify import availability as verifier
from linkwright.design.verify.check import check
from tests.design.pieces import a_case, a_cpe, a_design, a_link, a_network, a_node, a_site, an_option

Legs = Sequence[Mapping[str, float]]


def _by_every_state(legs: Legs) -> float:
    """Sums the probability of each state of all components in which a leg is whole."""
    parts: dict[str, float] = {}
    for leg in legs:
        parts.update(leg)
    names = sorted(parts)
    total = 0.0
    for state in product((True, False), repeat=len(names)):
        up = {name for name, is_up in zip(names, state, strict=True) if is_up}
        if any(up >= set(leg) for leg in legs):
            total += prod(parts[name] if name in up else 1 - parts[name] for name in names)
    return total


def _some_legs(seed: int) -> Legs:
    dice = random.Random(seed)
    parts = {f"c{number}": dice.choice((0.5, 0.9, 0.99, 1.0, 0.0, dice.random())) for number in range(8)}
    return [
        {name: parts[name] for name in dice.sample(sorted(parts), dice.randint(1, 6))}
        for _ in range(dice.randint(1, 4))
    ]


@pytest.mark.parametrize("seed", range(60))
def test_what_legs_share_fails_once(seed: int) -> None:
    legs = _some_legs(seed)
    true = _by_every_state(legs)
    assert availability_of_legs(legs) == pytest.approx(true, rel=0, abs=1e-12)
    assert verifier.some_leg_up(legs) == pytest.approx(true, rel=0, abs=1e-12)


def test_two_legs_that_share_nothing_fail_together_by_the_product() -> None:
    legs = [{"a": 0.9}, {"b": 0.8}]
    assert availability_of_legs(legs) == pytest.approx(1 - 0.1 * 0.2)


def test_a_second_leg_over_the_same_parts_adds_nothing() -> None:
    assert availability_of_legs([{"a": 0.9, "b": 0.9}] * 2) == pytest.approx(0.81)


def _two_legs(**site: object) -> Problem:
    """Two legs through the PoPs p and q to h; links, accesses and node h may share the group `duct`."""
    nodes = [a_node(name, availability=value) for name, value in (("p", 0.97), ("q", 0.98), ("h", 0.99))]
    duct = Srlg(id="duct", availability=0.95)
    links = [
        a_link("ph", "ph", availability=0.9, srlgs=("duct",)),
        a_link("qh", "qh", availability=0.93, srlgs=("duct",)),
        a_link("qp", "qp", availability=0.91),
    ]
    options = [
        an_option("one", "s", "p", availability=0.96),
        an_option("two", "s", "q", availability=0.94, srlgs=("duct",)),
    ]
    cpe = a_cpe(availability=0.92)
    return a_case(a_network(nodes, links, [duct]), [a_site("s", diversity="link", **site)], options, cpe_models=(cpe,))


def _verified(problem: Problem, path_two: tuple[str, ...]) -> float:
    legs = Leg(access="one", path=("ph",)), Leg(access="two", path=path_two)
    return check(problem, a_design(SiteDesign(site="s", cpe="box", legs=legs))).sites[0].availability


def test_one_cpe_the_destination_and_a_common_duct_stand_before_both_legs() -> None:
    # cpe, h and duct are common; leg one adds p, ph and its access, leg two q, qh and its own
    one, two = 0.97 * 0.9 * 0.96, 0.98 * 0.93 * 0.94
    common = 0.92 * 0.99 * 0.95
    assert _verified(_two_legs(), ("qh",)) == pytest.approx(common * (1 - (1 - one) * (1 - two)), rel=0, abs=1e-12)


def test_with_a_cpe_on_each_leg_each_fails_for_itself() -> None:
    one, two = 0.92 * 0.97 * 0.9 * 0.96, 0.92 * 0.98 * 0.93 * 0.94
    common = 0.99 * 0.95
    found = _verified(_two_legs(cpe_per_leg=True), ("qh",))
    assert found == pytest.approx(common * (1 - (1 - one) * (1 - two)), rel=0, abs=1e-12)


def test_a_link_that_both_legs_use_is_counted_once() -> None:
    # leg two goes over qp and then the very link of leg one, which the verifier counts although it is not diverse
    one_alone, two_alone = 0.96, 0.98 * 0.91 * 0.94
    common = 0.92 * 0.99 * 0.95 * 0.97 * 0.9
    found = _verified(_two_legs(), ("qp", "ph"))
    assert found == pytest.approx(common * (1 - (1 - one_alone) * (1 - two_alone)), rel=0, abs=1e-12)


def test_the_report_names_what_legs_share_and_what_matters_most() -> None:
    legs = Leg(access="one", path=("ph",)), Leg(access="two", path=("qh",))
    report = check(_two_legs(), a_design(SiteDesign(site="s", cpe="box", legs=legs))).sites[0]
    assert report.shared_risks == ("cpe:0", "node:h", "srlg:duct")
    assert report.weakest_component == "cpe:0"
