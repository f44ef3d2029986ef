"""Files in the format of PSPLIB, written here: read, refused, and solved like the shortest of all schedules."""

import random

import pytest

from linkwright.plan.model import After
from linkwright.plan.psplib import read_psplib
from linkwright.plan.schedule import schedule
from tests.plan import naive
from tests.plan.pieces import assert_keeps_the_rules
from tests.plan.projects import written

SMALL = written(
    capacities=(4, 2),
    jobs=[
        (0, (0, 0), (2, 3, 4)),
        (3, (2, 1), (5,)),
        (4, (3, 0), (6,)),
        (2, (2, 2), (6,)),
        (2, (1, 1), (6,)),
        (0, (0, 0), ()),
    ],
)


def _generated(seed: int) -> str:
    """Four to six jobs between a source and a sink, and two resources."""
    rng = random.Random(seed)
    count = rng.randint(4, 6)
    capacities = (rng.randint(2, 4), rng.randint(2, 4))
    jobs: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = [(0, (0, 0), tuple(range(2, count + 2)))]
    for job in range(2, count + 2):
        later = [other for other in range(job + 1, count + 2) if rng.random() < 0.3]
        jobs.append((rng.randint(1, 5), tuple(rng.randint(0, most) for most in capacities), (*later, count + 2)))
    return written(capacities, [*jobs, (0, (0, 0), ())])


def test_jobs_and_resources_are_read() -> None:
    net = read_psplib(SMALL)
    assert [pool.jobs_per_day for pool in net.pools] == [4, 2]
    assert [one.days for one in net.activities] == [0, 3, 4, 2, 2, 0]
    assert net.activities[1].needs == {"R1": 2, "R2": 1}
    assert net.activities[5].after == (After(activity="3"), After(activity="4"), After(activity="5"))


@pytest.mark.parametrize("text", [SMALL, *(_generated(seed) for seed in range(6))])
def test_the_search_ends_with_the_shortest_of_all_schedules(text: str) -> None:
    net = read_psplib(text)
    best = naive.shortest(net)
    found = schedule(net, improve_s=20, effort=5)
    assert_keeps_the_rules(net, found)
    assert (found.ready_day, found.bound_day) == (best, best)
    first = schedule(net)
    assert_keeps_the_rules(net, first)
    assert first.bound_day <= best <= first.ready_day


JOB_2 = "   2        1          1           5"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("PRECEDENCE RELATIONS:", "", "no section PRECEDENCE RELATIONS"),
        ("RESOURCEAVAILABILITIES:", "", "no section RESOURCEAVAILABILITIES"),
        (JOB_2, "   2        2          1           5", "job 2 has 2 modes"),
        (JOB_2, "   2        1          2           5", "job 2 has 1 successors where 2 are announced"),
        (JOB_2, "   2        1          1           9", "successor 9, which is not there"),
        (JOB_2, "   2        1          1           2", "activities wait for each other: 2"),
        (JOB_2, "   3        1          1           5", "job 3 is there twice"),
        (JOB_2, "   2        one        1           5", "different jobs"),
        (JOB_2, "   2        -1         1           5", "none below zero"),
        (JOB_2, "   2        1.5        1           5", "not whole numbers"),
        ("- nonrenewable              :  0", "- nonrenewable              :  2", "2 nonrenewable resources"),
        ("   3      1     4", "   2      1     4", "requests of a job with one mode"),
        ("   3      1     4       3    0", "   3      1     4       3", "2 requests of a job"),
    ],
)
def test_what_is_no_such_file_is_refused(old: str, new: str, words: str) -> None:
    assert old in SMALL
    with pytest.raises(ValueError, match=words):
        read_psplib(SMALL.replace(old, new))


@pytest.mark.parametrize("text", ["", "{}", "PRECEDENCE RELATIONS:\nREQUESTS/DURATIONS:\nRESOURCEAVAILABILITIES:\n"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="section"):
        read_psplib(text)
