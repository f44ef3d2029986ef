"""Objectives from what was promised and what is predicted."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwright.operations.model import Objective
from linkwright.operations.quality import MEASURES, Quality, objectives


def test_c15_the_threshold_lies_between_the_prediction_and_the_target() -> None:
    promised = Quality(availability=0.9995, round_trip_ms=30, jitter_ms=5, loss=0.001, bandwidth_mbps=100)
    predicted = Quality(availability=0.9998848, round_trip_ms=22, jitter_ms=1, loss=0.0005, bandwidth_mbps=1000)
    told = {one.name: (one.target, one.comparator, one.threshold, one.unit) for one in objectives(promised, predicted)}
    assert told == {
        "availability": (99.95, ">=", 99.96924, "%"),
        "latency": (30, "<=", 26, "ms"),
        "jitter": (5, "<=", 3, "ms"),
        "loss": (0.1, "<=", 0.075, "%"),
        "bandwidth": (100, ">=", 550, "Mbit/s"),
    }


def test_what_nobody_asked_for_is_not_promised() -> None:
    assert objectives(Quality(), Quality(availability=0.9999, round_trip_ms=5)) == ()


@pytest.mark.parametrize("predicted", [Quality(), Quality(round_trip_ms=30), Quality(round_trip_ms=31)])
def test_without_a_margin_the_alarm_is_at_the_target(predicted: Quality) -> None:
    (one,) = objectives(Quality(round_trip_ms=30), predicted)
    assert (one.target, one.threshold) == (30, 30)


def test_every_figure_is_measured_somewhere() -> None:
    names = [field.name for field in fields(Quality)]
    assert list(MEASURES) == names
    told = objectives(Quality(**dict.fromkeys(names, 0.5)), Quality())
    assert len({one.name for one in told}) == len(names)
    assert all(one.measuring_point and one.period.startswith("P") and one.unit for one in told)


@given(st.floats(0, 1), st.floats(0, 1))
def test_an_alarm_never_lies_beyond_the_target_or_the_prediction(target: float, predicted: float) -> None:
    availability, loss = objectives(
        Quality(availability=target, loss=target), Quality(availability=predicted, loss=predicted)
    )
    assert within(availability, predicted * 100)
    assert within(loss, predicted * 100)


def within(objective: Objective, predicted: float) -> bool:
    better = predicted > objective.target if objective.comparator == ">=" else predicted < objective.target
    if not better:
        return objective.threshold == objective.target
    low, high = sorted([objective.target, predicted])
    slack = 1e-9
    return low - slack <= objective.threshold <= high + slack
