"""How a service is run, by its class and by what it is made of."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwright.operations.model import Objective, Spare, Training
from linkwright.operations.running import METHODS, TIERS, ServiceFacts, family_of, operations, sla_class

PLAIN = ServiceFacts(technologies=("fibre",))
TAUGHT = Training(
    team="NOC",
    skill="overlay",
    people=2,
    course="basics",
    start=date(2027, 1, 11),
    end=date(2027, 1, 13),
    needed_by=date(2027, 1, 18),
)
LATENCY = Objective(
    name="latency", target=30, threshold=20, comparator="<=", unit="ms", period="PT5M", measuring_point="CPE"
)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (None, "bronze"),
        (0.0, "bronze"),
        (0.99899, "bronze"),
        (0.999, "silver"),
        (0.9995, "gold"),
        (0.99989, "gold"),
        (0.9999, "platinum"),
        (1.0, "platinum"),
    ],
)
def test_c09_the_class_follows_from_the_availability_that_was_asked_for(target: float | None, name: str) -> None:
    assert sla_class(target) == name
    told = operations(replace(PLAIN, availability=target))
    assert told.support_tier.startswith(f"{name}, tier ")
    assert told.method.startswith(f"{name}: ")


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_target_is_never_of_a_lower_class(one: float, other: float) -> None:
    order = list(TIERS)
    low, high = sorted([one, other])
    assert order.index(sla_class(high)) <= order.index(sla_class(low))


def test_tiers_are_told_from_the_strictest_on() -> None:
    assert all(a.availability > b.availability for a, b in pairwise(TIERS.values()))
    assert all(a.spare_permille >= b.spare_permille for a, b in pairwise(TIERS.values()))


@pytest.mark.parametrize(
    ("technology", "family"),
    [
        ("fibre", "fibre"),
        ("Fibre-Build", "fibre"),
        ("partner-fibre", "fibre"),
        ("5G", "mobile"),
        ("lte", "mobile"),
        ("leo", "satellite"),
        ("microwave", "radio"),
        ("vdsl", "copper"),
        ("sd-wan", "overlay"),
        ("pigeon", "other"),
    ],
)
def test_c09_each_technology_is_watched_in_its_own_way(technology: str, family: str) -> None:
    assert family_of(technology) == family
    assert f"{family}: {METHODS[family]}" in operations(replace(PLAIN, technologies=(technology,))).method


def test_a_method_names_each_family_once() -> None:
    method = operations(replace(PLAIN, technologies=("fibre", "5g", "own-build-fibre"))).method
    assert method.count("fibre:") == 1
    assert "mobile: " in method


@pytest.mark.parametrize(
    ("target", "pieces", "kept"),
    [
        (0.9999, 1, 1),
        (0.9999, 11, 2),
        (0.9999, 0, 0),
        (0.9995, 1, 1),
        (0.9995, 21, 2),
        (0.999, 100, 2),
        (0.999, 101, 3),
        (None, 1, 1),
        (None, 100, 1),
        (None, 101, 2),
        (None, 1988, 20),
    ],
)
def test_c14_spares_grow_with_the_pieces_and_the_class(target: float | None, pieces: int, kept: int) -> None:
    facts = replace(PLAIN, availability=target, cpe={"box": pieces}, stock_locations={"box": "Hub"})
    expected = (Spare(model="box", pieces=kept, location="Hub"),) if kept else ()
    assert operations(facts).spares == expected


@given(st.sampled_from([None, 0.999, 0.9995, 0.9999]), st.integers(0, 3000), st.integers(0, 3000))
def test_fewer_spares_are_kept_for_all_together(target: float | None, one: int, other: int) -> None:
    def kept(pieces: int) -> int:
        told = operations(replace(PLAIN, availability=target, cpe={"box": pieces}))
        return sum(spare.pieces for spare in told.spares)

    assert kept(one + other) <= kept(one) + kept(other)
    assert kept(one) <= kept(one + other)


def test_c14_the_window_is_in_local_time_and_keeps_out_of_a_temporary_service() -> None:
    window = operations(PLAIN).maintenance_window
    assert window.endswith("local time at the place")
    assert operations(replace(PLAIN, temporary=True)).maintenance_window == (
        f"{window}, never during the service's own period"
    )


def test_c14_the_checklist_has_what_the_design_has_and_nothing_else() -> None:
    least = operations(PLAIN).checklist
    assert len(least) == 2
    facts = ServiceFacts(
        technologies=("fibre",),
        availability=0.9999,
        cpe={"box": 2},
        stock_locations={"box": "Hub"},
        partners=("North", "Metro", "North"),
        diverse_in="duct",
        shared_risks=("bridge 4",),
        with_parameters=True,
        temporary=True,
    )
    told = operations(facts, training=[TAUGHT], objectives=[LATENCY])
    assert told.training == (TAUGHT,)
    assert len(told.checklist) == 10
    for words in (
        "escalation of North, Metro known",
        "they differ in duct",
        "share bridge 4",
        "Allocated parameters",
        "Alarms set for latency",
        "2 of NOC in overlay by 2027-01-13",
        "1 box at Hub",
        "Sunday 02:00",
        "removal",
    ):
        assert sum(words in line for line in told.checklist) == 1, words
