import os
import select
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from linkwright.design.ask import Ask
from linkwright.design.model import AccessOption, CpeModel, Network, Node, Outcome, Problem, Site
from linkwright.errors import BadProblem, Stopping, Unavailable
from linkwright.outbound.design_pool import Core, DesignPool, Progress
from linkwright.outbound.design_worker import Watch

from . import cores

MakePool = Callable[..., DesignPool]
ALL = Ask()


@pytest.fixture
def a_pool() -> Iterator[MakePool]:
    pools: list[DesignPool] = []

    def make(core: Callable[[], Core], **changes: Any) -> DesignPool:
        pools.append(DesignPool(20.0, **{"inline_sites": 2, "core": core} | changes))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def a_problem(sites: int, name: str = "many sites") -> Problem:
    site = {"bandwidth_mbps": 10, "max_latency_ms": 9.0, "min_availability": 0.9, "diversity": "none"}
    return Problem(
        name=name,
        as_of=date(2026, 11, 2),
        term_months=36,
        network=Network(nodes=(), links=()),
        sites=tuple(Site(id=str(n), required_day=9, destinations=("x",), **site) for n in range(sites)),  # type: ignore[arg-type]
        access_options=(),
        cpe_models=(),
    )


def a_solvable_problem(options: int) -> Problem:
    """As many sites as options, each with one way to the only node."""
    sites = tuple(
        Site(
            id=f"s{n}",
            bandwidth_mbps=10,
            max_latency_ms=5.0,
            min_availability=0.9,
            diversity="none",
            required_day=30,
            destinations=("hub",),
        )
        for n in range(options)
    )
    ways = tuple(
        AccessOption(
            id=f"o{n}",
            site=f"s{n}",
            kind="fibre",
            pop="hub",
            bandwidth_mbps=100,
            nrc_minor=1000,
            mrc_minor=10,
            availability=0.999,
            delay_ms=0.1,
            lead_days=5,
        )
        for n in range(options)
    )
    hub = Node(id="hub", lat_deg=50.0, lon_deg=8.0, availability=0.9999, delay_ms=0.1)
    cpe = CpeModel(id="cpe", max_mbps=100, features=(), nrc_minor=500, mrc_minor=5, availability=0.9999, delay_ms=0.1)
    return replace(
        a_problem(0),
        network=Network(nodes=(hub,), links=()),
        sites=sites,
        access_options=ways,
        cpe_models=(cpe,),
    )


def where(outcome: Outcome) -> int:
    return int(outcome.guards[0])


def test_a_small_problem_is_solved_where_it_is(a_pool: MakePool) -> None:
    outcome = a_pool(cores.telling).solve(a_problem(2), Ask(serve="all", relax=True))
    asked = ("alternatives=0", "explained=8", "relax=True", "serve=all", "structures=0", "time_limit_s=20.0")
    assert outcome.guards == (str(os.getpid()), *asked)


def test_a_large_problem_is_solved_in_another_process_that_stays(a_pool: MakePool) -> None:
    pool = a_pool(cores.telling)
    first = pool.solve(a_problem(3), Ask(serve="most", relax=False))
    second = pool.solve(a_problem(3), Ask(serve="most", relax=False))
    assert where(first) == where(second) != os.getpid()
    assert first.guards[1:] == (
        "alternatives=0",
        "explained=8",
        "relax=False",
        "serve=most",
        "structures=0",
        "time_limit_s=20.0",
    )


def test_the_core_answers_alike_from_here_and_from_there() -> None:
    problem, pools = a_solvable_problem(3), [DesignPool(20.0, inline_sites=inline) for inline in (3, 2)]
    here, there = (pool.solve(problem, Ask(serve="all", relax=False)) for pool in pools)
    for pool in pools:
        pool.close()
    assert here.design is not None
    assert here.cost_minor == 3 * (1500 + 36 * 15)
    assert (there.status, there.design, there.cost_minor) == (here.status, here.design, here.cost_minor)
    assert pools[0].check(problem, here.design).violations == ()


@pytest.mark.parametrize("sites", [2, 3])
def test_contradicting_facts_are_told_alike_from_here_and_from_there(a_pool: MakePool, sites: int) -> None:
    with pytest.raises(BadProblem, match=r"^sites\[2\]\.destinations: nowhere is no node$") as bad:
        a_pool(cores.contradicting).solve(a_problem(sites), Ask(serve="all", relax=True))
    assert bad.value.where == "sites[2].destinations"


def test_a_bug_in_the_other_process_is_a_bug_here(a_pool: MakePool) -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'a bug'"):
        a_pool(cores.crashing).solve(a_problem(3), Ask(serve="all", relax=True))


def test_a_lost_process_is_replaced_for_the_next_problem(a_pool: MakePool, tmp_path: Path) -> None:
    pool, problem = a_pool(cores.dying_once), a_problem(3, str(tmp_path / "died"))
    with pytest.raises(Unavailable, match="lost"):
        pool.solve(problem, Ask(serve="all", relax=True))
    assert where(pool.solve(problem, Ask(serve="all", relax=True))) != os.getpid()


def test_a_problem_far_beyond_its_time_limit_is_given_up(a_pool: MakePool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    pool = a_pool(cores.never_ending, grace_s=-99.9)
    with pytest.raises(Unavailable, match="lost"):
        pool.solve(a_problem(3, str(tmp_path / "begun")), Ask(serve="all", relax=True))


def test_closing_ends_a_running_problem_and_refuses_the_next(a_pool: MakePool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    pool, told = a_pool(cores.never_ending), []

    def ask() -> None:
        with pytest.raises(Stopping) as stopping:
            pool.solve(a_problem(3, str(begun)), Ask(serve="all", relax=True))
        told.append(str(stopping.value))

    asking = threading.Thread(target=ask)
    asking.start()
    pipe = os.open(begun, os.O_RDONLY | os.O_NONBLOCK)
    assert select.select([pipe], [], [], 30)[0]
    os.close(pipe)
    pool.close()
    asking.join(30)
    assert told == ["The design core is shut down."]
    with pytest.raises(Stopping, match="shut down"):
        pool.solve(a_problem(3), Ask(serve="all", relax=True))


def begun(pipe_path: Path, ask: Callable[[], object]) -> threading.Thread:
    """Asks in a thread of its own and returns as soon as the search has begun."""
    os.mkfifo(pipe_path)
    asking = threading.Thread(target=ask)
    asking.start()
    pipe = os.open(pipe_path, os.O_RDONLY | os.O_NONBLOCK)
    assert select.select([pipe], [], [], 30)[0]
    os.close(pipe)
    return asking


def test_a_caller_that_no_longer_waits_stops_the_search(a_pool: MakePool, tmp_path: Path) -> None:
    pool, gone, told = a_pool(cores.obedient), threading.Event(), list[Outcome]()
    problem = a_problem(3, str(tmp_path / "begun"))
    asking = begun(tmp_path / "begun", lambda: told.append(pool.solve(problem, ALL, stop=gone.is_set)))
    assert told == []
    gone.set()
    asking.join(30)
    assert told == [Outcome(status="unknown", guards=("asked",))]


def test_a_search_that_does_not_stop_is_ended_and_the_next_one_has_a_process(a_pool: MakePool, tmp_path: Path) -> None:
    pool, gone, told = a_pool(cores.never_ending), threading.Event(), list[Outcome]()
    problem = a_problem(3, str(tmp_path / "begun"))
    asking = begun(tmp_path / "begun", lambda: told.append(pool.solve(problem, ALL, stop=gone.is_set)))
    gone.set()
    asking.join(30)
    assert told == [Outcome(status="unknown", guards=("stopped",))]
    over, other = threading.Event(), a_problem(3, str(tmp_path / "again"))
    again = begun(tmp_path / "again", lambda: pool.solve(other, ALL, stop=over.is_set))
    over.set()
    again.join(30)
    assert not again.is_alive()


def test_a_caller_that_stops_waiting_for_a_process_gets_nothing(a_pool: MakePool, tmp_path: Path) -> None:
    pool, gone = a_pool(cores.obedient), threading.Event()
    asking = begun(tmp_path / "begun", lambda: pool.solve(a_problem(3, str(tmp_path / "begun")), ALL, stop=gone.is_set))
    assert pool.solve(a_problem(3), ALL, stop=lambda: True) == Outcome(status="unknown", guards=("stopped",))
    gone.set()
    asking.join(30)


def test_a_large_search_tells_how_far_it_is_a_few_times_a_second(a_pool: MakePool) -> None:
    heard: list[Progress | None] = []
    items: list[int] = []

    def watched(number: int) -> Watch:
        items.append(number)
        return heard.append

    a_pool(cores.chatty, watched=watched).solve(a_problem(3), ALL)
    told = [one for one in heard if one is not None]
    assert items == [3]
    assert told[0] == Progress(elapsed_s=0.0, bound_minor=0.0, cost_minor=None, gap=1.0)
    assert told[-1].gap == pytest.approx(1 - told[-1].bound_minor / 100)
    assert 4 <= len(told) <= 9
    assert [step.bound_minor for step in told] == sorted(step.bound_minor for step in told)


def test_two_processes_solve_two_problems_at_the_same_time(a_pool: MakePool, tmp_path: Path) -> None:
    pool, gone = a_pool(cores.obedient, workers=2), threading.Event()
    names = [tmp_path / "one", tmp_path / "two"]
    asking = [
        begun(name, lambda name=name: pool.solve(a_problem(3, str(name)), ALL, stop=gone.is_set))  # type: ignore[misc]
        for name in names
    ]
    gone.set()
    for each in asking:
        each.join(30)
        assert not each.is_alive()


@pytest.mark.parametrize(("within_s", "limit_s"), [(None, 20.0), (60.0, 20.0), (7.5, 7.5), (-3.0, 1.0)])
def test_the_deadline_of_the_caller_limits_the_time(a_pool: MakePool, within_s: float | None, limit_s: float) -> None:
    outcome = a_pool(cores.telling).solve(a_problem(1), ALL, within_s=within_s)
    assert outcome.guards[-1] == f"time_limit_s={limit_s}"


def test_a_few_sites_with_alternatives_are_a_large_problem(a_pool: MakePool) -> None:
    pool = a_pool(cores.telling, inline_sites=30)
    assert where(pool.solve(a_problem(9), ALL)) == os.getpid()
    assert where(pool.solve(a_problem(9), Ask(alternatives=3))) != os.getpid()


def test_few_small_problems_are_solved_where_they_are(a_pool: MakePool) -> None:
    outcomes = a_pool(cores.telling).solve_all([(a_problem(1), ALL), (a_problem(1), ALL)])
    assert [where(outcome) for outcome in outcomes if isinstance(outcome, Outcome)] == [os.getpid()] * 2


def test_many_small_problems_are_solved_in_another_process_and_told_in_order() -> None:
    problems, pool = [replace(a_solvable_problem(1), name=str(n)) for n in range(70)], DesignPool(20.0, inline_sites=2)
    problems[40] = replace(problems[40], access_options=())
    outcomes = pool.solve_all([(problem, ALL) for problem in problems])
    pool.close()
    assert [outcome.status for outcome in outcomes if isinstance(outcome, Outcome)] == [
        "infeasible" if number == 40 else "optimal" for number in range(70)
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_contradiction_is_told_in_the_place_of_its_answer(a_pool: MakePool, count: int) -> None:
    told = a_pool(cores.contradicting).solve_all([(a_problem(1), ALL)] * count)
    assert [type(one) for one in told] == [BadProblem] * count


def test_many_problems_that_nobody_waits_for_are_given_up(a_pool: MakePool) -> None:
    told = a_pool(cores.telling).solve_all([(a_problem(3), ALL)] * 2, stop=lambda: True)
    assert [one.status for one in told if isinstance(one, Outcome)] == ["unknown"] * 2
